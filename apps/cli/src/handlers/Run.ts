/** `aiopslab run`: problems with one agent. */
import * as Matrix from "@aiopslab/runtime/Matrix"
import * as ProblemCatalog from "@aiopslab/runtime/ProblemCatalog"
import * as RunResult from "@aiopslab/runtime/RunResult"
import * as Effect from "effect/Effect"
import type { RunInput } from "../Inputs.ts"
import { print, printJson } from "../terminal/Out.ts"
import { showRun } from "../terminal/Results.ts"
import { launch, type Program } from "./Launch.ts"
import * as Load from "./Load.ts"
import { chargeOf, clusterOf, jobsOf, limitsOf, repeatsOf, play, useOf, withOf, shareOf } from "./Play.ts"

const program =
  (input: RunInput) =>
  (stop: Effect.Effect<void>): Program =>
    Effect.gen(function* () {
      const failUnder = yield* Effect.fromResult(shareOf(input.failUnder))
      const limits = yield* Effect.fromResult(limitsOf(input))
      const jobs = yield* Effect.fromResult(jobsOf(input))
      const repeats = yield* Effect.fromResult(repeatsOf(input))
      const charge = yield* Effect.fromResult(chargeOf(input.charge))
      const plugins = yield* Load.plugins(input)
      const catalog = yield* Load.catalogWithWarnings(input, Load.registryOf(plugins))
      const selections = yield* ProblemCatalog.select(catalog, input.selectors, process.cwd())
      const trials = yield* Effect.fromResult(
        Matrix.expand({
          selections,
          agents: [useOf(input.agent, withOf(input.agentWith))],
          cluster: clusterOf(input),
          seeds: [input.seed],
          repeats,
          limits,
          charge
        })
      )
      const detail = input.verbose ? "actions" : "results"
      const result = yield* play({ trials, plugins, dir: input.out, seed: input.seed, jobs, detail, stop })
      yield* input.json ? printJson(result) : print(showRun(result))
      return RunResult.exitCode(result, failUnder)
    })

export const start = (input: RunInput): void => launch(input, program(input))
