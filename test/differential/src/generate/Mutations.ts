/** What can be odd about the value of a field, by its type. */
import type { Field, Type } from "@aiopslab/kubernetes/scheme/Type"
import { isArray, isRecord } from "@aiopslab/kubernetes/Json"
import type { Path } from "../Tree.ts"

/** A field that an object has. */
export interface Node {
  readonly path: Path
  readonly type: Type
  readonly value: unknown
}

export interface Mutation {
  readonly mutation: string
  /** Apart from others of the same class on the same field. */
  readonly what: string
  readonly value?: unknown
}

/** Every field that the object has: of lists the first item, of maps the first entry. */
export const nodesOf = (type: Type, value: unknown, path: Path = []): ReadonlyArray<Node> => {
  const here: Node = { path, type, value }
  const inside = (field: Field | undefined, key: string | number, item: unknown): ReadonlyArray<Node> =>
    field === undefined ? [] : nodesOf(field.type, item, [...path, key])
  if (type.kind === "struct" && isRecord(value)) {
    return [here, ...Object.entries(value).flatMap(([key, item]) => inside(type.fields.get(key), key, item))]
  }
  if (type.kind === "list" && isArray(value) && value.length > 0) return [here, ...inside(type.items, 0, value[0])]
  if (type.kind === "map" && isRecord(value)) {
    const [first] = Object.entries(value)
    return first === undefined ? [here] : [here, ...inside(type.values, ...first)]
  }
  return [here]
}

const one = (mutation: string, value: unknown, what = mutation): Mutation => ({ mutation, what, value })

const long = "a".repeat(300)
const veryLong = "a".repeat(1100)
const odd = "Not_a valid/näme!"

const texts = [
  one("type", 7),
  one("empty", ""),
  one("long", long),
  one("long", veryLong, "very long"),
  one("odd", odd),
  one("odd", "UPPER", "upper case"),
  one("odd", "-a-", "dashes")
]

const ofScalar = ({ format, type }: Extract<Type, { kind: "scalar" }>): ReadonlyArray<Mutation> => {
  switch (type) {
    case "string":
      return format === "date-time" ? [one("type", 7), one("empty", ""), one("odd", "yesterday")] : texts
    case "integer":
    case "number":
      return [
        one("type", "seven"),
        one("type", true, "boolean"),
        one("range", -1, "negative"),
        one("range", 0, "zero"),
        one("range", 70_000, "large"),
        one("range", 3_000_000_000, "beyond 32 bits"),
        one("odd", 1.5, "fraction")
      ]
    case "boolean":
      return [one("type", "yes"), one("type", 1, "number")]
    case "int-or-string":
      return [
        one("type", true),
        one("empty", ""),
        one("range", -1, "negative"),
        one("range", 0, "zero"),
        one("range", 70_000, "large"),
        one("odd", odd),
        one("odd", "150%", "percentage"),
        one("long", long)
      ]
    case "quantity":
      return [
        one("type", true),
        one("empty", ""),
        one("odd", odd),
        one("range", "-1", "negative"),
        one("range", "0", "zero"),
        one("odd", "1.5", "fraction"),
        one("odd", "0.0001", "small"),
        one("odd", 2, "number")
      ]
    case "object":
    case "any":
      return [one("type", "text"), one("type", [], "list")]
  }
}

/** Besides missing and null, which any field can be. */
const ofType = ({ type, value }: Node): ReadonlyArray<Mutation> => {
  switch (type.kind) {
    case "scalar":
      return ofScalar(type)
    case "list":
      return [
        one("type", {}),
        one("type", "text", "text"),
        one("empty", []),
        one("odd", [null], "null item"),
        ...(isArray(value) && value.length > 0 ? [one("duplicate", [value[0], ...value])] : [])
      ]
    case "map": {
      const [first] = isRecord(value) ? Object.values(value) : []
      return [
        one("type", []),
        one("type", "text", "text"),
        one("empty", {}),
        ...(isRecord(value)
          ? [
              one("odd", { ...value, [odd]: first }, "odd key"),
              one("odd", { ...value, "": first }, "empty key"),
              one("long", { ...value, [long]: first }, "long key"),
              one("null", { ...value, other: null }, "null value")
            ]
          : [])
      ]
    }
    case "struct":
      return [
        one("type", "text"),
        one("type", [], "list"),
        one("empty", {}),
        ...(isRecord(value) ? [one("unknown", { ...value, noSuchField: 1 })] : [])
      ]
  }
}

export const mutationsOf = (node: Node): ReadonlyArray<Mutation> => [
  { mutation: "missing", what: "missing" },
  one("null", null),
  ...ofType(node)
]

/** Another value that is likely to be as good. */
export const changesOf = ({ type, value }: Node): ReadonlyArray<Mutation> => {
  const gone: Mutation = { mutation: "removed", what: "removed" }
  if (type.kind !== "scalar") return [gone]
  const changed = (to: unknown): ReadonlyArray<Mutation> => [one("changed", to), gone]
  if (type.values.length > 0) {
    const another = type.values.find((other) => other !== value)
    return another === undefined ? [gone] : changed(another)
  }
  if (typeof value === "number") return changed(value + 1)
  if (typeof value === "boolean") return changed(!value)
  if (typeof value !== "string") return [gone]
  if (type.type === "quantity") return changed("7")
  if (type.format === "date-time") return changed(value.replace("2019", "2018"))
  if (/^\d+$/.test(value)) return changed(String(Number(value) + 1))
  return changed(value.endsWith("=") ? "Y2hhbmdlZA==" : `${value}2`)
}
