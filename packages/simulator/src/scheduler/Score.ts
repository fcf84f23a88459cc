/** Which of the nodes that take a pod is best: the default scheduler's scores with their weights. Ties are drawn by the pod. */
import { bits } from "../Draw.ts"
import type { Pod } from "../Kinds.ts"
import type { Turn } from "../Turn.ts"
import * as NodeAffinity from "./NodeAffinity.ts"
import type { NodeState } from "./NodeState.ts"
import * as PodAffinity from "./PodAffinity.ts"
import * as Requests from "./Requests.ts"
import * as Spread from "./Spread.ts"
import * as Taints from "./Taints.ts"

const most = 100

/** Room that is left, on average of cpu and memory. */
const leastAllocated = (pod: Pod, { node, pods }: NodeState): number => {
  const { cpu, memory } = [...pods, pod].reduce(
    (sum, one) => {
      const assumed = Requests.assumed(one)
      return { cpu: sum.cpu + assumed.cpu, memory: sum.memory + assumed.memory }
    },
    { cpu: 0, memory: 0 }
  )
  const left = (resource: string, used: number): number => {
    const has = Requests.amount(resource, node.status.allocatable?.[resource] ?? "0")
    return used > has || has === 0 ? 0 : Math.floor(((has - used) * most) / has)
  }
  return Math.floor((left("cpu", cpu) + left("memory", memory)) / 2)
}

/** How alike the shares of cpu and memory are that are used. */
const balanced = (pod: Pod, { node, pods }: NodeState): number => {
  const used = Requests.total([...pods, pod])
  const share = (resource: string): number => {
    const has = Requests.amount(resource, node.status.allocatable?.[resource] ?? "0")
    return has === 0 ? 0 : Math.min(1, (used[resource] ?? 0) / has)
  }
  return Math.floor((1 - Math.abs(share("cpu") - share("memory")) / 2) * most)
}

/** The highest becomes 100. */
const upTo = (scores: ReadonlyArray<number>): ReadonlyArray<number> => {
  const top = Math.max(...scores)
  return top === 0 ? scores : scores.map((score) => Math.floor((score * most) / top))
}

const turned = (scores: ReadonlyArray<number>): ReadonlyArray<number> => upTo(scores).map((score) => most - score)

/** Between the lowest and the highest. */
const between = (scores: ReadonlyArray<number>): ReadonlyArray<number> => {
  const low = Math.min(...scores)
  const range = Math.max(...scores) - low
  return scores.map((score) => (range === 0 ? 0 : Math.floor((most * (score - low)) / range)))
}

const spread = (scores: ReadonlyArray<number>): ReadonlyArray<number> => {
  const high = Math.max(...scores)
  const low = Math.min(...scores)
  return scores.map((score) => (high === 0 ? most : Math.floor((most * (high + low - score)) / high)))
}

export const best = (turn: Turn, pod: Pod, fits: ReadonlyArray<NodeState>, all: ReadonlyArray<NodeState>): NodeState | undefined => {
  if (fits.length < 2) return fits[0]
  const spreads = Spread.scorer(turn, pod, fits, all)
  const asks = Object.keys(Requests.of(pod)).length > 0
  const parts: ReadonlyArray<readonly [weight: number, scores: ReadonlyArray<number>]> = [
    [3, turned(fits.map(({ node }) => Taints.intolerable(pod.spec.tolerations, node)))],
    [2, upTo(fits.map(({ node }) => NodeAffinity.score(pod, node)))],
    [1, fits.map((state) => leastAllocated(pod, state))],
    [2, spreads === undefined ? [] : spread(fits.map(spreads))],
    [2, between(fits.map((state) => PodAffinity.score(turn, pod, state, all)))],
    [1, asks ? fits.map((state) => balanced(pod, state)) : []]
  ]
  const totals = fits.map((state, i) => ({ state, score: parts.reduce((sum, [weight, scores]) => sum + weight * (scores[i] ?? 0), 0) }))
  const top = Math.max(...totals.map(({ score }) => score))
  const tied = totals.filter(({ score }) => score === top)
  return tied[tied.length < 2 ? 0 : bits(turn.seed, pod.metadata.uid ?? "", 0) % tied.length]?.state
}
