/** Which nodes a pod asks for by their labels and names: pkg/scheduler/framework/plugins/nodeaffinity. */
import * as Selector from "@aiopslab/kubernetes/Selector"
import type { Node, NodeSelectorTerm, Pod } from "../Kinds.ts"

const holds = (node: Node, { matchExpressions = [], matchFields = [] }: NodeSelectorTerm): boolean =>
  matchExpressions.length + matchFields.length > 0 &&
  Selector.matches(expressions(matchExpressions), node.metadata.labels) &&
  Selector.matches(expressions(matchFields), { "metadata.name": node.metadata.name })

/** Node selectors know `Gt` and `Lt` as well. */
const expressions = (all: NonNullable<NodeSelectorTerm["matchExpressions"]>): Selector.Selector =>
  all.map(({ key, operator, values = [] }) => ({ key, operator, values }))

export const anyTerm = (node: Node, terms: ReadonlyArray<NodeSelectorTerm> | undefined): boolean =>
  terms === undefined || terms.some((term) => holds(node, term))

const requiredTerms = (pod: Pod) => pod.spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms

export const matches = (pod: Pod, node: Node): boolean => {
  const { labels = {} } = node.metadata
  const { nodeSelector = {} } = pod.spec
  for (const key in nodeSelector) if (labels[key] !== nodeSelector[key]) return false
  return anyTerm(node, requiredTerms(pod))
}

/** The nodes that a pod names in every term, as a daemon's pods do; undefined when it names none. */
export const named = (pod: Pod): ReadonlySet<string> | undefined => {
  const terms = requiredTerms(pod)
  if (terms === undefined) return undefined
  const out = new Set<string>()
  for (const { matchFields = [] } of terms) {
    const names = matchFields.find(({ key, operator }) => key === "metadata.name" && operator === "In")?.values
    if (names === undefined) return undefined
    for (const name of names) out.add(name)
  }
  return out
}

export const score = (pod: Pod, node: Node): number =>
  (pod.spec.affinity?.nodeAffinity?.preferredDuringSchedulingIgnoredDuringExecution ?? []).reduce(
    (sum, { preference, weight }) => (holds(node, preference) ? sum + weight : sum),
    0
  )
