import type { KubeObject } from "@aiopslab/core/Kubernetes"
import { managedOf, shown } from "@aiopslab/kubernetes/apply/Ownership"
import * as Store from "@aiopslab/kubernetes/Store"
import { assert, describe, it } from "@effect/vitest"
import { advance } from "../src/Advance.ts"
import type { World } from "../src/World.ts"
import { create, deployment, start } from "./Scenario.ts"

const lived = (step: number): World => {
  let world = create(start("owners"), deployment("web", { replicas: 2, container: { command: ["demo", "serve"] } }))
  for (let at = 0; at < 60_000; at += step) world = advance(world, world.now + step)
  return world
}

const owners = (object: KubeObject): ReadonlyArray<string> =>
  managedOf(object)
    .map(({ manager, subresource }) => (subresource === "" ? manager : `${manager}/${subresource}`))
    .sort()

const first = (world: World, resource: string): ReadonlyArray<string> => {
  const [object] = Store.list(world.store, resource, "default")
  return object === undefined ? [] : owners(object)
}

describe("the owners of what a cluster's components write", () => {
  const world = lived(60_000)

  it("are those of a real one", () => {
    assert.deepStrictEqual(first(world, "pods"), ["kube-controller-manager", "kubelet/status"])
    assert.deepStrictEqual(first(world, "replicasets.apps"), ["kube-controller-manager", "kube-controller-manager/status"])
    assert.includeMembers([...first(world, "deployments.apps")], ["kube-controller-manager/status"])
    const nodes = Store.list(world.store, "nodes").map(owners)
    for (const node of nodes) assert.includeMembers([...node], ["kubelet", "kubelet/status"])
    const writers = new Set(Store.list(world.store, "events", "default").flatMap(owners))
    assert.deepStrictEqual([...writers].sort(), ["kube-controller-manager", "kube-scheduler", "kubelet"])
  })

  it("are nobody for a pod's node, which the API server writes", () => {
    const [pod] = Store.list(world.store, "pods", "default")
    const text = JSON.stringify(pod === undefined ? [] : shown(pod).metadata["managedFields"])
    assert.include(text, '"f:containerStatuses"')
    assert.notInclude(text, '"f:nodeName"')
  })

  it("do not depend on the steps in which the time went by", () => {
    const all = (of: World): string =>
      JSON.stringify(Store.resources(of.store).map((resource) => Store.list(of.store, resource).map(shown)))
    assert.strictEqual(all(lived(1000)), all(world))
  })
})
