/**
 * The distribution of what can happen to the requests of one application while its facts hold. Ways through it are found when a request
 * first takes them and kept as a tree of choices, so that drawing a request costs a few hashes; probabilities are exact. Each way keeps a
 * number of timings of its spans, sums and maxima of log-normals; a request takes one of them and stretches it a little.
 */
import type { Operation, Topology } from "@aiopslab/core/Topology"
import { exchange } from "../Transfer.ts"
import { bell, hashOf, logNormal, mix, uniform } from "./Hash.ts"
import { type Facts, fingerprint } from "./Facts.ts"
import { type Branch, type Run, type Visit, walk } from "./Walk.ts"

/** Where spans lie: milliseconds from the request's arrival, by index of visit or run; index 0 is the user's own wait. */
export interface Timing {
  readonly offsets: Float64Array
  readonly durations: Float64Array
}

/** What may happen to a request; its key chooses one of the timings and stretches it. */
export interface Way {
  readonly branch: Branch
  /** @internal */
  readonly seed: number
  /** @internal Standard deviation of the stretch around 1: what a network adds to it isn't stretched. */
  readonly spread: number
  /** @internal By index of the timing: what the user waits, in milliseconds. 0 where no request has needed it yet. */
  readonly latencies: Float64Array
  /** @internal */
  readonly timings: Array<Timing | undefined>
}

/** Times kept for each way; enough for a 99th percentile that moves by less than it does in reality. */
const timings = 128
const spread = 0.04
/** No request takes longer than this: the user's patience, in milliseconds. */
export const longest = 60_000

type Node =
  | { readonly _tag: "choice"; readonly weights: ReadonlyArray<number>; readonly next: Array<Node | undefined> }
  | { readonly _tag: "leaf"; readonly way: Way }

const pick = (weights: ReadonlyArray<number>, at: number): number => {
  let sum = 0
  for (let i = 0; i < weights.length - 1; i++) if (at < (sum += weights[i] ?? 0)) return i
  return weights.length - 1
}

/** Walks with these choices made; a choice beyond them becomes a node. */
const explore = ({ model, operation }: Entry, choices: ReadonlyArray<number>): Node => {
  let made = 0
  let undecided: ReadonlyArray<number> | undefined
  const branch = walk(model.topology, model.facts, operation, (weights) => {
    const choice = choices[made++]
    if (choice === undefined) undecided ??= weights
    return choice ?? 0
  })
  if (undecided !== undefined) return { _tag: "choice", weights: undecided, next: [] }
  const seed = choices.reduce(mix, hashOf(operation.path))
  const way = { branch, seed, spread: branch.impaired === "yes" ? 0 : spread, latencies: new Float64Array(timings), timings: [] }
  return { _tag: "leaf", way }
}

export interface Model {
  readonly topology: Topology
  readonly facts: Facts
  /** @internal */
  readonly entries: Map<Operation, Entry>
}

/** An operation's requests under a model. */
export interface Entry {
  readonly model: Model
  readonly operation: Operation
  /** @internal */
  root: Node | undefined
}

/** Of facts and an operation that nobody meets again. */
export const entryOnce = (topology: Topology, facts: Facts, operation: Operation): Entry => ({
  model: { topology, facts, entries: new Map() },
  operation,
  root: undefined
})

export const entryOf = (model: Model, operation: Operation): Entry => {
  const known = model.entries.get(operation)
  if (known !== undefined) return known
  const made: Entry = { model, operation, root: undefined }
  model.entries.set(operation, made)
  return made
}

