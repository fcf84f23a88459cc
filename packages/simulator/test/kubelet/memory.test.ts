import { assert, describe, it } from "@effect/vitest"
import type { KubeObject } from "@aiopslab/core/Kubernetes"
import { advance } from "@aiopslab/simulator/Advance"
import { asNode, asPod } from "@aiopslab/simulator/Kinds"
import type { World } from "@aiopslab/simulator/World"
import * as Store from "@aiopslab/kubernetes/Store"
import { containerSeries } from "@aiopslab/simulator/traffic/Containers"
import { podMetrics } from "@aiopslab/simulator/traffic/PodMetrics"
import { create, remove, start } from "../Scenario.ts"

const seconds = (world: World, count: number): World => advance(world, world.now + count * 1000)

interface Wanted {
  readonly mebi: number
  readonly request?: string
  readonly limit?: string
  readonly spec?: Readonly<Record<string, unknown>>
}

/** A pod that holds so much memory on the worker. */
const holding = (name: string, { limit, mebi, request, spec }: Wanted): KubeObject => ({
  apiVersion: "v1",
  kind: "Pod",
  metadata: { name, namespace: "default" },
  spec: {
    terminationGracePeriodSeconds: 2,
    containers: [
      {
        name,
        image: "demo:1",
        command: ["demo", "hold", String(mebi)],
        resources: {
          ...(request === undefined ? {} : { requests: { memory: request } }),
          ...(limit === undefined ? {} : { limits: { memory: limit } })
        }
      }
    ],
    ...spec
  }
})

const pod = (world: World, name: string) => {
  const found = Store.get(world.store, "pods", "default", name)
  return found === undefined ? undefined : asPod(found)
}

const worker = (world: World) => {
  const found = Store.get(world.store, "nodes", "", "kind-worker")
  const node = found === undefined ? undefined : asNode(found)
  const condition = node?.status.conditions?.find(({ type }) => type === "MemoryPressure")
  return { condition: `${condition?.status} ${condition?.reason}`, taints: (node?.spec.taints ?? []).map(({ key }) => key) }
}

const messages = (world: World, reason: string) =>
  Store.list(world.store, "events").flatMap((one) => (one["reason"] === reason ? [String(one["message"])] : []))

const held = (wanted: Readonly<Record<string, Wanted>>): World => {
  let world = start("memory")
  for (const [name, of] of Object.entries(wanted)) world = create(world, holding(name, of))
  return seconds(world, 20)
}

