/**
 * What the real server keeps of a JSON value: without what its Go structs leave out when it is zero or empty, such as `hostNetwork: false`
 * and `args: []`.
 */
import type { KubeObject } from "@aiopslab/core/Kubernetes"
import type { JsonRecord } from "../Json.ts"
import { isArray, isRecord, record } from "../Json.ts"
import type { Field, Struct, Type } from "../scheme/Type.ts"
import { isLeftOut, presenceOf } from "./GoValue.ts"

const struct = (value: JsonRecord, type: Struct): JsonRecord => {
  const presence = presenceOf(type)
  let out: Record<string, unknown> | undefined
  for (const name of Object.keys(value)) {
    const field = type.fields.get(name)
    if (field === undefined) continue
    const item = value[name]
    if (isLeftOut(item, name, field, presence)) {
      out ??= { ...value }
      delete out[name]
      continue
    }
    const kept = keptValue(item, field)
    if (kept !== item) (out ??= { ...value })[name] = kept
  }
  return out ?? value
}

/** What null becomes as a value of a map. */
const zeroOf = (type: Type): unknown =>
  type.kind !== "scalar"
    ? null
    : type.type === "string"
      ? ""
      : type.type === "integer" || type.type === "number"
        ? 0
        : type.type === "boolean"
          ? false
          : null

/** The value itself when all of it is kept. */
export const keptValue = (value: unknown, field: Field): unknown => {
  const { type } = field
  if (isArray(value)) {
    if (type.kind !== "list") return value
    const items = value.map((item) => keptValue(item, type.items))
    return items.every((item, i) => item === value[i]) ? value : items
  }
  if (!isRecord(value)) return value
  if (type.kind === "struct") return struct(value, type)
  if (type.kind !== "map") return value
  const entries = Object.entries(value).map(
    ([name, item]) => [name, item === null ? zeroOf(type.values.type) : keptValue(item, type.values)] as const
  )
  return entries.every(([name, item]) => item === value[name]) ? value : Object.fromEntries(entries)
}

const isObject = (value: JsonRecord): value is JsonRecord & KubeObject => isRecord(value["metadata"]) && typeof value["kind"] === "string"

/** Without its owners, which are no part of what is stored. */
export const keptParts = (object: KubeObject, field: Field): KubeObject => {
  const { managedFields: _, ...metadata } = object.metadata
  const kept = record(keptValue({ ...object, metadata }, field))
  const { apiVersion, kind } = object
  const out: JsonRecord = { ...kept, apiVersion, kind, metadata: { ...record(kept["metadata"]), name: metadata.name } }
  return isObject(out) ? out : object
}
