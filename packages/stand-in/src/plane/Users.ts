/** What users met with, kept for a while: the port `Telemetry`'s view of traffic. */
import type { OperationStats, Range } from "@aiopslab/core/Telemetry"
import * as Summary from "@aiopslab/telemetry/Summary"

/** A request as its user sees it. */
interface Seen {
  readonly at: number
  readonly operation: string
  /** Undefined while it is under way. */
  ended: { readonly millis: number; readonly failed: boolean } | undefined
}

/** One `Traffic` object's requests, by arrival. All times are milliseconds since the epoch. */
export interface Users {
  readonly namespace: string
  readonly from: number
  /** When the object was no more; what was under way then broke off. */
  until: number
  /** In the mix's order. */
  readonly operations: ReadonlyArray<string>
  readonly requests: Array<Seen>
}

/** How long requests are kept, in milliseconds. */
const keptMillis = 2 * 60 * 60 * 1000

export const make = (namespace: string, operations: ReadonlyArray<string>, from: number): Users => ({
  namespace,
  from,
  until: Infinity,
  operations,
  requests: []
})

/** Whether anything is still kept of them. */
export const areKept = ({ until }: Users, now: number): boolean => until >= now - keptMillis

/** A request begins; what it returns ends it. */
export const arrived = (users: Users, operation: string, at: number): ((millis: number, outcome: "ok" | "failed") => void) => {
  const seen: Seen = { at, operation, ended: undefined }
  users.requests.push(seen)
  const old = users.requests.findIndex((one) => one.at >= at - keptMillis)
  if (old > 0) users.requests.splice(0, old)
  return (millis, outcome) => {
    seen.ended = { millis, failed: outcome === "failed" }
  }
}

/** Of users that came in the range, those that arrived in it. One that is under way has waited until `now`, and has not failed yet. */
export const stats = (all: Iterable<Users>, query: Range & { readonly namespace: string }, now: number): ReadonlyArray<OperationStats> => {
  const latencies = new Map<string, Array<number>>()
  const errors = new Map<string, number>()
  for (const { from, namespace, operations, requests, until } of all) {
    if (namespace !== query.namespace || from >= query.until || until <= query.since) continue
    for (const operation of operations) latencies.set(operation, latencies.get(operation) ?? [])
    for (const { at, ended, operation } of requests) {
      if (at < query.since || at >= query.until) continue
      latencies.get(operation)?.push(ended?.millis ?? Math.min(now, until) - at)
      if (ended?.failed === true) errors.set(operation, (errors.get(operation) ?? 0) + 1)
    }
  }
  return [...latencies].map(([operation, of]) => Summary.of(operation, of, errors.get(operation) ?? 0))
}
