/** JSON merge patch (RFC 7386). What the patch does not touch is shared with the target. */
import { isRecord, record } from "../Json.ts"

export const apply = (target: unknown, patch: unknown): unknown => {
  if (!isRecord(patch)) return patch
  const out: Record<string, unknown> = { ...record(target) }
  for (const key of Object.keys(patch)) {
    const value = patch[key]
    if (value === null) delete out[key]
    else out[key] = apply(out[key], value)
  }
  return out
}

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
