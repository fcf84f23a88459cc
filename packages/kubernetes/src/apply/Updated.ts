/** What a create, an update or a patch does to ownership: its manager owns what it changed, the others lose it. */
import type { Field } from "../scheme/Type.ts"
import type { Difference } from "./Compare.ts"
import * as Compare from "./Compare.ts"
import type { FieldSet } from "./FieldSet.ts"
import * as Fields from "./FieldSet.ts"
import type { Entry, Managed, Manager } from "./Managed.ts"
import { identity, none, seconds } from "./Managed.ts"
import { stripped } from "./Reset.ts"

export interface Update {
  readonly manager: Manager
  /** As on the wire. */
  readonly time: string
  /** The schema of the kind. */
  readonly field: Field
  readonly reset: FieldSet
  /** Both as Go sees them. */
  readonly before: unknown
  readonly after: unknown
}

/** Everyone but the writer, without what changed or went. */
export const lessened = (managed: Managed, { added, modified, removed }: Difference): Managed =>
  managed.flatMap((entry): Managed => {
    const fields = Fields.difference(Fields.difference(Fields.difference(entry.fields, modified), added), removed)
    return Fields.isEmpty(fields) ? [] : [fields === entry.fields ? entry : { ...entry, fields }]
  })

export const updated = (managed: Managed, { after, before, field, manager, reset, time }: Update): Managed => {
  const difference = Compare.except(Compare.compare(before, after, field), reset)
  const others = lessened(managed, difference)
  const own = Fields.difference(Fields.union(difference.modified, difference.added), stripped)
  if (Fields.isEmpty(own)) return limited(others)
  const id = identity(manager)
  const previous = others.find((entry) => identity(entry) === id)
  const entry: Entry = { ...manager, time, fields: previous === undefined ? own : Fields.union(own, previous.fields) }
  return limited([...others.filter((other) => other !== previous), entry])
}

/** Updaters kept apart; the oldest of more are one. */
const maxUpdaters = 10
const ancient = "ancient-changes"

const limited = (managed: Managed): Managed => {
  const updaters = managed
    .filter(({ operation }) => operation === "Update")
    .sort((a, b) => seconds(a) - seconds(b) || (identity(a) < identity(b) ? -1 : 1))
  if (updaters.length <= maxUpdaters) return managed
  const left = new Map(managed.map((entry) => [identity(entry), entry]))
  const firsts = new Map<string, Entry>()
  let count = updaters.length
  for (const entry of updaters) {
    if (count <= maxUpdaters) break
    const first = firsts.get(entry.apiVersion)
    if (first === undefined) {
      firsts.set(entry.apiVersion, entry)
      continue
    }
    const bucket: Manager = { manager: ancient, operation: "Update", apiVersion: entry.apiVersion, subresource: "" }
    const collected = left.get(identity(bucket))
    // the first of a version becomes the bucket where there is none yet
    if (collected === undefined) left.delete(identity(first))
    left.delete(identity(entry))
    left.set(identity(bucket), { ...bucket, time: entry.time, fields: Fields.union(entry.fields, (collected ?? first).fields) })
    count--
  }
  return left.size === 0 ? none : [...left.values()]
}
