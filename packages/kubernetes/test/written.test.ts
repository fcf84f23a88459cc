/** How answers are written; test/differential compares the bytes with the real server's. */
import { isRecord, records } from "@aiopslab/kubernetes/Json"
import { asWritten } from "@aiopslab/kubernetes/server/AsWritten"
import { jsonText } from "@aiopslab/kubernetes/server/JsonText"
import { assert, describe, it } from "@effect/vitest"

const pod = {
  status: { phase: "Running" },
  spec: { nodeSelector: { b: "1", a: "2" }, containers: [{ image: "i", name: "c", resources: { limits: { memory: "1", cpu: "2" } } }] },
  metadata: { labels: { z: "<1>", "10": "2", "9": "3" }, name: "p" },
  apiVersion: "v1",
  kind: "Pod"
}

const written = `{"kind":"Pod","apiVersion":"v1","metadata":{"name":"p","labels":{"10":"2","9":"3","z":"\\u003c1\\u003e"}},"spec":{"containers":[{"name":"c","image":"i","resources":{"limits":{"cpu":"2","memory":"1"}}}],"nodeSelector":{"a":"2","b":"1"}},"status":{"phase":"Running"}}`

const custom = { kind: "W", apiVersion: "example.io/v1", metadata: { name: "w" }, b: [{ z: 1, a: 2 }], a: 1 }

describe("the body of an answer", () => {
  it("has fields in the order of their Go struct, and maps by name", () => {
    assert.strictEqual(jsonText("/x", pod), `${written}\n`)
  })

  it("of a list has the same of each item, which is put in order once", () => {
    const list = { kind: "PodList", apiVersion: "v1", metadata: { resourceVersion: "1" }, items: [pod] }
    assert.strictEqual(
      jsonText("/x", list),
      `{"kind":"PodList","apiVersion":"v1","metadata":{"resourceVersion":"1"},"items":[${written}]}\n`
    )
    const [first, again] = [asWritten(list), asWritten(list)].map((one) => records(isRecord(one) ? one["items"] : undefined)[0])
    assert.strictEqual(first, again)
  })

  it("of a custom resource is all by name, and so is a list of them", () => {
    const item = '{"a":1,"apiVersion":"example.io/v1","b":[{"a":2,"z":1}],"kind":"W","metadata":{"name":"w"}}'
    assert.strictEqual(jsonText("/x", custom), `${item}\n`)
    const list = { kind: "WList", apiVersion: "example.io/v1", metadata: { resourceVersion: "1", continue: "" }, items: [custom] }
    const text = `{"apiVersion":"example.io/v1","items":[${item}],"kind":"WList","metadata":{"continue":"","resourceVersion":"1"}}\n`
    assert.strictEqual(jsonText("/x", list), text)
  })

  it("that is in order already is not copied", () => {
    const body = { kind: "ConfigMap", apiVersion: "v1", metadata: { name: "c" }, data: { a: "1", b: "2" } }
    assert.strictEqual(asWritten(body), body)
  })

  it("for people has lines, and no last one", () => {
    assert.strictEqual(jsonText("/x", { kind: "Status", apiVersion: "v1", metadata: {} }, "lines").split("\n").length, 5)
    assert.strictEqual(jsonText("/openapi/v3", { paths: {} }, "lines"), '{"paths":{}}\n')
  })
})
