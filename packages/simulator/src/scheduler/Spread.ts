/** Pods of a kind spread over domains of nodes: pkg/scheduler/framework/plugins/podtopologyspread. */
import * as Selector from "@aiopslab/kubernetes/Selector"
import * as Store from "@aiopslab/kubernetes/Store"
import { controllerOf } from "../controllers/Owned.ts"
import type { Pod, SpreadConstraint } from "../Kinds.ts"
import { asReplicaSet, asService } from "../Kinds.ts"
import type { Turn } from "../Turn.ts"
import * as NodeAffinity from "./NodeAffinity.ts"
import type { NodeState } from "./NodeState.ts"
import * as Taints from "./Taints.ts"

interface Constraint {
  readonly maxSkew: number
  readonly topologyKey: string
  readonly selector: Selector.Selector
  readonly of: SpreadConstraint | undefined
}

const constraintsOf = (pod: Pod, when: "DoNotSchedule" | "ScheduleAnyway"): ReadonlyArray<Constraint> =>
  (pod.spec.topologySpreadConstraints ?? []).flatMap((one) =>
    one.whenUnsatisfiable !== when
      ? []
      : [
          {
            maxSkew: one.maxSkew,
            topologyKey: one.topologyKey,
            of: one,
            selector: [
              ...Selector.fromLabelSelector(one.labelSelector),
              ...(one.matchLabelKeys ?? []).flatMap((key): Selector.Selector => {
                const value = pod.metadata.labels?.[key]
                return value === undefined ? [] : [{ key, operator: "In", values: [value] }]
              })
            ]
          }
        ]
  )

/** Pods of the same namespace that a constraint counts. */
const count = ({ pods }: NodeState, { selector }: Constraint, { metadata }: Pod): number =>
  pods.filter(
    (one) =>
      one.metadata.deletionTimestamp === undefined &&
      one.metadata.namespace === metadata.namespace &&
      Selector.matches(selector, one.metadata.labels)
  ).length

const included = (pod: Pod, { node }: NodeState, { of }: Constraint): boolean =>
  (of?.nodeAffinityPolicy === "Ignore" || NodeAffinity.matches(pod, node)) &&
  (of?.nodeTaintsPolicy !== "Honor" || Taints.untolerated(pod.spec.tolerations, node) === undefined)

const labelOf = ({ node }: NodeState, { topologyKey }: Constraint): string | undefined => node.metadata.labels?.[topologyKey]

const domains = (
  pod: Pod,
  constraint: Constraint,
  constraints: ReadonlyArray<Constraint>,
  all: ReadonlyArray<NodeState>
): ReadonlyMap<string, number> => {
  const out = new Map<string, number>()
  for (const state of all) {
    if (!included(pod, state, constraint) || !constraints.every((one) => labelOf(state, one) !== undefined)) continue
    const label = labelOf(state, constraint) ?? ""
    out.set(label, (out.get(label) ?? 0) + count(state, constraint, pod))
  }
  return out
}

const text = "node(s) didn't match pod topology spread constraints"

export const refusal = (
  pod: Pod,
  state: NodeState,
  all: ReadonlyArray<NodeState>
): { readonly reason: string; readonly resolvable: boolean } | undefined => {
  const constraints = constraintsOf(pod, "DoNotSchedule")
  for (const constraint of constraints) {
    const label = labelOf(state, constraint)
    if (label === undefined) return { reason: `${text} (missing required label)`, resolvable: false }
    const counts = domains(pod, constraint, constraints, all)
    const enough = counts.size >= (constraint.of?.minDomains ?? 1)
    const least = enough ? Math.min(...counts.values()) : 0
    const self = Selector.matches(constraint.selector, pod.metadata.labels) ? 1 : 0
    if ((counts.get(label) ?? 0) + self - least > constraint.maxSkew) return { reason: text, resolvable: true }
  }
  return undefined
}

/** By what a pod is of a kind when it doesn't say: the services that select it and its controller. */
const defaults = (turn: Turn, pod: Pod): ReadonlyArray<Constraint> => {
  const { labels, namespace = "" } = pod.metadata
  const selector = Store.list(turn.store, "services", namespace).flatMap((one) => {
    const own = asService(one).spec.selector
    const selected = own === undefined || Object.keys(own).length === 0 ? undefined : Selector.fromLabels(own)
    return selected !== undefined && Selector.matches(selected, labels) ? selected : []
  })
  const owner = controllerOf(pod)
  const kind = owner?.kind === "ReplicaSet" ? "replicasets.apps" : owner?.kind === "StatefulSet" ? "statefulsets.apps" : undefined
  const set = kind === undefined || owner === undefined ? undefined : turn.get(kind, namespace, owner.name)
  const whole = set === undefined ? selector : [...selector, ...Selector.fromLabelSelector(asReplicaSet(set).spec.selector)]
  return whole.length === 0
    ? []
    : [
        { maxSkew: 3, topologyKey: "kubernetes.io/hostname", selector: whole, of: undefined },
        { maxSkew: 5, topologyKey: "topology.kubernetes.io/zone", selector: whole, of: undefined }
      ]
}

/** Less is better; undefined when the pod has nothing to spread by. */
export const scorer = (
  turn: Turn,
  pod: Pod,
  fits: ReadonlyArray<NodeState>,
  all: ReadonlyArray<NodeState>
): ((state: NodeState) => number) | undefined => {
  const own = pod.spec.topologySpreadConstraints === undefined
  const constraints = own ? defaults(turn, pod) : constraintsOf(pod, "ScheduleAnyway")
  if (constraints.length === 0) return undefined
  const counted = constraints.map((constraint) => {
    const hosts = constraint.topologyKey === "kubernetes.io/hostname"
    const labels = new Set(fits.flatMap((state) => labelOf(state, constraint) ?? []))
    return {
      constraint,
      weight: Math.log((hosts ? fits.length : labels.size) + 2),
      counts: hosts ? undefined : domains(pod, constraint, own ? [constraint] : constraints, all)
    }
  })
  return (state) =>
    Math.round(
      counted.reduce((sum, { constraint, counts, weight }) => {
        const label = labelOf(state, constraint)
        if (label === undefined) return sum
        const found = counts === undefined ? count(state, constraint, pod) : (counts.get(label) ?? 0)
        return sum + found * weight + (constraint.maxSkew - 1)
      }, 0)
    )
}
