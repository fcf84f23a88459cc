/**
 * A node that runs out of memory: its kubelet says so, and evicts pods until there is enough again (pkg/kubelet/eviction). Looked at in
 * rounds, as long as there is pressure or may be.
 */
import { kubeTime } from "@aiopslab/kubernetes/Time"
import type { Controller } from "../Controller.ts"
import { bits } from "../Draw.ts"
import * as Events from "../Events.ts"
import * as Heartbeats from "../heartbeats/Heartbeats.ts"
import type { Node } from "../Kinds.ts"
import { asNode } from "../Kinds.ts"
import type { Turn } from "../Turn.ts"
import * as Writers from "../Writers.ts"
import * as MemoryEviction from "./MemoryEviction.ts"
import * as MemoryUse from "./MemoryUse.ts"

const name = "memory-pressure"
export const type = "MemoryPressure"
const mebi = 1_048_576

/** `memory.available<100Mi`, kubelet's default; Kind's nodes keep to it. */
const threshold = 100 * mebi
/** `evictionPressureTransitionPeriod` */
const transitionMillis = 300_000
/** The eviction manager's round. */
const periodMillis = 10_000

export interface Pressure {
  /** When it is looked at next. */
  readonly lookAt: number | undefined
  /** When there was too little memory, the last time. */
  readonly metAt: number | undefined
}

const roundAfter = (turn: Turn, node: string): number =>
  turn.now + periodMillis - ((turn.now - (bits(turn.seed, `eviction ${node}`, 0) % periodMillis)) % periodMillis)

const set = (turn: Turn, node: string, pressure: Pressure): void => {
  turn.pressures = { ...turn.pressures, [node]: pressure }
}

const lookLater = (turn: Turn, node: string): void => {
  const known = turn.pressures[node]
  if (known?.lookAt !== undefined) return
  const lookAt = roundAfter(turn, node)
  set(turn, node, { lookAt, metAt: known?.metAt })
  turn.schedule(lookAt, { _tag: "Requeue", controller: name, key: node })
}

/** There may come to be too little. */
const isNear = (turn: Turn, node: string): boolean => MemoryUse.surelyAvailable(turn, node) < threshold

/** A program has taken memory: when too little is left, the kubelet finds out with one of its rounds. */
export const taken = (turn: Turn, node: string): void => {
  if (isNear(turn, node)) lookLater(turn, node)
}

export const isUnder = (node: Node): boolean => node.status.conditions?.some((one) => one.type === type && one.status === "True") === true

const tell = (turn: Turn, node: Node, is: "insufficient" | "sufficient"): void => {
  const now = kubeTime(turn.now)
  const word = is === "insufficient" ? "Insufficient" : "Sufficient"
  const conditions = (node.status.conditions ?? []).map((one) => ({
    ...one,
    lastHeartbeatTime: now,
    ...(one.type === type
      ? {
          status: is === "insufficient" ? "True" : "False",
          reason: `KubeletHas${word}Memory`,
          message: `kubelet has ${is} memory available`,
          lastTransitionTime: now
        }
      : {})
  }))
  turn.put("nodes", { ...node, status: { ...node.status, conditions } }, Writers.kubelet)
  Heartbeats.reportedNow(turn, node.metadata.name)
  const message = `Node ${node.metadata.name} status is now: NodeHas${word}Memory`
  Events.record(turn, node, { component: "kubelet", host: node.metadata.name }, "Normal", `NodeHas${word}Memory`, message)
}

export const memoryPressure: Controller = {
  name,
  resources: [],
  observe: () => undefined,
  reconcile: (turn, key) => {
    const found = turn.get("nodes", "", key)
    const known = turn.pressures[key]
    if (known?.lookAt === undefined || known.lookAt > turn.now) return
    if (found === undefined || key in turn.stopped) return set(turn, key, { lookAt: undefined, metAt: undefined })
    const node = asNode(found)
    const available = MemoryUse.available(turn, key)
    const isMet = available < threshold
    set(turn, key, { lookAt: undefined, metAt: isMet ? turn.now : known.metAt })
    if (isMet) {
      Events.record(turn, node, { component: "kubelet", host: key }, "Warning", "EvictionThresholdMet", "Attempting to reclaim memory")
      if (!isUnder(node)) tell(turn, node, "insufficient")
      MemoryEviction.evict(turn, key, threshold, available)
    } else if (isUnder(node) && turn.now >= (known.metAt ?? 0) + transitionMillis) tell(turn, node, "sufficient")
    if (isMet || isUnder(asNode(turn.get("nodes", "", key) ?? found)) || isNear(turn, key)) lookLater(turn, key)
  }
}
