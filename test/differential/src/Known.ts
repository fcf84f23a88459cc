/** Differences that stay, each with a reason that a user would accept: `data/known.yaml`, kept by hand. */
import * as Schema from "effect/Schema"
import type { Compared } from "./Comparison.ts"
import * as Reasons from "./Reasons.ts"
import { matches } from "./Reasons.ts"

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

export const read = Reasons.read("known.yaml", Entry)

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
