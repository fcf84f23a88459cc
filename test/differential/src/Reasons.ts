/** Lists of differences that may be, kept by hand in `data`: places named by regular expressions, and why a user can live with each. */
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Schema from "effect/Schema"
import { parse } from "yaml"

/** The place of a file of `data`. */
export const file = (name: string): string => new URL(`../data/${name}`, import.meta.url).pathname

/** The entries of a list; an empty file has none. */
export const read = Effect.fnUntraced(function* <A>(name: string, entry: Schema.Codec<A, unknown>) {
  const fs = yield* FileSystem.FileSystem
  const known: unknown = parse(yield* fs.readFileString(file(name)))
  return (yield* Schema.decodeUnknownEffect(Schema.NullOr(Schema.Array(entry)))(known)) ?? []
})

/** Over the whole text; without a pattern any matches. */
export const matches = (pattern: string | undefined, text: string): boolean =>
  pattern === undefined || new RegExp(`^(?:${pattern})$`).test(text)
