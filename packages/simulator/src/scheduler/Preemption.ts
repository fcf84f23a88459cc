/** Makes room for a pod at the cost of pods of lower priority: pkg/scheduler/framework/preemption. */
import * as Selector from "@aiopslab/kubernetes/Selector"
import * as Store from "@aiopslab/kubernetes/Store"
import { parseTime } from "@aiopslab/kubernetes/Time"
import { disrupted } from "../Disruption.ts"
import * as Events from "../Events.ts"
import type { Pod } from "../Kinds.ts"
import { asPod } from "../Kinds.ts"
import { asBudget } from "../PolicyKinds.ts"
import type { Turn } from "../Turn.ts"
import type { Attempt, Refusal } from "./Filters.ts"
import { refusal } from "./Filters.ts"
import type { NodeState } from "./NodeState.ts"
import { priorityOf } from "./NodeState.ts"
import * as Writers from "../Writers.ts"

const component = "default-scheduler"

interface Candidate {
  readonly state: NodeState
  readonly victims: ReadonlyArray<Pod>
  /** How many of them their disruption budgets would keep. */
  readonly violations: number
}

/** The node that was freed for the pod, or why none was. */
export type Outcome = { readonly _tag: "Nominated"; readonly node: string } | { readonly _tag: "None"; readonly message: string }

const none = (message: string): Outcome => ({ _tag: "None", message })

/** Pods that would be missed most first. */
const byImportance = (a: Pod, b: Pod): number =>
  priorityOf(b) - priorityOf(a) || (parseTime(a.status.startTime) ?? 0) - (parseTime(b.status.startTime) ?? 0)

/** Which of these pods their budgets would keep. */
const violating = (turn: Turn, pods: ReadonlyArray<Pod>): ReadonlySet<Pod> => {
  const out = new Set<Pod>()
  const left = new Map<string, number>()
  for (const pod of pods) {
    for (const one of Store.list(turn.store, "poddisruptionbudgets.policy", pod.metadata.namespace ?? "")) {
      const budget = asBudget(one)
      const { selector } = budget.spec
      if (selector === undefined || !Selector.matches(Selector.fromLabelSelector(selector), pod.metadata.labels)) continue
      if (budget.status.disruptedPods?.[pod.metadata.name] !== undefined) continue
      const uid = budget.metadata.uid ?? ""
      const allowed = (left.get(uid) ?? Number(budget.status["disruptionsAllowed"] ?? 0)) - 1
      left.set(uid, allowed)
      if (allowed < 0) out.add(pod)
    }
  }
  return out
}

/** The fewest pods whose end lets the pod in, or why nothing does. */
const victimsOn = (attempt: Attempt, state: NodeState, all: ReadonlyArray<NodeState>): Candidate | string => {
  const lower = state.pods.filter((one) => priorityOf(one) < priorityOf(attempt.pod))
  if (lower.length === 0) return "No preemption victims found for incoming pod"
  const fits = (pods: ReadonlyArray<Pod>): Refusal | undefined => {
    const next = { node: state.node, pods }
    return refusal(
      attempt,
      next,
      all.map((one) => (one === state ? next : one))
    )
  }
  let kept = state.pods.filter((one) => !lower.includes(one))
  const refused = fits(kept)
  if (refused !== undefined) return refused.reasons.join(", ")
  const sorted = [...lower].sort(byImportance)
  const guarded = violating(attempt.turn, sorted)
  const victims: Array<Pod> = []
  for (const pod of [...sorted.filter((one) => guarded.has(one)), ...sorted.filter((one) => !guarded.has(one))]) {
    if (fits([...kept, pod]) === undefined) kept = [...kept, pod]
    else victims.push(pod)
  }
  return { state, victims: victims.sort(byImportance), violations: victims.filter((one) => guarded.has(one)).length }
}

const highest = ({ victims }: Candidate): number => Math.max(...victims.map(priorityOf))
const sum = ({ victims }: Candidate): number => victims.reduce((total, pod) => total + priorityOf(pod) + 2 ** 31, 0)
/** The longer its most important victim has run, the less a node is chosen. */
const started = (candidate: Candidate): number =>
  Math.min(
    ...candidate.victims
      .filter((pod) => priorityOf(pod) === highest(candidate))
      .map(({ status }) => parseTime(status.startTime) ?? Infinity)
  )

const byCost = (a: Candidate, b: Candidate): number =>
  a.violations - b.violations ||
  highest(a) - highest(b) ||
  sum(a) - sum(b) ||
  a.victims.length - b.victims.length ||
  started(b) - started(a)

/** Ends the victims on the best node. Nodes that refused for reasons which no victim changes aren't looked at. */
export const preempt = (attempt: Attempt, all: ReadonlyArray<NodeState>, refusals: ReadonlyMap<NodeState, Refusal>): Outcome => {
  const { pod, turn } = attempt
  if (pod.spec.preemptionPolicy === "Never") return none("not eligible due to preemptionPolicy=Never.")
  const nominated = all.find(({ node }) => node.metadata.name === pod.status.nominatedNodeName)
  if (nominated?.pods.some((one) => one.metadata.deletionTimestamp !== undefined && priorityOf(one) < priorityOf(pod)) === true)
    return none("not eligible due to terminating pod on the nominated node.")
  const reasons = new Map<string, number>()
  const candidates: Array<Candidate> = []
  for (const state of all) {
    const helpful = refusals.get(state)?.resolvable === true
    const found = helpful ? victimsOn(attempt, state, all) : "Preemption is not helpful for scheduling"
    if (typeof found === "string") reasons.set(found, (reasons.get(found) ?? 0) + 1)
    else candidates.push(found)
  }
  const [best] = candidates.sort(byCost)
  if (best === undefined) return none(unavailable(all.length, reasons))
  for (const victim of best.victims) end(turn, victim, pod, best.state.node.metadata.name)
  return { _tag: "Nominated", node: best.state.node.metadata.name }
}

/** `0/2 nodes are available: 1 Insufficient cpu, 1 node(s) were unschedulable.` */
export const unavailable = (nodes: number, reasons: ReadonlyMap<string, number>): string => {
  const parts = [...reasons].map(([reason, count]) => `${count} ${reason}`).sort()
  return `0/${nodes} nodes are available:${parts.length === 0 ? "" : ` ${parts.join(", ")}.`}`
}

const end = (turn: Turn, victim: Pod, preemptor: Pod, node: string): void => {
  const { name, namespace = "" } = victim.metadata
  if (victim.metadata.deletionTimestamp !== undefined) return
  const stored = turn.get("pods", namespace, name)
  if (stored === undefined) return
  const why = { reason: "PreemptionByScheduler", message: `${component}: preempting to accommodate a higher priority pod` }
  turn.put("pods", disrupted(turn, asPod(stored), why), Writers.scheduler)
  turn.remove("pods", namespace, name)
  Events.record(turn, victim, { component }, "Normal", "Preempted", `Preempted by pod ${preemptor.metadata.uid ?? ""} on node ${node}`)
}
