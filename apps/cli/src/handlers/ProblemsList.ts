/** `aiopslab problems list`. */
import * as Effect from "effect/Effect"
import type { Inputs } from "../Inputs.ts"
import { paint, print, printJson } from "../terminal/Out.ts"
import { table } from "../terminal/Table.ts"
import { launch, type Program } from "./Launch.ts"
import * as Load from "./Load.ts"

type Input = Inputs["problemsList"]

const program = (input: Input): Program =>
  Effect.gen(function* () {
    const { problems, suites } = yield* Load.catalogWithWarnings(input)
    const found = [...problems.values()].map(({ content: { metadata, spec } }) => ({
      name: metadata.name,
      title: metadata.title ?? "",
      tasks: Object.keys(spec.tasks),
      ids: Object.values(spec.tasks).flatMap(({ id }) => id ?? []),
      labels: metadata.labels
    }))
    if (input.json) yield* printJson({ problems: found })
    else {
      const rows = found.map(({ name, tasks, title }) => [name, tasks.join(", "), title])
      yield* print(table([["problem", "tasks", "title"].map((cell) => paint("dim", cell)), ...rows]))
      if (suites.size > 0) yield* print(`\nSuites: ${[...suites.keys()].join(", ")}`)
    }
    return 0
  })

export const start = (input: Input): void => launch(input, program(input))
