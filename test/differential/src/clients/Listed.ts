/**
 * The differences that may be: `data/clients-known.yaml`, kept by hand with a reason each, and `data/clients-unexplained.json`, written by machine, which
 * lets the suite be green while the number shrinks.
 */
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Schema from "effect/Schema"
import { parse } from "yaml"
import { groupBy } from "../Agreement.ts"
import type { Compared } from "./Compared.ts"

/** Regular expressions over the whole text; a part that is left out matches all. */
const Entry = Schema.Struct({
  topic: Schema.optionalKey(Schema.String),
  command: Schema.optionalKey(Schema.String),
  reason: Schema.String
})
export type Entry = typeof Entry.Type

/** By topic. */
const Unexplained = Schema.Record(Schema.String, Schema.Struct({ count: Schema.Natural, commands: Schema.Array(Schema.String) }))
type Unexplained = typeof Unexplained.Type

const file = (name: string): string => new URL(`../../data/${name}`, import.meta.url).pathname

export interface Listed {
  readonly entries: ReadonlyArray<Entry>
  readonly unexplained: Unexplained
}

export const read = Effect.gen(function* () {
  const fs = yield* FileSystem.FileSystem
  const known = parse(yield* fs.readFileString(file("clients-known.yaml"))) as unknown
  const unexplained = yield* fs.readFileString(file("clients-unexplained.json"))
  const listed: Listed = {
    entries: (yield* Schema.decodeUnknownEffect(Schema.NullOr(Schema.Array(Entry)))(known)) ?? [],
    unexplained: yield* Schema.decodeEffect(Schema.fromJsonString(Unexplained))(unexplained)
  }
  return listed
})

export const write = Effect.fnUntraced(function* (unexplained: ReadonlyArray<Compared>) {
  const fs = yield* FileSystem.FileSystem
  const counted: Unexplained = Object.fromEntries(
    [...groupBy(unexplained, ({ topic }) => topic)].map(([topic, of]) => [
      topic,
      { count: of.length, commands: of.map(({ command }) => command.name) }
    ])
  )
  yield* fs.writeFileString(file("clients-unexplained.json"), `${JSON.stringify(counted, undefined, 2)}\n`)
})

const matches = (pattern: string | undefined, text: string): boolean => pattern === undefined || new RegExp(`^(?:${pattern})$`).test(text)

export const reasonFor = (entries: ReadonlyArray<Entry>, { command, topic }: Compared): Entry | undefined =>
  entries.find((entry) => matches(entry.topic, topic) && matches(entry.command, command.name))
