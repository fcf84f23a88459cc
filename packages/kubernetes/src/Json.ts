/**
 * Reading JSON of unknown shape without casts: each function gives the value when it has the type asked for and a neutral one when it
 * has not, so that a chain of them is total.
 */

export type JsonRecord = Readonly<Record<string, unknown>>

const none: JsonRecord = {}
const nothing: ReadonlyArray<unknown> = []

export const isRecord = (value: unknown): value is JsonRecord => typeof value === "object" && value !== null && !Array.isArray(value)

export const isArray = (value: unknown): value is ReadonlyArray<unknown> => Array.isArray(value)

export const record = (value: unknown): JsonRecord => (isRecord(value) ? value : none)

export const array = (value: unknown): ReadonlyArray<unknown> => (isArray(value) ? value : nothing)

export const records = (value: unknown): ReadonlyArray<JsonRecord> => array(value).filter(isRecord)

export const strings = (value: unknown): ReadonlyArray<string> => array(value).filter((item) => typeof item === "string")

export const string = (value: unknown): string | undefined => (typeof value === "string" ? value : undefined)

export const number = (value: unknown): number | undefined => (typeof value === "number" ? value : undefined)

/** A scalar as text; empty for anything else. */
export const print = (value: unknown): string =>
  typeof value === "string" ? value : typeof value === "number" || typeof value === "boolean" ? String(value) : ""

/** The entries of a record whose values are strings: labels, annotations, selectors. */
export const stringRecord = (value: unknown): Readonly<Record<string, string>> => {
  const out: Record<string, string> = {}
  for (const [key, item] of Object.entries(record(value))) if (typeof item === "string") out[key] = item
  return out
}

/** The value at a path of keys, `undefined` where it ends early. */
export const at = (value: unknown, ...path: ReadonlyArray<string>): unknown => {
  let here = value
  for (const key of path) {
    if (!isRecord(here)) return undefined
    here = here[key]
  }
  return here
}

/** A copy with the value at a path replaced (made, where the path ends early); `undefined` removes the key. */
export const withAt = (value: unknown, path: ReadonlyArray<string>, next: unknown): JsonRecord => {
  const [key, ...rest] = path
  const here = record(value)
  if (key === undefined) return record(next)
  const child = rest.length === 0 ? next : withAt(here[key], rest, next)
  if (child === here[key]) return here
  if (child === undefined) return without(here, key)
  return { ...here, [key]: child }
}

/** A copy without a key; the same record when it has none. */
export const without = (value: JsonRecord, key: string): JsonRecord => {
  if (!(key in value)) return value
  const { [key]: _, ...rest } = value
  return rest
}

/** Whether a value's JSON has more characters, without writing it all. */
export const isLonger = (value: unknown, characters: number): boolean => {
  let left = characters
  const walk = (item: unknown): void => {
    if (left < 0) return
    if (typeof item === "string") left -= item.length + 3
    else if (isArray(item)) for (const each of item) walk(each)
    else if (isRecord(item)) {
      for (const key in item) {
        left -= key.length + 4
        walk(item[key])
      }
    } else left -= 4
  }
  walk(value)
  return left < 0
}
