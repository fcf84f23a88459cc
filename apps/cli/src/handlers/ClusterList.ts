/** `aiopslab cluster list`: the clusters that runs made on this machine. */
import * as Effect from "effect/Effect"
import type { Inputs } from "../Inputs.ts"
import { print, printJson } from "../terminal/Out.ts"
import { table } from "../terminal/Table.ts"
import { launch, type Program } from "./Launch.ts"
import { managers } from "./Providers.ts"

type Input = Inputs["clusterList"]

const states = { held: "in use", orphan: "left by a dead run", unknown: "not noted on this machine" }

const program = (input: Input): Program =>
  Effect.gen(function* () {
    const found = yield* Effect.forEach(yield* managers(input), ({ manage, provider }) =>
      Effect.map(manage.list, (clusters) => clusters.map((cluster) => ({ provider, ...cluster })))
    )
    const clusters = found.flat()
    if (input.json) yield* printJson({ clusters })
    else if (clusters.length === 0) yield* print("There are no clusters.")
    else
      yield* print(
        table(
          clusters.map(({ name, pid, provider, state }) => [
            name,
            provider,
            `${states[state]}${pid === undefined ? "" : ` by process ${pid}`}`
          ])
        )
      )
    return 0
  })

export const start = (input: Input): void => launch(input, program(input))
