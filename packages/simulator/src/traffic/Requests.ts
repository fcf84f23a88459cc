/** The single requests of a range, each with its outcome: what every view of traffic is made from, so that views agree. */
import type { Range } from "@aiopslab/core/Telemetry"
import type { Operation } from "@aiopslab/core/Topology"
import type { World } from "../World.ts"
import { keyOf, operationOf, slotMillis, slotOf } from "./Arrivals.ts"
import { type Outcome, outcome, stretchOf } from "./Model.ts"
import { eras, type Flow } from "./Timeline.ts"

/** One request, whole. */
export interface Request {
  readonly flow: Flow
  readonly operation: Operation
  /** Arrival, milliseconds since the epoch. */
  readonly at: number
  readonly key: number
  readonly outcome: Outcome
  /** Times of the outcome's timing are multiplied by it. */
  readonly stretch: number
}

/** A look at a request without making a value of it; `index` is that of its operation in the flow's stream. */
export type See = (outcome: Outcome, key: number, index: number, at: number, flow: Flow) => void

/** Of requests that are worth it. */
export const requestOf = (outcome: Outcome, key: number, index: number, at: number, flow: Flow): Request | undefined => {
  const operation = flow.operations[index]
  return operation === undefined ? undefined : { flow, operation, at, key, outcome, stretch: stretchOf(outcome, key) }
}

const eachOf = (flow: Flow, from: number, until: number, see: See): void => {
  const { model, operations, stream } = flow
  const last = Math.ceil(until / slotMillis)
  for (let n = Math.floor(from / slotMillis); n < last; n++) {
    const slot = slotOf(stream, n)
    const { times } = slot
    for (let i = 0; i < times.length; i++) {
      const at = times[i] ?? 0
      if (at < from || at >= until) continue
      const key = keyOf(slot, i)
      const index = operationOf(stream, key)
      const operation = operations[index]
      if (operation !== undefined) see(outcome(model, operation, key), key, index, at, flow)
    }
  }
}

/** Every request to an application of the namespace that arrived in the range, by epoch, then flow, then arrival. */
export const each = (world: World, query: Range & { readonly namespace: string }, see: See): void => {
  for (const era of eras(world, query.since, query.until)) {
    for (const flow of era.flows) if (flow.namespace === query.namespace) eachOf(flow, era.from, era.until, see)
  }
}
