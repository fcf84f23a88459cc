/** `aiopslab recover`: undoes what a killed run left behind. */
import * as Recover from "@aiopslab/runtime/Recover"
import * as Effect from "effect/Effect"
import type { Inputs } from "../Inputs.ts"
import { errorJson, errorText } from "../terminal/Errors.ts"
import { note, paint, print, printJson } from "../terminal/Out.ts"
import { table } from "../terminal/Table.ts"
import { launch, type Program } from "./Launch.ts"
import * as Load from "./Load.ts"

type Input = Inputs["recover"]

const mark = { recovered: paint("green", "recovered"), live: paint("yellow", "still running"), failed: paint("red", "failed") }

const program = (input: Input): Program =>
  Effect.gen(function* () {
    const plugins = yield* Load.plugins(input)
    const dirs =
      input.dirs.length > 0 ? (yield* Effect.forEach(input.dirs, Recover.namedRunFolders)).flat() : yield* Recover.runFolders("runs")
    const found = yield* Recover.recover([...new Set(dirs)], plugins)
    if (input.json) {
      yield* printJson({
        recoveries: found.map(({ error, ...rest }) => ({ ...rest, ...(error === undefined ? {} : { error: errorJson(error) }) }))
      })
    } else if (found.length === 0) yield* print("Nothing to recover.")
    else {
      yield* print(table(found.map(({ dir, faults, status, trial }) => [mark[status], trial, dir, faults.join(", ")])))
      for (const { error } of found) if (error !== undefined) yield* note(errorText(error))
    }
    return found.some(({ status }) => status === "failed") ? 3 : 0
  })

export const start = (input: Input): void => launch(input, program(input))
