/** Everything that is wrong with an object by its structural schema, in the real server's words. */
import { equal } from "../Equal.ts"
import * as GoRegExp from "../GoRegExp.ts"
import type { JsonRecord } from "../Json.ts"
import { array, isArray, isRecord, record, records, string, strings } from "../Json.ts"
import type { Cause } from "../Status.ts"
import { isEmbedded } from "./Structure.ts"

const typeOf = (value: unknown): string =>
  value === null ? "null" : isArray(value) ? "array" : isRecord(value) ? "object" : Number.isInteger(value) ? "integer" : typeof value

const formats: Readonly<Record<string, RegExp>> = {
  "date-time": /^\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[-+]\d\d:\d\d)$/,
  date: /^\d{4}-\d\d-\d\d$/,
  ipv4: /^((25[0-5]|2[0-4]\d|1?\d?\d)(\.|$)){4}$/,
  uuid: /^[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}$/i,
  email: /^[^\s@]+@[^\s@]+$/
}

const joined = (path: string, key: string): string => (path === "" ? key : `${path}.${key}`)

const invalid = (field: string, shown: string, why: string, reason: Cause["reason"] = "FieldValueInvalid"): Cause => ({
  reason,
  field,
  message: `Invalid value: ${shown}: ${field} in body ${why}`
})

const wrongType = (value: unknown, schema: JsonRecord): string | undefined => {
  if (value === null && schema["nullable"] === true) return undefined
  const found = typeOf(value)
  if (schema["x-kubernetes-int-or-string"] === true) return found === "integer" || found === "string" ? undefined : "integer,string"
  const wanted = string(schema["type"]) ?? ""
  if (wanted === "" || wanted === found || (wanted === "number" && found === "integer")) return undefined
  return wanted
}

const ofString = (value: string, schema: JsonRecord, path: string): ReadonlyArray<Cause> => {
  const out: Array<Cause> = []
  const { format, maxLength, minLength, pattern: source } = schema
  const length = Array.from(value).length
  if (typeof maxLength === "number" && length > maxLength) {
    out.push({ reason: "FieldValueTooLong", field: path, message: `Too long: may not be more than ${maxLength} bytes` })
  }
  if (typeof minLength === "number" && length < minLength) {
    out.push(invalid(path, JSON.stringify(value), `should be at least ${minLength} chars long`))
  }
  if (typeof source === "string" && GoRegExp.compile(source)?.test(value) === false) {
    out.push(invalid(path, JSON.stringify(value), `should match '${source}'`))
  }
  if (typeof format === "string" && formats[format]?.test(value) === false) {
    out.push(invalid(path, JSON.stringify(value), `must be of type ${format}: ${JSON.stringify(value)}`))
  }
  return out
}

const ofNumber = (value: number, schema: JsonRecord, path: string): ReadonlyArray<Cause> => {
  const out: Array<Cause> = []
  const { exclusiveMaximum, exclusiveMinimum } = schema
  // bounds of integers are integers
  const [maximum, minimum, multipleOf] = ["maximum", "minimum", "multipleOf"].map((key) => {
    const bound = schema[key]
    return typeof bound === "number" && schema["type"] === "integer" ? Math.trunc(bound) : bound
  })
  if (typeof multipleOf === "number" && value % multipleOf !== 0) {
    out.push(invalid(path, String(value), `should be a multiple of ${multipleOf}`))
  }
  if (typeof maximum === "number" && (exclusiveMaximum === true ? value >= maximum : value > maximum)) {
    out.push(invalid(path, String(value), `should be less than ${exclusiveMaximum === true ? "" : "or equal to "}${maximum}`))
  }
  if (typeof minimum === "number" && (exclusiveMinimum === true ? value <= minimum : value < minimum)) {
    out.push(invalid(path, String(value), `should be greater than ${exclusiveMinimum === true ? "" : "or equal to "}${minimum}`))
  }
  return out
}

const tooMany = (field: string, count: number, most: number, what: string): Cause => ({
  reason: "FieldValueTooMany",
  field,
  message: `Too many: ${count}: must have at most ${most} ${what}`
})

const ofArray = (value: ReadonlyArray<unknown>, schema: JsonRecord, path: string): ReadonlyArray<Cause> => {
  const { items, maxItems, minItems } = schema
  return [
    ...(isRecord(items) ? value.flatMap((item, i) => ofNode(item, items, `${path}[${i}]`)) : []),
    ...(typeof maxItems === "number" && value.length > maxItems ? [tooMany(path, value.length, maxItems, "items")] : []),
    ...(typeof minItems === "number" && value.length < minItems
      ? [invalid(path, String(value.length), `should have at least ${minItems} items`)]
      : [])
  ]
}

