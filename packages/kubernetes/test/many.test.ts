/** 100,000 objects: reads by page, namespace and label, watches, and deletion are what they are with ten. */
import { admin } from "@aiopslab/core/Kubernetes"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Stream from "effect/Stream"
import { array, at, record, string } from "../src/Json.ts"
import * as MemoryHost from "../src/MemoryHost.ts"
import * as Server from "../src/Server.ts"

const namespaces = 10
const each = 10_000

const namespace = (i: number): string => `many-${i}`

const filled = Effect.gen(function* () {
  const api = Server.make({ host: yield* MemoryHost.make() }).api(admin)
  for (let i = 0; i < namespaces; i++) {
    yield* api.request({ method: "POST", path: "/api/v1/namespaces", body: { metadata: { name: namespace(i) } } })
    for (let j = 0; j < each; j++) {
      const metadata = { name: `secret-${j}`, labels: { rest: String(j % 100) } }
      yield* api.request({
        method: "POST",
        path: `/api/v1/namespaces/${namespace(i)}/secrets`,
        body: { metadata, data: { key: "dmFsdWU=" } }
      })
    }
  }
  return api
})

describe("100,000 objects", () => {
  it.live(
    "are read, watched and deleted like few",
    () =>
      Effect.gen(function* () {
        const api = yield* filled
        const read = (path: string, query: Readonly<Record<string, string>> = {}) =>
          Effect.map(api.request({ method: "GET", path, query }), ({ body }) => record(body))

        const whole = yield* read("/api/v1/secrets")
        assert.strictEqual(array(whole["items"]).length, namespaces * each)

        const seen = new Set<string>()
        let pages = 0
        for (let next: string | undefined = ""; next !== undefined; pages++) {
          const page: Readonly<Record<string, unknown>> = yield* read("/api/v1/secrets", {
            limit: "5000",
            ...(next === "" ? {} : { continue: next })
          })
          for (const item of array(page["items"]))
            seen.add(`${string(at(item, "metadata", "namespace"))}/${string(at(item, "metadata", "name"))}`)
          next = string(at(page, "metadata", "continue"))
        }
        assert.strictEqual(pages, 20)
        assert.strictEqual(seen.size, namespaces * each)

        assert.strictEqual(array((yield* read(`/api/v1/namespaces/${namespace(3)}/secrets`))["items"]).length, each)
        assert.strictEqual(array((yield* read("/api/v1/secrets", { labelSelector: "rest=7" }))["items"]).length, 1000)
        assert.strictEqual(string(at(yield* read(`/api/v1/namespaces/${namespace(9)}/secrets/secret-9999`), "data", "key")), "dmFsdWU=")

        // the history goes back only so far: a watcher from the beginning is told to list anew
        const early = yield* Effect.flip(
          Stream.runHead(api.watch({ method: "GET", path: "/api/v1/secrets", query: { resourceVersion: "1" } }))
        )
        assert.strictEqual(early.code, 410)

        const from = string(at(whole, "metadata", "resourceVersion")) ?? ""
        const watched = yield* api
          .watch({ method: "GET", path: "/api/v1/secrets", query: { resourceVersion: from } })
          .pipe(Stream.take(each), Stream.runCollect, Effect.forkChild)
        const { body } = yield* api.request({ method: "DELETE", path: `/api/v1/namespaces/${namespace(5)}/secrets` })
        assert.strictEqual(array(record(body)["items"]).length, each)
        const events = yield* Fiber.join(watched)
        assert.isTrue(events.every(({ type }) => type === "DELETED"))
        assert.strictEqual(new Set(events.map(({ object }) => string(at(object, "metadata", "name")))).size, each)
        assert.strictEqual(array((yield* read("/api/v1/secrets", { limit: "1" }))["items"]).length, 1)
        assert.strictEqual(array((yield* read(`/api/v1/namespaces/${namespace(5)}/secrets`))["items"]).length, 0)
      }),
    300_000
  )
})
