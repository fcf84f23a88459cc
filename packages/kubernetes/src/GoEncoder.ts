/** JSON as Go's encoder writes it. */
import type { JsonRecord } from "./Json.ts"
import { isArray, isRecord } from "./Json.ts"
import { stringify } from "./KeyedJson.ts"
import { rebuilt, rebuiltList } from "./Rebuilt.ts"

/** Whether each key comes after the one before. */
const ascends = (keys: ReadonlyArray<string>): boolean => keys.every((key, i) => i === 0 || (keys[i - 1] ?? "") < key)

/** By name, with other values. */
export const byName = (value: JsonRecord, inner: (item: unknown, key: string) => unknown): JsonRecord => {
  const keys = Object.keys(value)
  return rebuilt(value, keys, ascends(keys) ? keys : keys.toSorted(), inner)
}

/** By name, this level alone. */
export const sorted = (value: JsonRecord): JsonRecord => byName(value, (item) => item)

/** By name, at every level. */
export const sortedWhole = (value: unknown): unknown =>
  isArray(value) ? rebuiltList(value, sortedWhole) : isRecord(value) ? byName(value, sortedWhole) : value

/** Safe in a page of HTML; keys as they come. `indent`: spaces for each level. */
export const goJson = (value: unknown, indent = 0): string => {
  if (value === undefined) return "null"
  const text = stringify(value, indent)
  return special.test(text) ? text.replaceAll(everySpecial, (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, "0")}`) : text
}

const special = /[<>&\u2028\u2029]/u
const everySpecial = new RegExp(special, "gu")
