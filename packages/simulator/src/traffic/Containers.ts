/** The containers of a namespace over a range, as series of metrics: which ran when, and what requests had cost them by then. */
import type { Range, Series } from "@aiopslab/core/Telemetry"
import * as Quantity from "@aiopslab/kubernetes/Quantity"
import * as Store from "@aiopslab/kubernetes/Store"
import * as ContainerSeries from "@aiopslab/telemetry/ContainerSeries"
import type { Container } from "../Container.ts"
import { asPod } from "../Kinds.ts"
import { epochsIn, type World } from "../World.ts"
import { noiseOf } from "./Noise.ts"
import { counters } from "./Traffic.ts"
import { nothing, plus, type Usage } from "./Usage.ts"

export interface SeriesQuery extends Range {
  readonly namespace: string
  readonly stepSeconds: number
}

/** A container that ran at a moment. */
interface Seen {
  readonly container: Container
  /** The world's seed at that moment. */
  readonly seed: string
  readonly at: number
  readonly startedAt: number
  readonly podStartedAt: number
  readonly cpuLimit: number | undefined
  readonly memoryLimit: number | undefined
}

const limitOf = (world: World, container: Container, resource: "cpu" | "memory"): number | undefined => {
  const object = Store.get(world.store, "pods", container.namespace, container.pod)
  const limit =
    object === undefined
      ? undefined
      : asPod(object).spec.containers.find(({ name }) => name === container.name)?.resources?.limits?.[resource]
  if (limit === undefined) return undefined
  return resource === "cpu" ? Quantity.milliValue(limit) / 1000 : Quantity.value(limit)
}

const seenAt = (world: World, namespace: string, at: number): ReadonlyArray<Seen> => {
  const out: Array<Seen> = []
  for (const container of world.containers.values()) {
    if (container.namespace !== namespace || container.state._tag !== "Running") continue
    const { startedAt } = container.state
    out.push({
      container,
      seed: world.seed,
      at,
      startedAt,
      podStartedAt: Math.min(startedAt, world.pods.get(container.podUid)?.startTime ?? startedAt),
      cpuLimit: limitOf(world, container, "cpu"),
      memoryLimit: limitOf(world, container, "memory")
    })
  }
  return out
}

/** Running containers at each point of the range. */
const seenIn = (world: World, query: SeriesQuery): ReadonlyArray<Seen> => {
  const out: Array<Seen> = []
  const step = Math.max(1, query.stepSeconds) * 1000
  for (const epoch of epochsIn(world, query.since, query.until)) {
    const first = query.since + Math.ceil((epoch.from - query.since) / step) * step
    for (let at = first; at < epoch.until; at += step) out.push(...seenAt(epoch.world, query.namespace, at))
  }
  return out
}

/** What each container had used at each of these moments, since the world began. */
const totalsAt = (world: World, namespace: string, moments: ReadonlyArray<number>): ReadonlyMap<number, ReadonlyMap<string, Usage>> => {
  const out = new Map<number, ReadonlyMap<string, Usage>>()
  let total: ReadonlyMap<string, Usage> = new Map()
  let since = 0
  for (const until of [...new Set(moments)].sort((a, b) => a - b)) {
    const more = counters(world, { namespace, since, until })
    if (more.size > 0) {
      const next = new Map(total)
      for (const [key, usage] of more) next.set(key, plus(next.get(key) ?? nothing, usage))
      total = next
    }
    out.set(until, total)
    since = until
  }
  return out
}

/** The network is the pod's: all of its containers together. */
const ofPod = (total: ReadonlyMap<string, Usage> | undefined, podUid: string): Usage => {
  let sum = nothing
  for (const [key, usage] of total ?? []) if (key.startsWith(`${podUid}/`)) sum = plus(sum, usage)
  return sum
}

export const containerSeries = (world: World, query: SeriesQuery): ReadonlyArray<Series> => {
  const seen = seenIn(world, query)
  const totals = totalsAt(
    world,
    query.namespace,
    seen.flatMap(({ at, podStartedAt, startedAt }) => [at, podStartedAt, startedAt])
  )
  const usedSince = (used: (total: ReadonlyMap<string, Usage> | undefined) => Usage, from: number, at: number): Usage =>
    plus(used(totals.get(at)), used(totals.get(from)), -1)

  const byContainer = new Map<string, Array<Seen>>()
  for (const one of seen) {
    const group = byContainer.get(one.container.key)
    if (group === undefined) byContainer.set(one.container.key, [one])
    else group.push(one)
  }
  const podsTold = new Set<string>()
  return Array.from(byContainer.values()).flatMap((group) => {
    const { container } = group[0] ?? {}
    if (container === undefined) return []
    const role = podsTold.has(container.podUid) ? "further" : "first-of-pod"
    podsTold.add(container.podUid)
    const seeds = new Map(group.map(({ at, seed }) => [at, seed]))
    const samples = group.map((one): ContainerSeries.Sample => {
      const used = usedSince((total) => total?.get(container.key) ?? nothing, one.startedAt, one.at)
      const pod = usedSince((total) => ofPod(total, container.podUid), one.podStartedAt, one.at)
      return {
        at: one.at,
        startedAt: one.startedAt,
        podStartedAt: one.podStartedAt,
        requestCpuMillis: used.cpuMillis,
        requests: used.requests,
        receivedBytes: pod.receivedBytes,
        receivedPackets: pod.receivedPackets,
        sentBytes: pod.sentBytes,
        sentPackets: pod.sentPackets,
        cpuLimit: one.cpuLimit,
        memoryLimit: one.memoryLimit,
        memoryHeld: one.container.holds
      }
    })
    const noise = noiseOf(container, (at) => seeds.get(at) ?? "")
    const { image, name, namespace, node, pod } = container
    return ContainerSeries.seriesOf({ namespace, pod, container: name, image, node }, samples, noise, role)
  })
}
