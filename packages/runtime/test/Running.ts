/** Runs of trials of the fake lab. */
import type { TrialEvent } from "@aiopslab/core/TrialEvent"
import { assert } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import * as Runner from "../src/Runner.ts"
import * as RuntimeServices from "../src/RuntimeServices.ts"
import { fakeLab, type Lab, spec } from "./FakeLab.ts"

export const temporary = Effect.acquireRelease(
  Effect.sync(() => fs.mkdtempSync(path.join(os.tmpdir(), "aiopslab-"))),
  (dir) => Effect.sync(() => fs.rmSync(dir, { recursive: true, force: true }))
)

export const options = (dir: string, lab: Lab, trials: Runner.RunOptions["trials"]): Runner.RunOptions => ({
  trials,
  dir,
  seed: 0,
  jobs: 1,
  plugins: lab.plugins,
  reporters: [],
  versions: { aiopslab: "0" }
})

export const runOne = (trial: ReturnType<typeof spec>, lab: Lab = fakeLab()) =>
  Effect.gen(function* () {
    const dir = yield* temporary
    const result = yield* Runner.run(options(dir, lab, [trial]))
    const folder = path.join(dir, "trials", trial.id)
    const events = fs
      .readFileSync(path.join(folder, "events.ndjson"), "utf8")
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as TrialEvent)
    const [one] = result.trials
    assert(one !== undefined)
    return { result, trial: one, events, folder, dir, lab }
  }).pipe(Effect.provide(RuntimeServices.layer))
