/** Values as Go's `%v`, `%#v`, `%T` and `%q` print them; they stand in messages of the real server. */
import { isArray, isRecord, print } from "../Json.ts"

const sorted = (value: Readonly<Record<string, unknown>>): ReadonlyArray<readonly [string, unknown]> =>
  Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))

/** `%v` */
export const plain = (value: unknown): string =>
  isArray(value)
    ? `[${value.map(plain).join(" ")}]`
    : isRecord(value)
      ? `map[${sorted(value)
          .map(([key, item]) => `${key}:${plain(item)}`)
          .join(" ")}]`
      : value === null || value === undefined
        ? "<nil>"
        : print(value)

/** `%#v` */
export const source = (value: unknown): string =>
  isArray(value)
    ? `[]interface {}{${value.map(source).join(", ")}}`
    : isRecord(value)
      ? `map[string]interface {}{${sorted(value)
          .map(([key, item]) => `${JSON.stringify(key)}:${source(item)}`)
          .join(", ")}}`
      : value === null || value === undefined
        ? "interface {}(nil)"
        : typeof value === "string"
          ? JSON.stringify(value)
          : print(value)

type Kind = "list" | "record" | "boolean" | "integer" | "fraction" | "nothing" | "text"

const kindOf = (value: unknown): Kind => {
  if (isArray(value)) return "list"
  if (isRecord(value)) return "record"
  if (value === null || value === undefined) return "nothing"
  if (typeof value === "boolean") return "boolean"
  if (typeof value === "number") return Number.isInteger(value) ? "integer" : "fraction"
  return "text"
}

const types: Readonly<Record<Kind, string>> = {
  list: "[]interface {}",
  record: "map[string]interface {}",
  boolean: "bool",
  integer: "int64",
  fraction: "float64",
  nothing: "<nil>",
  text: "string"
}

/** `%T` */
export const typeName = (value: unknown): string => types[kindOf(value)]

const reflections: Readonly<Record<Kind, string>> = { ...types, list: "slice", record: "map", nothing: "string" }

/** The kind of Go's reflection. */
export const reflected = (value: unknown): string => reflections[kindOf(value)]

const named: Readonly<Record<string, string>> = {
  "\u0007": "\\a",
  "\b": "\\b",
  "\f": "\\f",
  "\n": "\\n",
  "\r": "\\r",
  "\t": "\\t",
  "\v": "\\v",
  "\\": "\\\\",
  '"': '\\"'
}

const escaped = (character: string): string => {
  const code = character.codePointAt(0) ?? 0
  const hex = (digits: number): string => code.toString(16).padStart(digits, "0")
  return named[character] ?? (code < 0x80 ? `\\x${hex(2)}` : code < 0x10000 ? `\\u${hex(4)}` : `\\U${hex(8)}`)
}

/** Whether Go prints a character as it is. */
export const isPrintable = (character: string): boolean => character === " " || /^[\p{L}\p{M}\p{N}\p{P}\p{S}]$/u.test(character)

const asIs = /^[ !#-[\]-~]*$/

/** `%q` */
export const quoted = (text: string): string =>
  asIs.test(text)
    ? `"${text}"`
    : `"${Array.from(text, (character) => (named[character] === undefined && isPrintable(character) ? character : escaped(character))).join("")}"`

const jsonKinds: Readonly<Record<Kind, string>> = {
  list: "array",
  record: "object",
  boolean: "bool",
  integer: "number",
  fraction: "number",
  nothing: "string",
  text: "string"
}

/** The kind of a JSON value, as Go's decoder names it. */
export const jsonKind = (value: unknown): string => jsonKinds[kindOf(value)]
