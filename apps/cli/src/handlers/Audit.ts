/** `aiopslab audit`: does a problem measure what it says? `oracle` has to pass it, and nobody else may. */
import * as RunResults from "@aiopslab/runtime/RunResult"
import { labError } from "@aiopslab/core/LabError"
import * as Matrix from "@aiopslab/runtime/Matrix"
import * as ProblemCatalog from "@aiopslab/runtime/ProblemCatalog"
import * as Effect from "effect/Effect"
import type { Inputs } from "../Inputs.ts"
import { fromHere } from "../terminal/Errors.ts"
import { paint, print, printJson } from "../terminal/Out.ts"
import { table } from "../terminal/Table.ts"
import { finding } from "./Finding.ts"
import { launch, type Program } from "./Launch.ts"
import * as Load from "./Load.ts"
import { clusterOf, jobsOf, play } from "./Play.ts"

type Input = Inputs["audit"]

const agents = ["oracle", "nop", "always-yes", "restart-all", "scale-to-zero", "delete-all"]

const mark = { ok: paint("green", "ok"), wrong: paint("red", "WRONG"), unknown: paint("yellow", "unknown") }

const program =
  (input: Input) =>
  (stop: Effect.Effect<void>): Program =>
    Effect.gen(function* () {
      const jobs = yield* Effect.fromResult(jobsOf(input))
      const plugins = yield* Load.plugins(input)
      const catalog = yield* Load.catalogWithWarnings(input, Load.registryOf(plugins))
      const selectors = input.selectors.length > 0 ? input.selectors : [...catalog.problems.keys()]
      if (selectors.length === 0) return yield* labError("USAGE_NOTHING_SELECTED", { folders: Load.folders(input) })
      const selections = yield* ProblemCatalog.select(catalog, selectors, process.cwd())
      const trials = yield* Effect.fromResult(
        Matrix.expand({
          selections,
          agents: agents.map((use) => ({ use })),
          cluster: clusterOf(input),
          seeds: [input.seed],
          repeats: 1,
          limits: Matrix.defaultLimits,
          charge: Matrix.defaultCharge
        })
      )
      const detail = input.verbose ? "actions" : "results"
      const result = yield* play({ trials, plugins, dir: input.out, seed: input.seed, jobs, detail, stop })
      const findings = result.trials.map(finding)
      const wrong = findings.filter(({ verdict }) => verdict === "wrong").length
      const rows = findings.map(({ agent, problem, verdict, why }) => [problem, agent, mark[verdict], why])
      yield* input.json
        ? printJson({ run: result.run, findings, ok: findings.every(({ verdict }) => verdict === "ok") })
        : print(
            `${table([["problem", "agent", "audit", "why"].map((cell) => paint("dim", cell)), ...rows])}\n\n${findings.filter(({ verdict }) => verdict === "ok").length} of ${findings.length} as it should be. Record: ${fromHere(result.run.dir)}`
          )
      const code = RunResults.exitCode(result, undefined)
      return code !== 0 ? code : wrong > 0 ? 1 : 0
    })

export const start = (input: Input): void => launch(input, program(input))
