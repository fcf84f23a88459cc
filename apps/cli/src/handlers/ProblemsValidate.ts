/** `aiopslab problems validate`: all mistakes of all manifests at once. */
import type { LabError } from "@aiopslab/core/LabError"
import type * as Manifest from "@aiopslab/core/Manifest"
import * as Plan from "@aiopslab/core/Plan"
import type { Problem } from "@aiopslab/core/Problem"
import * as ProblemCatalog from "@aiopslab/runtime/ProblemCatalog"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import type { Inputs } from "../Inputs.ts"
import { errorJson, errorText } from "../terminal/Errors.ts"
import { note, paint, print, printJson } from "../terminal/Out.ts"
import { launch, type Program } from "./Launch.ts"
import * as Load from "./Load.ts"

type Input = Inputs["problemsValidate"]

const program = (input: Input): Program =>
  Effect.gen(function* () {
    const registry = Load.registryOf(yield* Load.plugins(input))
    const everything = input.selectors.length === 0
    const catalog = yield* everything ? Load.catalog(input, registry) : Load.catalogWithWarnings(input, registry)
    const selectors = everything ? [...catalog.problems.keys()] : input.selectors
    const errors: Array<LabError> = everything ? [...catalog.failures] : []
    const manifests = new Map<string, Manifest.Manifest<Problem>>()
    for (const selector of selectors) {
      const selected = yield* Effect.result(ProblemCatalog.select(catalog, [selector], process.cwd()))
      if (Result.isFailure(selected)) errors.push(...selected.failure)
      else for (const { manifest } of selected.success) manifests.set(manifest.file, manifest)
    }
    const good: Array<string> = []
    for (const manifest of manifests.values()) {
      const plan = yield* Effect.result(Plan.resolve(manifest, registry))
      if (Result.isSuccess(plan)) good.push(manifest.content.metadata.name)
      else errors.push(...plan.failure.errors)
    }
    if (input.json) yield* printJson({ valid: good, errors: errors.map(errorJson) })
    else {
      for (const name of good) yield* print(`${paint("green", "ok")}  ${name}`)
      for (const error of errors) yield* note(`${errorText(error)}\n`)
    }
    return errors.length === 0 ? 0 : 2
  })

export const start = (input: Input): void => launch(input, program(input))
