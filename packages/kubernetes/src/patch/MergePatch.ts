/** JSON merge patch (RFC 7386). What the patch does not touch is shared with the target. */
import type { JsonRecord } from "../Json.ts"
import { isArray, isRecord } from "../Json.ts"
import type { Open } from "./JsonPatch.ts"
import { unopened } from "./JsonPatch.ts"

/** What a patch sets where no record was: without nulls. */
const pruned = (value: unknown, open: Open): unknown => {
  if (isArray(value)) return value.map((item) => pruned(item, open))
  if (!isRecord(value)) return value
  const out: Record<string, unknown> = {}
  for (const key of Object.keys(value)) if (value[key] !== null) out[key] = pruned(value[key], open)
  return open(out)
}

const merged = (target: JsonRecord, patch: JsonRecord, open: Open): JsonRecord => {
  const out: Record<string, unknown> = { ...target }
  for (const key of Object.keys(patch)) {
    const value = patch[key]
    const before = out[key]
    if (value === null) delete out[key]
    else if (!isRecord(before)) out[key] = pruned(value, open)
    else out[key] = isRecord(value) ? merged(before, value, open) : value
  }
  return open(out)
}

/** `open`: as of a JSON patch. */
export const apply = (target: unknown, patch: unknown, open: Open = unopened): unknown =>
  !isRecord(patch) ? patch : isRecord(target) ? merged(target, patch, open) : pruned(patch, open)

/** The patch that makes `after` of `before`. Lists are replaced whole. `undefined` when there is no difference. */
export const diff = (before: unknown, after: unknown): unknown => {
  if (before === after) return undefined
  if (!isRecord(before) || !isRecord(after)) return JSON.stringify(before) === JSON.stringify(after) ? undefined : after
  const out: Record<string, unknown> = {}
  for (const key of Object.keys(before)) if (after[key] === undefined) out[key] = null
  for (const key of Object.keys(after)) {
    const change = diff(before[key], after[key])
    if (change !== undefined) out[key] = change
  }
  return Object.keys(out).length === 0 ? undefined : out
}
