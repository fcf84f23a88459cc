import { admin } from "@aiopslab/core/Kubernetes"
import * as Certificates from "@aiopslab/kubernetes/edge/Certificates"
import * as HttpsEdge from "@aiopslab/kubernetes/edge/HttpsEdge"
import * as MemoryHost from "@aiopslab/kubernetes/MemoryHost"
import * as Server from "@aiopslab/kubernetes/Server"
import * as Store from "@aiopslab/kubernetes/Store"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { request } from "node:https"

interface Asked {
  readonly method: string
  readonly path: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
}

interface Answered {
  readonly code: number
  readonly type: string | undefined
  readonly warning: string | undefined
  readonly body: string
}

const served = Effect.gen(function* () {
  const host = yield* MemoryHost.make()
  const certificates = yield* Certificates.make(admin)
  const edge = yield* HttpsEdge.serve({ api: Server.make({ host }).api, certificates })
  const ask = ({ body, headers = {}, method, path }: Asked) =>
    Effect.callback<Answered>((resume) => {
      const { certificate: cert, key } = certificates.client
      const sent = request(`${edge.url}${path}`, { method, headers, ca: certificates.authority, cert, key, agent: false }, (response) => {
        let text = ""
        response.on("data", (chunk: Buffer) => (text += chunk.toString()))
        response.on("end", () => {
          const { "content-type": type, warning } = response.headers
          const joined = Array.isArray(warning) ? warning.join(", ") : warning
          resume(Effect.succeed({ code: response.statusCode ?? 0, type, warning: joined, body: text }))
        })
      })
      sent.end(body)
    })
  return { host, ask }
})

const path = "/api/v1/namespaces/default/configmaps"
const json = { "content-type": "application/json" }

describe("what only the text of a body tells", () => {
  it.live("fields that stand twice are warned of, or refused, in their order", () =>
    Effect.gen(function* () {
      const { ask } = yield* served
      const body = '{"metadata":{"name":"d","name":"d","foo":1,"labels":{"a":"b","a":"c"}},"foo":1,"foo":2}'
      const warned = yield* ask({ method: "POST", path: `${path}?dryRun=All`, headers: json, body })
      assert.strictEqual(
        warned.warning,
        ['duplicate field "metadata.name"', 'unknown field "metadata.foo"', 'duplicate field "metadata.labels.a"', 'unknown field "foo"']
          .map((text) => `299 - ${JSON.stringify(text)}`)
          .join(", ")
      )
      const strict = yield* ask({ method: "POST", path: `${path}?fieldValidation=Strict`, headers: json, body })
      assert.strictEqual(strict.code, 400)
      assert.include(strict.body, 'strict decoding error: duplicate field \\"metadata.name\\", unknown field \\"metadata.foo\\"')
    })
  )

  it.live("a text that is no JSON is refused in the words of what was asked", () =>
    Effect.gen(function* () {
      const { ask } = yield* served
      const create = yield* ask({ method: "POST", path, headers: json, body: "{" })
      assert.strictEqual(create.code, 400)
      assert.include(
        create.body,
        "(must be of type ConfigMap): couldn't get version/kind; json parse error: unexpected end of JSON input ({)"
      )
      const patch = yield* ask({
        method: "PATCH",
        path: `${path}/x`,
        headers: { "content-type": "application/merge-patch+json" },
        body: "{"
      })
      assert.strictEqual(patch.code, 400)
      assert.include(patch.body, "error decoding patch: unexpected end of JSON input")
      const text = yield* ask({ method: "POST", path, headers: { "content-type": "text/plain" }, body: "x" })
      assert.strictEqual(text.code, 415)
    })
  )
})

describe("what a client takes", () => {
  it.live("is JSON, YAML, or nothing", () =>
    Effect.gen(function* () {
      const { ask } = yield* served
      const yaml = yield* ask({ method: "GET", path: "/api/v1/namespaces/none", headers: { accept: "application/yaml" } })
      assert.deepStrictEqual([yaml.code, yaml.type], [404, "application/yaml"])
      assert.include(yaml.body, 'message: namespaces "none" not found\n')
      const protobuf = yield* ask({ method: "GET", path, headers: { accept: "application/vnd.kubernetes.protobuf" } })
      assert.deepStrictEqual([protobuf.code, protobuf.type], [406, "application/json"])
      const both = yield* ask({ method: "GET", path, headers: { accept: "application/vnd.kubernetes.protobuf,application/json" } })
      assert.deepStrictEqual([both.code, both.type], [200, "application/json"])
      const page = yield* ask({ method: "GET", path: "/nope" })
      assert.deepStrictEqual([page.code, page.body], [404, "404 page not found\n"])
    })
  )

  it.live("a watch of a revision that is gone ends with an event that says so", () =>
    Effect.gen(function* () {
      const { ask, host } = yield* served
      yield* ask({ method: "POST", path, headers: json, body: '{"metadata":{"name":"a"}}' })
      yield* host.restore(Store.compact(yield* host.store))
      const watch = yield* ask({ method: "GET", path: `${path}?watch=true&resourceVersion=1` })
      assert.strictEqual(watch.code, 200)
      assert.include(watch.body, '"type":"ERROR"')
      assert.include(watch.body, '"code":410')
    })
  )
})
