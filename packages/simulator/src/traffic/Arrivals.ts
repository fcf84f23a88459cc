/**
 * When requests come, and what for. Time is cut into slots of a second; the requests of a slot follow from the seed, the flow's name and
 * the slot alone. So any two windows that meet hold together what their union holds, and a request is the same whoever looks at it.
 */
import type { TrafficSpec } from "@aiopslab/core/Workload"
import { hashOf, mix, uniform } from "./Hash.ts"

export const slotMillis = 1000

/** The requests of one slot. */
export interface Slot {
  /** Milliseconds since the epoch, rising. */
  readonly times: ReadonlyArray<number>
  readonly seed: number
}

/** One `Traffic` object under one seed. Equal `id`s have equal requests. */
export interface Stream {
  readonly seed: number
  readonly rate: number
  readonly arrivals: TrafficSpec["arrivals"]
  /** Operations with a positive weight, in the mix's order. */
  readonly operations: ReadonlyArray<string>
  /** Cumulative share of each operation; the last is 1. */
  readonly shares: ReadonlyArray<number>
}

export const streamOf = (seed: string, name: string, spec: TrafficSpec): Stream => {
  const weighted = Object.entries(spec.mix).filter(([, weight]) => weight > 0)
  const whole = weighted.reduce((sum, [, weight]) => sum + weight, 0)
  let sum = 0
  return {
    seed: mix(hashOf(seed), hashOf(name)),
    rate: weighted.length === 0 ? 0 : spec.rate,
    arrivals: spec.arrivals,
    operations: weighted.map(([operation]) => operation),
    shares: weighted.map(([, weight], i) => (i === weighted.length - 1 ? 1 : (sum += weight) / whole))
  }
}

/** Instants of a Poisson process; it has no memory, so each slot can begin anew. */
const poisson = (seed: number, start: number, rate: number): ReadonlyArray<number> => {
  const out: Array<number> = []
  let at = 0
  for (let i = 0; ; i++) {
    at -= (Math.log(uniform(mix(seed, i))) / rate) * 1000
    if (at >= slotMillis) return out
    out.push(start + at)
  }
}

/** The instants of the grid `n / rate` in a slot. */
const regular = (start: number, rate: number): ReadonlyArray<number> => {
  const first = Math.ceil((start * rate) / 1000)
  const end = Math.ceil(((start + slotMillis) * rate) / 1000)
  return Array.from({ length: end - first }, (_, i) => ((first + i) * 1000) / rate)
}

const make = (stream: Stream, slot: number): Slot => {
  const seed = mix(mix(stream.seed, slot >>> 0), Math.floor(slot / 4294967296))
  const start = slot * slotMillis
  const { arrivals, rate } = stream
  return { seed: mix(seed, 2), times: rate <= 0 ? [] : arrivals === "constant" ? regular(start, rate) : poisson(mix(seed, 1), start, rate) }
}

/** All that happens to the request number `i` of a slot is drawn from its key. */
export const keyOf = (slot: Slot, i: number): number => mix(slot.seed, i)

/** Index into the stream's operations. */
export const operationOf = ({ shares }: Stream, key: number): number => {
  const at = uniform(mix(key, 3))
  let i = 0
  while (i < shares.length - 1 && at >= (shares[i] ?? 1)) i++
  return i
}

/** Slots kept for each stream: half an hour. Keeping them changes nothing but the time it takes. */
const kept = 1800
const slots = new WeakMap<Stream, Map<number, Slot>>()

/** The requests of slot `n`, which begins at `n * slotMillis`. */
export const slotOf = (stream: Stream, slot: number): Slot => {
  let known = slots.get(stream)
  if (known === undefined) slots.set(stream, (known = new Map()))
  const found = known.get(slot)
  if (found !== undefined) return found
  if (known.size >= kept) known.clear()
  const made = make(stream, slot)
  known.set(slot, made)
  return made
}