const drawn = (branch: Branch, seed: number): Timing => {
  const offsets = new Float64Array(branch.size)
  const durations = new Float64Array(branch.size)
  const place = (index: number, start: number, end: number): number => {
    offsets[index] = start
    durations[index] = end - start
    return end
  }
  const visited = (visit: Visit, start: number): number => {
    const own = logNormal(visit.handler.latency, mix(seed, visit.index))
    let at = start + own / 2
    for (const group of visit.groups) at = group.reduce((end, run) => Math.max(end, ran(run, at)), at)
    return place(visit.index, start, at + own / 2)
  }
  const overImpaired = (run: Run, { fate, path, patience }: NonNullable<Run["impaired"]>, start: number, own: number): number => {
    const { back, there } = exchange(path, patience, fate, mix(mix(seed, run.index), 0x6e65))
    const arrived = start + own / 2 + there
    const answered = run.visit === undefined ? arrived : visited(run.visit, arrived)
    return place(run.index, start, fate === "unheard" ? start + patience : answered + own / 2 + back)
  }
  const ran = (run: Run, start: number): number => {
    const own = logNormal(run.latency, mix(seed, run.index))
    if (run.impaired !== undefined) return overImpaired(run, run.impaired, start, own)
    return place(run.index, start, run.visit === undefined ? start + own : visited(run.visit, start + own / 2) + own / 2)
  }
  ran(branch.root, 0)
  return { offsets, durations }
}

/** What happens to the request with this key. */
export const wayOf = (entry: Entry, key: number): Way => {
  let node = (entry.root ??= explore(entry, []))
  let depth = 0
  while (node._tag === "choice") {
    const choice = pick(node.weights, uniform(mix(key, 16 + depth++)))
    const next: Node | undefined = node.next[choice]
    node = next ?? (node.next[choice] = explore(entry, choicesOf(entry, key, depth)))
  }
  return node.way
}

const indexOf = (key: number): number => mix(key, 4) % timings

const timingAt = (way: Way, index: number): Timing => (way.timings[index] ??= drawn(way.branch, mix(way.seed, index)))

const latencyAt = (way: Way, index: number): number => {
  const known = way.latencies[index] ?? 0
  return known > 0 ? known : (way.latencies[index] = timingAt(way, index).durations[0] ?? 0)
}

const stretched = (way: Way, latency: number, key: number): number => Math.min(1 + way.spread * bell(mix(key, 5)), longest / latency)

/** What the request's user waits, in milliseconds. */
export const latencyOf = (way: Way, key: number): number => {
  const latency = latencyAt(way, indexOf(key))
  return latency * stretched(way, latency, key)
}

/** Where the request's spans lie, each time to be multiplied by its stretch. */
export const timingOf = (way: Way, key: number): { readonly timing: Timing; readonly stretch: number } => {
  const index = indexOf(key)
  return { timing: timingAt(way, index), stretch: stretched(way, latencyAt(way, index), key) }
}

/** The choices that lead a request down to this depth. */
const choicesOf = (entry: Entry, key: number, depth: number): ReadonlyArray<number> => {
  const out: Array<number> = []
  let node = entry.root
  while (out.length < depth && node?._tag === "choice") {
    const choice: number = pick(node.weights, uniform(mix(key, 16 + out.length)))
    out.push(choice)
    node = node.next[choice]
  }
  return out
}

/** Models kept for each topology: forks of one installation, and states that come back, share them. */
const kept = 128
const models = new WeakMap<Topology, Map<string, Model>>()
const byFacts = new WeakMap<Facts, Model>()

/** Equal facts of one topology give the same model. */
export const modelOf = (topology: Topology, facts: Facts): Model => {
  const seen = byFacts.get(facts)
  if (seen?.topology === topology) return seen
  const made = modelFor(topology, facts)
  byFacts.set(facts, made)
  return made
}

const modelFor = (topology: Topology, facts: Facts): Model => {
  let known = models.get(topology)
  if (known === undefined) models.set(topology, (known = new Map()))
  const text = fingerprint(facts)
  const found = known.get(text)
  if (found !== undefined) return found
  if (known.size >= kept) known.clear()
  const made: Model = { topology, facts, entries: new Map() }
  known.set(text, made)
  return made
}
