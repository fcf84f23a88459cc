/** What clients printed on Kind: `clients/TOPIC.recorded.json` beside `clients/TOPIC.txt`. */
import type { Outcome } from "aiopslab-test-differential/clients/Play"
import * as Script from "aiopslab-test-differential/clients/Script"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Schema from "effect/Schema"
import { Provenance } from "../Recording.ts"

const Recorded = Schema.Struct({
  recorded: Provenance,
  /** By the command's name. */
  commands: Schema.Record(Schema.String, Schema.Struct({ code: Schema.Int, stdout: Schema.String, stderr: Schema.String }))
})

export const folder = new URL("../../clients/", import.meta.url).pathname

const fileOf = (topic: string): string => `${folder}${topic}.recorded.json`

/** All scripts, in the order of their names. */
export const scripts = Effect.gen(function* () {
  const fs = yield* FileSystem.FileSystem
  const names = (yield* fs.readDirectory(folder)).filter((name) => name.endsWith(".txt")).sort()
  return yield* Effect.forEach(names, (name) =>
    Effect.map(fs.readFileString(`${folder}${name}`), (text) => Script.parse(name.replace(/\.txt$/, ""), text))
  )
})

const decode = Schema.decodeEffect(Schema.fromJsonString(Recorded))

export const load = Effect.fnUntraced(function* (topic: string) {
  const fs = yield* FileSystem.FileSystem
  const { commands } = yield* decode(yield* fs.readFileString(fileOf(topic)))
  return new Map(Object.entries(commands))
})

/** A recording of them would agree with whatever hangs here, too. */
export class Unended extends Data.TaggedError("Unended")<{ readonly topic: string; readonly commands: ReadonlyArray<string> }> {
  override get message() {
    return `${this.topic} is not recorded: these commands did not end: ${this.commands.join(", ")}`
  }
}

/** Fails, and leaves what was recorded before as it is, when a command did not end. */
export const save = Effect.fnUntraced(function* (topic: string, recorded: typeof Provenance.Type, commands: ReadonlyMap<string, Outcome>) {
  const hanging = [...commands].flatMap(([name, { code }]) => (code === "unended" ? [name] : []))
  if (hanging.length > 0) return yield* new Unended({ topic, commands: hanging })
  const fs = yield* FileSystem.FileSystem
  yield* fs.writeFileString(fileOf(topic), `${JSON.stringify({ recorded, commands: Object.fromEntries(commands) }, null, 1)}\n`)
})
