/**
 * A structural schema at work on an object: fields that it doesn't name are dropped and reported, nulls that it doesn't allow are dropped,
 * defaults are filled in. Parts that need none of it keep their identity.
 */
import type { JsonRecord } from "../Json.ts"
import { isArray, isRecord, record } from "../Json.ts"
import type { Struct } from "../scheme/Type.ts"
import * as Decode from "../validation/Decode.ts"

export interface Structured {
  readonly value: JsonRecord
  /** `spec.foo`, sorted. */
  readonly unknown: ReadonlyArray<string>
}

const preserves = (schema: JsonRecord): boolean => schema["x-kubernetes-preserve-unknown-fields"] === true
export const isEmbedded = (schema: JsonRecord): boolean => schema["x-kubernetes-embedded-resource"] === true

const typed: ReadonlySet<string> = new Set(["apiVersion", "kind", "metadata"])

const joined = (path: string, key: string): string => (path === "" ? key : `${path}.${key}`)

/** `meta` is the type of `metadata` of embedded resources; the object's own is checked elsewhere. */
export const apply = (object: JsonRecord, schema: JsonRecord, meta: Struct | undefined): Structured => {
  const unknown: Array<string> = []

  const metadata = (value: unknown, path: string): unknown => {
    if (path === "metadata" || meta === undefined || !isRecord(value)) return value
    const decoded = Decode.decode(value, meta)
    if (decoded._tag === "Failure") return value
    for (const field of decoded.success.unknown) unknown.push(`${path}.${field}`)
    return decoded.success.value
  }

  const walk = (value: unknown, node: JsonRecord, path: string, root: "root" | "inner"): unknown => {
    if (isArray(value)) {
      const { items } = node
      if (!isRecord(items)) return value
      const next = value.map((item, i) => walk(item, items, `${path}[${i}]`, "inner"))
      return next.every((item, i) => item === value[i]) ? value : next
    }
    if (!isRecord(value)) return value
    const properties = record(node["properties"])
    const additional = node["additionalProperties"]
    const resource = root === "root" || isEmbedded(node)
    const out: Record<string, unknown> = {}
    let changed = false
    for (const key of Object.keys(value)) {
      const here = joined(path, key)
      const item = value[key]
      const property = properties[key]
      if (resource && typed.has(key)) {
        out[key] = key === "metadata" ? metadata(item, here) : item
      } else if (isRecord(property)) {
        if (item === null && property["nullable"] !== true) {
          changed = true
          continue
        }
        out[key] = walk(item, property, here, "inner")
      } else if (isRecord(additional)) {
        out[key] = walk(item, additional, here, "inner")
      } else if (additional === true || preserves(node)) {
        out[key] = item
      } else {
        unknown.push(here)
        changed = true
        continue
      }
      if (out[key] !== item) changed = true
    }
    for (const key of Object.keys(properties)) {
      const property = record(properties[key])
      if (out[key] !== undefined || property["default"] === undefined || (resource && typed.has(key))) continue
      out[key] = walk(property["default"], property, joined(path, key), "inner")
      changed = true
    }
    return changed ? out : value
  }

  const value = record(walk(object, schema, "", "root"))
  return { value, unknown: unknown.sort() }
}
