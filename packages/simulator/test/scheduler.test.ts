import type { KubeObject } from "@aiopslab/core/Kubernetes"
import * as Store from "@aiopslab/kubernetes/Store"
import { describe, expect, it } from "vitest"
import { advance } from "../src/Advance.ts"
import { booted } from "../src/Boot.ts"
import { asPod } from "../src/Kinds.ts"
import type { World } from "../src/World.ts"
import { playbook } from "./Demo.ts"
import { create, deployment, patch } from "./Scenario.ts"

const start = (workers: number): World => booted({ playbook, workers, seed: "scheduler" })

/** How many pods of an application each node has. */
const placed = (world: World, app: string): Readonly<Record<string, number>> => {
  const out: Record<string, number> = {}
  for (const one of Store.list(world.store, "pods", "default")) {
    const { metadata, spec } = asPod(one)
    if (metadata.labels?.["app"] === app) out[spec.nodeName ?? "none"] = (out[spec.nodeName ?? "none"] ?? 0) + 1
  }
  return out
}

const after = (world: World, ...objects: ReadonlyArray<KubeObject>): World => advance(objects.reduce(create, world), world.now + 20_000)

describe("scores", () => {
  it("replicas spread evenly over equal nodes", () => {
    const world = after(start(3), deployment("web", { replicas: 12 }))
    expect(placed(world, "web")).toEqual({ "kind-worker": 4, "kind-worker2": 4, "kind-worker3": 4 })
  })

  it("a preferred node gets the pod, unless a taint says otherwise", () => {
    const preference = { matchExpressions: [{ key: "kubernetes.io/hostname", operator: "In", values: ["kind-worker2"] }] }
    const pod = {
      affinity: { nodeAffinity: { preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 1, preference }] } }
    }
    const world = after(start(3), deployment("web", { pod }))
    expect(placed(world, "web")).toEqual({ "kind-worker2": 1 })
    const tainted = patch(start(3), "nodes", "", "kind-worker2", { spec: { taints: [{ key: "slow", effect: "PreferNoSchedule" }] } })
    expect(placed(after(tainted, deployment("web", { pod })), "web")["kind-worker2"]).toBeUndefined()
  })

  it("pods that prefer to be near another follow it", () => {
    const near = {
      podAffinity: {
        preferredDuringSchedulingIgnoredDuringExecution: [
          { weight: 100, podAffinityTerm: { topologyKey: "kubernetes.io/hostname", labelSelector: { matchLabels: { app: "first" } } } }
        ]
      }
    }
    const one = after(start(3), deployment("first", {}))
    const [node] = Object.keys(placed(one, "first"))
    const both = after(one, deployment("second", { pod: { affinity: near } }))
    expect(placed(both, "second")).toEqual({ [node ?? ""]: 1 })
  })

  it("a node with room is better than a full one", () => {
    const big = { container: { resources: { requests: { cpu: "6" } } } }
    const world = after(start(2), deployment("big", big))
    const [full] = Object.keys(placed(world, "big"))
    const small = after(world, deployment("small", { container: { resources: { requests: { cpu: "100m" } } } }))
    expect(placed(small, "small")[full ?? ""]).toBeUndefined()
  })
})

describe("preemption", () => {
  const high: KubeObject = { apiVersion: "scheduling.k8s.io/v1", kind: "PriorityClass", metadata: { name: "high" }, value: 1000 }
  const of = (cpu: string, pod: object = {}) => ({ container: { resources: { requests: { cpu } } }, pod })

  it("takes no more pods than it has to", () => {
    const full = after(start(1), high, deployment("a", of("3")), deployment("b", of("4")))
    const world = after(full, deployment("urgent", of("2", { priorityClassName: "high" })))
    expect(placed(world, "urgent")).toEqual({ "kind-worker": 1 })
    const running = ["a", "b"].filter((app) => placed(world, app)["kind-worker"] === 1)
    expect(running).toHaveLength(1)
  })

  it("spares a pod that its budget keeps when another does as well", () => {
    const budget: KubeObject = {
      apiVersion: "policy/v1",
      kind: "PodDisruptionBudget",
      metadata: { name: "a", namespace: "default" },
      spec: { minAvailable: 1, selector: { matchLabels: { app: "a" } } }
    }
    const full = after(start(1), high, budget, deployment("a", of("4")), deployment("b", of("4")))
    const world = after(full, deployment("urgent", of("3", { priorityClassName: "high" })))
    expect(placed(world, "a")).toEqual({ "kind-worker": 1 })
    expect(placed(world, "b")).toEqual({ none: 1 })
  })

  it("never happens for a class that doesn't want it", () => {
    const polite = { ...high, metadata: { name: "polite" }, preemptionPolicy: "Never" }
    const full = after(start(1), polite, deployment("a", of("6")))
    const world = after(full, deployment("urgent", of("5", { priorityClassName: "polite" })))
    expect(placed(world, "urgent")).toEqual({ none: 1 })
    const [event] = Store.list(world.store, "events", "default").filter(({ reason }) => reason === "FailedScheduling")
    expect(event?.["message"]).toContain("preemption: not eligible due to preemptionPolicy=Never.")
  })
})
