import { assert, it } from "@effect/vitest"
import { virtualEpoch } from "@aiopslab/core/Cluster"
import { admin } from "@aiopslab/core/Kubernetes"
import { at, records, strings } from "@aiopslab/kubernetes/Json"
import * as Effect from "effect/Effect"
import * as TestClock from "effect/testing/TestClock"
import { booted } from "../src/Boot.ts"
import * as EmbeddedCluster from "../src/EmbeddedCluster.ts"
import { playbook } from "./Demo.ts"

const path = "/apis/rbac.authorization.k8s.io/v1/clusterroles"

it.effect("roles that aggregate have the rules of those they select, by way of others too, and lose them with these", () =>
  Effect.gen(function* () {
    yield* TestClock.setTime(virtualEpoch)
    const api = EmbeddedCluster.make({ name: "test", world: booted({ playbook, workers: 1, seed: "test" }) }).cluster.api(admin)
    const granting = (role: string) =>
      Effect.map(api.request({ method: "GET", path: `${path}/${role}` }), ({ body }) =>
        records(at(body, "rules")).flatMap((rule) => (strings(rule["resources"]).includes("lanterns") ? strings(rule["verbs"]) : []))
      )
    const { body } = yield* api.request({ method: "GET", path: `${path}/view` })
    assert.isAbove(records(at(body, "rules")).length, 5)
    assert.deepStrictEqual(yield* granting("admin"), [])
    yield* api.request({
      method: "POST",
      path,
      body: {
        metadata: { name: "lanterns", labels: { "rbac.authorization.k8s.io/aggregate-to-view": "true" } },
        rules: [{ apiGroups: ["example.org"], resources: ["lanterns"], verbs: ["get"] }]
      }
    })
    for (const role of ["view", "edit", "admin"]) assert.deepStrictEqual(yield* granting(role), ["get"])
    yield* api.request({ method: "DELETE", path: `${path}/lanterns` })
    for (const role of ["view", "edit", "admin"]) assert.deepStrictEqual(yield* granting(role), [])
  })
)
