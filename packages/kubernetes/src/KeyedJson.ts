/**
 * JSON as `JSON.stringify` writes it, but for objects with keys such as `10` and `2`: JavaScript lists those first and by their value. They are
 * maps, and stand in the order of all their keys as texts, as Go writes them.
 */
import { isArray, isRecord } from "./Json.ts"

/** An object that begins so in a text: within a string the quotes would be escaped. */
const numbered = /\{\s*"(?:0|[1-9]\d*)":/u

const isNumber = (key: string | undefined): boolean => key !== undefined && /^(?:0|[1-9]\d*)$/u.test(key)

/** The keys of an object in the order in which Go writes them. */
export const keysOf = (value: Readonly<Record<string, unknown>>): ReadonlyArray<string> => {
  const keys = Object.keys(value)
  return isNumber(keys[0]) ? keys.sort() : keys
}

const written = (value: unknown, indent: string, line: string): string | undefined => {
  const inner = `${line}${indent}`
  const joined = (open: string, parts: ReadonlyArray<string>, close: string): string =>
    parts.length === 0
      ? `${open}${close}`
      : indent === ""
        ? `${open}${parts.join(",")}${close}`
        : `${open}${inner}${parts.join(`,${inner}`)}${line}${close}`
  if (isArray(value)) {
    return joined(
      "[",
      value.map((item) => written(item, indent, inner) ?? "null"),
      "]"
    )
  }
  if (!isRecord(value)) return JSON.stringify(value)
  const colon = indent === "" ? ":" : ": "
  const parts = keysOf(value).flatMap((key) => {
    const text = written(value[key], indent, inner)
    return text === undefined ? [] : [`${JSON.stringify(key)}${colon}${text}`]
  })
  return joined("{", parts, "}")
}

/** `indent`: spaces for each level. */
export const stringify = (value: unknown, indent = 0): string => {
  const text = JSON.stringify(value, undefined, indent)
  return numbered.test(text) ? (written(value, " ".repeat(indent), indent === 0 ? "" : "\n") ?? text) : text
}