describe("a node that is short of memory", () => {
  it("says so, and lets the pod go that takes the most beyond its request", () => {
    const world = held({ asked: { mebi: 8000, request: "8Gi" }, modest: { mebi: 700 }, greedy: { mebi: 7000, request: "1Gi" } })
    assert.strictEqual(worker(world).condition, "True KubeletHasInsufficientMemory")
    assert.deepStrictEqual(worker(world).taints, ["node.kubernetes.io/memory-pressure"])
    assert.deepStrictEqual(messages(world, "NodeHasInsufficientMemory"), ["Node kind-worker status is now: NodeHasInsufficientMemory"])
    assert.deepStrictEqual(messages(world, "EvictionThresholdMet"), ["Attempting to reclaim memory"])
    const greedy = pod(world, "greedy")
    const why =
      "The node was low on resource: memory. Threshold quantity: 100Mi, available: 44Mi. " +
      "Container greedy was using 7000Mi, request is 1Gi, has larger consumption of memory. "
    assert.deepStrictEqual([greedy?.status.phase, greedy?.status.reason, greedy?.status.message], ["Failed", "Evicted", why])
    assert.deepStrictEqual(messages(world, "Evicted"), [why])
    assert.strictEqual(greedy?.status.conditions?.find(({ type }) => type === "DisruptionTarget")?.reason, "TerminationByKubelet")
    assert.deepStrictEqual([pod(world, "asked")?.status.phase, pod(world, "modest")?.status.phase], ["Running", "Running"])
  })

  it("lets the pod go first that matters least", () => {
    let world = start("memory")
    world = create(world, { apiVersion: "scheduling.k8s.io/v1", kind: "PriorityClass", metadata: { name: "dear" }, value: 1000 })
    world = create(world, holding("dear", { mebi: 9000, spec: { priorityClassName: "dear" } }))
    world = seconds(create(world, holding("cheap", { mebi: 6700 })), 20)
    assert.deepStrictEqual([pod(world, "dear")?.status.phase, pod(world, "cheap")?.status.phase], ["Running", "Failed"])
  })

  it("has enough again five minutes after it had too little", () => {
    const world = held({ one: { mebi: 8000 }, two: { mebi: 7700 } })
    assert.strictEqual(worker(seconds(world, 270)).condition, "True KubeletHasInsufficientMemory")
    const later = seconds(world, 320)
    assert.strictEqual(worker(later).condition, "False KubeletHasSufficientMemory")
    assert.deepStrictEqual(worker(later).taints, [])
    assert.deepStrictEqual(messages(later, "NodeHasSufficientMemory"), ["Node kind-worker status is now: NodeHasSufficientMemory"])
    assert.deepStrictEqual(
      [...later.timers.values()].filter((timer) => timer._tag === "Requeue" && timer.controller === "node-pressure"),
      []
    )
  })

  it("takes no new pods by the scheduler, and of those that are put there none that asked for nothing", () => {
    let world = held({ one: { mebi: 8000 }, two: { mebi: 7700 } })
    world = create(world, holding("fresh", { mebi: 1 }))
    world = create(world, holding("put", { mebi: 1, spec: { nodeName: "kind-worker" } }))
    world = seconds(create(world, holding("asking", { mebi: 1, request: "1Mi", spec: { nodeName: "kind-worker" } })), 10)
    assert.include(pod(world, "fresh")?.status.conditions?.[0]?.message, "2 node(s) had untolerated taint(s)")
    const put = pod(world, "put")
    assert.deepStrictEqual(
      [put?.status.phase, put?.status.reason, put?.status.message],
      ["Failed", "Evicted", "Pod was rejected: The node had condition: [MemoryPressure]. "]
    )
    assert.strictEqual(pod(world, "asking")?.status.phase, "Running")
  })

  it("has its kernel kill what asks for more than there is", () => {
    const world = held({ endless: { mebi: 17_000 }, limited: { mebi: 300, limit: "200Mi" } })
    for (const name of ["endless", "limited"])
      assert.include(JSON.stringify(pod(world, name)?.status.containerStatuses), '"reason":"OOMKilled"', name)
    assert.strictEqual(worker(world).condition, "False KubeletHasSufficientMemory")
  })

  const plain = (name: string, limit?: string): KubeObject => ({
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name, namespace: "default" },
    spec: { containers: [{ name, image: "demo:1", resources: limit === undefined ? {} : { limits: { memory: limit } } }] }
  })

  it("has its kernel kill a program that needs more than its container may have, though it never says what it holds", () => {
    const world = seconds(create(create(start("memory"), plain("tight", "8Mi")), plain("roomy", "16Mi")), 20)
    assert.include(JSON.stringify(pod(world, "tight")?.status.containerStatuses), '"reason":"OOMKilled"')
    assert.strictEqual(pod(world, "roomy")?.status.containerStatuses?.[0]?.restartCount, 0)
  })

  it("counts what any program uses that begins", () => {
    const full = held({ full: { mebi: 15_640 } })
    assert.strictEqual(worker(full).condition, "False KubeletHasSufficientMemory")
    assert.strictEqual(worker(seconds(create(full, plain("more")), 20)).condition, "True KubeletHasInsufficientMemory")
  })

  it("is told of as it is, by whomever", () => {
    const world = seconds(create(held({ full: { mebi: 15_000 } }), plain("some")), 90)
    const range = { namespace: "default", since: world.now, until: world.now + 1, stepSeconds: 1 }
    const series = containerSeries({ ...world, now: range.until }, range).filter(
      ({ name }) => name === "container_memory_working_set_bytes"
    )
    const shown = Object.fromEntries(series.map(({ labels, points }) => [labels["container"], points.at(-1)?.[1]]))
    const told = Object.fromEntries([...podMetrics(world, "default").values()].flat().map(({ memory, name }) => [name, memory]))
    assert.strictEqual(told["full"], 15_000 * 1_048_576)
    assert.deepStrictEqual(shown, told)
  })

  it("is well as long as what is held leaves it enough", () => {
    const world = held({ one: { mebi: 8000 }, two: { mebi: 7000 } })
    assert.strictEqual(worker(world).condition, "False KubeletHasSufficientMemory")
    const freed = seconds(create(seconds(remove(world, "pods", "default", "one"), 20), holding("three", { mebi: 7000 })), 20)
    assert.strictEqual(worker(freed).condition, "False KubeletHasSufficientMemory")
    assert.strictEqual(pod(freed, "three")?.status.phase, "Running")
  })
})