const ofObject = (value: JsonRecord, schema: JsonRecord, path: string): ReadonlyArray<Cause> => {
  const properties = record(schema["properties"])
  const additional = schema["additionalProperties"]
  const { maxProperties, minProperties } = schema
  const count = Object.keys(value).length
  return [
    ...strings(schema["required"])
      .filter((key) => value[key] === undefined)
      .map((key): Cause => ({ reason: "FieldValueRequired", field: joined(path, key), message: "Required value" })),
    ...Object.keys(value).flatMap((key) => {
      const property = properties[key] ?? additional
      return isRecord(property) && !(path === "" && key === "metadata") ? ofNode(value[key], property, joined(path, key)) : []
    }),
    ...(typeof maxProperties === "number" && count > maxProperties ? [tooMany(path, count, maxProperties, "items")] : []),
    ...(typeof minProperties === "number" && count < minProperties
      ? [invalid(path, String(count), `should have at least ${minProperties} properties`)]
      : [])
  ]
}

const combined = (value: unknown, schema: JsonRecord, path: string): ReadonlyArray<Cause> => {
  const name = JSON.stringify(path)
  const say = (why: string): ReadonlyArray<Cause> => [
    { reason: "FieldValueInvalid", field: path, message: `Invalid value: "": ${name} must ${why}` }
  ]
  const passing = (key: string): number => records(schema[key]).filter((one) => ofNode(value, one, path).length === 0).length
  const { allOf, anyOf, not, oneOf } = schema
  const out: Array<Cause> = []
  if (isArray(anyOf) && passing("anyOf") === 0) out.push(...say("validate at least one schema (anyOf)"))
  if (isArray(oneOf)) {
    const valid = passing("oneOf")
    if (valid !== 1) {
      out.push(
        ...say(
          `validate one and only one schema (oneOf). Found ${valid === 0 ? "none" : String(valid)} valid${valid > 1 ? " alternatives" : ""}`
        )
      )
    }
  }
  if (isArray(allOf) && passing("allOf") < allOf.length) {
    out.push(...records(allOf).flatMap((one) => ofNode(value, one, path)), ...say("validate all the schemas (allOf)"))
  }
  if (isRecord(not) && ofNode(value, not, path).length === 0) out.push(...say("not validate the schema (not)"))
  return out
}

const shownSet = (values: ReadonlyArray<unknown>): string => values.map((one) => JSON.stringify(one)).join(", ")

const ofNode = (value: unknown, schema: JsonRecord, path: string): ReadonlyArray<Cause> => {
  const wanted = wrongType(value, schema)
  if (wanted !== undefined) {
    const found = JSON.stringify(typeOf(value))
    return [invalid(path, found, `must be of type ${wanted}: ${found}`, "FieldValueTypeInvalid")]
  }
  if (value === null) return []
  const values = array(schema["enum"])
  const out: Array<Cause> = [...combined(value, schema, path)]
  if (values.length > 0 && !values.some((one) => equal(one, value))) {
    out.push({
      reason: "FieldValueNotSupported",
      field: path,
      message: `Unsupported value: ${JSON.stringify(value)}: supported values: ${shownSet(values)}`
    })
  }
  if (typeof value === "string") out.push(...ofString(value, schema, path))
  else if (typeof value === "number") out.push(...ofNumber(value, schema, path))
  else if (isArray(value)) out.push(...ofArray(value, schema, path))
  else if (isRecord(value)) out.push(...ofObject(value, schema, path))
  return out
}

/** Walks what the schema says of lists and embedded resources, which comes after all else. */
const listed = (value: unknown, schema: JsonRecord, path: string): ReadonlyArray<Cause> => {
  if (isArray(value)) {
    const { items } = schema
    return [
      ...(isRecord(items) ? value.flatMap((item, i) => listed(item, items, `${path}[${i}]`)) : []),
      ...duplicates(value, schema, path)
    ]
  }
  if (!isRecord(value)) return []
  const properties = record(schema["properties"])
  const additional = schema["additionalProperties"]
  return [
    ...(isEmbedded(schema)
      ? ["apiVersion", "kind"]
          .filter((key) => value[key] === undefined)
          .map((key): Cause => ({ reason: "FieldValueRequired", field: joined(path, key), message: "Required value" }))
      : []),
    ...Object.keys(value).flatMap((key) => {
      const property = properties[key] ?? additional
      return isRecord(property) ? listed(value[key], property, joined(path, key)) : []
    })
  ]
}

const duplicates = (value: ReadonlyArray<unknown>, schema: JsonRecord, path: string): ReadonlyArray<Cause> => {
  const kind = schema["x-kubernetes-list-type"]
  if (kind !== "set" && kind !== "map") return []
  const keys = strings(schema["x-kubernetes-list-map-keys"])
  const seen = new Set<string>()
  return value.flatMap((item, i): ReadonlyArray<Cause> => {
    const key = JSON.stringify(kind === "set" ? item : Object.fromEntries(keys.map((name) => [name, record(item)[name]])))
    if (!seen.has(key)) {
      seen.add(key)
      return []
    }
    return [{ reason: "FieldValueDuplicate", field: `${path}[${i}]`, message: `Duplicate value: ${key}` }]
  })
}

export const validate = (object: JsonRecord, schema: JsonRecord): ReadonlyArray<Cause> => [
  ...ofNode(object, schema, ""),
  ...listed(object, schema, "")
]
