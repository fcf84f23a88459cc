/** Pods that want to be near others, or far from them: pkg/scheduler/framework/plugins/interpodaffinity. */
import * as Selector from "@aiopslab/kubernetes/Selector"
import * as Store from "@aiopslab/kubernetes/Store"
import type { Labels, Node, Pod, PodAffinityTerm } from "../Kinds.ts"
import type { Turn } from "../Turn.ts"
import type { NodeState } from "./NodeState.ts"

const required = "requiredDuringSchedulingIgnoredDuringExecution"
const preferred = "preferredDuringSchedulingIgnoredDuringExecution"

/** A selector and the label keys whose values the owner of the term adds to it. */
const selectorOf = (term: PodAffinityTerm, owner: Pod): Selector.Selector => {
  const labels: Labels = owner.metadata.labels ?? {}
  const keyed = (keys: ReadonlyArray<string> | undefined, operator: "In" | "NotIn") =>
    (keys ?? []).flatMap((key) => (labels[key] === undefined ? [] : [{ key, operator, values: [labels[key]] }]))
  return [...Selector.fromLabelSelector(term.labelSelector), ...keyed(term.matchLabelKeys, "In"), ...keyed(term.mismatchLabelKeys, "NotIn")]
}

const inNamespaces = (turn: Turn, term: PodAffinityTerm, owner: Pod, pod: Pod): boolean => {
  const { namespace = "" } = pod.metadata
  if (term.namespaces?.includes(namespace) === true) return true
  if (term.namespaceSelector !== undefined) {
    const labels = Store.get(turn.store, "namespaces", "", namespace)?.metadata.labels
    return Selector.matches(Selector.fromLabelSelector(term.namespaceSelector), labels)
  }
  return (term.namespaces ?? []).length === 0 && namespace === (owner.metadata.namespace ?? "")
}

const isMeant = (turn: Turn, term: PodAffinityTerm, owner: Pod, pod: Pod): boolean =>
  term.labelSelector !== undefined && inNamespaces(turn, term, owner, pod) && Selector.matches(selectorOf(term, owner), pod.metadata.labels)

const domain = (node: Node, { topologyKey }: PodAffinityTerm): string | undefined => node.metadata.labels?.[topologyKey]

/** Whether some pod in the node's domain is meant by the term. */
const near = (turn: Turn, term: PodAffinityTerm, owner: Pod, node: Node, all: ReadonlyArray<NodeState>): boolean => {
  const here = domain(node, term)
  return (
    here !== undefined &&
    all.some((state) => domain(state.node, term) === here && state.pods.some((pod) => isMeant(turn, term, owner, pod)))
  )
}

/** The first of a series of pods that are to be near each other may go anywhere. */
const isFirst = (turn: Turn, terms: ReadonlyArray<PodAffinityTerm>, pod: Pod, all: ReadonlyArray<NodeState>): boolean =>
  terms.every((term) => isMeant(turn, term, pod, pod)) &&
  !terms.some((term) =>
    all.some(({ node, pods }) => domain(node, term) !== undefined && pods.some((other) => isMeant(turn, term, pod, other)))
  )

export interface Refusal {
  readonly reason: string
  /** Whether fewer pods on the node could change that. */
  readonly resolvable: boolean
}

export const refusal = (turn: Turn, pod: Pod, { node }: NodeState, all: ReadonlyArray<NodeState>): Refusal | undefined => {
  const wanted = pod.spec.affinity?.podAffinity?.[required] ?? []
  if (wanted.length > 0) {
    const labelled = wanted.every((term) => domain(node, term) !== undefined)
    if (!labelled || !(wanted.every((term) => near(turn, term, pod, node, all)) || isFirst(turn, wanted, pod, all)))
      return { reason: "node(s) didn't match pod affinity rules", resolvable: false }
  }
  const unwanted = pod.spec.affinity?.podAntiAffinity?.[required] ?? []
  if (unwanted.some((term) => near(turn, term, pod, node, all)))
    return { reason: "node(s) didn't match pod anti-affinity rules", resolvable: true }
  for (const state of all) {
    for (const other of state.pods) {
      const terms = other.spec.affinity?.podAntiAffinity?.[required]
      if (terms?.some((term) => isMeant(turn, term, other, pod) && shares(node, state.node, term)) === true)
        return { reason: "node(s) didn't satisfy existing pods anti-affinity rules", resolvable: true }
    }
  }
  return undefined
}

const shares = (a: Node, b: Node, term: PodAffinityTerm): boolean => domain(a, term) !== undefined && domain(a, term) === domain(b, term)

/** What preferences, of the pod and of those that are there, say for a node. */
export const score = (turn: Turn, pod: Pod, { node }: NodeState, all: ReadonlyArray<NodeState>): number => {
  let out = 0
  const near = pod.spec.affinity?.podAffinity?.[preferred] ?? []
  const far = pod.spec.affinity?.podAntiAffinity?.[preferred] ?? []
  for (const state of all) {
    for (const other of state.pods) {
      const { podAffinity, podAntiAffinity } = other.spec.affinity ?? {}
      if (near.length + far.length === 0 && podAffinity === undefined && podAntiAffinity === undefined) continue
      const add = (term: PodAffinityTerm, owner: Pod, meant: Pod, weight: number) => {
        if (shares(node, state.node, term) && isMeant(turn, term, owner, meant)) out += weight
      }
      for (const { podAffinityTerm, weight } of near) add(podAffinityTerm, pod, other, weight)
      for (const { podAffinityTerm, weight } of far) add(podAffinityTerm, pod, other, -weight)
      for (const term of podAffinity?.[required] ?? []) add(term, other, pod, 1)
      for (const { podAffinityTerm, weight } of podAffinity?.[preferred] ?? []) add(podAffinityTerm, other, pod, weight)
      for (const { podAffinityTerm, weight } of podAntiAffinity?.[preferred] ?? []) add(podAffinityTerm, other, pod, -weight)
    }
  }
  return out
}
