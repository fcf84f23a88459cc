/**
 * When requests come, and what for. Time is cut into slots of a second; the requests of a slot follow from the seed, the flow's name and
 * the slot alone. So any two windows that meet hold together what their union holds, and a request is the same whoever looks at it.
 */
import type { TrafficSpec } from "@aiopslab/core/Workload"
import { hashOf, mix, uniform } from "./Hash.ts"

export const slotMillis = 1000

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

/** Appends the instants of a Poisson process; it has no memory, so each slot can begin anew. */
const poisson = (seed: number, start: number, rate: number, times: Array<number>): void => {
  let at = 0
  for (let i = 0; ; i++) {
    at -= (Math.log(uniform(mix(seed, i))) / rate) * 1000
    if (at >= slotMillis) return
    times.push(start + at)
  }
}

/** Appends the instants of the grid `n / rate` in a slot. */
const regular = (start: number, rate: number, times: Array<number>): void => {
  const end = Math.ceil(((start + slotMillis) * rate) / 1000)
  for (let n = Math.ceil((start * rate) / 1000); n < end; n++) times.push((n * 1000) / rate)
}

/**
 * Fills `times` with when the requests of slot `n` come, which begins at `n * slotMillis`: milliseconds since the epoch, rising. Returns
 * the slot's seed. Nothing is kept: drawing a request's instant again takes less time than finding it.
 */
export const fillSlot = (stream: Stream, slot: number, times: Array<number>): number => {
  const seed = mix(mix(stream.seed, slot >>> 0), Math.floor(slot / 4294967296))
  const start = slot * slotMillis
  const { arrivals, rate } = stream
  times.length = 0
  if (rate > 0) {
    if (arrivals === "constant") regular(start, rate, times)
    else poisson(mix(seed, 1), start, rate, times)
  }
  return mix(seed, 2)
}

/** All that happens to the request number `i` of a slot is drawn from its key. */
export const keyOf = (slotSeed: number, i: number): number => mix(slotSeed, i)

/** Index into the stream's operations. */
export const operationOf = ({ shares }: Stream, key: number): number => {
  const at = uniform(mix(key, 3))
  const last = shares.length - 1
  let i = 0
  while (i < last && at >= (shares[i] ?? 1)) i++
  return i
}
