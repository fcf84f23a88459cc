/** `aiopslab schema`: JSON Schemas of manifests for editors. */
import * as EditorSchema from "@aiopslab/core/EditorSchema"
import { labError } from "@aiopslab/core/LabError"
import * as Effect from "effect/Effect"
import * as fs from "node:fs"
import * as path from "node:path"
import type { Inputs } from "../Inputs.ts"
import { note, print, printJson } from "../terminal/Out.ts"
import { launch, type Program } from "./Launch.ts"
import * as Load from "./Load.ts"

type Input = Inputs["schema"]

const write = (file: string, text: string) =>
  Effect.try({
    try: () => {
      fs.mkdirSync(path.dirname(file), { recursive: true })
      fs.writeFileSync(file, text)
    },
    catch: (cause) => labError("RUN_FOLDER_UNREADABLE", { path: file, why: cause instanceof Error ? cause.message : String(cause) })
  })

const program = (input: Input): Program =>
  Effect.gen(function* () {
    const registry = Load.registryOf(yield* Load.plugins(input))
    const files = Object.entries(EditorSchema.make(registry)).map(([kind, schema]) => ({
      file: path.join(input.out, `${kind}.json`),
      text: `${JSON.stringify(schema, undefined, 2)}\n`
    }))
    if (!input.check) {
      for (const { file, text } of files) yield* write(file, text)
      yield* input.json ? printJson({ files: files.map(({ file }) => file) }) : print(files.map(({ file }) => file).join("\n"))
      return 0
    }
    const stale = files.filter(({ file, text }) => !fs.existsSync(file) || fs.readFileSync(file, "utf8") !== text).map(({ file }) => file)
    if (input.json) yield* printJson({ stale })
    else for (const file of stale) yield* note(`${file} is out of date: run \`aiopslab schema\`.`)
    return stale.length === 0 ? 0 : 1
  })

export const start = (input: Input): void => launch(input, program(input))
