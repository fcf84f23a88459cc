/** `aiopslab cluster gc`: deletes the clusters of runs that died. */
import * as Effect from "effect/Effect"
import type { Inputs } from "../Inputs.ts"
import { print, printJson } from "../terminal/Out.ts"
import { launch, type Program } from "./Launch.ts"
import { managers } from "./Providers.ts"

type Input = Inputs["clusterGc"]

const program = (input: Input): Program =>
  Effect.gen(function* () {
    const deleted = (yield* Effect.forEach(yield* managers(input), ({ manage }) => manage.collect)).flat()
    if (input.json) yield* printJson({ deleted })
    else yield* print(deleted.length === 0 ? "Nothing to delete." : deleted.map((name) => `${name} is deleted.`).join("\n"))
    return 0
  })

export const start = (input: Input): void => launch(input, program(input))
