import type { KubeObject } from "@aiopslab/core/Kubernetes"
import { assert, describe, it } from "@effect/vitest"
import { asDeployment, rolling } from "../src/Shapes.ts"

const status = (more: Record<string, number>): string | undefined => {
  const object: KubeObject = {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name: "profile", generation: 2 },
    spec: {
      replicas: 2,
      selector: { matchLabels: { app: "profile" } },
      template: { spec: { containers: [{ name: "profile", image: "x" }] } }
    },
    status: { observedGeneration: 2, replicas: 2, updatedReplicas: 2, availableReplicas: 2, ...more }
  }
  const deployment = asDeployment(object)
  if (deployment === undefined) throw new Error("not a deployment")
  return rolling(deployment)
}

describe("a rollout", () => {
  it("is complete when all replicas are new and available", () => assert.isUndefined(status({})))
  it("is under way until the new spec was seen", () =>
    assert.strictEqual(status({ observedGeneration: 1 }), "its new spec was not observed yet"))
  it("is under way while replicas are missing", () => assert.strictEqual(status({ updatedReplicas: 1 }), "1 of 2 replicas are updated"))
  it("is under way while old ones remain", () => assert.strictEqual(status({ replicas: 3 }), "old replicas are still there"))
  it("is under way until all are available", () => assert.strictEqual(status({ availableReplicas: 0 }), "0 of 2 replicas are available"))
})
