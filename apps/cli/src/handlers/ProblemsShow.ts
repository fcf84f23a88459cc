/** `aiopslab problems show`. */
import { Problem } from "@aiopslab/core/Problem"
import * as ProblemCatalog from "@aiopslab/runtime/ProblemCatalog"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as fs from "node:fs"
import type { Inputs } from "../Inputs.ts"
import { fromHere } from "../terminal/Errors.ts"
import { paint, print, printJson } from "../terminal/Out.ts"
import { table } from "../terminal/Table.ts"
import { launch, type Program } from "./Launch.ts"
import * as Load from "./Load.ts"

type Input = Inputs["problemsShow"]

const show = (content: Problem, file: string): string => {
  const { metadata, spec } = content
  const encoded = Schema.encodeSync(Problem)(content)
  const uses = [
    ["app", encoded.spec.app.use, JSON.stringify(encoded.spec.app.with ?? {})],
    ...(encoded.spec.workload === undefined
      ? []
      : [["workload", encoded.spec.workload.use, JSON.stringify(encoded.spec.workload.with ?? {})]]),
    ...(encoded.spec.faults ?? []).map((fault) => [
      "fault",
      fault.use,
      `${JSON.stringify(fault.with ?? {})}${fault.after === undefined ? "" : ` after ${fault.after}`}`
    ])
  ]
  const tasks = Object.entries(spec.tasks).map(([name, { id, evaluators, ...rest }]) => [
    name,
    id ?? "",
    evaluators === undefined ? JSON.stringify(rest) : `judged by ${evaluators.map(({ use }) => use).join(", ")}`
  ])
  const labels = Object.entries(metadata.labels)
    .map(([key, value]) => `${key}=${value}`)
    .join(" ")
  const head = [paint("bold", metadata.name), metadata.title, metadata.description, labels, paint("dim", fromHere(file))]
  return [head.filter((line) => line !== undefined && line !== "").join("\n"), table(uses), table(tasks)].join("\n\n")
}

const program = (input: Input): Program =>
  Effect.gen(function* () {
    const catalog = yield* Load.catalogWithWarnings(input)
    const selections = yield* ProblemCatalog.select(catalog, [input.name], process.cwd())
    for (const { manifest } of selections) {
      if (input.yaml) yield* print(fs.readFileSync(manifest.file, "utf8"))
      else if (input.json) yield* printJson(Schema.encodeSync(Problem)(manifest.content))
      else yield* print(show(manifest.content, manifest.file))
    }
    return 0
  })

export const start = (input: Input): void => launch(input, program(input))
