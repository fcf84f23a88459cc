/**
 * `traffic-healthy`: users are served as at the baseline, for a while and in every operation. An operation so rare that a window saw none
 * of it is waited for; one that nobody could carry out at all is a failure.
 */
import { InstalledApp } from "@aiopslab/core/App"
import { Cluster } from "@aiopslab/core/Cluster"
import { DurationText } from "@aiopslab/core/DurationText"
import * as Evaluator from "@aiopslab/core/Evaluator"
import type { LabError } from "@aiopslab/core/LabError"
import type { OperationStats } from "@aiopslab/core/Telemetry"
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { settle, settleFields } from "./Settle.ts"
import * as Verdict from "./Verdict.ts"

const name = "traffic-healthy"
const verdicts = Verdict.of(name)

const positive = Schema.Finite.check(Schema.isGreaterThanOrEqualTo(0))

export const Config = Schema.Struct({
  ...settleFields,
  window: DurationText.annotate({ description: "How long users must be served well" }).pipe(
    Schema.withDecodingDefaultKey(Effect.succeed("60s"))
  ),
  patience: DurationText.annotate({ description: "How much longer to watch for operations that were not yet seen" }).pipe(
    Schema.withDecodingDefaultKey(Effect.succeed("10m"))
  ),
  errorPoints: positive
    .annotate({ description: "Percentage points by which the error rate may exceed the baseline's" })
    .pipe(Schema.withDecodingDefaultKey(Effect.succeed(1))),
  latencyFactor: positive
    .annotate({ description: "How many times the baseline's the 99th percentile may be" })
    .pipe(Schema.withDecodingDefaultKey(Effect.succeed(3)))
})
export type Config = typeof Config.Type

const rateOf = ({ errors, requests }: OperationStats): number => (requests === 0 ? 0 : errors / requests)

const percent = (rate: number): string => `${Math.round(rate * 1000) / 10} %`
const millis = (latency: number): string => `${Math.round(latency * 100) / 100} ms`

/** Why an operation is not healthy, with the figure that decided; undefined when it is. */
export const complaint = (
  before: OperationStats,
  now: OperationStats | undefined,
  config: Pick<Config, "errorPoints" | "latencyFactor">
): string | undefined => {
  if (now === undefined || now.requests === 0) return `${before.operation} was not seen`
  const tolerated = rateOf(before) + config.errorPoints / 100
  if (rateOf(now) > tolerated) {
    return `${now.errors} of ${now.requests} ${before.operation} requests failed (${percent(rateOf(now))}, tolerated ${percent(tolerated)})`
  }
  const slowest = before.p99 * config.latencyFactor
  const [latency, which] = now.requests < enough ? [now.p50, "in the middle"] : [now.p99, "at the 99th percentile"]
  if (before.requests > 0 && latency > slowest) return `${before.operation} took ${millis(latency)} ${which} (tolerated ${millis(slowest)})`
  return undefined
}

/** The 99th percentile of fewer requests is their slowest, which chance alone makes slow now and then: then their middle is compared. */
const enough = 20

/** Watches a window, and longer while an operation of the baseline is missing. */
const watch = (config: Config): Effect.Effect<ReadonlyArray<OperationStats>, LabError, Evaluator.EvaluatorServices> =>
  Effect.gen(function* () {
    const { telemetry } = yield* Cluster
    const { namespace } = yield* InstalledApp
    const { traffic } = yield* Evaluator.Baseline
    const since = yield* Clock.currentTimeMillis
    const last = since + Duration.toMillis(config.window) + Duration.toMillis(config.patience)
    while (true) {
      yield* Effect.sleep(config.window)
      const until = yield* Clock.currentTimeMillis
      const stats = yield* telemetry.traffic({ namespace, since, until })
      const seen = new Set(stats.flatMap(({ operation, requests }) => (requests > 0 ? [operation] : [])))
      if (until >= last || traffic.every(({ operation }) => seen.has(operation)) || broken(traffic, stats, config)) return stats
    }
  })

/** Nothing that comes later makes up for it. */
const broken = (before: ReadonlyArray<OperationStats>, now: ReadonlyArray<OperationStats>, config: Config): boolean =>
  now.every(({ requests }) => requests === 0) ||
  now.some((stats) => {
    const known = before.find(({ operation }) => operation === stats.operation)
    return known !== undefined && stats.requests > 0 && complaint(known, stats, config) !== undefined
  })

const measured = (stats: ReadonlyArray<OperationStats>, seconds: number): Verdict.Measurements => {
  const out: Record<string, number> = { settleSeconds: seconds }
  for (const { errors, operation, p99, requests } of stats) {
    out[`${operation}.requests`] = requests
    out[`${operation}.errors`] = errors
    out[`${operation}.p99Millis`] = Math.round(p99 * 1000) / 1000
  }
  return out
}

export const trafficHealthy = Evaluator.make({
  name,
  summary: "After settling, users are served for a sustained window: error rate and latency of every operation near the baseline's",
  config: Config,
  evaluate: (config) =>
    Effect.gen(function* () {
      const { moving, seconds } = yield* settle(config)
      if (moving.length > 0) {
        return verdicts.fail(`After ${seconds} s ${Verdict.several(moving)}.`, { settleSeconds: seconds, moving: moving.length })
      }
      const { traffic } = yield* Evaluator.Baseline
      if (traffic.length === 0) return verdicts.fail("There was no traffic at the baseline to compare with.", { settleSeconds: seconds })
      const stats = yield* watch(config)
      const complaints = traffic.flatMap(
        (before) =>
          complaint(
            before,
            stats.find(({ operation }) => operation === before.operation),
            config
          ) ?? []
      )
      const requests = stats.reduce((sum, one) => sum + one.requests, 0)
      const errors = stats.reduce((sum, one) => sum + one.errors, 0)
      const [worst] = complaints
      return worst === undefined
        ? verdicts.pass(
            `${requests - errors} of ${requests} requests were served, each operation about as at the baseline.`,
            measured(stats, seconds)
          )
        : verdicts.fail(`${capital(Verdict.several(complaints))}.`, measured(stats, seconds))
    })
})

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1)
