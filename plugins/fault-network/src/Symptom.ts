/** What users notice of a network that is slow or loses packets, by their own figures. */
import { InstalledApp } from "@aiopslab/core/App"
import { Cluster } from "@aiopslab/core/Cluster"
import type { LabError } from "@aiopslab/core/LabError"
import type { OperationStats } from "@aiopslab/core/Telemetry"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"

/** How the operations that the fault hits fared before it; of those that nobody asked for, all figures are 0. */
export const Before = Schema.Record(Schema.String, Schema.Struct({ p99: Schema.Finite, failedShare: Schema.Finite }))
export type Before = typeof Before.Type

const shareOf = ({ errors, requests }: OperationStats): number => (requests === 0 ? 0 : errors / requests)

const look = (since: number, until: number): Effect.Effect<ReadonlyArray<OperationStats>, LabError, Cluster | InstalledApp> =>
  Effect.gen(function* () {
    const { telemetry } = yield* Cluster
    const { namespace } = yield* InstalledApp
    return since >= until ? [] : yield* telemetry.traffic({ namespace, since, until })
  })

/** Of the last minute. */
export const before = (operations: ReadonlyArray<string>): Effect.Effect<Before, LabError, Cluster | InstalledApp> =>
  Effect.gen(function* () {
    const now = yield* Clock.currentTimeMillis
    const stats = yield* look(now - 60_000, now)
    return Object.fromEntries(
      operations.map((name) => {
        const found = stats.find(({ operation }) => operation === name)
        return [name, { p99: found?.p99 ?? 0, failedShare: found === undefined ? 0 : shareOf(found) }]
      })
    )
  })

const isWorse = (slowerBy: number, { failedShare, p99 }: Before[string], now: OperationStats): boolean =>
  now.p99 >= p99 + slowerBy || shareOf(now) > failedShare

/** Of the requests since a moment: the operations of which more fail, or which take so many milliseconds longer; and how many there were. */
export const shown = (
  then: Before,
  slowerBy: number,
  since: number
): Effect.Effect<{ readonly requests: number; readonly operations: ReadonlyArray<string> }, LabError, Cluster | InstalledApp> =>
  Effect.gen(function* () {
    const stats = (yield* look(since, yield* Clock.currentTimeMillis)).filter(({ operation }) => operation in then)
    return {
      requests: stats.reduce((sum, { requests }) => sum + requests, 0),
      operations: stats.flatMap((one) => {
        const was = then[one.operation]
        return one.requests > 0 && was !== undefined && isWorse(slowerBy, was, one) ? [one.operation] : []
      })
    }
  })
