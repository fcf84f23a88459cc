/** `aiopslab agents list`. */
import * as Registry from "@aiopslab/core/Registry"
import * as Effect from "effect/Effect"
import type { Inputs } from "../Inputs.ts"
import { paint, print, printJson } from "../terminal/Out.ts"
import { table } from "../terminal/Table.ts"
import { launch, type Program } from "./Launch.ts"
import * as Load from "./Load.ts"

type Input = Inputs["agentsList"]

const program = (input: Input): Program =>
  Effect.gen(function* () {
    const registry = Load.registryOf(yield* Load.plugins(input))
    const agents = Registry.all(registry, "Agent").map(({ component: { knows, name, summary }, plugin }) => ({
      name,
      plugin,
      knows,
      summary
    }))
    yield* input.json
      ? printJson({ agents })
      : print(
          table([
            ["agent", "knows", "summary"].map((cell) => paint("dim", cell)),
            ...agents.map(({ knows, name, summary }) => [name, knows, summary])
          ])
        )
    return 0
  })

export const start = (input: Input): void => launch(input, program(input))
