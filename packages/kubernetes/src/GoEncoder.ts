/** JSON as Go's encoder writes it. */
import { isArray, isRecord } from "./Json.ts"
import { stringify } from "./KeyedJson.ts"

/** Maps by their keys, at every level: a struct is given in the order of its fields. */
export const sortedWhole = (value: unknown): unknown =>
  isArray(value)
    ? value.map(sortedWhole)
    : isRecord(value)
      ? Object.fromEntries(
          Object.keys(value)
            .sort()
            .map((key) => [key, sortedWhole(value[key])])
        )
      : value

/** Safe in a page of HTML; keys as they come. `indent`: spaces for each level. */
export const goJson = (value: unknown, indent = 0): string =>
  value === undefined
    ? "null"
    : stringify(value, indent).replaceAll(/[<>&\u2028\u2029]/gu, (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, "0")}`)
