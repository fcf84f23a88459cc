/** Values as Go's `%v`, `%#v` and `%T` print them; they stand in messages of the real server. */
import { isArray, isRecord } from "../Json.ts"

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
        : String(value)

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
          : String(value)

/** `%T` */
export const typeName = (value: unknown): string =>
  isArray(value)
    ? "[]interface {}"
    : isRecord(value)
      ? "map[string]interface {}"
      : typeof value === "boolean"
        ? "bool"
        : typeof value === "number"
          ? Number.isInteger(value)
            ? "int64"
            : "float64"
          : value === null || value === undefined
            ? "<nil>"
            : "string"
