/**
 * `x-kubernetes-validations`: rules in the Common Expression Language over the value at a schema (`self`) and the one before (`oldSelf`). A rule
 * that compares with the value before is asked on updates only; one that can't be compiled is not asked.
 */
import * as Result from "effect/Result"
import { quoted } from "../apply/GoText.ts"
import { program } from "../cel/Language.ts"
import * as Limits from "../cel/Limits.ts"
import * as Message from "../cel/Message.ts"
import { exceeded } from "../cel/Meter.ts"
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

/** For all rules about one object (apiserver `pkg/apis/cel`); no further rules are asked after a failure that ends them. */
interface Budget {
  left: number
}

/** What a rule's `messageExpression` says: a text, nothing, or what ends all further rules. */
const computed = (expression: string, variables: JsonRecord, budget: Budget): Result.Result<string | undefined, string> => {
  const run = program(expression)
  if (run === undefined) return Result.succeed(undefined)
  const { cost, value } = run(variables)
  budget.left -= cost
  if (budget.left < 0) return Result.fail(`messageExpression evaluation failed due to ${Limits.spent}`)
  if (Result.isFailure(value)) {
    if (value.failure !== exceeded) return Result.succeed(undefined)
    return Result.fail(
      `no further validation rules will be run due to call cost exceeds limit for messageExpression: ${quoted(expression)}`
    )
  }
  return Result.succeed(Message.said(value.success))
}

const asked = (rule: JsonRecord, { old, path, schema, value }: Place, budget: Budget): Cause | undefined => {
  const text = string(rule["rule"]) ?? ""
  const compares = /\boldSelf\b/.test(text)
  const optional = rule["optionalOldSelf"] === true
  if (compares && old === undefined && !optional) return undefined
  const run = program(text)
  if (run === undefined) return undefined
  const shown = shownType(schema)
  const at = path === "" ? "<nil>" : path
  const invalid = (field: string, why: string): Cause => ({
    reason: "FieldValueInvalid",
    field,
    message: `Invalid value: ${shown}: ${why}`
  })
  const end = (field: string, why: string): Cause => {
    budget.left = -1
    return invalid(field, why)
  }
  if (budget.left <= 0) return end(at, Limits.outOfBudget)
  const variables = { self: native(value, schema), ...(compares ? { oldSelf: native(old, schema) } : {}) }
  const { cost, value: answered } = run(variables)
  budget.left -= cost
  if (budget.left < 0) return end(at, Limits.outOfBudget)
  if (Result.isFailure(answered)) {
    const named = (string(rule["message"]) || text).trim()
    return answered.failure === exceeded
      ? end(at, `'${exceeded}': no further validation rules will be run due to call cost exceeds limit for rule: ${named}`)
      : invalid(at, `${answered.failure} evaluating rule: ${named}`)
  }
  if (answered.success === true) return undefined
  const wanted = string(rule["reason"]) ?? "FieldValueInvalid"
  const reason = isReason(wanted) ? wanted : "FieldValueInvalid"
  const field = `${at}${string(rule["fieldPath"]) ?? ""}`
  const expression = string(rule["messageExpression"])
  const message = expression === undefined ? Result.succeed(undefined) : computed(expression, variables, budget)
  if (Result.isFailure(message)) return end(field, message.failure)
  const said = message.success ?? string(rule["message"]) ?? `failed rule: ${text.trim()}`
  return { reason, field, message: words[reason]?.(shown, said) ?? `Invalid value: ${shown}: ${said}` }
}

const walk = (place: Place, budget: Budget): ReadonlyArray<Cause> => {
  const found: Array<Cause> = []
  for (const rule of records(place.schema["x-kubernetes-validations"])) {
    const cause = asked(rule, place, budget)
    if (cause !== undefined) found.push(cause)
    if (budget.left < 0) return found
  }
  for (const inner of parts(place)) {
    found.push(...walk(inner, budget))
    if (budget.left < 0) return found
  }
  return found
}

/** What a value is made of, with the schemas of it. */
const parts = ({ old, path, schema, value }: Place): ReadonlyArray<Place> => {
  const { items } = schema
  if (isArray(value)) {
    return isRecord(items)
      ? value.map((item, i) => ({ value: item, old: correlated(item, old, schema), schema: items, path: `${path}[${i}]` }))
      : []
  }
  if (!isRecord(value)) return []
  const properties = record(schema["properties"])
  const additional = schema["additionalProperties"]
  return Object.keys(value).flatMap((key): ReadonlyArray<Place> => {
    const property = properties[key]
    const before = isRecord(old) ? old[key] : undefined
    if (isRecord(property)) return [{ value: value[key], old: before, schema: property, path: path === "" ? key : `${path}.${key}` }]
    return isRecord(additional) ? [{ value: value[key], old: before, schema: additional, path: `${path}[${key}]` }] : []
  })
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
  return walk({ value: object, old: previous, schema, path: "" }, { left: Limits.perObject })
}
