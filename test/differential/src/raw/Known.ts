/** `data/raw-known.yaml`: the requests that may be answered differently, with the reason why. */
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Schema from "effect/Schema"
import { parse } from "yaml"

/** `request` is a regular expression over the whole name. */
const Entry = Schema.Struct({ request: Schema.String, reason: Schema.String })
export type Entry = typeof Entry.Type

const file = new URL("../../data/raw-known.yaml", import.meta.url).pathname

export const read = Effect.gen(function* () {
  const fs = yield* FileSystem.FileSystem
  const known: unknown = parse(yield* fs.readFileString(file))
  return yield* Schema.decodeUnknownEffect(Schema.Array(Entry))(known)
})

export const reasonFor = (entries: ReadonlyArray<Entry>, name: string): Entry | undefined =>
  entries.find(({ request }) => new RegExp(`^(?:${request})$`).test(name))
