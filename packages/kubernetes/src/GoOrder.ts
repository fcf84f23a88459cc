/** Objects in the order in which Go writes them: fields as their struct declares them, maps and all else by name. */
import { sortedWhole } from "./GoEncoder.ts"
import { isArray, isRecord } from "./Json.ts"
import type { JsonRecord } from "./Json.ts"
import { goFields } from "./scheme/GoStruct.ts"
import type { Field, Type } from "./scheme/Type.ts"

/** By name, this level alone. */
export const sorted = (value: JsonRecord): JsonRecord =>
  Object.fromEntries(
    Object.keys(value)
      .sort()
      .map((key) => [key, value[key]])
  )

const ofField = (value: unknown, field: Field | undefined): unknown => (field === undefined ? value : inGoOrder(value, field.type))

export const inGoOrder = (value: unknown, type: Type): unknown => {
  if (isArray(value)) return type.kind === "list" ? value.map((item) => ofField(item, type.items)) : value
  if (!isRecord(value)) return value
  switch (type.kind) {
    case "map":
      return Object.fromEntries(Object.entries(sorted(value)).map(([key, item]) => [key, ofField(item, type.values)]))
    case "struct": {
      if (type.name === "") return sortedWhole(value)
      const fields = goFields(type.name)
      // what an object says of its kind comes first; a reference's is a field as others
      const head = ["kind", "apiVersion"].filter((key) => !fields.has(key))
      const order = new Set([...head, ...fields.keys(), ...Object.keys(value)])
      return Object.fromEntries(
        [...order].filter((key) => value[key] !== undefined).map((key) => [key, ofField(value[key], type.fields.get(key))])
      )
    }
    default:
      return value
  }
}
