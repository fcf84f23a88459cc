/** `aiopslab matrix`: a manifest of kind Matrix. */
import { located } from "@aiopslab/core/LabError"
import * as Manifest from "@aiopslab/core/Manifest"
import * as Plan from "@aiopslab/core/Plan"
import * as Matrix from "@aiopslab/runtime/Matrix"
import * as ProblemCatalog from "@aiopslab/runtime/ProblemCatalog"
import * as RunResult from "@aiopslab/runtime/RunResult"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as path from "node:path"
import type { Inputs } from "../Inputs.ts"
import { print, printJson } from "../terminal/Out.ts"
import { showRun } from "../terminal/Results.ts"
import { launch, type Program } from "./Launch.ts"
import * as Load from "./Load.ts"
import { clusterOf, jobsOf, play, shareOf } from "./Play.ts"

/** The field of the manifest that multiplies the trials most. */
const largest = (factors: Matrix.Factors): string => Object.entries(factors).reduce((most, each) => (each[1] > most[1] ? each : most))[0]

type Input = Inputs["matrix"]

const program =
  (input: Input) =>
  (stop: Effect.Effect<void>): Program =>
    Effect.gen(function* () {
      const failUnder = yield* Effect.fromResult(shareOf(input.failUnder))
      const jobs = yield* Effect.fromResult(jobsOf(input))
      const file = path.resolve(input.file)
      const plugins = yield* Load.plugins(input)
      const look = Plan.mistakesIn(Load.registryOf(plugins))
      const manifest = yield* ProblemCatalog.readManifest(input.file, look).pipe(
        Effect.flatMap((found) => Manifest.narrow(found, "Matrix"))
      )
      const mistakes = look(manifest)
      if (mistakes.length > 0) return yield* Effect.fail(mistakes)
      const { spec } = manifest.content
      const catalog = yield* Load.catalogWithWarnings(input, Load.registryOf(plugins))
      const selections = yield* ProblemCatalog.select(catalog, spec.problems, path.dirname(file))
      const millis = (given: Duration.Duration | undefined, otherwise: number) =>
        given === undefined ? otherwise : Duration.toMillis(given)
      const { maxSteps, timeMillis, turnMillis } = Matrix.defaultLimits
      const matrix: Matrix.MatrixOptions = {
        selections,
        agents: spec.agents,
        cluster: clusterOf(input, spec.cluster),
        seeds: spec.seeds,
        repeats: spec.repeats,
        limits: {
          maxSteps: spec.limits?.maxSteps ?? maxSteps,
          timeMillis: millis(spec.limits?.timeLimit, timeMillis),
          turnMillis: millis(spec.limits?.turnLimit, turnMillis)
        },
        charge: Matrix.defaultCharge
      }
      const trials = yield* Effect.fromResult(Matrix.expand(matrix)).pipe(
        Effect.mapError((error) => located(error, manifest.locate(["spec", largest(Matrix.factorsOf(matrix))])))
      )
      if (input.dryRun) {
        yield* input.json
          ? printJson({
              trials: trials.map(({ agent, id, problem, repeat, seed, tasks }) => ({
                id,
                problem: problem.metadata.name,
                tasks,
                agent: agent.use,
                seed,
                repeat
              }))
            })
          : print([...trials.map(({ id }) => id), `${trials.length} trials`].join("\n"))
        return 0
      }
      const detail = input.verbose ? "actions" : "results"
      const result = yield* play({ trials, plugins, dir: input.out, seed: spec.seeds[0] ?? 0, jobs, detail, stop })
      yield* input.json ? printJson(result) : print(showRun(result))
      return RunResult.exitCode(result, failUnder)
    })

export const start = (input: Input): void => launch(input, program(input))
