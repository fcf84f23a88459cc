/** `aiopslab show`: a run's results again, or the whole record of one trial. */
import { labError, type LabError } from "@aiopslab/core/LabError"
import { TrialEvent } from "@aiopslab/core/TrialEvent"
import * as RunFolder from "@aiopslab/runtime/RunFolder"
import * as RunResult from "@aiopslab/runtime/RunResult"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import * as fs from "node:fs"
import * as path from "node:path"
import type { Inputs } from "../Inputs.ts"
import { eventLines } from "../terminal/EventLines.ts"
import { print, printJson } from "../terminal/Out.ts"
import { showRun } from "../terminal/Results.ts"
import { launch, type Program } from "./Launch.ts"

type Input = Inputs["show"]

const decode = Schema.decodeUnknownEffect(Schema.fromJsonString(TrialEvent))

const unreadable = (file: string) => (error: { readonly message: string }) =>
  labError("RUN_FOLDER_UNREADABLE", { path: file, why: error.message })

const eventsOf = (dir: string, trial: string): Effect.Effect<ReadonlyArray<TrialEvent>, LabError> => {
  const file = path.join(RunFolder.trialDir(dir, trial), "events.ndjson")
  return Effect.try({ try: () => fs.readFileSync(file, "utf8"), catch: (cause) => unreadable(file)({ message: String(cause) }) }).pipe(
    Effect.flatMap((text) =>
      Effect.forEach(
        text.split("\n").filter((line) => line !== ""),
        (line) => decode(line).pipe(Effect.mapError(unreadable(file)))
      )
    )
  )
}

const program = (input: Input): Program =>
  Effect.gen(function* () {
    const dir = path.resolve(input.run)
    const found = yield* RunFolder.read(dir)
    if (Option.isNone(found)) return yield* labError("RUN_NOT_FOUND", { dir: input.run })
    const run = found.value
    const ids = run.trials.map(({ id }) => id)
    if (input.trial !== undefined) {
      const { trial } = input
      if (!ids.includes(trial)) return yield* labError("RUN_TRIAL_NOT_FOUND", { dir: input.run, trial, known: ids })
      const events = yield* eventsOf(dir, trial)
      yield* input.json
        ? printJson(Schema.encodeSync(Schema.Array(TrialEvent))(events))
        : print(events.flatMap((event) => eventLines(trial, event, "everything", process.stdout)).join("\n"))
      return 0
    }
    const records = yield* Effect.forEach(ids, (id) => RunFolder.record(dir, id))
    const result = RunResult.make({ id: run.id, dir, seed: run.seed, versions: run.versions }, records.flatMap(Option.toArray), "complete")
    yield* input.json ? printJson(result) : print(showRun(result))
    return 0
  })

export const start = (input: Input): void => launch(input, program(input))
