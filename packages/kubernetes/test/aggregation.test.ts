import { admin } from "@aiopslab/core/Kubernetes"
import { assert, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as MemoryHost from "../src/MemoryHost.ts"
import * as Server from "../src/Server.ts"

const roles = "/apis/rbac.authorization.k8s.io/v1/clusterroles"
const selector = { clusterRoleSelectors: [{ matchLabels: { ring: "1" } }, { matchExpressions: [{ key: "ring", operator: "Exists" }] }] }

// by every way through them there would be 10^32 visits
it.effect("thirty roles that aggregate each other are each looked at once", () =>
  Effect.gen(function* () {
    const server = Server.make({ host: yield* MemoryHost.make() })
    const api = server.api(admin)
    for (let i = 0; i < 30; i++)
      yield* api.request({
        method: "POST",
        path: roles,
        body: {
          metadata: { name: `ring-${i}`, labels: { ring: "1" } },
          aggregationRule: selector,
          rules: i === 29 ? [{ apiGroups: [""], resources: ["secrets"], verbs: ["list"] }] : []
        }
      })
    yield* api.request({
      method: "POST",
      path: "/apis/rbac.authorization.k8s.io/v1/clusterrolebindings",
      body: {
        metadata: { name: "jane" },
        roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: "ring-0" },
        subjects: [{ kind: "User", apiGroup: "rbac.authorization.k8s.io", name: "jane" }]
      }
    })
    const jane = server.api({ user: "jane", groups: ["system:authenticated"] })
    const { code } = yield* jane.request({ method: "GET", path: "/api/v1/secrets" })
    assert.strictEqual(code, 200)
    const refused = yield* Effect.flip(jane.request({ method: "GET", path: "/api/v1/pods" }))
    assert.strictEqual(refused.code, 403)
  })
)
