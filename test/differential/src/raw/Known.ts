/** `data/raw-known.yaml`: the requests that may be answered differently, with the reason why. */
import * as Schema from "effect/Schema"
import * as Reasons from "../Reasons.ts"

/** `request` is a regular expression over the whole name. */
const Entry = Schema.Struct({ request: Schema.String, reason: Schema.String })
export type Entry = typeof Entry.Type

export const read = Reasons.read("raw-known.yaml", Entry)

export const reasonFor = (entries: ReadonlyArray<Entry>, name: string): Entry | undefined =>
  entries.find(({ request }) => Reasons.matches(request, name))
