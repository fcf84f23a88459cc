/** Objects in the order in which Go writes them: fields as their struct declares them, maps and all else by name. */
import { isArray, isRecord } from "./Json.ts"
import { stringify } from "./KeyedJson.ts"
import type { JsonRecord } from "./Json.ts"
import { goFields } from "./scheme/GoStruct.ts"
import type { Field, Struct, Type } from "./scheme/Type.ts"

/** Whether each key comes after the one before. */
const ascends = (keys: ReadonlyArray<string>): boolean => keys.every((key, i) => i === 0 || (keys[i - 1] ?? "") < key)

/** `__proto__` is a key as others. */
const put = (out: Record<string, unknown>, key: string, value: unknown): void => {
  if (key === "__proto__") Object.defineProperty(out, key, { value, enumerable: true, writable: true, configurable: true })
  else out[key] = value
}

const inKeys = (value: JsonRecord, keys: ReadonlyArray<string>): Record<string, unknown> => {
  const out: Record<string, unknown> = {}
  for (const key of keys) put(out, key, value[key])
  return out
}

/** With other values, in another order of keys; the very object where both are as they were. */
const rebuilt = (
  value: JsonRecord,
  before: ReadonlyArray<string>,
  keys: ReadonlyArray<string>,
  inner: (item: unknown, key: string) => unknown
): JsonRecord => {
  let out = before === keys ? undefined : inKeys(value, keys)
  for (const key of keys) {
    const item = value[key]
    if (typeof item !== "object" || item === null) continue
    const next = inner(item, key)
    if (next !== item) put((out ??= inKeys(value, keys)), key, next)
  }
  return out ?? value
}

const rebuiltList = (value: ReadonlyArray<unknown>, inner: (item: unknown) => unknown): ReadonlyArray<unknown> => {
  let out: Array<unknown> | undefined
  for (const [i, item] of value.entries()) {
    const next = inner(item)
    if (next !== item) (out ??= [...value])[i] = next
  }
  return out ?? value
}

const byName = (value: JsonRecord, inner: (item: unknown, key: string) => unknown): JsonRecord => {
  const keys = Object.keys(value)
  return rebuilt(value, keys, ascends(keys) ? keys : keys.toSorted(), inner)
}

/** By name, this level alone. */
export const sorted = (value: JsonRecord): JsonRecord => byName(value, (item) => item)

/** By name, at every level. */
export const sortedWhole = (value: unknown): unknown =>
  isArray(value) ? rebuiltList(value, sortedWhole) : isRecord(value) ? byName(value, sortedWhole) : value

const ranks = new Map<string, ReadonlyMap<string, number>>()

/** The places of a struct's fields. */
const ranksOf = (type: string): ReadonlyMap<string, number> => {
  const known = ranks.get(type)
  if (known !== undefined) return known
  const fields = goFields(type)
  // what an object says of its kind comes first; a reference's is a field as others
  const head = ["kind", "apiVersion"].filter((key) => !fields.has(key))
  const made = new Map([...head, ...fields.keys()].map((key, i) => [key, i]))
  ranks.set(type, made)
  return made
}

/** What no field is stands behind. */
const byRank = (keys: ReadonlyArray<string>, places: ReadonlyMap<string, number>): ReadonlyArray<string> => {
  const last = places.size
  let before = -1
  for (const key of keys) {
    const place = places.get(key) ?? last
    if (place < before) return keys.toSorted((a, b) => (places.get(a) ?? last) - (places.get(b) ?? last))
    before = place
  }
  return keys
}

const ofField = (value: unknown, field: Field | undefined): unknown => (field === undefined ? value : inGoOrder(value, field.type))

const ofStruct = (value: JsonRecord, { fields, name }: Struct): unknown => {
  if (name === "") return sortedWhole(value)
  const keys = Object.keys(value)
  return rebuilt(value, keys, byRank(keys, ranksOf(name)), (item, key) => ofField(item, fields.get(key)))
}

/** A value of any shape in a schema, which the server reads and writes again. */
const json = "apiextensions-apiserver.pkg.apis.apiextensions.v1.JSON"

/** The very value where all is in order. */
export const inGoOrder = (value: unknown, type: Type): unknown => {
  if (type.kind === "scalar") return type.name === json ? sortedWhole(value) : value
  if (isArray(value)) {
    if (type.kind !== "list") return value
    const { items } = type
    return items.type.kind === "scalar" ? value : rebuiltList(value, (item) => ofField(item, items))
  }
  if (!isRecord(value)) return value
  switch (type.kind) {
    case "map":
      return byName(value, (item) => ofField(item, type.values))
    case "struct":
      return ofStruct(value, type)
    default:
      return value
  }
}

/** JSON as Go's encoder writes it, safe in a page of HTML. */
export const goJson = (value: unknown, indent = 0): string => {
  const text = stringify(value, indent)
  return special.test(text) ? text.replaceAll(everySpecial, (one) => escapes[one] ?? one) : text
}

const special = /[<>&\u2028\u2029]/u
const everySpecial = new RegExp(special, "gu")
const escapes: Readonly<Record<string, string>> = {
  "<": "\\u003c",
  ">": "\\u003e",
  "&": "\\u0026",
  "\u2028": "\\u2028",
  "\u2029": "\\u2029"
}
