/**
 * An object as the server's Go types hold it: what they can't tell from nothing is not there (`""` of an optional text, `[]`), and what
 * they always have is (`""` of a required one). OpenAPI's defaults name the second, the struct tags of `scheme/generated/wire.json` the
 * first. Gives the very object it was given when nothing changes.
 */
import type { JsonRecord } from "./Json.ts"
import { isArray, isRecord } from "./Json.ts"
import wire from "./scheme/generated/wire.json" with { type: "json" }
import type { Field, Struct, Type } from "./scheme/Type.ts"

const tags: Readonly<Record<string, string>> = wire

interface Plan {
  /** Scalars whose zero value counts as absent. */
  readonly optional: ReadonlySet<string>
  /** What is there without being given. */
  readonly always: ReadonlyArray<readonly [key: string, value: unknown]>
}

const plans = new WeakMap<Struct, Plan>()

const isZero = (value: unknown): boolean => value === "" || value === 0 || value === false

const wordsOf = (name: string): ReadonlyArray<string> =>
  (tags[name] ?? "").split(" ").flatMap((word) => (word.startsWith("+") ? wordsOf(word.slice(1, word.indexOf("="))) : [word]))

/** Pointers that print as `null`. */
const pointers: Readonly<Record<string, ReadonlyArray<string>>> = {
  "api.core.v1.TypedLocalObjectReference": ["apiGroup"],
  "api.core.v1.TypedObjectReference": ["apiGroup"],
  "api.storage.v1.CSINodeDriver": ["topologyKeys"]
}

const initial = (key: string, field: Field, owner: Struct): unknown => {
  const { kind } = field.type
  if (pointers[owner.name]?.includes(key) === true) return null
  if (kind === "list") return owner.required.includes(key) ? null : undefined
  if (kind === "struct") return field.default === undefined ? undefined : {}
  return isZero(field.default) ? field.default : undefined
}

const planOf = (type: Struct): Plan => {
  const known = plans.get(type)
  if (known !== undefined) return known
  const optional = new Set<string>()
  for (const word of wordsOf(type.name)) if (word.endsWith("?")) optional.add(word.slice(0, word.indexOf("=")))
  const always = [...type.fields].flatMap(([key, field]) => {
    const value = optional.has(key) && field.type.kind === "scalar" ? undefined : initial(key, field, type)
    return value === undefined ? [] : [[key, value] as const]
  })
  const plan = { optional, always }
  plans.set(type, plan)
  return plan
}

const isEmptyCollection = (value: unknown, type: Type): boolean =>
  type.kind === "list" ? isArray(value) && value.length === 0 : type.kind === "map" && isRecord(value) && Object.keys(value).length === 0

/** Go holds an empty list apart from none until it writes it down; its messages print what it holds. */
type Empties = "dropped" | "kept"

const walk = (value: unknown, type: Type, empties: Empties): unknown => {
  switch (type.kind) {
    case "scalar":
      return value
    case "list": {
      if (!isArray(value)) return value
      const next = value.map((item) => walk(item, type.items.type, empties))
      return next.every((item, i) => item === value[i]) ? value : next
    }
    case "map": {
      if (!isRecord(value) || type.values.type.kind === "scalar") return value
      let out: Record<string, unknown> | undefined
      for (const key of Object.keys(value)) {
        const next = walk(value[key], type.values.type, empties)
        if (next !== value[key]) (out ??= { ...value })[key] = next
      }
      return out ?? value
    }
    case "struct":
      return isRecord(value) ? struct(value, type, empties) : value
  }
}

const struct = (value: JsonRecord, type: Struct, empties: Empties): JsonRecord => {
  const { always, optional } = planOf(type)
  let out: Record<string, unknown> | undefined
  for (const key of Object.keys(value)) {
    const field = type.fields.get(key)
    if (field === undefined) continue
    const given = value[key]
    if (field.type.kind === "scalar") {
      if (isZero(given) && optional.has(key)) delete (out ??= { ...value })[key]
    } else if (isEmptyCollection(given, field.type)) {
      if (empties === "kept") continue
      if (type.required.includes(key)) (out ??= { ...value })[key] = null
      else delete (out ??= { ...value })[key]
    } else {
      const next = walk(given, field.type, empties)
      if (next !== given) (out ??= { ...value })[key] = next
    }
  }
  for (const [key, zero] of always) {
    if (value[key] !== undefined) continue
    const field = type.fields.get(key)
    ;(out ??= { ...value })[key] = field === undefined ? zero : walk(zero, field.type, empties)
  }
  return out ?? value
}

export const goForm = (value: JsonRecord, type: Struct): JsonRecord => struct(value, type, "dropped")

/** The same before it is written down. */
export const goFormInMemory = (value: JsonRecord, type: Struct): JsonRecord => struct(value, type, "kept")
