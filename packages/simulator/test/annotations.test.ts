import { assert, it } from "@effect/vitest"
import * as Annotations from "../src/controllers/DeploymentAnnotations.ts"
import { asDeployment, asReplicaSet } from "../src/Kinds.ts"

const revision = "deployment.kubernetes.io/revision"
const history = "deployment.kubernetes.io/revision-history"

const deployment = asDeployment({
  apiVersion: "apps/v1",
  kind: "Deployment",
  metadata: { name: "web", annotations: { team: "a", "kubectl.kubernetes.io/last-applied-configuration": "{}" } },
  spec: { replicas: 1 }
})

const set = (annotations: Readonly<Record<string, string>>) =>
  asReplicaSet({ apiVersion: "apps/v1", kind: "ReplicaSet", metadata: { name: "web-1", annotations }, spec: {} })

it("what the deployment says reaches its newest set, once", () => {
  const taken = Annotations.ofExisting(deployment, set({ [revision]: "3" }), 3)
  assert.deepStrictEqual(taken, { [revision]: "3", team: "a" })
  assert.strictEqual(Annotations.ofExisting(deployment, set(taken ?? {}), 3), undefined)
})

it("a set that is the newest again remembers its earlier revisions, as many as fit", () => {
  const again = Annotations.ofExisting(deployment, set({ team: "a", [revision]: "1", [history]: "" }), 3)
  assert.deepStrictEqual(again, { team: "a", [revision]: "3", [history]: "1" })
  const long = Array.from({ length: 1000 }, (_, i) => i).join(",")
  const cut = Annotations.ofExisting(deployment, set({ team: "a", [revision]: "1000", [history]: long }), 1001)?.[history] ?? ""
  assert.isAtMost(cut.length, 2000)
  assert.isTrue(cut.endsWith(",999,1000"))
})

it("a revision that is no number counts as none, and is mended once", () => {
  assert.strictEqual(Annotations.revisionOf(set({ [revision]: "abc" })), 0)
  const mended = Annotations.ofExisting(deployment, set({ team: "a", [revision]: "abc" }), 1)
  assert.strictEqual(mended?.[revision], "1")
  assert.strictEqual(Annotations.ofExisting(deployment, set(mended ?? {}), 1), undefined)
})
