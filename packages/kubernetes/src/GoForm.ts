/**
 * An object as the server's Go types hold it: what they can't tell from nothing is not there (`""` of an optional text, `[]`), and what
 * they always have is (`""` of a required one): `scheme/GoStruct` and `scheme/GoZero`. Gives the very object it was given when nothing changes. Custom resources have no Go type: what is written is there.
 */
import type { JsonRecord } from "./Json.ts"
import { isArray, isRecord } from "./Json.ts"
import { omitted } from "./scheme/GoStruct.ts"
import { goZeros } from "./scheme/GoZero.ts"
import type { Struct, Type } from "./scheme/Type.ts"

const isZero = (value: unknown): boolean => value === "" || value === 0 || value === false

const isEmptyCollection = (value: unknown, type: Type): boolean =>
  type.kind === "list" ? isArray(value) && value.length === 0 : type.kind === "map" && isRecord(value) && Object.keys(value).length === 0

/** Empty lists that the server tells from none: they get no default, and are refused. */
const told: ReadonlySet<string> = new Set(["api.autoscaling.v2.HPAScalingRules.policies"])

/** Go holds an empty list apart from none until it writes it down; its messages print what it holds. */
type Empties = "dropped" | "kept"

/** What null becomes as a value of a map. */
const zeroOf = (type: Type): unknown => {
  if (type.kind !== "scalar") return null
  switch (type.type) {
    case "string":
      return type.format === "date-time" ? null : ""
    case "integer":
    case "number":
      return 0
    case "boolean":
      return false
    default:
      return null
  }
}

const walk = (value: unknown, type: Type, empties: Empties): unknown => {
  switch (type.kind) {
    case "scalar":
      return value
    case "list": {
      if (!isArray(value) || type.items.type.kind === "scalar") return value
      const next = value.map((item) => walk(item, type.items.type, empties))
      return next.every((item, i) => item === value[i]) ? value : next
    }
    case "map": {
      if (!isRecord(value)) return value
      let out: Record<string, unknown> | undefined
      for (const key of Object.keys(value)) {
        const next = value[key] === null ? zeroOf(type.values.type) : walk(value[key], type.values.type, empties)
        if (next !== value[key]) (out ??= { ...value })[key] = next
      }
      return out ?? value
    }
    case "struct":
      return isRecord(value) ? struct(value, type, empties) : value
  }
}

const struct = (value: JsonRecord, type: Struct, empties: Empties): JsonRecord => {
  const optional = omitted(type.name)
  const zeros = goZeros(type)
  const isExact = type.name === ""
  let out: Record<string, unknown> | undefined
  for (const key of Object.keys(value)) {
    const field = type.fields.get(key)
    if (field === undefined) continue
    const given = value[key]
    if (field.type.kind === "scalar") {
      if (isZero(given) && !zeros.has(key) && (optional.has(key) || field.type.format === "byte")) delete (out ??= { ...value })[key]
    } else if (!isExact && isEmptyCollection(given, field.type)) {
      if (empties === "kept" || told.has(`${type.name}.${key}`)) continue
      if (zeros.has(key)) (out ??= { ...value })[key] = null
      else delete (out ??= { ...value })[key]
    } else {
      const next = walk(given, field.type, empties)
      if (next !== given) (out ??= { ...value })[key] = next
    }
  }
  for (const [key, zero] of zeros) {
    if (value[key] !== undefined) continue
    const field = type.fields.get(key)
    ;(out ??= { ...value })[key] = field === undefined ? zero : walk(zero, field.type, empties)
  }
  return out ?? value
}

/** As it is written down. */
export const goForm = (value: JsonRecord, type: Struct): JsonRecord => struct(value, type, "dropped")

/** The same before: empty lists and maps are there. */
export const goFormInMemory = (value: JsonRecord, type: Struct): JsonRecord => struct(value, type, "kept")
