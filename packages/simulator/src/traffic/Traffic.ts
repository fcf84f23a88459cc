/**
 * Traffic as observers see it: users' statistics, traces, log lines and counters. Pure functions of a world; all of them look at the same
 * requests, so they agree, and two ranges that meet add up. Nothing is computed before somebody looks.
 */
import type { OperationStats, Range, Span } from "@aiopslab/core/Telemetry"
import * as Summary from "@aiopslab/telemetry/Summary"
import type { World } from "../World.ts"
import { latencyOf, longest } from "./Model.ts"
import { each, eachOfUsers, type Request, requestOf } from "./Requests.ts"
import { linesOf, type RequestLine } from "./RequestLog.ts"
import { spansOf } from "./Spans.ts"
import { nothing, plus, type Usage, usageOf } from "./Usage.ts"
import type { Branch, Visit } from "./Walk.ts"

export interface TrafficQuery extends Range {
  readonly namespace: string
}

interface Tally {
  readonly latencies: Array<number>
  errors: number
}

/** One entry for each operation of the mixes in force during the range, in their order, also for those that nobody asked for. */
export const stats = (world: World, query: TrafficQuery): ReadonlyArray<OperationStats> => {
  const tallies = new Map<string, Tally>()
  const tallyOf = (operation: string): Tally => {
    const known = tallies.get(operation)
    if (known !== undefined) return known
    const made: Tally = { latencies: [], errors: 0 }
    tallies.set(operation, made)
    return made
  }
  eachOfUsers(world, query, ({ stream }) => {
    const ofFlow = stream.operations.map(tallyOf)
    return (way, key, index) => {
      const tally = ofFlow[index]
      if (tally === undefined) return
      tally.latencies.push(latencyOf(way, key))
      if (way.branch.status !== 200) tally.errors++
    }
  })
  return Array.from(tallies, ([operation, { errors, latencies }]) => Summary.of(operation, latencies, errors))
}

/** Requests whose trace is complete by the world's `now`, by arrival: the collector has not heard of others. */
const traced = (world: World, query: TrafficQuery): ReadonlyArray<Request> => {
  const out: Array<Request> = []
  each(world, query, (flow) => (way, key, index, at) => {
    if (way.branch.root.visit === undefined || at + latencyOf(way, key) > world.now) return
    const request = requestOf(way, key, index, at, flow)
    if (request !== undefined) out.push(request)
  })
  return out.sort((a, b) => a.at - b.at)
}

/** Spans of whole traces that began in the range, trace by trace by start, parents first; the latest `limit` traces. */
export const spans = (world: World, query: TrafficQuery & { readonly limit: number }): ReadonlyArray<Span> => {
  const requests = traced(world, query)
  return requests.slice(Math.max(0, requests.length - query.limit)).flatMap(spansOf)
}

/**
 * Lines that requests left in a container's log in `[since, until)`, by time. Requests that began before are looked at, too: a handler
 * writes when it is done.
 */
export const requestLog = (
  world: World,
  container: { readonly namespace: string; readonly key: string },
  since: number,
  until: number
): ReadonlyArray<RequestLine> => {
  const out: Array<RequestLine> = []
  each(world, { namespace: container.namespace, since: since - longest, until }, (flow) => (way, key, index, at) => {
    const { visit } = way.branch.root
    if (visit === undefined || !writes(visit, container.key) || at + latencyOf(way, key) < since) return
    const request = requestOf(way, key, index, at, flow)
    if (request === undefined) return
    for (const line of linesOf(request, container.key)) if (line.time >= since && line.time < until) out.push(line)
  })
  return out.sort((a, b) => a.time - b.time)
}

const writers = new WeakMap<Visit, Map<string, boolean>>()

/** Whether a handler in this container has something to write; spares a look at the spans of every healthy request. */
const writes = (visit: Visit, container: string): boolean => {
  let known = writers.get(visit)
  if (known === undefined) writers.set(visit, (known = new Map()))
  const found = known.get(container)
  if (found !== undefined) return found
  const { log } = visit.handler
  const own =
    visit.place.key === container &&
    log !== undefined &&
    ((visit.failure === undefined ? log.ok : log.failed) !== undefined || (visit.ignored.length > 0 && log.failed !== undefined))
  const made = own || visit.groups.some((group) => group.some((run) => run.visit !== undefined && writes(run.visit, container)))
  known.set(container, made)
  return made
}

/** What requests that arrived in the range cost each container of the namespace, by its key (`podUid/name`). */
export const counters = (world: World, query: TrafficQuery): ReadonlyMap<string, Usage> => {
  const branches = new Map<Branch, number>()
  each(world, query, () => ({ branch }) => {
    branches.set(branch, (branches.get(branch) ?? 0) + 1)
  })
  const out = new Map<string, Usage>()
  for (const [branch, times] of branches) {
    for (const [container, usage] of usageOf(branch)) out.set(container, plus(out.get(container) ?? nothing, usage, times))
  }
  return out
}
