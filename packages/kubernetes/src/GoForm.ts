/**
 * An object as the server's Go types hold it: what they can't tell from nothing is not there (`""` of an optional text, `[]`), and what
 * they always have is (`""` of a required one). OpenAPI's defaults name the second, the struct tags of `scheme/generated/wire.json` the
 * first. Gives the very object it was given when nothing changes. Custom resources have no Go type: what is written is there.
 */
import type { JsonRecord } from "./Json.ts"
import { isArray, isRecord } from "./Json.ts"
import { omitted } from "./scheme/GoStruct.ts"
import type { Field, Struct, Type } from "./scheme/Type.ts"
import { zeros } from "./scheme/Zeros.ts"

interface Plan {
  readonly isExact: boolean
  /** Scalars whose zero value counts as absent. */
  readonly optional: ReadonlySet<string>
  /** What is there without being given. */
  readonly always: ReadonlyArray<readonly [key: string, value: unknown]>
}

const plans = new WeakMap<Struct, Plan>()

const isZero = (value: unknown): boolean => value === "" || value === 0 || value === false

/** A time that is no pointer is written as null, but for the creation's. */
const isTime = (key: string, { type }: Field, owner: Struct, optional: ReadonlySet<string>): boolean =>
  type.kind === "scalar" &&
  type.format === "date-time" &&
  key !== "creationTimestamp" &&
  (optional.has(key) || owner.required.includes(key))

const initial = (key: string, field: Field, owner: Struct, optional: ReadonlySet<string>): unknown => {
  const { kind } = field.type
  const zero = zeros[owner.name]?.[key]
  if (zero !== undefined) return zero
  if (isTime(key, field, owner, optional)) return null
  if (kind === "scalar" && optional.has(key)) return undefined
  if (kind === "list") return owner.required.includes(key) ? null : undefined
  if (kind === "struct") return field.default === undefined ? undefined : {}
  return isZero(field.default) ? field.default : undefined
}

const planOf = (type: Struct): Plan => {
  const known = plans.get(type)
  if (known !== undefined) return known
  const isExact = type.name === ""
  const optional = omitted(type.name)
  const always = isExact
    ? []
    : [...type.fields].flatMap(([key, field]) => {
        const value = initial(key, field, type, optional)
        return value === undefined ? [] : [[key, value] as const]
      })
  const plan = { isExact, optional, always }
  plans.set(type, plan)
  return plan
}

const isEmptyCollection = (value: unknown, type: Type): boolean =>
  type.kind === "list" ? isArray(value) && value.length === 0 : type.kind === "map" && isRecord(value) && Object.keys(value).length === 0

/** Go holds an empty list apart from none until it writes it down; its messages print what it holds. */
type Empties = "dropped" | "kept"

/** What null becomes as a value of a map. */
const zeroOf = (type: Type): unknown => {
  if (type.kind !== "scalar") return null
  switch (type.type) {
    case "string":
      return ""
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
  const { always, isExact, optional } = planOf(type)
  let out: Record<string, unknown> | undefined
  for (const key of Object.keys(value)) {
    const field = type.fields.get(key)
    if (field === undefined) continue
    const given = value[key]
    if (field.type.kind === "scalar") {
      if (isZero(given) && (optional.has(key) || field.type.format === "byte")) delete (out ??= { ...value })[key]
    } else if (!isExact && isEmptyCollection(given, field.type)) {
      if (empties === "kept") continue
      if (type.required.includes(key)) (out ??= { ...value })[key] = null
      else delete (out ??= { ...value })[key]
    } else {
      const next = walk(given, field.type, empties)
      if (next !== given) (out ??= { ...value })[key] = next
    }
  }
  for (const [key, zero] of always) {
    if ((out ?? value)[key] !== undefined) continue
    const field = type.fields.get(key)
    ;(out ??= { ...value })[key] = field === undefined ? zero : walk(zero, field.type, empties)
  }
  return out ?? value
}

/** As it is written down. */
export const goForm = (value: JsonRecord, type: Struct): JsonRecord => struct(value, type, "dropped")

/** The same before: empty lists and maps are there. */
export const goFormInMemory = (value: JsonRecord, type: Struct): JsonRecord => struct(value, type, "kept")
