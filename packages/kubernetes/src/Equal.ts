/**
 * Structural equality and structural sharing of JSON values. Both stop at identical references, so comparing two versions of an
 * object that were derived from each other costs what changed, not what is there.
 */

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value)

/** Equality of JSON values. A key whose value is `undefined` counts as absent. */
export const equal = (a: unknown, b: unknown): boolean => {
  if (a === b) return true
  if (Array.isArray(a)) {
    if (!Array.isArray(b) || a.length !== b.length) return false
    for (let i = 0; i < a.length; i++) if (!equal(a[i], b[i])) return false
    return true
  }
  if (!isRecord(a) || !isRecord(b)) return false
  let present = 0
  for (const key in a) {
    if (a[key] === undefined) continue
    if (!equal(a[key], b[key])) return false
    present++
  }
  for (const key in b) if (b[key] !== undefined) present--
  return present === 0
}

/**
 * `next` with every part that equals the corresponding part of `previous` replaced by it: afterwards `===` of two parts means
 * equality, and unchanged parts are held in memory once.
 */
export function share<A>(previous: unknown, next: A): A
export function share(previous: unknown, next: unknown): unknown {
  if (previous === next) return previous
  if (Array.isArray(next) && Array.isArray(previous)) {
    let same = next.length === previous.length
    const out = next.map((item, i) => {
      const kept: unknown = share(previous[i], item)
      if (kept !== previous[i]) same = false
      return kept
    })
    return same ? previous : out
  }
  if (!isRecord(next) || !isRecord(previous)) return next
  const out: Record<string, unknown> = {}
  let same = true
  let keys = 0
  for (const key in next) {
    if (next[key] === undefined) continue
    keys++
    out[key] = share(previous[key], next[key])
    if (out[key] !== previous[key]) same = false
  }
  for (const key in previous) if (previous[key] !== undefined) keys--
  return same && keys === 0 ? previous : out
}
