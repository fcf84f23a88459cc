/** Differences that stay, each with a reason that a user would accept: `data/known.yaml`, kept by hand. */
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Schema from "effect/Schema"
import { parse } from "yaml"
import type { Compared } from "./Comparison.ts"

/** Regular expressions over whole texts; a part that is left out matches all. */
const Entry = Schema.Struct({
  kind: Schema.optionalKey(Schema.String),
  verb: Schema.optionalKey(Schema.String),
  step: Schema.optionalKey(Schema.String),
  /** Where in the answer: `body.metadata.labels`. */
  at: Schema.optionalKey(Schema.String),
  reason: Schema.String
})
export type Entry = typeof Entry.Type

export const file = new URL("../data/known.yaml", import.meta.url).pathname

export const read = Effect.gen(function* () {
  const fs = yield* FileSystem.FileSystem
  return yield* Schema.decodeUnknownEffect(Schema.NullOr(Schema.Array(Entry)))(parse(yield* fs.readFileString(file)))
}).pipe(Effect.map((entries) => entries ?? []))

const matches = (pattern: string | undefined, text: string): boolean => pattern === undefined || new RegExp(`^(?:${pattern})$`).test(text)

/** The entries that explain the step's every difference; nothing where one is left over. */
export const explain = (entries: ReadonlyArray<Entry>, { differences, kind, step }: Compared): ReadonlySet<Entry> | undefined => {
  const fitting = entries.filter((entry) => matches(entry.kind, kind) && matches(entry.verb, step.verb) && matches(entry.step, step.name))
  const used = new Set<Entry>()
  for (const { at } of differences) {
    const entry = fitting.find((entry) => matches(entry.at, at))
    if (entry === undefined) return undefined
    used.add(entry)
  }
  return used
}
