import type { KubeApi, KubeReply } from "@aiopslab/core/Kubernetes"
import { admin } from "@aiopslab/core/Kubernetes"
import * as MemoryHost from "@aiopslab/kubernetes/MemoryHost"
import * as Server from "@aiopslab/kubernetes/Server"
import * as Store from "@aiopslab/kubernetes/Store"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import * as TestClock from "effect/testing/TestClock"

const path = "/api/v1/namespaces/default/configmaps"

const List = Schema.Struct({
  metadata: Schema.Struct({
    resourceVersion: Schema.String,
    continue: Schema.optionalKey(Schema.String),
    remainingItemCount: Schema.optionalKey(Schema.Int)
  }),
  items: Schema.Array(Schema.Struct({ metadata: Schema.Struct({ name: Schema.String }) }))
})

const read = (reply: KubeReply) =>
  Effect.map(Schema.decodeUnknownEffect(List)(reply.body), ({ items, metadata }) => ({
    names: items.map((item) => item.metadata.name),
    metadata
  }))

const list = (api: KubeApi, query: Readonly<Record<string, string>>) => Effect.flatMap(api.request({ method: "GET", path, query }), read)

const create = (api: KubeApi, name: string) => api.request({ method: "POST", path, body: { metadata: { name } } })

const filled = Effect.gen(function* () {
  const host = yield* MemoryHost.make()
  const api = Server.make({ host }).api(admin)
  for (const name of ["a", "b", "c", "d"]) yield* create(api, name)
  return { host, api }
})

describe("pages of a list", () => {
  it.effect("all show the moment of the first, whatever is written in between", () =>
    Effect.gen(function* () {
      const { api } = yield* filled
      const first = yield* list(api, { limit: "2" })
      assert.deepStrictEqual([first.names, first.metadata.remainingItemCount], [["a", "b"], 2])
      yield* api.request({ method: "DELETE", path: `${path}/c` })
      yield* create(api, "cc")
      yield* api.request({ method: "PATCH", path: `${path}/d`, body: { data: { x: "1" } }, contentType: "application/merge-patch+json" })
      const second = yield* list(api, { limit: "2", continue: first.metadata.continue ?? "" })
      assert.deepStrictEqual(second.names, ["c", "d"])
      assert.strictEqual(second.metadata.resourceVersion, first.metadata.resourceVersion)
      assert.deepStrictEqual((yield* list(api, {})).names, ["a", "b", "cc", "d"])
    })
  )

  it.effect("end with 410 and a token for the rest when their moment was compacted away", () =>
    Effect.gen(function* () {
      const { api, host } = yield* filled
      const first = yield* list(api, { limit: "2" })
      yield* create(api, "e")
      yield* host.restore(Store.compact(yield* host.store))
      const failure = yield* Effect.flip(
        api.request({ method: "GET", path, query: { limit: "2", continue: first.metadata.continue ?? "" } })
      )
      assert.deepStrictEqual([failure.code, failure.reason], [410, "Expired"])
      const rest = yield* list(api, { continue: String(failure.details?.["continue"]) })
      assert.deepStrictEqual(rest.names, ["c", "d", "e"])
    })
  )

  it.effect("a past revision is listed as it was", () =>
    Effect.gen(function* () {
      const { api } = yield* filled
      const { metadata } = yield* list(api, {})
      yield* api.request({ method: "DELETE", path })
      const past = yield* list(api, { resourceVersion: metadata.resourceVersion, resourceVersionMatch: "Exact" })
      assert.deepStrictEqual(past.names, ["a", "b", "c", "d"])
      assert.deepStrictEqual((yield* list(api, {})).names, [])
      const ahead = yield* Effect.flip(api.request({ method: "GET", path, query: { resourceVersion: "99999" } }))
      assert.deepStrictEqual([ahead.code, ahead.reason], [504, "Timeout"])
    })
  )
})

describe("bookmarks", () => {
  it.effect("come at their pace, with the last revision that was seen", () =>
    Effect.gen(function* () {
      const { api } = yield* filled
      const query = { allowWatchBookmarks: "true", resourceVersion: "0", timeoutSeconds: "100" }
      const events = yield* api
        .watch({ method: "GET", path: "/api/v1/namespaces/default/secrets", query })
        .pipe(Stream.runCollect, Effect.forkChild({ startImmediately: true }))
      yield* create(api, "e")
      yield* TestClock.adjust("101 seconds")
      const seen = yield* Fiber.join(events)
      assert.deepStrictEqual(
        seen.map(({ object, type }) => `${type} ${object.metadata.resourceVersion}`),
        [`BOOKMARK ${(yield* list(api, {})).metadata.resourceVersion}`]
      )
    })
  )
})
