/** Gives pods their nodes: the default scheduler's filters, then its scores, then preemption. pkg/scheduler. */
import * as Store from "@aiopslab/kubernetes/Store"
import { kubeTime } from "@aiopslab/kubernetes/Time"
import type { Controller } from "../Controller.ts"
import { keyOf, parseKey } from "../Controller.ts"
import { isFinished } from "../controllers/Owned.ts"
import { selectedNode } from "../controllers/Volumes.ts"
import * as Events from "../Events.ts"
import type { Condition, Node, Pod } from "../Kinds.ts"
import { asPod } from "../Kinds.ts"
import type { Turn } from "../Turn.ts"
import type { Attempt, Refusal } from "./Filters.ts"
import { refusal } from "./Filters.ts"
import * as NodeAffinity from "./NodeAffinity.ts"
import type { NodeState } from "./NodeState.ts"
import { priorityOf, snapshot } from "./NodeState.ts"
import { preempt, unavailable } from "./Preemption.ts"
import { best } from "./Score.ts"
import * as Volumes from "./Volumes.ts"
import * as Writers from "../Writers.ts"

const name = "scheduler"
const component = "default-scheduler"

export const scheduler: Controller = {
  name,
  resources: ["pods", "nodes", "persistentvolumeclaims", "persistentvolumes", "storageclasses.storage.k8s.io"],
  observe: (turn, { object, previous, resource, type }) => {
    if (resource === "pods") {
      const pod = asPod(object)
      if (type === "DELETED" || isFinished(pod)) return (pod.spec.nodeName ?? "") === "" ? undefined : retryAll(turn)
      if ((pod.spec.nodeName ?? "") === "") {
        if (previous === undefined || previous["spec"] !== object["spec"]) turn.enqueue(name, keyOf(object))
      } else if (previous === undefined || (asPod(previous).spec.nodeName ?? "") === "") retryAffine(turn)
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
    if ((pod.spec.schedulerName ?? component) !== component) return
    if ((pod.spec.schedulingGates ?? []).length > 0) gated(turn, pod)
    else if (!yields(turn, pod)) schedule(turn, pod)
  }
}

const isWaiting = (pod: Pod): boolean => (pod.spec.nodeName ?? "") === "" && !isFinished(pod)

/** Something changed that may make room. */
const retryAll = (turn: Turn): void => {
  for (const one of Store.list(turn.store, "pods")) if (isWaiting(asPod(one))) turn.enqueue(name, keyOf(one))
}

/** A pod got its node: others may want to be near it. */
const retryAffine = (turn: Turn): void => {
  for (const one of Store.list(turn.store, "pods")) {
    const pod = asPod(one)
    if (isWaiting(pod) && pod.spec.affinity?.podAffinity !== undefined) turn.enqueue(name, keyOf(one))
  }
}

const prefix = `${name} `

/** Pods of higher priority that wait at the same moment go first. */
const yields = (turn: Turn, pod: Pod): boolean => {
  for (const one of turn.queue) {
    if (!one.startsWith(prefix)) continue
    const other = turn.get("pods", ...parseKey(one.slice(prefix.length)))
    if (other === undefined || !isWaiting(asPod(other)) || priorityOf(asPod(other)) <= priorityOf(pod)) continue
    turn.enqueue(name, keyOf(pod))
    return true
  }
  return false
}

const schedule = (turn: Turn, pod: Pod): void => {
  const all = snapshot(turn, pod)
  if (all.length === 0) return fail(turn, pod, "no nodes available to schedule pods", undefined)
  const claims = Volumes.claimsOf(turn, pod)
  // preemption isn't tried, and says that it misses what the filters would have left for it
  if (typeof claims === "string") return fail(turn, pod, `0/${all.length} nodes are available: ${claims}. not found`, undefined)
  const attempt: Attempt = { turn, pod, claims, named: NodeAffinity.named(pod), taken: Volumes.exclusive(turn, pod, claims) }
  const refusals = new Map<NodeState, Refusal>()
  for (const state of all) {
    const refused = refusal(attempt, state, all)
    if (refused !== undefined) refusals.set(state, refused)
  }
  const fits = all.filter((state) => !refusals.has(state))
  const promised = fits.find(({ node }) => node.metadata.name === pod.status.nominatedNodeName)
  const chosen = promised ?? best(turn, pod, fits, all)
  if (chosen === undefined) {
    const reasons = new Map<string, number>()
    for (const one of refusals.values()) for (const reason of one.reasons) reasons.set(reason, (reasons.get(reason) ?? 0) + 1)
    const outcome = preempt(attempt, all, refusals)
    const after = outcome._tag === "None" ? ` no new claims to deallocate, preemption: ${outcome.message}` : ""
    return fail(turn, pod, `${unavailable(all.length, reasons)}${after}`, outcome._tag === "Nominated" ? outcome.node : undefined)
  }
  const waiting = claims.filter((claim) => claim.spec.volumeName === undefined)
  if (waiting.length === 0) return bind(turn, pod, chosen.node)
  // bound once the volumes are there
  for (const claim of waiting) {
    if (claim.metadata.annotations?.[selectedNode] !== undefined) continue
    const annotations = { ...claim.metadata.annotations, [selectedNode]: chosen.node.metadata.name }
    turn.put("persistentvolumeclaims", { ...claim, metadata: { ...claim.metadata, annotations } }, Writers.scheduler)
  }
}

const bind = (turn: Turn, pod: Pod, node: Node): void => {
  const condition = { ...scheduled(pod), status: "True", lastTransitionTime: kubeTime(turn.now) } as const
  turn.settle("pods", {
    ...pod,
    spec: { ...pod.spec, nodeName: node.metadata.name },
    status: { ...pod.status, conditions: [...others(pod), condition] }
  })
  Events.record(turn, pod, { component }, "Normal", "Scheduled", `Successfully assigned ${keyOf(pod)} to ${node.metadata.name}`)
}

const scheduled = ({ metadata }: Pod) => ({
  type: "PodScheduled",
  ...(metadata.generation === undefined ? {} : { observedGeneration: metadata.generation }),
  lastProbeTime: null
})

const others = ({ status }: Pod): ReadonlyArray<Condition> => (status.conditions ?? []).filter(({ type }) => type !== "PodScheduled")

const refuse = (turn: Turn, pod: Pod, reason: string, message: string, nominatedNodeName?: string): void => {
  const before = pod.status.conditions?.find(({ type }) => type === "PodScheduled")
  const lastTransitionTime = before?.status === "False" ? (before.lastTransitionTime ?? null) : kubeTime(turn.now)
  turn.put(
    "pods",
    {
      ...pod,
      status: {
        ...pod.status,
        ...(nominatedNodeName === undefined ? {} : { nominatedNodeName }),
        conditions: [...others(pod), { ...scheduled(pod), status: "False", lastTransitionTime, reason, message }]
      }
    },
    Writers.scheduler
  )
}

const gated = (turn: Turn, pod: Pod): void =>
  refuse(turn, pod, "SchedulingGated", "Scheduling is blocked due to non-empty scheduling gates")

const fail = (turn: Turn, pod: Pod, message: string, nominatedNodeName: string | undefined): void => {
  refuse(turn, pod, "Unschedulable", message, nominatedNodeName)
  Events.record(turn, pod, { component }, "Warning", "FailedScheduling", message)
}
