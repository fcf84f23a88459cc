/** Lists that are given empty, which Go tells from none until it stores them; and other things of its store that a client sees. */
import type { KubeApi } from "@aiopslab/core/Kubernetes"
import { admin, patchTypes } from "@aiopslab/core/Kubernetes"
import { array, at, records } from "@aiopslab/kubernetes/Json"
import * as MemoryHost from "@aiopslab/kubernetes/MemoryHost"
import * as Server from "@aiopslab/kubernetes/Server"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"

const served = Effect.gen(function* () {
  return Server.make({ host: yield* MemoryHost.make() }).api(admin)
})

const nodes = "/apis/storage.k8s.io/v1/csinodes"
const node = (drivers: unknown) => ({ apiVersion: "storage.k8s.io/v1", kind: "CSINode", metadata: { name: "one" }, spec: { drivers } })

const apply = (api: KubeApi, path: string, body: unknown, manager: string) =>
  api.request({ method: "PATCH", path, contentType: patchTypes.apply, body, query: { fieldManager: manager } })

describe("an empty list in the place of none", () => {
  it.effect("is its writer's, and another's that applies one too", () =>
    Effect.gen(function* () {
      const api = yield* served
      const { body } = yield* api.request({ method: "POST", path: nodes, body: node([]), query: { fieldManager: "first" } })
      assert.isNull(at(body, "spec", "drivers"))
      assert.deepStrictEqual(
        records(at(body, "metadata", "managedFields")).map(({ fieldsV1 }) => fieldsV1),
        [{ "f:spec": { "f:drivers": {} } }]
      )
      const { message } = yield* Effect.flip(apply(api, `${nodes}/one`, node([]), "second"))
      assert.strictEqual(message, 'Apply failed with 1 conflict: conflict with "first" using storage.k8s.io/v1: .spec.drivers')
    })
  )

  it.effect("gets no default where the server tells them apart", () =>
    Effect.gen(function* () {
      const api = yield* served
      const scaleTargetRef = { apiVersion: "apps/v1", kind: "Deployment", name: "one" }
      const autoscaler = (policies: unknown) => ({
        apiVersion: "autoscaling/v2",
        kind: "HorizontalPodAutoscaler",
        metadata: { name: "one" },
        spec: { scaleTargetRef, maxReplicas: 2, behavior: { scaleUp: { policies } } }
      })
      const path = "/apis/autoscaling/v2/namespaces/default/horizontalpodautoscalers"
      const { message } = yield* Effect.flip(api.request({ method: "POST", path, body: autoscaler([]) }))
      assert.include(message, "spec.behavior.scaleUp.policies: Required value: must specify at least one Policy")
      const { body } = yield* api.request({ method: "POST", path, body: autoscaler(null) })
      assert.strictEqual(array(at(body, "spec", "behavior", "scaleUp", "policies")).length, 2)
    })
  )
})

describe("a new claim", () => {
  it.effect("is stored without its phase: the first update that changes nothing is a version, the second is none", () =>
    Effect.gen(function* () {
      const api = yield* served
      const path = "/api/v1/namespaces/default/persistentvolumeclaims"
      const claim = { metadata: { name: "one" }, spec: { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "1Gi" } } } }
      const made = yield* api.request({ method: "POST", path, body: claim })
      const first = yield* api.request({ method: "PUT", path: `${path}/one`, body: made.body })
      const second = yield* api.request({ method: "PUT", path: `${path}/one`, body: first.body })
      const [a, b, c] = [made, first, second].map(({ body }) => at(body, "metadata", "resourceVersion"))
      assert.notStrictEqual(a, b)
      assert.strictEqual(b, c)
    })
  )
})
