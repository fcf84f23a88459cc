/** Whether the users are served. */
import { InstalledApp } from "@aiopslab/core/App"
import { Cluster } from "@aiopslab/core/Cluster"
import type { LabError } from "@aiopslab/core/LabError"
import type { OperationStats } from "@aiopslab/core/Telemetry"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"

/** Whether a workload is on: without one there is nothing to be healthy. */
export type Users = "come" | "stay away"

/** Of the requests of an operation: one in a hundred may fail. */
const tolerated = 0.01

/** Why traffic is not healthy, or undefined. Operations that were rare enough not to be seen don't count. */
export const unhealthy = (stats: ReadonlyArray<OperationStats>): string | undefined => {
  if (stats.every((operation) => operation.requests === 0)) return "there were no requests"
  const bad = stats.find((operation) => operation.errors > operation.requests * tolerated)
  return bad === undefined ? undefined : `${bad.operation}: ${bad.errors} of ${bad.requests} requests failed`
}

/** Waits this long on the trial's clock, then tells what users met with meanwhile. */
export const watch = (millis: number): Effect.Effect<ReadonlyArray<OperationStats>, LabError, Cluster | InstalledApp> =>
  Effect.gen(function* () {
    const cluster = yield* Cluster
    const { namespace } = yield* InstalledApp
    const since = yield* Clock.currentTimeMillis
    yield* Effect.sleep(millis)
    return yield* cluster.telemetry.traffic({ namespace, since, until: yield* Clock.currentTimeMillis })
  })

/** Watches window after window until one is healthy: its statistics, or the sentence about the last when time is up. */
export const untilHealthy = (
  windowMillis: number,
  limitMillis: number
): Effect.Effect<{ readonly stats: ReadonlyArray<OperationStats>; readonly why: string | undefined }, LabError, Cluster | InstalledApp> =>
  Effect.gen(function* () {
    const until = (yield* Clock.currentTimeMillis) + limitMillis
    while (true) {
      const stats = yield* watch(windowMillis)
      const why = unhealthy(stats)
      if (why === undefined || (yield* Clock.currentTimeMillis) + windowMillis > until) return { stats, why }
    }
  })
