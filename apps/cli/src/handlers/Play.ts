/** What run, matrix, audit and demo share: from selections to a result on disk. */
import { DurationText } from "@aiopslab/core/DurationText"
import { labError, type LabError } from "@aiopslab/core/LabError"
import type { ManifestInvalid } from "@aiopslab/core/Manifest"
import type { Use } from "@aiopslab/core/Problem"
import type { Charge, TrialLimits, TrialSpec } from "@aiopslab/core/TrialSpec"
import type { LoadedPlugins } from "@aiopslab/runtime/PluginLoader"
import * as Runner from "@aiopslab/runtime/Runner"
import type { RunResult } from "@aiopslab/runtime/RunResult"
import type { RuntimeServices } from "@aiopslab/runtime/RuntimeServices"
import * as DateTime from "effect/DateTime"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as path from "node:path"
import { variable } from "../edge/Process.ts"
import type { ClusterFlags, Limits, RunFlags, RunInput } from "../Inputs.ts"
import { progress, type ProgressOptions } from "../terminal/Progress.ts"
import { version } from "../Version.ts"

/** A new folder below `runs`, named after the machine's time in UTC: `2026-01-01T12-30-05`. */
export const newRunFolder: Effect.Effect<string> = Effect.map(DateTime.now, (now) =>
  path.join("runs", DateTime.formatIso(now).slice(0, 19).replaceAll(":", "-"))
)

const duration = (flag: string, value: string): Result.Result<number, LabError> =>
  Schema.decodeUnknownResult(DurationText)(value).pipe(
    Result.map(Duration.toMillis),
    Result.mapError(() =>
      labError("USAGE_INVALID_FLAG", { flag, value, expected: "a duration such as 500ms, 60s, 5m or 1h30m is expected" })
    )
  )

/** The share of `--fail-under`. */
export const shareOf = (value: number | undefined): Result.Result<number | undefined, LabError> =>
  value === undefined || (value >= 0 && value <= 1)
    ? Result.succeed(value)
    : Result.fail(labError("USAGE_INVALID_FLAG", { flag: "fail-under", value: String(value), expected: "a share from 0 to 1 is expected" }))

const atLeastOne = (flag: string, value: number): Result.Result<number, LabError> =>
  value >= 1
    ? Result.succeed(value)
    : Result.fail(labError("USAGE_INVALID_FLAG", { flag, value: String(value), expected: "at least 1 is expected" }))

export const jobsOf = ({ jobs }: RunFlags): Result.Result<number | undefined, LabError> =>
  jobs === undefined ? Result.succeed(jobs) : atLeastOne("jobs", jobs)

export const repeatsOf = ({ repeat }: RunInput): Result.Result<number, LabError> => atLeastOne("repeat", repeat)

export const limitsOf = (input: Limits): Result.Result<TrialLimits, LabError> =>
  Result.gen(function* () {
    return {
      maxSteps: yield* atLeastOne("max-steps", input.maxSteps),
      timeMillis: yield* duration("time-limit", input.timeLimit),
      turnMillis: yield* duration("turn-limit", input.turnLimit)
    }
  })

export const chargeOf = (value: string): Result.Result<Charge, LabError> => {
  if (value === "none" || value === "measured") return Result.succeed({ _tag: value })
  return Result.map(duration("charge", value), (millis) => ({ _tag: "per-step", millis }))
}

/** Values that are JSON are taken as such, all others as texts. */
export const withOf = (given: Readonly<Record<string, string>>): Readonly<Record<string, unknown>> => {
  const decode = Schema.decodeUnknownResult(Schema.fromJsonString(Schema.Unknown))
  return Object.fromEntries(Object.entries(given).map(([key, value]) => [key, Result.getOrElse(decode(value), () => value)]))
}

export const useOf = (use: string, given: Readonly<Record<string, unknown>>): Use =>
  Object.keys(given).length === 0 ? { use } : { use, with: given }

const isRecord = Schema.is(Schema.Record(Schema.String, Schema.Unknown))

/** Of the command's flags, or of its manifest: `--kubeconfig` alone is enough to mean the cluster `kubeconfig`. */
export const clusterOf = ({ cluster, clusterWith, kubeconfig, yes }: ClusterFlags, otherwise: Use = { use: "embedded" }): Use => {
  const use = cluster ?? (kubeconfig === undefined ? otherwise.use : "kubeconfig")
  return useOf(use, {
    ...(use === otherwise.use && isRecord(otherwise.with) ? otherwise.with : {}),
    ...withOf(clusterWith),
    ...(kubeconfig === undefined ? {} : { kubeconfig: path.resolve(kubeconfig) }),
    ...(yes && use === "kubeconfig" ? { yes } : {})
  })
}

export interface PlayOptions {
  readonly trials: ReadonlyArray<TrialSpec>
  readonly plugins: LoadedPlugins
  readonly dir: string | undefined
  readonly seed: number
  readonly jobs: number | undefined
  readonly detail: ProgressOptions["detail"]
  readonly stop: Effect.Effect<void>
}

export const play = (options: PlayOptions): Effect.Effect<RunResult, LabError | ManifestInvalid, RuntimeServices> =>
  Effect.gen(function* () {
    const reporter = yield* progress({ trials: options.trials.length, detail: options.detail })
    const failpoint = variable("AIOPSLAB_FAILPOINT")
    return yield* Runner.run({
      trials: options.trials,
      dir: options.dir ?? (yield* newRunFolder),
      seed: options.seed,
      jobs: options.jobs,
      plugins: options.plugins,
      reporters: [reporter],
      versions: { aiopslab: version },
      stop: options.stop,
      ...(failpoint === undefined ? {} : { failpoint })
    })
  })
