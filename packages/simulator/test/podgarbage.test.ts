import { assert, describe, it } from "@effect/vitest"
import { virtualEpoch } from "@aiopslab/core/Cluster"
import { admin } from "@aiopslab/core/Kubernetes"
import { at, records } from "@aiopslab/kubernetes/Json"
import * as Effect from "effect/Effect"
import * as TestClock from "effect/testing/TestClock"
import { booted } from "../src/Boot.ts"
import * as EmbeddedCluster from "../src/EmbeddedCluster.ts"
import { playbook } from "./Demo.ts"

describe("the pods of a node that is no more", () => {
  it.effect("fail, and say of which generation", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(virtualEpoch)
      const { cluster, power } = EmbeddedCluster.make({ name: "test", world: booted({ playbook, workers: 1, seed: "gone" }) })
      const api = cluster.api(admin)
      const pods = "/api/v1/namespaces/default/pods"
      yield* api.request({
        method: "POST",
        path: pods,
        body: {
          apiVersion: "v1",
          kind: "Pod",
          metadata: { name: "kept", finalizers: ["example.com/kept"] },
          spec: { nodeName: "kind-worker", containers: [{ name: "a", image: "busybox:1.35" }] }
        }
      })
      yield* power("kind-worker", "off")
      yield* api.request({ method: "DELETE", path: "/api/v1/nodes/kind-worker" })
      yield* TestClock.adjust("1 minute")
      const { body } = yield* api.request({ method: "GET", path: `${pods}/kept` })
      const condition = records(at(body, "status", "conditions")).find(({ type }) => type === "DisruptionTarget")
      assert.deepStrictEqual(
        [at(body, "status", "phase"), condition?.["reason"], condition?.["message"], condition?.["observedGeneration"]],
        ["Failed", "DeletionByPodGC", "PodGC: node no longer exists", 1]
      )
    })
  )
})
