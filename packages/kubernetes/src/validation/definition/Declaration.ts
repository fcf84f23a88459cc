/** What rules know of values by their schema (apiserver `pkg/cel/common/schemas.go`): types, and how much of them fits into a request. */
import type { Declared } from "../../cel/estimate/Declared.ts"
import type { Type } from "../../cel/estimate/Type.ts"
import * as Types from "../../cel/estimate/Type.ts"
import type { JsonRecord } from "../../Json.ts"
import { isRecord, record, strings } from "../../Json.ts"
import { text } from "../Value.ts"

/** Bytes of the largest request. */
export const largest = 3 * 1024 * 1024

/** Without quotation marks or brackets. */
const inner = largest - 2

const reserved: ReadonlySet<string> = new Set(
  "true false null in as break const continue else for function if import let loop package namespace return var void while".split(" ")
)

/** A field's name in expressions; `undefined` when it has none. */
export const escapedName = (name: string): string | undefined => {
  if (reserved.has(name)) return `__${name}__`
  if (!/^[A-Za-z_./-][\w./-]*$/.test(name)) return undefined
  return name.replaceAll("__", "__underscores__").replaceAll(".", "__dot__").replaceAll("-", "__dash__").replaceAll("/", "__slash__")
}

const simple = (name: string, bytes: number, most = 0): Declared => ({ type: Types.typed(name), bytes, most })

/** A bound of the schema, if it has one: none is below zero. */
export const limit = (schema: JsonRecord, key: string): number | undefined => {
  const value = schema[key]
  return typeof value === "number" ? Math.max(0, value) : undefined
}

/** A character may take four bytes. */
const characters = (schema: JsonRecord): number | undefined => {
  const found = limit(schema, "maxLength")
  return found === undefined ? undefined : found * 4
}

const longestOf = (values: ReadonlyArray<unknown>): number =>
  values.reduce((most: number, value) => Math.max(most, typeof value === "string" ? Buffer.byteLength(value) : 0), 0)

const textOf = (schema: JsonRecord): Declared => {
  switch (schema["format"]) {
    case "byte":
      return simple("bytes", 2, limit(schema, "maxLength") ?? inner)
    case "duration":
      return simple("duration", 3, 32)
    case "date":
      return simple("timestamp", 12, 12)
    case "date-time":
      return simple("timestamp", 21, 32)
    default: {
      const choice = Array.isArray(schema["enum"]) && schema["enum"].length > 0 ? longestOf(schema["enum"]) : inner
      return simple("string", 2, characters(schema) ?? choice)
    }
  }
}

const anyText: JsonRecord = { type: "string" }

/** Always known of a resource. */
const resourceFields: JsonRecord = {
  kind: anyText,
  apiVersion: anyText,
  metadata: { type: "object", properties: { name: anyText, generateName: anyText } }
}

const isText = (schema: unknown): boolean => record(schema)["type"] === "string"

const withResourceFields = (properties: JsonRecord): JsonRecord => {
  const metadata = record(properties["metadata"])
  const named = record(metadata["properties"])
  const isTyped = isText(properties["kind"]) && isText(properties["apiVersion"]) && metadata["type"] === "object"
  return isTyped && isText(named["name"]) && isText(named["generateName"]) ? properties : { ...properties, ...resourceFields }
}

const objectOf = (schema: JsonRecord, properties: JsonRecord): Declared => {
  const required = new Set(strings(schema["required"]))
  const fields = new Map<string, Declared>()
  let bytes = 2
  for (const [name, one] of Object.entries(properties)) {
    const property = record(one)
    const declared = declaredBy(property, "inner")
    if (declared === undefined) continue
    const escaped = escapedName(name)
    if (escaped !== undefined) fields.set(escaped, declared)
    const isGiven = required.has(name) && (property["default"] === undefined || property["default"] === null)
    if (isGiven) bytes += Buffer.byteLength(name) + declared.bytes + 4
  }
  const types: ReadonlyMap<string, Type> = new Map([...fields].map(([name, { type }]) => [name, type]))
  return { type: Types.objectOf(types), bytes, most: 0, fields }
}

const mapOf = (schema: JsonRecord, values: JsonRecord): Declared | undefined => {
  const item = declaredBy(values, "inner")
  if (item === undefined) return undefined
  const most = limit(schema, "maxProperties") ?? Math.floor(inner / (item.bytes + 6))
  return { type: Types.mapOf(Types.text, item.type), bytes: 2, most, key: simple("string", 2), item }
}

const listOf = (schema: JsonRecord): Declared | undefined => {
  const item = isRecord(schema["items"]) ? declaredBy(schema["items"], "inner") : undefined
  if (item === undefined) return undefined
  return { type: Types.listOf(item.type), bytes: 2, most: limit(schema, "maxItems") ?? Math.floor(inner / (item.bytes + 1)), item }
}

/** `undefined` for what expressions can't see. */
export const declaredBy = (schema: JsonRecord, place: "root" | "inner"): Declared | undefined => {
  if (schema["x-kubernetes-int-or-string"] === true) return simple("dyn", 1, characters(schema) ?? inner)
  const isResource = place === "root" || schema["x-kubernetes-embedded-resource"] === true
  const properties = record(schema["properties"])
  switch (text(schema["type"])) {
    case "array":
      return listOf(schema)
    case "object": {
      const values = schema["additionalProperties"]
      return isRecord(values) ? mapOf(schema, values) : objectOf(schema, isResource ? withResourceFields(properties) : properties)
    }
    case "string":
      return textOf(schema)
    case "boolean":
      return simple("bool", 4)
    case "number":
      return simple("double", 1)
    case "integer":
      return simple("int", 1)
    default:
      return undefined
  }
}
