/**
 * What the real server keeps of a JSON value: without what its Go structs leave out when it is zero or empty, such as `hostNetwork: false`
 * and `args: []`.
 */
import type { KubeObject } from "@aiopslab/core/Kubernetes"
import type { JsonRecord } from "../Json.ts"
import { isArray, isRecord, record } from "../Json.ts"
import type { Field, Struct } from "../scheme/Type.ts"
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
  const entries = Object.entries(value).map(([name, item]) => [name, keptValue(item, type.values)] as const)
  return entries.every(([name, item]) => item === value[name]) ? value : Object.fromEntries(entries)
}

const isObject = (value: JsonRecord, like: KubeObject): value is JsonRecord & KubeObject => value["metadata"] === like.metadata

/** The object itself when all of it is kept; the metadata is. */
export const keptParts = (object: KubeObject, field: Field): KubeObject => {
  const kept = record(keptValue({ ...object, metadata: undefined }, field))
  if (Object.keys(kept).every((name) => kept[name] === object[name]) && Object.keys(kept).length === Object.keys(object).length - 1) return object
  const out: JsonRecord = { ...kept, apiVersion: object.apiVersion, kind: object.kind, metadata: object.metadata }
  return isObject(out, object) ? out : object
}
