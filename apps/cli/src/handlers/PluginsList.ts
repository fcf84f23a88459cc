/** `aiopslab plugins list`: what the installed plugins offer, and what could not be loaded. */
import type { Component } from "@aiopslab/core/Plugin"
import { kindName } from "@aiopslab/core/Registry"
import * as Effect from "effect/Effect"
import type { Inputs } from "../Inputs.ts"
import { errorJson } from "../terminal/Errors.ts"
import { paint, print, printJson } from "../terminal/Out.ts"
import { table } from "../terminal/Table.ts"
import { launch, type Program } from "./Launch.ts"
import * as Load from "./Load.ts"

type Input = Inputs["pluginsList"]

const describe = (component: Component) => ({ kind: kindName[component._tag], name: component.name, summary: component.summary })

const program = (input: Input): Program =>
  Effect.gen(function* () {
    const { failures, plugins } = yield* Load.plugins(input)
    const found = plugins.map(({ plugin, source }) => ({
      name: plugin.name,
      version: source.version,
      components: plugin.components.map(describe)
    }))
    if (input.json) yield* printJson({ plugins: found, failures: failures.map(errorJson) })
    else {
      const rows = found.flatMap(({ components, name, version }) => [
        [paint("bold", name), paint("dim", version), ""],
        ...components.map(({ kind, name, summary }) => [`  ${name}`, kind, summary])
      ])
      yield* print(table(rows))
    }
    return failures.length === 0 ? 0 : 2
  })

export const start = (input: Input): void => launch(input, program(input))
