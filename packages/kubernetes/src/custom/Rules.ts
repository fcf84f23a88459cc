/**
 * `x-kubernetes-validations`: rules in the Common Expression Language over the value at a schema (`self`) and the one before (`oldSelf`). A rule
 * that compares with the value before is asked on updates only; one that can't be compiled is not asked.
 */
import * as Result from "effect/Result"
import { program, reasonOf } from "../cel/Language.ts"
import type { JsonRecord } from "../Json.ts"
import { isArray, isRecord, record, records, string, strings } from "../Json.ts"
import type { Cause } from "../Status.ts"

/** A value as the language has it: integers apart from other numbers, by their schema. */
const native = (value: unknown, schema: JsonRecord): unknown => {
  if (typeof value === "number") {
    const whole = schema["type"] === "integer" || (schema["type"] === undefined && Number.isInteger(value))
    return whole && Number.isInteger(value) ? BigInt(value) : value
  }
  if (isArray(value)) return value.map((item) => native(item, record(schema["items"])))
  if (!isRecord(value)) return value
  const properties = record(schema["properties"])
  return Object.fromEntries(
    Object.keys(value).map((key) => [key, native(value[key], record(properties[key] ?? schema["additionalProperties"]))])
  )
}

const reasons: ReadonlySet<string> = new Set(["FieldValueInvalid", "FieldValueForbidden", "FieldValueRequired", "FieldValueDuplicate"])
const isReason = (text: string): text is Cause["reason"] => reasons.has(text)

const shownType = (schema: JsonRecord): string => JSON.stringify(string(schema["type"]) ?? "object")

const words: Readonly<Record<string, (shown: string, said: string) => string>> = {
  FieldValueForbidden: (_, said) => `Forbidden: ${said}`,
  FieldValueRequired: (_, said) => `Required value: ${said}`,
  FieldValueDuplicate: (shown) => `Duplicate value: ${shown}`
}

interface Place {
  readonly value: unknown
  readonly old: unknown
  readonly schema: JsonRecord
  readonly path: string
}

const saidBy = (rule: JsonRecord, variables: JsonRecord): string => {
  const expression = string(rule["messageExpression"])
  const computed = expression === undefined ? undefined : Result.try(() => program(expression)?.(variables))
  if (computed !== undefined && Result.isSuccess(computed) && typeof computed.success === "string" && computed.success !== "") {
    return computed.success
  }
  return string(rule["message"]) ?? `failed rule: ${(string(rule["rule"]) ?? "").trim()}`
}

const asked = (rule: JsonRecord, { old, path, schema, value }: Place): Cause | undefined => {
  const text = string(rule["rule"]) ?? ""
  const compares = /\boldSelf\b/.test(text)
  const optional = rule["optionalOldSelf"] === true
  if (compares && old === undefined && !optional) return undefined
  const run = program(text)
  if (run === undefined) return undefined
  const variables = { self: native(value, schema), ...(compares ? { oldSelf: native(old, schema) } : {}) }
  const shown = shownType(schema)
  const at = path === "" ? "<nil>" : path
  const answered = Result.try({ try: () => run(variables), catch: reasonOf })
  if (Result.isFailure(answered)) {
    const named = (string(rule["message"]) || text).trim()
    return { reason: "FieldValueInvalid", field: at, message: `Invalid value: ${shown}: ${answered.failure} evaluating rule: ${named}` }
  }
  if (answered.success === true) return undefined
  const wanted = string(rule["reason"]) ?? "FieldValueInvalid"
  const reason = isReason(wanted) ? wanted : "FieldValueInvalid"
  const said = saidBy(rule, variables)
  const message = words[reason]?.(shown, said) ?? `Invalid value: ${shown}: ${said}`
  return { reason, field: `${at}${string(rule["fieldPath"]) ?? ""}`, message }
}

const walk = (place: Place): ReadonlyArray<Cause> => {
  const { old, path, schema, value } = place
  const own = records(schema["x-kubernetes-validations"]).flatMap((rule) => asked(rule, place) ?? [])
  if (isArray(value)) {
    const { items } = schema
    if (!isRecord(items)) return own
    return [
      ...own,
      ...value.flatMap((item, i) => walk({ value: item, old: correlated(item, old, schema), schema: items, path: `${path}[${i}]` }))
    ]
  }
  if (!isRecord(value)) return own
  const properties = record(schema["properties"])
  const additional = schema["additionalProperties"]
  const inner = Object.keys(value).flatMap((key) => {
    const property = properties[key]
    const before = isRecord(old) ? old[key] : undefined
    if (isRecord(property)) return walk({ value: value[key], old: before, schema: property, path: path === "" ? key : `${path}.${key}` })
    return isRecord(additional) ? walk({ value: value[key], old: before, schema: additional, path: `${path}[${key}]` }) : []
  })
  return [...own, ...inner]
}

/** The item before of a list by keys; items of other lists have none. */
const correlated = (item: unknown, old: unknown, schema: JsonRecord): unknown => {
  const keys = strings(schema["x-kubernetes-list-map-keys"])
  if (schema["x-kubernetes-list-type"] !== "map" || !isArray(old)) return undefined
  return old.find((one) => keys.every((key) => record(one)[key] === record(item)[key]))
}

const known = new WeakMap<JsonRecord, { readonly any: boolean }>()

/** Whether there is a rule anywhere in a schema. */
const hasRules = (schema: JsonRecord): boolean => {
  const found = known.get(schema)
  if (found !== undefined) return found.any
  const parts = [schema["items"], schema["additionalProperties"], ...Object.values(record(schema["properties"]))]
  const any = records(schema["x-kubernetes-validations"]).length > 0 || parts.some((part) => isRecord(part) && hasRules(part))
  known.set(schema, { any })
  return any
}

/** Errors after which rules are not asked. */
const blocking: ReadonlySet<Cause["reason"]> = new Set([
  "FieldValueRequired",
  "FieldValueTooLong",
  "FieldValueTooMany",
  "FieldValueTypeInvalid"
])

const unchecked: Cause = {
  reason: "FieldValueInvalid",
  field: "<nil>",
  message:
    "Invalid value: null: some validation rules were not checked because the object was invalid; correct the existing errors to complete validation"
}

/** What the rules of a schema have against an object; `found` is what the schema itself had. */
export const validate = (
  object: JsonRecord,
  previous: JsonRecord | undefined,
  schema: JsonRecord,
  found: ReadonlyArray<Cause>
): ReadonlyArray<Cause> => {
  if (!hasRules(schema)) return []
  if (found.some(({ reason }) => blocking.has(reason))) return [unchecked]
  return walk({ value: object, old: previous, schema, path: "" })
}
