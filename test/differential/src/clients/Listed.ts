/**
 * The differences that may be: `data/<suite>-known.yaml`, kept by hand with a reason each, and `data/<suite>-unexplained.json`, written by machine, which
 * lets the suite be green while the number shrinks.
 */
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Schema from "effect/Schema"
import { groupBy } from "../Agreement.ts"
import * as Reasons from "../Reasons.ts"
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

export type SuiteName = "clients" | "kubectl"

export const counted = (suite: SuiteName): string => `${suite}-unexplained.json`

export interface Listed {
  readonly suite: SuiteName
  readonly entries: ReadonlyArray<Entry>
  readonly unexplained: Unexplained
}

export const read = Effect.fnUntraced(function* (suite: SuiteName) {
  const fs = yield* FileSystem.FileSystem
  const unexplained = yield* fs.readFileString(Reasons.file(counted(suite)))
  const listed: Listed = {
    suite,
    entries: yield* Reasons.read(`${suite}-known.yaml`, Entry),
    unexplained: yield* Schema.decodeEffect(Schema.fromJsonString(Unexplained))(unexplained)
  }
  return listed
})

export const write = Effect.fnUntraced(function* (suite: SuiteName, unexplained: ReadonlyArray<Compared>) {
  const fs = yield* FileSystem.FileSystem
  const counts: Unexplained = Object.fromEntries(
    [...groupBy(unexplained, ({ topic }) => topic)].map(([topic, of]) => [
      topic,
      { count: of.length, commands: of.map(({ command }) => command.name) }
    ])
  )
  yield* fs.writeFileString(Reasons.file(counted(suite)), `${JSON.stringify(counts, undefined, 2)}\n`)
})

export const reasonFor = (entries: ReadonlyArray<Entry>, { command, topic }: Compared): Entry | undefined =>
  entries.find((entry) => Reasons.matches(entry.topic, topic) && Reasons.matches(entry.command, command.name))
