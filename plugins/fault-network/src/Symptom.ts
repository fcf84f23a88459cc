/**
 * What users notice of a network that is slow or loses packets, by their own figures. An operation is compared with itself, once there
 * were enough requests of it before and since, and counts as worse by more than what chance does to so many.
 */
import { InstalledApp } from "@aiopslab/core/App"
import { Cluster } from "@aiopslab/core/Cluster"
import type { LabError } from "@aiopslab/core/LabError"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"

const Figures = Schema.Struct({ requests: Schema.Int, errors: Schema.Int, p50: Schema.Finite, p99: Schema.Finite })
type Figures = typeof Figures.Type

/** How the operations that the fault hits fared before it; of those that hardly anybody asked for nothing is told. */
export const Before = Schema.Record(Schema.String, Figures)
export type Before = typeof Before.Type

/** Of fewer requests the middle and the slowest tell nothing. */
const enough = 5

const minute = 60_000

type Stats = Readonly<Record<string, Figures>>

const look = (operations: ReadonlyArray<string>, since: number, until: number): Effect.Effect<Stats, LabError, Cluster | InstalledApp> =>
  Effect.gen(function* () {
    const { telemetry } = yield* Cluster
    const { namespace } = yield* InstalledApp
    const stats = since >= until ? [] : yield* telemetry.traffic({ namespace, since, until })
    return Object.fromEntries(
      stats.flatMap(({ errors, operation, p50, p99, requests }) =>
        operations.includes(operation) && requests >= enough ? [[operation, { requests, errors, p50, p99 }]] : []
      )
    )
  })

/** Of the last minute; of operations that are too rare for that, of the last ten. */
export const before = (operations: ReadonlyArray<string>): Effect.Effect<Before, LabError, Cluster | InstalledApp> =>
  Effect.gen(function* () {
    const now = yield* Clock.currentTimeMillis
    const found = yield* look(operations, now - minute, now)
    const rare = operations.filter((name) => !(name in found))
    return rare.length === 0 ? found : { ...found, ...(yield* look(rare, now - 10 * minute, now)) }
  })

/** Standard error of the difference between two means, or shares, for a deviation of 1. */
const uncertainty = (before: Figures, now: Figures): number => Math.sqrt(1 / before.requests + 1 / now.requests)

/** So many standard errors are not chance. */
const beyondChance = 3

const isFailingMore = (before: Figures, now: Figures): boolean => {
  const share = (before.errors + now.errors) / (before.requests + now.requests)
  const more = now.errors / now.requests - before.errors / before.requests
  return more > beyondChance * Math.sqrt(share * (1 - share)) * uncertainty(before, now)
}

/** The middle has moved, or the slowest have: a fault that only some requests meet with shows in those. */
export const isWorse = (slowerBy: number, before: Figures, now: Figures): boolean => {
  // the 99th percentile, or the slowest of few, is some two deviations above the middle
  const deviation = (before.p99 - before.p50) / 2
  // a median is less certain than a mean
  const middle = beyondChance * 1.25 * deviation * uncertainty(before, now)
  return (
    isFailingMore(before, now) ||
    now.p50 - before.p50 >= Math.max(slowerBy, middle) ||
    now.p99 - before.p99 >= Math.max(slowerBy, 2 * beyondChance * deviation)
  )
}

/** Operations by name. */
export interface Compared {
  /** Of which there were too few requests. */
  readonly unseen: ReadonlyArray<string>
  /** Of which more fail, or which take so many milliseconds longer. */
  readonly worse: ReadonlyArray<string>
}

/** The requests since a moment beside those before the fault. */
export const compared = (then: Before, slowerBy: number, since: number): Effect.Effect<Compared, LabError, Cluster | InstalledApp> =>
  Effect.gen(function* () {
    const operations = Object.keys(then)
    const now = yield* look(operations, since, yield* Clock.currentTimeMillis)
    return {
      unseen: operations.filter((name) => !(name in now)),
      worse: Object.entries(now).flatMap(([name, figures]) => {
        const was = then[name]
        return was !== undefined && isWorse(slowerBy, was, figures) ? [name] : []
      })
    }
  })
