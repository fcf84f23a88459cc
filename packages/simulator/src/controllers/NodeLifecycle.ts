/** Notices that a node is lost, and turns a node's conditions into taints: pkg/controller/nodelifecycle. */
import { equal } from "@aiopslab/kubernetes/Equal"
import * as Store from "@aiopslab/kubernetes/Store"
import { kubeTime } from "@aiopslab/kubernetes/Time"
import type { Controller } from "../Controller.ts"
import { bits } from "../Draw.ts"
import * as Events from "../Events.ts"
import * as Heartbeats from "../heartbeats/Heartbeats.ts"
import type { Node, Taint } from "../Kinds.ts"
import { asNode, asPod } from "../Kinds.ts"
import type { Turn } from "../Turn.ts"

const name = "nodelifecycle"
const component = "node-controller"
/** kube-controller-manager `--node-monitor-grace-period` */
const graceMillis = 50_000
/** `--node-monitor-period`: only then nodes are found missing, and pods told to leave them, or that they may stay. */
const monitorMillis = 5_000

/** The first monitoring after a moment. */
const monitoringAfter = (turn: Turn, from: number): number =>
  from + monitorMillis - ((from - (bits(turn.seed, "node monitor", 0) % monitorMillis)) % monitorMillis)

const monitorAt = (turn: Turn, at: number, node: string): void => {
  turn.schedule(at, { _tag: "Requeue", controller: name, key: `${monitor}${node}` })
}

/**
 * When a node is given up: the grace counts from the monitoring that saw the last renewal of its lease, or its last report. Never when it was
 * never heard of.
 */
const lostAt = (turn: Turn, node: string): number | undefined => {
  const heard = Heartbeats.heardOf(turn, node)
  return heard === undefined ? undefined : monitoringAfter(turn, heard - 1) + graceMillis
}

const monitor = "monitor:"

/** Keys are nodes' names, after `monitor:` when their health is looked at. */
export const nodeLifecycle: Controller = {
  name,
  resources: ["nodes"],
  observe: (turn, { object, previous, type }) => {
    if (type === "DELETED") return
    if (previous?.["spec"] !== object["spec"] || previous?.["status"] !== object["status"]) turn.enqueue(name, object.metadata.name)
  },
  reconcile: (turn, key) => {
    const isMonitor = key.startsWith(monitor)
    const node = isMonitor ? key.slice(monitor.length) : key
    const found = turn.get("nodes", "", node)
    if (found === undefined) return
    if (!isMonitor) return taint(turn, asNode(found), "NoSchedule")
    if (turn.now >= (lostAt(turn, node) ?? Infinity)) lose(turn, asNode(found))
    taint(turn, asNode(turn.get("nodes", "", node) ?? found), "NoSchedule")
    taint(turn, asNode(turn.get("nodes", "", node) ?? found), "NoExecute")
  }
}

/** The kubelet of a node has fallen silent: it will be missed. */
export const expect = (turn: Turn, node: string): void => {
  const at = lostAt(turn, node)
  if (at !== undefined) monitorAt(turn, at, node)
}

const isReady = (node: Node): string => node.status.conditions?.find(({ type }) => type === "Ready")?.status ?? "Unknown"

const lose = (turn: Turn, node: Node): void => {
  if (isReady(node) === "Unknown") return
  const now = kubeTime(turn.now)
  const unknown = { status: "Unknown", reason: "NodeStatusUnknown", message: "Kubelet stopped posting node status." } as const
  const conditions = (node.status.conditions ?? []).map((one) => ({ ...one, ...unknown, lastTransitionTime: now }))
  turn.put("nodes", { ...node, status: { ...node.status, conditions } })
  const message = `Node ${node.metadata.name} status is now: NodeNotReady`
  Events.record(turn, node, { component }, "Normal", "NodeNotReady", message)
  for (const one of Store.list(turn.store, "pods")) {
    const pod = asPod(one)
    if (pod.spec.nodeName !== node.metadata.name) continue
    const ready = pod.status.conditions?.find(({ status, type }) => type === "Ready" && status === "True")
    if (ready === undefined) continue
    const next = (pod.status.conditions ?? []).map((each) =>
      each === ready ? { ...each, status: "False" as const, lastTransitionTime: now } : each
    )
    turn.put("pods", { ...pod, status: { ...pod.status, conditions: next } })
    Events.record(turn, pod, { component }, "Warning", "NodeNotReady", "Node is not ready")
  }
}

const pressures = [
  ["MemoryPressure", "node.kubernetes.io/memory-pressure"],
  ["DiskPressure", "node.kubernetes.io/disk-pressure"],
  ["PIDPressure", "node.kubernetes.io/pid-pressure"],
  ["NetworkUnavailable", "node.kubernetes.io/network-unavailable"]
] as const

const notReady = "node.kubernetes.io/not-ready"
const unreachable = "node.kubernetes.io/unreachable"
const unschedulable = "node.kubernetes.io/unschedulable"

/** The taints that this controller puts and takes away; all others are somebody else's. */
const own: ReadonlySet<string> = new Set([notReady, unreachable, unschedulable, ...pressures.map(([, key]) => key)])

const wanted = (node: Node): ReadonlyArray<readonly [key: string, effect: "NoExecute" | "NoSchedule"]> => {
  const ready = isReady(node)
  const lost = ready === "True" ? undefined : ready === "False" ? notReady : unreachable
  return [
    ...(lost === undefined ? [] : ([[lost, "NoSchedule"]] as const)),
    ...pressures.flatMap(([type, key]) =>
      node.status.conditions?.some((one) => one.type === type && one.status === "True") === true ? ([[key, "NoSchedule"]] as const) : []
    ),
    ...(node.spec.unschedulable === true ? ([[unschedulable, "NoSchedule"]] as const) : []),
    ...(lost === undefined ? [] : ([[lost, "NoExecute"]] as const))
  ]
}

/** Puts and takes away this controller's taints of one effect. */
const taint = (turn: Turn, node: Node, how: "NoExecute" | "NoSchedule"): void => {
  const { taints = [], ...spec } = node.spec
  const wants = wanted(node)
  const isOver = ({ effect, key }: Taint): boolean => own.has(key) && !wants.some(([one, other]) => one === key && other === effect)
  const missing = wants.filter(([key, effect]) => !taints.some((one) => one.key === key && one.effect === effect))
  if (how === "NoSchedule" && (missing.some(([, effect]) => effect !== how) || taints.some((one) => one.effect !== how && isOver(one))))
    monitorAt(turn, monitoringAfter(turn, turn.now), node.metadata.name)
  const kept = taints.filter((one) => one.effect !== how || !isOver(one))
  const added = missing
    .filter(([, effect]) => effect === how)
    .map(([key, effect]): Taint => ({ key, effect, timeAdded: kubeTime(turn.now) }))
  const next = [...kept, ...added]
  if (!equal(next, taints)) turn.put("nodes", { ...node, spec: next.length === 0 ? spec : { ...spec, taints: next } })
}
