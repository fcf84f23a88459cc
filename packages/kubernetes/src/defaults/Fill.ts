/**
 * Defaulting functions and how they combine. Each gives the very object it was given when nothing is missing, so that objects of
 * controllers, which are complete, pass without a copy.
 */
import type { JsonRecord } from "../Json.ts"
import { isArray, isRecord, without } from "../Json.ts"

/** Sets what is missing. */
export type Fill = (value: JsonRecord) => JsonRecord

/** One after another. */
export const all =
  (...fills: ReadonlyArray<Fill>): Fill =>
  (value) => {
    let out = value
    for (const fill of fills) out = fill(out)
    return out
  }

/** Constant values of keys that are absent or null. */
export const missing = (values: JsonRecord): Fill => {
  const keys = Object.keys(values)
  return (value) => {
    let out: Record<string, unknown> | undefined
    for (const key of keys) {
      const given = value[key]
      if ((given === undefined || given === null) && given !== values[key]) (out ??= { ...value })[key] = values[key]
    }
    return out ?? value
  }
}

/** Values of keys that are absent or empty, of fields whose empty value Go can't tell from none. */
export const empty = (values: JsonRecord): Fill => {
  const keys = Object.keys(values)
  return (value) => {
    let out: Record<string, unknown> | undefined
    for (const key of keys) if (isEmpty(value[key])) (out ??= { ...value })[key] = values[key]
    return out ?? value
  }
}

export const isEmpty = (value: unknown): boolean =>
  value === undefined || value === "" || value === 0 || (isArray(value) && value.length === 0)

/** A computed value of one absent key; `undefined` leaves it absent. */
export const computed =
  (key: string, compute: (value: JsonRecord) => unknown): Fill =>
  (value) => {
    if (value[key] !== undefined) return value
    const found = compute(value)
    return found === undefined ? value : { ...value, [key]: found }
  }

/** A record under a key, when it is there. */
export const field =
  (key: string, fill: Fill): Fill =>
  (value) => {
    const child = value[key]
    if (!isRecord(child)) return value
    const next = fill(child)
    return next === child ? value : { ...value, [key]: next }
  }

/** A record under a key, made when it is absent. */
export const ensured = (key: string, fill: Fill): Fill => all(missing({ [key]: {} }), field(key, fill))

/** Every record of a list under a key. */
export const each =
  (key: string, fill: Fill): Fill =>
  (value) => {
    const list = value[key]
    if (!isArray(list)) return value
    let changed = false
    const next = list.map((item) => {
      if (!isRecord(item)) return item
      const filled = fill(item)
      if (filled !== item) changed = true
      return filled
    })
    return changed ? { ...value, [key]: next } : value
  }

/** Only where a condition holds. */
export const when =
  (condition: (value: JsonRecord) => boolean, fill: Fill): Fill =>
  (value) =>
    condition(value) ? fill(value) : value

/** Without these keys. */
export const dropped =
  (...keys: ReadonlyArray<string>): Fill =>
  (value) => {
    let out = value
    for (const key of keys) out = without(out, key)
    return out
  }
