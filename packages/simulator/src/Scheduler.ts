/** Gives pods their nodes: the default scheduler's filters in its order, then the node with the least requested. pkg/scheduler. */
import * as Quantity from "@aiopslab/kubernetes/Quantity"
import * as Selector from "@aiopslab/kubernetes/Selector"
import * as Store from "@aiopslab/kubernetes/Store"
import { kubeTime } from "@aiopslab/kubernetes/Time"
import type { Controller } from "./Controller.ts"
import { keyOf, parseKey } from "./Controller.ts"
import { isFinished } from "./controllers/Owned.ts"
import { selectedNode, waitsForConsumer } from "./controllers/Volumes.ts"
import * as Events from "./Events.ts"
import type { Claim, Node, NodeSelectorTerm, Pod } from "./Kinds.ts"
import { asClaim, asNode, asPod, asVolume } from "./Kinds.ts"
import type { Turn } from "./Turn.ts"
import * as Writers from "./Writers.ts"

const name = "scheduler"
const component = "default-scheduler"

export const scheduler: Controller = {
  name,
  resources: ["pods", "nodes", "persistentvolumeclaims", "persistentvolumes"],
  observe: (turn, { object, previous, resource, type }) => {
    if (resource === "pods") {
      const pod = asPod(object)
      if (type === "DELETED" || isFinished(pod)) return (pod.spec.nodeName ?? "") === "" ? undefined : retryAll(turn)
      if ((pod.spec.nodeName ?? "") === "" && (previous === undefined || previous["spec"] !== object["spec"]))
        turn.enqueue(name, keyOf(object))
      return
    }
    if (resource !== "nodes" || previous?.["spec"] !== object["spec"] || previous?.metadata.labels !== object.metadata.labels)
      retryAll(turn)
  },
  reconcile: (turn, key) => {
    const found = turn.get("pods", ...parseKey(key))
    if (found === undefined) return
    const pod = asPod(found)
    if ((pod.spec.nodeName ?? "") !== "" || pod.metadata.deletionTimestamp !== undefined || isFinished(pod)) return
    if ((pod.spec.schedulerName ?? "default-scheduler") === "default-scheduler") schedule(turn, pod)
  }
}

/** Something changed that may make room. */
const retryAll = (turn: Turn): void => {
  for (const one of Store.list(turn.store, "pods")) if ((asPod(one).spec.nodeName ?? "") === "") turn.enqueue(name, keyOf(one))
}

interface Requests {
  /** Thousandths of a core. */
  readonly cpu: number
  /** Bytes. */
  readonly memory: number
}

/** Specs are immutable, and looked at for every pod that is scheduled after them. */
const known = new WeakMap<Pod["spec"], Requests>()

const requestsOf = (pod: Pod): Requests => {
  const cached = known.get(pod.spec)
  if (cached !== undefined) return cached
  let cpu = 0
  let memory = 0
  for (const { resources } of pod.spec.containers) {
    const { cpu: cores, memory: bytes } = resources?.requests ?? {}
    if (cores !== undefined) cpu += Quantity.milliValue(cores)
    if (bytes !== undefined) memory += Quantity.value(bytes)
  }
  const requests = { cpu, memory }
  known.set(pod.spec, requests)
  return requests
}

const schedule = (turn: Turn, pod: Pod): void => {
  const nodes = Store.list(turn.store, "nodes").map(asNode)
  const claims = claimsOf(turn, pod)
  if (typeof claims === "string") return fail(turn, pod, `0/${nodes.length} nodes are available: ${claims}.`, nodes.length, 0)
  const used = usedBy(turn)
  const reasons = new Map<string, number>()
  const fits: Array<Node> = []
  let fixable = 0
  for (const node of nodes) {
    const why = misfit(turn, pod, node, used.get(node.metadata.name), claims)
    if (why.length === 0) fits.push(node)
    else if (why.every((one) => one.startsWith("Insufficient") || one === "Too many pods")) fixable++
    for (const one of why) reasons.set(one, (reasons.get(one) ?? 0) + 1)
  }
  const node = fits.sort((a, b) => (used.get(a.metadata.name)?.cpu ?? 0) - (used.get(b.metadata.name)?.cpu ?? 0))[0]
  if (node === undefined) {
    const text = [...reasons]
      .map(([reason, count]) => `${count} ${reason}`)
      .sort()
      .join(", ")
    return fail(turn, pod, `0/${nodes.length} nodes are available: ${text}.`, nodes.length, fixable)
  }
  const waiting = claims.filter((claim) => claim.spec.volumeName === undefined)
  if (waiting.length === 0) return bind(turn, pod, node)
  // bound once the volumes are there
  for (const claim of waiting) {
    if (claim.metadata.annotations?.[selectedNode] !== undefined) continue
    const annotations = { ...claim.metadata.annotations, [selectedNode]: node.metadata.name }
    turn.put("persistentvolumeclaims", { ...claim, metadata: { ...claim.metadata, annotations } }, Writers.scheduler)
  }
}

/** The pod's claims, or why it can't be scheduled anywhere. */
const claimsOf = (turn: Turn, pod: Pod): ReadonlyArray<Claim> | string => {
  const out: Array<Claim> = []
  for (const { persistentVolumeClaim } of pod.spec.volumes ?? []) {
    if (persistentVolumeClaim === undefined) continue
    const found = turn.get("persistentvolumeclaims", pod.metadata.namespace ?? "", persistentVolumeClaim.claimName)
    if (found === undefined) return `persistentvolumeclaim "${persistentVolumeClaim.claimName}" not found`
    const claim = asClaim(found)
    if (claim.metadata.deletionTimestamp !== undefined) return `persistentvolumeclaim "${persistentVolumeClaim.claimName}" is being deleted`
    if (claim.status.phase !== "Bound" && !waitsForConsumer(turn, claim)) return "pod has unbound immediate PersistentVolumeClaims"
    out.push(claim)
  }
  return out
}

