/**
 * The whole simulated cluster as one persistent value: objects, clock, timers, random counters, containers, volumes. Every change gives a
 * new world that shares what stayed; keeping one is a snapshot, continuing an old one is a fork, and both cost nothing.
 *
 * At rest a world is settled: every controller has seen every change up to `now`. `advance` (Advance.ts) moves it on.
 */
import type { Behaviour } from "@aiopslab/core/Behaviour"
import { virtualEpoch } from "@aiopslab/core/Cluster"
import * as Playbook from "@aiopslab/core/Playbook"
import * as Store from "@aiopslab/kubernetes/Store"
import type { Trust } from "@aiopslab/kubernetes/trust/Trust"
import type * as BTree from "sorted-btree"
import { EmptyBTree } from "sorted-btree"
import type { Container } from "./Container.ts"
import type { AutoscalerMemory } from "./controllers/AutoscaleRules.ts"
import type { Told } from "./Events.ts"
import * as Heartbeats from "./heartbeats/Heartbeats.ts"
import type { Visit } from "./traffic/Visits.ts"
import type { Pressure } from "./kubelet/MemoryPressure.ts"
import type { PodRuntime } from "./kubelet/PodRuntime.ts"
import type { ProbeState } from "./kubelet/ProbeState.ts"
import type { Timer } from "./Timer.ts"
import { timeOf } from "./Timer.ts"

/** Content that outlives containers: of a hostPath (by node and path) or an emptyDir (by pod). Paths are relative to its root. */
export interface Volume {
  readonly files: Readonly<Record<string, string | undefined>>
  readonly data: Readonly<Record<string, unknown>>
}

/**
 * A span of time in which nothing changed that matters to traffic: endpoints, pods, listening ports, program states, objects of the
 * hidden group. It lasts until the next epoch begins, the latest until `now`.
 */
export interface Epoch {
  readonly from: number
  /** The world when it began, settled. Its own `epochs` are those before this one. */
  readonly world: World
  readonly before: Epoch | undefined
}

/** What a world needs to know of the installed plugins and of its own cluster; fixed from birth. */
export interface Setting {
  readonly playbook: Playbook.Playbook
  readonly nodes: ReadonlyArray<NodeSpec>
  readonly trust: Trust
}

export interface NodeSpec {
  readonly name: string
  readonly role: "control-plane" | "worker"
  readonly ip: string
  /** The first three numbers of its pods' addresses. */
  readonly podNet: string
}

export interface World {
  readonly setting: Setting
  readonly store: Store.Store
  /** Milliseconds since the epoch. */
  readonly now: number
  /** By `timerKey`. */
  readonly timers: BTree.default<string, Timer>
  readonly seed: string
  /** Counters: of draws, uids, timers and log lines, and addresses per node. */
  readonly draws: number
  readonly uids: number
  readonly sequence: number
  readonly addresses: Readonly<Record<string, number>>
  /** By `podUid/name`. */
  readonly containers: BTree.default<string, Container>
  /** What kubelets know of their pods, by uid. */
  readonly pods: BTree.default<string, PodRuntime>
  /** By `podUid/container/kind`. */
  readonly probes: BTree.default<string, ProbeState>
  readonly volumes: Readonly<Record<string, Volume>>
  /** When an image was or will be on a node, by `node` and the image's full name. */
  readonly images: Readonly<Record<string, number>>
  /** Nodes that are switched off, and since when. */
  readonly stopped: Readonly<Record<string, number>>
  /** Since when pods have borne their nodes' taints for a while, by uid. */
  readonly evictions: Readonly<Record<string, number>>
  /** What kubelets know of their nodes' memory, of those where it was short. */
  readonly pressures: Readonly<Record<string, Pressure>>
  /** What the cluster's processes say again and again. */
  readonly heartbeats: Heartbeats.Heartbeats
  /** How often in a row a controller failed at an object, by `controller key`. */
  readonly failures: Readonly<Record<string, number>>
  /** What autoscalers remember, by uid. */
  readonly autoscalers: Readonly<Record<string, AutoscalerMemory>>
  /** What was told of objects lately, by source and uid. */
  readonly told: BTree.default<string, Told>
  /** Requests that somebody made by hand, newest first. */
  readonly visits: Visit | undefined
  /** The revision up to which controllers have seen the store. */
  readonly observed: number
  /** Newest first. */
  readonly epochs: Epoch | undefined
}

export const emptyVolume: Volume = { files: {}, data: {} }

const emptyTimers: BTree.default<string, Timer> = EmptyBTree.clone()
const emptyContainers: BTree.default<string, Container> = EmptyBTree.clone()
const emptyTold: BTree.default<string, Told> = EmptyBTree.clone()
const emptyPods: BTree.default<string, PodRuntime> = EmptyBTree.clone()
const emptyProbes: BTree.default<string, ProbeState> = EmptyBTree.clone()

/** A world without a single object, at `virtualEpoch` unless told otherwise. `boot` (Boot.ts) gives it nodes and namespaces. */
export const empty = (setting: Setting, seed: string, now: number = virtualEpoch): World => ({
  setting,
  store: Store.empty,
  now,
  timers: emptyTimers,
  seed,
  draws: 0,
  uids: 0,
  sequence: 0,
  addresses: {},
  containers: emptyContainers,
  pods: emptyPods,
  probes: emptyProbes,
  volumes: {},
  images: {},
  stopped: {},
  evictions: {},
  pressures: {},
  heartbeats: Heartbeats.none,
  failures: {},
  autoscalers: {},
  told: emptyTold,
  visits: undefined,
  observed: Store.empty.revision,
  epochs: undefined
})

/** From here on the world draws from this seed. What was drawn before stays. */
export const reseed = (world: World, seed: string): World => ({ ...world, seed })

export const container = (world: World, podUid: string, name: string): Container | undefined => world.containers.get(`${podUid}/${name}`)

/** In the order of their keys. */
export const containersOf = (world: Pick<World, "containers">, podUid: string): ReadonlyArray<Container> => {
  const out: Array<Container> = []
  // "0" follows "/"
  world.containers.forRange(`${podUid}/`, `${podUid}0`, false, (_, found) => {
    out.push(found)
  })
  return out
}

/** Milliseconds since the epoch of the next thing that happens by itself; undefined when nothing will. */
export const nextTimer = (world: Pick<World, "timers">): number | undefined => {
  const first = world.timers.minKey()
  return first === undefined ? undefined : timeOf(first)
}

/** Epochs that overlap `[since, until)`, oldest first, each with its part of that range. */
export const epochsIn = (
  world: World,
  since: number,
  until: number
): ReadonlyArray<{ readonly from: number; readonly until: number; readonly world: World }> => {
  const out: Array<{ readonly from: number; readonly until: number; readonly world: World }> = []
  let end = Math.min(until, world.now)
  for (let epoch = world.epochs; epoch !== undefined && end > since; epoch = epoch.before) {
    if (epoch.from >= end) continue
    out.push({ from: Math.max(epoch.from, since), until: end, world: epoch.world })
    end = epoch.from
  }
  return out.reverse()
}

export const behaviourOf = ({ playbook }: Setting, image: string): Behaviour | undefined => Playbook.behaviourOf(playbook, image)
