/** What the parts of the real server that watch say of an object after its write. */
import type { KubeApi } from "@aiopslab/core/Kubernetes"
import { admin } from "@aiopslab/core/Kubernetes"
import { at, records } from "@aiopslab/kubernetes/Json"
import * as MemoryHost from "@aiopslab/kubernetes/MemoryHost"
import * as Server from "@aiopslab/kubernetes/Server"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"

const served = Effect.gen(function* () {
  return Server.make({ host: yield* MemoryHost.make() }).api(admin)
})

const post = (api: KubeApi, path: string, body: unknown) => Effect.map(api.request({ method: "POST", path, body }), (reply) => reply.body)

const conditions = (api: KubeApi, path: string) =>
  Effect.map(api.request({ method: "GET", path }), ({ body }) =>
    records(at(body, "status", "conditions")).map(({ type, status, reason }) => `${String(type)}=${String(status)} ${String(reason)}`)
  )

const flow = "/apis/flowcontrol.apiserver.k8s.io/v1"

describe("what watches settles what was written", () => {
  it.effect("a flow schema dangles until its level is there, and again when that is gone", () =>
    Effect.gen(function* () {
      const api = yield* served
      const schema = { metadata: { name: "one" }, spec: { priorityLevelConfiguration: { name: "level" } } }
      const level = { metadata: { name: "level" }, spec: { type: "Limited", limited: { limitResponse: { type: "Reject" } } } }
      yield* post(api, `${flow}/flowschemas`, schema)
      assert.deepStrictEqual(yield* conditions(api, `${flow}/flowschemas/one`), ["Dangling=True NotFound"])
      yield* post(api, `${flow}/prioritylevelconfigurations`, level)
      assert.deepStrictEqual(yield* conditions(api, `${flow}/flowschemas/one`), ["Dangling=False Found"])
      yield* api.request({ method: "DELETE", path: `${flow}/prioritylevelconfigurations/level` })
      assert.deepStrictEqual(yield* conditions(api, `${flow}/flowschemas/one`), ["Dangling=True NotFound"])
    })
  )

  it.effect("the service of another server's API is looked for", () =>
    Effect.gen(function* () {
      const api = yield* served
      const path = "/apis/apiregistration.k8s.io/v1/apiservices"
      yield* post(api, path, {
        metadata: { name: "v1.other.example.com" },
        spec: {
          group: "other.example.com",
          version: "v1",
          service: { namespace: "default", name: "other" },
          insecureSkipTLSVerify: true,
          groupPriorityMinimum: 100,
          versionPriority: 10
        }
      })
      assert.deepStrictEqual(yield* conditions(api, `${path}/v1.other.example.com`), ["Available=False ServiceNotFound"])
    })
  )

  it.effect("a definition is answered bare, its names are accepted and it is established", () =>
    Effect.gen(function* () {
      const api = yield* served
      const path = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"
      const schema = { openAPIV3Schema: { type: "object" } }
      yield* post(api, path, {
        metadata: { name: "gears.example.io" },
        spec: {
          group: "example.io",
          scope: "Cluster",
          names: { plural: "gears", kind: "Gear" },
          versions: [{ name: "v1", served: true, storage: true, schema }]
        }
      })
      assert.deepStrictEqual(yield* conditions(api, `${path}/gears.example.io`), [
        "NamesAccepted=True NoConflicts",
        "Established=True InitialNamesAccepted"
      ])
    })
  )
})

describe("a review", () => {
  const access = "/apis/authorization.k8s.io/v1"
  it.effect("is answered with what was asked and what is allowed", () =>
    Effect.gen(function* () {
      const api = yield* served
      const spec = { user: "nobody", resourceAttributes: { verb: "get", resource: "pods", namespace: "default" } }
      const answer = yield* post(api, `${access}/subjectaccessreviews`, { spec })
      assert.strictEqual(at(answer, "status", "allowed"), false)
      assert.deepStrictEqual(at(answer, "spec"), spec)
    })
  )

  it.effect("that has a name, or asks for nothing, is refused", () =>
    Effect.gen(function* () {
      const api = yield* served
      const refused = (body: unknown) =>
        Effect.map(
          Effect.flip(api.request({ method: "POST", path: `${access}/subjectaccessreviews`, body })),
          ({ code, message }) => `${code} ${message}`
        )
      const resourceAttributes = { verb: "get", resource: "pods" }
      assert.match(
        yield* refused({ metadata: { name: "one" }, spec: { user: "u", resourceAttributes } }),
        /^422 .*metadata: .*must be empty/
      )
      assert.match(yield* refused({ spec: { resourceAttributes } }), /^422 .*spec\.user/)
      assert.match(yield* refused({ spec: { user: "u" } }), /^422 .*exactly one of nonResourceAttributes or resourceAttributes/)
    })
  )
})
