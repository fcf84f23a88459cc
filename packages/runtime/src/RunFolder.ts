/**
 * A run on disk: `run.json`, and per trial `trials/<id>/` with `trial.json`, `events.ndjson`, `session-<task>.json` and, on clusters that
 * outlive the process, `journal.ndjson` and `baseline.json`. All but the growing files are replaced atomically.
 */
import { type LabError, labError } from "@aiopslab/core/LabError"
import { TrialSpec } from "@aiopslab/core/TrialSpec"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import type * as Scope from "effect/Scope"
import * as fs from "node:fs"
import * as path from "node:path"
import * as Digest from "./Digest.ts"
import { attempt, makeFolderSync, readIfThereSync, writeAtomicSync } from "@aiopslab/host/edge/Files"
import * as Lease from "@aiopslab/host/edge/Lease"
import { TrialRecord } from "./TrialRecord.ts"

export const RunFile = Schema.Struct({
  version: Schema.Literal(1),
  id: Schema.String,
  seed: Schema.Int,
  /** Digest of all trials' specs: a folder belongs to one command. */
  command: Schema.String,
  versions: Schema.Record(Schema.String, Schema.String),
  /** In the order of the run. */
  trials: Schema.Array(Schema.Struct({ id: Schema.String, digest: Schema.String }))
})
export type RunFile = typeof RunFile.Type

/** A trial with its encoded form, worked out once. */
export interface PlannedTrial {
  readonly spec: TrialSpec
  readonly encoded: typeof TrialSpec.Encoded
  readonly digest: string
}

const encodeSpec = Schema.encodeSync(TrialSpec)

export const planned = (spec: TrialSpec): PlannedTrial => {
  const encoded = encodeSpec(spec)
  return { spec, encoded, digest: Digest.ofJson(encoded) }
}

export interface RunFolder {
  readonly dir: string
  readonly run: RunFile
}

const decodeRun = Schema.decodeUnknownEffect(Schema.fromJsonString(RunFile))
const decodeRecord = Schema.decodeUnknownOption(Schema.fromJsonString(TrialRecord))

const unreadable = (file: string) => (error: { readonly message: string }) =>
  labError("RUN_FOLDER_UNREADABLE", { path: file, why: error.message })

/** What is in a run folder, or none when it is not one. */
export const read = (dir: string): Effect.Effect<Option.Option<RunFile>, LabError> =>
  Effect.gen(function* () {
    const file = path.join(dir, "run.json")
    const text = yield* attempt(file, () => readIfThereSync(file))
    return text === undefined ? Option.none() : Option.some(yield* decodeRun(text).pipe(Effect.mapError(unreadable(file))))
  })

/**
 * Makes the folder, or resumes it when it belongs to the same command. Held by a lease until the scope closes. Fails with
 * RUN_OTHER_COMMAND or RUN_IN_PROGRESS.
 */
export const open = (options: {
  readonly dir: string
  readonly seed: number
  readonly versions: Readonly<Record<string, string>>
  readonly trials: ReadonlyArray<PlannedTrial>
}): Effect.Effect<RunFolder, LabError, Scope.Scope> =>
  Effect.gen(function* () {
    const dir = path.resolve(options.dir)
    const trials = options.trials.map(({ digest, spec }) => ({ id: spec.id, digest }))
    const run: RunFile = {
      version: 1,
      id: path.basename(dir),
      seed: options.seed,
      command: Digest.ofJson(trials),
      versions: options.versions,
      trials
    }
    yield* attempt(dir, () => makeFolderSync(path.join(dir, "trials")))
    const before = yield* read(dir)
    if (Option.isSome(before) && before.value.command !== run.command) return yield* labError("RUN_OTHER_COMMAND", { dir })
    yield* Lease.acquire(dir)
    yield* attempt(dir, () => writeAtomicSync(path.join(dir, "run.json"), `${JSON.stringify(run, undefined, 2)}\n`))
    return { dir, run }
  })

export const trialDir = (dir: string, id: string): string => path.join(dir, "trials", id)

/** The trial's folder, made if need be. */
export const makeTrialDir = (dir: string, id: string): Effect.Effect<string, LabError> => {
  const folder = trialDir(dir, id)
  return attempt(folder, () => {
    makeFolderSync(folder)
    return folder
  })
}

/** What an attempt left that is to be tried again: its record, events and journal, as `ID.attempt-N`, beside those of a run that died. */
export const setAside = (dir: string, id: string): Effect.Effect<void, LabError> => {
  const folder = trialDir(dir, id)
  return attempt(folder, () => {
    let n = 1
    while (fs.existsSync(`${folder}.attempt-${n}`)) n++
    fs.renameSync(folder, `${folder}.attempt-${n}`)
  })
}

/** The record of a trial that has ended with this spec. */
export const finished = (dir: string, id: string, digest: string): Effect.Effect<Option.Option<TrialRecord>, LabError> =>
  Effect.map(
    record(dir, id),
    Option.filter((found) => found.digest === digest && found.state === "ended")
  )

/** The record of a trial, however it ended. */
export const record = (dir: string, id: string): Effect.Effect<Option.Option<TrialRecord>, LabError> => {
  const file = path.join(trialDir(dir, id), "trial.json")
  return attempt(file, () => Option.flatMap(Option.fromUndefinedOr(readIfThereSync(file)), decodeRecord))
}

/** Into the trial's folder, which is there. */
export const writeRecord = (dir: string, of: TrialRecord): Effect.Effect<void, LabError> => {
  const folder = trialDir(dir, of.id)
  return attempt(folder, () => writeAtomicSync(path.join(folder, "trial.json"), `${JSON.stringify(of, undefined, 2)}\n`))
}
