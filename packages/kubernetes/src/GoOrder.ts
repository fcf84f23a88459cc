/** Objects in the order in which Go writes them: fields as their struct declares them, maps and all else by name. */
import { byName, sortedWhole } from "./GoEncoder.ts"
import { isArray, isRecord } from "./Json.ts"
import type { JsonRecord } from "./Json.ts"
import { rebuilt, rebuiltList } from "./Rebuilt.ts"
import { goFields } from "./scheme/GoStruct.ts"
import type { Field, Struct, Type } from "./scheme/Type.ts"

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
