/** `aiopslab demo` (`npm start`): one real problem, played by an agent that does nothing and by one that knows, live. */
import * as Matrix from "@aiopslab/runtime/Matrix"
import * as ProblemCatalog from "@aiopslab/runtime/ProblemCatalog"
import * as RunResult from "@aiopslab/runtime/RunResult"
import * as Effect from "effect/Effect"
import type { Sources } from "../Inputs.ts"
import { fromHere } from "../terminal/Errors.ts"
import { note, paint, print } from "../terminal/Out.ts"
import { showRun } from "../terminal/Results.ts"
import { launch, type Program } from "./Launch.ts"
import * as Load from "./Load.ts"
import { play } from "./Play.ts"

const problem = "revoke-auth-mongodb-geo"

const program =
  (input: Sources) =>
  (stop: Effect.Effect<void>): Program =>
    Effect.gen(function* () {
      const plugins = yield* Load.plugins(input)
      const catalog = yield* Load.catalogWithWarnings(input, Load.registryOf(plugins))
      const selections = yield* ProblemCatalog.select(catalog, [problem], process.cwd())
      const trials = yield* Effect.fromResult(
        Matrix.expand({
          selections,
          agents: [{ use: "nop" }, { use: "oracle" }],
          cluster: { use: "embedded" },
          seeds: [0],
          repeats: 1,
          limits: Matrix.defaultLimits,
          charge: Matrix.defaultCharge
        })
      )
      for (const { content } of selections.map(({ manifest }) => manifest)) {
        yield* note(
          `${paint("bold", content.metadata.title ?? content.metadata.name, process.stderr)}\n${content.metadata.description ?? ""}`
        )
      }
      const result = yield* play({ trials, plugins, dir: undefined, seed: 0, jobs: 1, detail: "actions", stop })
      yield* note("")
      yield* print(showRun(result))
      const [first] = result.trials
      const folder = fromHere(result.run.dir)
      if (first !== undefined) {
        yield* print(
          `\nLook closer:  npm exec -- aiopslab show ${folder} --trial ${first.id}\nPlay another: npm exec -- aiopslab problems list`
        )
      }
      return RunResult.exitCode(result, undefined)
    })

export const start = (input: Sources): void => launch({ json: false }, program(input))
