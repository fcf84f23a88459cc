/** The bytes of a list are those of its JSON, whatever stood in lists before. */
import { assert, describe, it } from "@effect/vitest"
import { listBytes } from "../../src/edge/ListBytes.ts"
import { jsonText } from "../../src/server/JsonText.ts"

const item = (name: string, data: Readonly<Record<string, string>> = {}) => ({ metadata: { name }, data })
const list = (...items: ReadonlyArray<unknown>) => ({ kind: "ConfigMapList", apiVersion: "v1", metadata: { resourceVersion: "7" }, items })

describe("the JSON of a list", () => {
  it("is the same when items were written down before, in another order", () => {
    const [a, b] = [item("a"), item("ü", { "10": "x", "2": "y", "1": 'say "1":' })]
    for (const body of [list(a, b), list(b), list(b, a), list(a, b), list()]) {
      assert.strictEqual(listBytes(body)?.toString(), jsonText("/x", body))
    }
  })

  it("holds what is no object, and items alone", () => {
    for (const body of [list(1, "a", null, [2]), { items: [item("a")] }, { items: [] }]) {
      assert.strictEqual(listBytes(body)?.toString(), jsonText("/x", body))
    }
  })

  it("is left to others where the items don't come last, or are none", () => {
    assert.isUndefined(listBytes({ items: [], kind: "Odd" }))
    assert.isUndefined(listBytes({ kind: "Odd", items: "many" }))
    assert.isUndefined(listBytes([1]))
  })
})
