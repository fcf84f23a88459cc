/** The shipped components and problems, as the CLI finds them. */
import * as Matrix from "@aiopslab/runtime/Matrix"
import * as PluginLoader from "@aiopslab/runtime/PluginLoader"
import * as ProblemCatalog from "@aiopslab/runtime/ProblemCatalog"
import * as Runner from "@aiopslab/runtime/Runner"
import type { Use } from "@aiopslab/core/Problem"
import type { TrialLimits } from "@aiopslab/core/TrialSpec"
import * as Effect from "effect/Effect"
import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"

export const root = path.resolve(import.meta.dirname, "../../..")

export const temporary = Effect.acquireRelease(
  Effect.sync(() => fs.mkdtempSync(path.join(os.tmpdir(), "aiopslab-e2e-"))),
  (dir) => Effect.sync(() => fs.rmSync(dir, { recursive: true, force: true }))
)

export const loaded = PluginLoader.load({ cwd: root, explicit: [], presets: [{ name: "@aiopslab/preset-default", from: root }] })

export interface Running {
  readonly selectors: ReadonlyArray<string>
  readonly agents: ReadonlyArray<Use>
  readonly dir: string
  readonly seeds?: ReadonlyArray<number>
  readonly jobs?: number
  readonly limits?: Partial<TrialLimits>
  readonly stop?: Effect.Effect<void>
  readonly reporters?: Runner.RunOptions["reporters"]
}

/** The trials of a command, as the CLI would plan them. */
export const trials = (of: Running) =>
  Effect.gen(function* () {
    const catalog = yield* ProblemCatalog.load([path.join(root, "problems")])
    const selections = yield* ProblemCatalog.select(catalog, of.selectors, root)
    return yield* Effect.fromResult(
      Matrix.expand({
        selections,
        agents: of.agents,
        cluster: { use: "embedded" },
        seeds: of.seeds ?? [0],
        repeats: 1,
        limits: { ...Matrix.defaultLimits, ...of.limits },
        charge: Matrix.defaultCharge
      })
    )
  })

export const run = (of: Running) =>
  Effect.gen(function* () {
    return yield* Runner.run({
      trials: yield* trials(of),
      dir: of.dir,
      seed: 0,
      jobs: of.jobs ?? 1,
      plugins: yield* loaded,
      reporters: of.reporters ?? [],
      versions: {},
      ...(of.stop === undefined ? {} : { stop: of.stop })
    })
  })

/** Trials that have ended, with the inode of their record: a trial that ran again has another. */
export const ended = (dir: string): ReadonlyMap<string, number> => {
  const trials = path.join(dir, "trials")
  if (!fs.existsSync(trials)) return new Map()
  return new Map(
    fs.readdirSync(trials).flatMap((id) => {
      const file = path.join(trials, id, "trial.json")
      return fs.existsSync(file) ? [[id, fs.statSync(file).ino] as const] : []
    })
  )
}

/** A trial's events as text, without what depends on the machine: `wall` is an object of numbers and texts. */
export const events = (dir: string, id: string): string =>
  fs.readFileSync(path.join(dir, "trials", id, "events.ndjson"), "utf8").replaceAll(/,?"wall":\{[^{}]*\}/gu, "")

/** All of a trial's files that must be the same for the same seed. */
export const bytes = (dir: string, id: string): string => {
  const folder = path.join(dir, "trials", id)
  const sessions = fs
    .readdirSync(folder)
    .filter((name) => name.startsWith("session-"))
    .toSorted()
  return [events(dir, id), ...sessions.map((name) => fs.readFileSync(path.join(folder, name), "utf8"))].join("\n")
}
