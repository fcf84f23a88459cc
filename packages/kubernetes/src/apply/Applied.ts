/** Server-side apply: a configuration is merged into an object, and its manager owns what it names. */
import * as Result from "effect/Result"
import { equal } from "../Equal.ts"
import type { Field } from "../scheme/Type.ts"
import * as Compare from "./Compare.ts"
import type { Conflict } from "./Conflict.ts"
import { conflictsOf } from "./Conflict.ts"
import type { FieldSet } from "./FieldSet.ts"
import * as Fields from "./FieldSet.ts"
import { fieldsOf } from "./Fields.ts"
import { goValue } from "./GoValue.ts"
import type { Entry, Managed, Manager } from "./Managed.ts"
import { identity } from "./Managed.ts"
import { merge } from "./Merge.ts"
import { prune } from "./Prune.ts"
import { stripped } from "./Reset.ts"
import { lessened } from "./Updated.ts"

export interface Application {
  readonly manager: Manager
  /** As on the wire. */
  readonly time: string
  readonly field: Field
  readonly reset: FieldSet
  readonly live: unknown
  /** Conforms to the schema. */
  readonly config: unknown
  readonly onConflict: "refuse" | "force"
}

export interface Applied {
  /** The live object itself when nothing in it changes. */
  readonly object: unknown
  readonly managed: Managed
}

export const applied = (
  managed: Managed,
  { config, field, live, manager, onConflict, reset, time }: Application
): Result.Result<Applied, ReadonlyArray<Conflict>> => {
  const id = identity(manager)
  const last = managed.find((entry) => identity(entry) === id)
  const others = managed.filter((entry) => entry !== last)
  const own = Fields.without(fieldsOf(config, field), reset)
  const owned = others.reduce((all, { fields }) => Fields.union(all, fields), own)
  // the object is as Go has it, the configuration as it is written: what it sets to nothing counts
  const before = goValue(live, field)
  const object = prune(merge(before, config, field), last?.fields ?? Fields.empty, owned, field)
  const difference = Compare.except(Compare.compare(before, object, field), reset)
  if (onConflict === "refuse") {
    const changed = Fields.union(difference.modified, difference.added)
    const conflicts = conflictsOf(others.map((entry) => ({ manager: entry, fields: Fields.intersection(entry.fields, changed) })))
    if (conflicts.length > 0) return Result.fail(conflicts)
  }
  const kept = Fields.difference(own, stripped)
  const same = equal(before, object)
  const at = same ? last?.time : time
  const entry: Entry = { ...manager, time: at, fields: kept }
  return Result.succeed({
    object: same ? live : object,
    managed: [...lessened(others, difference), ...(Fields.isEmpty(kept) ? [] : [entry])]
  })
}