interface Used extends Requests {
  readonly pods: number
}

const usedBy = (turn: Turn): ReadonlyMap<string, Used> => {
  const out = new Map<string, Used>()
  for (const one of Store.list(turn.store, "pods")) {
    const pod = asPod(one)
    const node = pod.spec.nodeName ?? ""
    if (node === "" || isFinished(pod)) continue
    const { cpu, memory } = requestsOf(pod)
    const sum = out.get(node) ?? { cpu: 0, memory: 0, pods: 0 }
    out.set(node, { cpu: sum.cpu + cpu, memory: sum.memory + memory, pods: sum.pods + 1 })
  }
  return out
}

const holds = (labels: Readonly<Record<string, string>> | undefined, term: NodeSelectorTerm): boolean =>
  Selector.matches(Selector.fromLabelSelector({ matchExpressions: term.matchExpressions ?? [] }), labels)

const anyTerm = (node: Node, terms: ReadonlyArray<NodeSelectorTerm> | undefined): boolean =>
  terms === undefined || terms.some((term) => holds(node.metadata.labels, term))

/** Why a pod doesn't fit on a node: the words of the first filter that refuses it; of resources, all. */
const misfit = (turn: Turn, pod: Pod, node: Node, used: Used | undefined, claims: ReadonlyArray<Claim>): ReadonlyArray<string> => {
  const { spec } = pod
  if (node.spec.unschedulable === true) return ["node(s) were unschedulable"]
  const taint = node.spec.taints?.find((one) => one.effect !== "PreferNoSchedule" && !tolerates(pod, one))
  if (taint !== undefined) return [`node(s) had untolerated taint {${taint.key}: ${taint.value ?? ""}}`]
  const labels = node.metadata.labels ?? {}
  const selected = Object.entries(spec.nodeSelector ?? {}).every(([key, value]) => labels[key] === value)
  if (!selected || !anyTerm(node, spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms)) {
    return ["node(s) didn't match Pod's node affinity/selector"]
  }
  const short = insufficient(pod, node, used)
  if (short.length > 0) return short
  for (const claim of claims) {
    const volume = claim.spec.volumeName === undefined ? undefined : turn.get("persistentvolumes", "", claim.spec.volumeName)
    if (volume !== undefined && !anyTerm(node, asVolume(volume).spec.nodeAffinity?.required?.nodeSelectorTerms)) {
      return ["node(s) didn't match PersistentVolume's node affinity"]
    }
    const selected = claim.metadata.annotations?.[selectedNode]
    if (volume === undefined && selected !== undefined && selected !== node.metadata.name)
      return ["node(s) didn't find available persistent volumes to bind"]
  }
  return []
}

const tolerates = (pod: Pod, taint: { readonly key: string; readonly value?: string; readonly effect: string }): boolean =>
  pod.spec.tolerations?.some(
    (one) =>
      (one.effect === undefined || one.effect === "" || one.effect === taint.effect) &&
      (one.key === undefined || one.key === "" ? one.operator === "Exists" : one.key === taint.key) &&
      (one.operator === "Exists" || (one.value ?? "") === (taint.value ?? ""))
  ) === true

const insufficient = (pod: Pod, node: Node, used: Used | undefined): ReadonlyArray<string> => {
  const wants = requestsOf(pod)
  const out: Array<string> = []
  const { allocatable = {} } = node.status
  if ((used?.pods ?? 0) + 1 > Quantity.value(allocatable["pods"] ?? "0")) out.push("Too many pods")
  if (wants.cpu > 0 && wants.cpu + (used?.cpu ?? 0) > Quantity.milliValue(allocatable["cpu"] ?? "0")) out.push("Insufficient cpu")
  if (wants.memory > 0 && wants.memory + (used?.memory ?? 0) > Quantity.value(allocatable["memory"] ?? "0")) out.push("Insufficient memory")
  return out
}

const bind = (turn: Turn, pod: Pod, node: Node): void => {
  const condition = { type: "PodScheduled", status: "True", lastProbeTime: null, lastTransitionTime: kubeTime(turn.now) }
  turn.settle("pods", {
    ...pod,
    spec: { ...pod.spec, nodeName: node.metadata.name },
    status: { ...pod.status, conditions: [...(pod.status.conditions ?? []).filter(({ type }) => type !== "PodScheduled"), condition] }
  })
  Events.record(turn, pod, { component }, "Normal", "Scheduled", `Successfully assigned ${keyOf(pod)} to ${node.metadata.name}`)
}

const fail = (turn: Turn, pod: Pod, why: string, nodes: number, fixable: number): void => {
  const parts = [
    ...(fixable === 0 ? [] : [`${fixable} No preemption victims found for incoming pod`]),
    ...(fixable === nodes ? [] : [`${nodes - fixable} Preemption is not helpful for scheduling`])
  ]
  const message = `${why} preemption: 0/${nodes} nodes are available: ${parts.join(", ")}.`
  const before = pod.status.conditions?.find(({ type }) => type === "PodScheduled")
  const lastTransitionTime = before?.status === "False" ? (before.lastTransitionTime ?? null) : kubeTime(turn.now)
  const conditions = [
    ...(pod.status.conditions ?? []).filter(({ type }) => type !== "PodScheduled"),
    { type: "PodScheduled", status: "False", lastProbeTime: null, lastTransitionTime, reason: "Unschedulable", message }
  ]
  turn.put("pods", { ...pod, status: { ...pod.status, conditions } }, Writers.scheduler)
  Events.record(turn, pod, { component }, "Warning", "FailedScheduling", message)
}
