/**
 * What processes of a cluster say again and again though nothing changed: leases are renewed, kubelets report that their nodes are well.
 * It happens at moments that follow from the clock, so it is written down only when somebody looks, and costs nothing till then.
 */
import { kubeTime } from "@aiopslab/kubernetes/Time"
import { bits } from "../Draw.ts"
import { asNode } from "../Kinds.ts"
import type { Turn } from "../Turn.ts"
import type { World } from "../World.ts"
import * as Writers from "../Writers.ts"
import * as Leases from "./Leases.ts"
import type { Beat, Rhythm } from "./Rhythm.ts"
import * as Rhythms from "./Rhythm.ts"

export interface Heartbeats {
  /** By `namespace/name`. */
  readonly leases: Readonly<Record<string, Beat & { readonly identity: string }>>
  /** Of nodes' status, by name. */
  readonly reports: Readonly<Record<string, Beat>>
}

export const none: Heartbeats = { leases: {}, reports: {} }

/** What somebody looks at. */
export type What = "leases" | "nodes"

const reportMillis = 300_000
const loopMillis = 10_000

/** `nodeStatusReportFrequency`; after a change they come up to half of it sooner or later: pkg/kubelet `delayAfterNodeStatusChange` */
const reported = (node: string, since: number): Rhythm => {
  const loops = reportMillis / loopMillis
  const delay = ((bits("report", node, since / 1000) % loops) - loops / 2) * loopMillis
  return { every: reportMillis, sway: () => delay }
}

const keyOf = ({ name, namespace }: Leases.Held): string => `${namespace}/${name}`

/** Until when a process of a node has been there. */
const endOf = ({ now, stopped }: World, node: string | undefined): number => (node === undefined ? now : (stopped[node] ?? now))

const lastReport = (world: World, node: string, { since }: Beat): number => Rhythms.last(reported(node, since), since, endOf(world, node))

const lastRenewal = (world: World, { node, rhythm }: Leases.Held, { since }: Beat): number =>
  Rhythms.last(rhythm, since, endOf(world, node))

/** When a node's kubelet was last heard of; undefined: it has none. */
export const heardOf = (world: World, node: string): number | undefined => {
  const { leases, reports } = world.heartbeats
  const held = Leases.of(world).find((one) => one.node === node)
  const lease = held === undefined ? undefined : leases[keyOf(held)]
  const beat = reports[node]
  if (held === undefined || lease === undefined || beat === undefined) return undefined
  return Math.max(lastReport(world, node, beat), lastRenewal(world, held, lease))
}

/** Whether objects lag behind what was said. */
export const isDue = (world: World, what: What): boolean =>
  what === "leases"
    ? Leases.of(world).some((held) => {
        const beat = world.heartbeats.leases[keyOf(held)]
        return beat !== undefined && lastRenewal(world, held, beat) > beat.shown
      })
    : Object.entries(world.heartbeats.reports).some(([node, beat]) => lastReport(world, node, beat) > beat.shown)

/** The first moment after the present at which something is said. */
export const nextAt = (world: World, what: What): number => {
  const times =
    what === "leases"
      ? Leases.of(world).flatMap((held) => {
          const beat = world.heartbeats.leases[keyOf(held)]
          const isOff = held.node !== undefined && held.node in world.stopped
          return beat === undefined || isOff ? [] : [Rhythms.next(held.rhythm, beat.since, world.now)]
        })
      : Object.entries(world.heartbeats.reports).flatMap(([node, { since }]) =>
          node in world.stopped ? [] : [Rhythms.next(reported(node, since), since, world.now)]
        )
  return Math.min(...times)
}

const renew = (turn: Turn, held: Leases.Held, beat: Heartbeats["leases"][string], at: number): void => {
  const object = Leases.held(turn, held, beat.identity, at)
  if (object !== undefined) turn.put(Leases.leases, object, held.holder, at)
  turn.heartbeats = { ...turn.heartbeats, leases: { ...turn.heartbeats.leases, [keyOf(held)]: { ...beat, shown: at } } }
}

const report = (turn: Turn, name: string, beat: Beat, at: number): void => {
  const found = turn.get("nodes", "", name)
  if (found !== undefined) {
    const node = asNode(found)
    const conditions = (node.status.conditions ?? []).map((one) => ({ ...one, lastHeartbeatTime: kubeTime(at) }))
    turn.put("nodes", { ...node, status: { ...node.status, conditions } }, Writers.kubelet, at)
  }
  turn.heartbeats = { ...turn.heartbeats, reports: { ...turn.heartbeats.reports, [name]: { ...beat, shown: at } } }
}

/** Writes down what was said up to now. */
export const show = (turn: Turn, what: What): void => {
  if (what === "nodes") {
    for (const [name, beat] of Object.entries(turn.heartbeats.reports)) {
      const at = lastReport(turn, name, beat)
      if (at > beat.shown) report(turn, name, beat, at)
    }
    return
  }
  for (const held of Leases.of(turn)) {
    const beat = turn.heartbeats.leases[keyOf(held)]
    const at = beat === undefined ? 0 : lastRenewal(turn, held, beat)
    if (beat !== undefined && at > beat.shown) renew(turn, held, beat, at)
  }
}

/** A kubelet has just written its node's status, for a reason. */
export const reportedNow = (turn: Turn, node: string): void => {
  turn.heartbeats = { ...turn.heartbeats, reports: { ...turn.heartbeats.reports, [node]: { since: turn.now, shown: turn.now } } }
}

const begin = (turn: Turn, held: Leases.Held): void => {
  const known = turn.heartbeats.leases[keyOf(held)]?.identity ?? Leases.identityOf(turn, held)
  const identity = known ?? held.identity.replace("$uid", () => turn.context.uid())
  renew(turn, held, { since: turn.now, shown: 0, identity }, turn.now)
}

/** The kubelet of a node has started, and has reported. */
export const beginNode = (turn: Turn, node: string): void => {
  reportedNow(turn, node)
  for (const held of Leases.of(turn)) if (held.node === node) begin(turn, held)
}

/** The control plane has started. */
export const beginServer = (turn: Turn): void => {
  for (const held of Leases.of(turn)) if (held.node === undefined) begin(turn, held)
}
