/** The single requests of a range, each with its way: what every view of traffic is made from, so that views agree. */
import type { Range } from "@aiopslab/core/Telemetry"
import type { Operation } from "@aiopslab/core/Topology"
import type { World } from "../World.ts"
import { fillSlot, keyOf, operationOf, slotMillis } from "./Arrivals.ts"
import { type Timing, timingOf, type Way, wayOf } from "./Model.ts"
import { eras, type Flow, type Users } from "./Timeline.ts"

/** One request, whole. */
export interface Request {
  readonly flow: Flow
  readonly operation: Operation
  /** Arrival, milliseconds since the epoch. */
  readonly at: number
  readonly key: number
  readonly way: Way
  readonly timing: Timing
  /** Times of the timing are multiplied by it. */
  readonly stretch: number
}

/** A look at a request without making a value of it; `index` is that of its operation in the flow's stream. */
export type See = (way: Way, key: number, index: number, at: number) => void

/** Of requests that are worth it. */
export const requestOf = (way: Way, key: number, index: number, at: number, flow: Flow): Request | undefined => {
  const entry = flow.entries[index]
  return entry === undefined ? undefined : { flow, operation: entry.operation, at, key, way, ...timingOf(way, key) }
}

const eachOf = ({ entries, stream }: Users, from: number, until: number, see: See): void => {
  const times: Array<number> = []
  const last = Math.ceil(until / slotMillis)
  for (let n = Math.floor(from / slotMillis); n < last; n++) {
    const seed = fillSlot(stream, n, times)
    for (let i = 0; i < times.length; i++) {
      const at = times[i] ?? 0
      if (at < from || at >= until) continue
      const key = keyOf(seed, i)
      const index = operationOf(stream, key)
      const entry = entries[index]
      if (entry !== undefined) see(wayOf(entry, key), key, index, at)
    }
  }
}

type Query = Range & { readonly namespace: string }

/** Every request of users to an application of the namespace that arrived in the range, by epoch, then flow, then arrival; each flow is announced. */
export const eachOfUsers = (world: World, query: Query, look: (users: Users) => See): void => {
  for (const era of eras(world, query.since, query.until)) {
    for (const users of era.users) if (users.namespace === query.namespace) eachOf(users, era.from, era.until, look(users))
  }
}

/** Those, and then what somebody asked by hand, newest first. */
export const each = (world: World, query: Query, look: (flow: Flow) => See): void => {
  eachOfUsers(world, query, look)
  for (let visit = world.visits; visit !== undefined && visit.at >= query.since; visit = visit.before) {
    const { at, flow, key, way } = visit
    if (at < query.until && flow.namespace === query.namespace) look(flow)(way, key, 0, at)
  }
}
