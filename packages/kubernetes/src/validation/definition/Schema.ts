/**
 * The schema of a custom resource: that it is structural, that its defaults fit it, that its extensions make sense, that its rules
 * compile, and that they are not too dear.
 */
import type { Declared } from "../../cel/estimate/Declared.ts"
import { estimate } from "../../cel/estimate/Estimate.ts"
import { mentions } from "../../cel/estimate/Term.ts"
import type { Type } from "../../cel/estimate/Type.ts"
import type { JsonRecord } from "../../Json.ts"
import { isRecord, record, records, strings } from "../../Json.ts"
import * as CustomValidation from "../../custom/Validation.ts"
import { equal } from "../../Equal.ts"
import type { Shape } from "../Expression.ts"
import { compile } from "../Expression.ts"
import { inOrder, Report } from "../Report.ts"
import { text } from "../Value.ts"
import type { Occurrences } from "./Budget.ts"
import { Budget, occurrencesWithin } from "./Budget.ts"
import { declaredBy } from "./Declaration.ts"

interface Options {
  readonly hasStatus: boolean
}

type Level = "root" | "item" | "field"

const emptyTypes: Readonly<Record<Level, string>> = {
  root: "must not be empty at the root",
  item: "must not be empty for specified array items",
  field: "must not be empty for specified object fields"
}

const isSet = (schema: JsonRecord, extension: string): boolean => schema[`x-kubernetes-${extension}`] === true

const sortedEntries = (value: unknown): ReadonlyArray<readonly [string, unknown]> =>
  Object.entries(record(value)).sort(([a], [b]) => (a < b ? -1 : 1))

const children = (schema: JsonRecord, path: string): ReadonlyArray<readonly [JsonRecord, Level, string]> => [
  ...(isRecord(schema["items"]) ? [[schema["items"], "item", `${path}.items`] as const] : []),
  ...sortedEntries(schema["properties"]).map(([key, one]) => [record(one), "field", `${path}.properties[${key}]`] as const),
  ...(isRecord(schema["additionalProperties"]) ? [[schema["additionalProperties"], "field", `${path}.additionalProperties`] as const] : [])
]

const intOrString = [{ type: "integer" }, { type: "string" }]

/** Schemas inside combinations only restrict values. */
const nested = (schema: unknown, path: string, report: Report): void => {
  if (!isRecord(schema)) return
  combinations(schema, path, report)
  for (const [child, , at] of children(schema, path)) nested(child, at, report)
  if (text(schema["type"]) !== "") report.forbidden(`${path}.type`, "must be empty to be structural")
  if (schema["additionalProperties"] !== undefined) report.forbidden(`${path}.additionalProperties`, "must be undefined to be structural")
  for (const key of ["title", "description", "default", "nullable"]) {
    if (schema[key] !== undefined) report.forbidden(`${path}.${key}`, "must be undefined to be structural")
  }
  for (const key of Object.keys(schema)) {
    if (key.startsWith("x-kubernetes-")) report.forbidden(`${path}.${key}`, "must be undefined to be structural")
  }
}

const combinations = (schema: JsonRecord, path: string, report: Report): void => {
  const isEither = (value: unknown): boolean => isSet(schema, "int-or-string") && equal(value, intOrString)
  if (!isEither(schema["anyOf"])) {
    for (const [i, one] of records(schema["anyOf"]).entries()) nested(one, `${path}.anyOf[${i}]`, report)
  }
  for (const [i, one] of records(schema["allOf"]).entries()) {
    if (i === 0 && isEither(one["anyOf"])) continue
    nested(one, `${path}.allOf[${i}]`, report)
  }
  for (const [i, one] of records(schema["oneOf"]).entries()) nested(one, `${path}.oneOf[${i}]`, report)
  nested(schema["not"], `${path}.not`, report)
}

const structural = (schema: JsonRecord, level: Level, path: string, report: Report): void => {
  const type = text(schema["type"])
  if (type === "array" && !isRecord(schema["items"])) report.required(`${path}.items`, "must be specified")
  if (level === "root" && schema["additionalProperties"] !== undefined) {
    report.forbidden(`${path}.additionalProperties`, "must not be used at the root")
  }
  for (const [child, at, here] of children(schema, path)) structural(child, at, here, report)
  combinations(schema, path, report)
  if (isSet(schema, "embedded-resource") && type !== "object") {
    const why = "must be object if x-kubernetes-embedded-resource is true"
    if (type === "") report.required(`${path}.type`, why)
    else report.invalid(`${path}.type`, type, why)
  } else if (type === "" && !isSet(schema, "int-or-string") && !isSet(schema, "preserve-unknown-fields")) {
    report.required(`${path}.type`, emptyTypes[level])
  }
  if (level === "root" && type !== "" && type !== "object") report.invalid(`${path}.type`, type, "must be object at the root")
  if (level !== "root" && !isSet(schema, "embedded-resource")) return
  for (const key of ["kind", "apiVersion"]) {
    const own = record(schema["properties"])[key]
    if (isRecord(own) && own["type"] !== "string") report.invalid(`${path}.properties[${key}].type`, text(own["type"]), "must be string")
  }
}

/** The validator's words for a value of no field. */
const defaults = (schema: JsonRecord, path: string, report: Report): void => {
  if (schema["default"] !== undefined && schema["default"] !== null) {
    for (const cause of CustomValidation.validate({ value: schema["default"] }, { properties: { value: schema } })) {
      const field = `${path}.default${cause.field.slice("value".length)}`
      report.causes.push({ ...cause, field, message: cause.message.replace(/: value in body /, ":  in body ") })
    }
  }
  for (const [child, , at] of children(schema, path)) defaults(child, at, report)
}

const types = ["array", "boolean", "integer", "number", "object", "string"]

const listExtensions = (schema: JsonRecord, path: string, report: Report): void => {
  const type = text(schema["type"])
  const kind = schema["x-kubernetes-list-type"]
  const keys = strings(schema["x-kubernetes-list-map-keys"])
  const { items } = schema
  const kindPath = `${path}.x-kubernetes-list-type`
  const keysPath = `${path}.x-kubernetes-list-map-keys`
  if (kind !== undefined && type !== "array") {
    const why = "must be array if x-kubernetes-list-type is specified"
    if (type === "") report.required(`${path}.type`, why)
    else report.invalid(`${path}.type`, type, why)
  }
  if (kind !== undefined && !["atomic", "set", "map"].includes(text(kind))) {
    report.notSupportedAsListed(kindPath, text(kind), ["atomic", "set", "map"])
  }
  if (keys.length > 0 && kind !== "map") {
    const why = "must be map if x-kubernetes-list-map-keys is non-empty"
    if (kind === undefined) report.required(kindPath, why)
    else report.invalid(kindPath, kind, why)
  }
  if (kind !== "map") return
  if (keys.length === 0) report.required(keysPath, "must not be empty if x-kubernetes-list-type is map")
  if (items === undefined) report.required(`${path}.items`, "must have a schema if x-kubernetes-list-type is map")
  if (!isRecord(items)) return
  if (items["type"] !== "object") {
    return report.invalid(`${path}.items.type`, text(items["type"]), "must be object if parent array's x-kubernetes-list-type is map")
  }
  for (const [i, key] of keys.entries()) {
    const own = record(items["properties"])[key]
    if (!isRecord(own)) report.invalid(keysPath, keys, "entries must all be names of item properties")
    else if (own["type"] === "array" || own["type"] === "object") {
      const why = "must be a scalar type if parent array's x-kubernetes-list-type is map"
      report.invalid(`${path}.items.properties[${key}].type`, text(items["type"]), why)
    }
    if (keys.indexOf(key) < i) report.invalid(keysPath, keys, "must not contain duplicate entries")
  }
  if (items["nullable"] === true) report.forbidden(`${path}.items.nullable`, "cannot be nullable when x-kubernetes-list-type is map")
  for (const key of keys) {
    const own = record(items["properties"])[key]
    if (!isRecord(own)) continue
    const at = `${path}.items.properties[${key}]`
    if (!strings(items["required"]).includes(key) && own["default"] === undefined) {
      const why = "this property is in x-kubernetes-list-map-keys, so it must have a default or be a required property"
      report.required(`${at}.default`, why)
    }
    if (own["nullable"] === true) {
      report.forbidden(`${at}.nullable`, "this property is in x-kubernetes-list-map-keys, so it cannot be nullable")
    }
  }
}

const reasons = ["FieldValueDuplicate", "FieldValueForbidden", "FieldValueInvalid", "FieldValueRequired"]

const ruleTexts = (rule: JsonRecord, path: string, report: Report): void => {
  const source = text(rule["rule"]).trim()
  const message = text(rule["message"])
  const hasLines = (value: string): boolean => /[\n\r]/.test(value)
  if (source === "") report.required(`${path}.rule`, "rule is not specified")
  else if (message !== "" && message.trim() === "") report.invalid(`${path}.message`, message, "must be non-empty if specified")
  else if (hasLines(message.trim())) report.invalid(`${path}.message`, message, "must not contain line breaks")
  else if (hasLines(source) && message.trim() === "") {
    report.required(`${path}.message`, "message must be specified if rule contains line breaks")
  }
  const expression = text(rule["messageExpression"])
  if (expression !== "" && expression.trim() === "") {
    report.required(`${path}.messageExpression`, "messageExpression must be non-empty if specified")
  }
  const { reason } = rule
  if (typeof reason === "string" && !reasons.includes(reason)) report.notSupported(`${path}.reason`, reason, reasons)
}

const forbidden: Readonly<Record<string, string>> = {
  id: "id is not supported",
  additionalItems: "additionalItems is not supported",
  patternProperties: "patternProperties is not supported",
  definitions: "definitions is not supported",
  dependencies: "dependencies is not supported",
  $ref: "$ref is not supported"
}

const scalars: ReadonlySet<string> = new Set(["bool", "bytes", "double", "duration", "int", "string", "timestamp"])

/** What an expression may name in a value. */
const shapeOf = ({ fields, name }: Type): Shape =>
  fields === undefined ? (scalars.has(name) ? name : "dyn") : Object.fromEntries([...fields].map(([key, one]) => [key, shapeOf(one)]))

const shownRule = (rule: JsonRecord): unknown =>
  inOrder({
    Rule: text(rule["rule"]),
    Message: text(rule["message"]),
    MessageExpression: text(rule["messageExpression"]),
    Reason: rule["reason"] ?? null,
    FieldPath: text(rule["fieldPath"]),
    OptionalOldSelf: rule["optionalOldSelf"] ?? null
  })

/** What of the whole the rules of a part depend on. */
interface Around {
  readonly budget: Budget
  readonly occurrences: Occurrences
  /** The outermost part whose values can't be found again in the object before. */
  readonly uncorrelated: string | undefined
}

const isAny = (type: Type, ...names: ReadonlyArray<string>): boolean => type.name === "dyn" || names.includes(type.name)

/** Of an expression that compiles; `undefined` after what is wrong with it was reported. */
const estimated = (source: string, scope: RuleScope, at: string, rule: JsonRecord, wanted: Wanted, report: Report) => {
  const invalid = (why: string): undefined => {
    report.invalid(at, shownRule(rule), why)
  }
  const { error, type, term: termOf } = compile(source, scope.shapes)
  if (error !== "" || termOf === undefined) return invalid(`${wanted.before}${error}`)
  const term = termOf()
  const found = estimate(term, { self: scope.self, old: rule["optionalOldSelf"] === true ? "optional" : "plain" })
  if (!isAny(found.type, wanted.type) || (type !== undefined && type !== wanted.type && type !== "dyn")) return invalid(wanted.why)
  return { ...found, comparing: mentions(term, "oldSelf") }
}

interface RuleScope {
  readonly self: Declared
  readonly shapes: Readonly<Record<string, Shape>>
}

interface Wanted {
  readonly type: string
  readonly why: string
  /** Before the compiler's words. */
  readonly before: string
}

const aBool: Wanted = { type: "bool", why: "cel expression must evaluate to a bool", before: "" }
const aText: Wanted = { type: "string", why: "messageExpression must evaluate to a string", before: "messageExpression " }

/** Rules are only compiled where schemas are fine. */
const rules = (schema: JsonRecord, level: Level, path: string, { budget, occurrences, uncorrelated }: Around, report: Report): void => {
  const all = records(schema["x-kubernetes-validations"])
  if (all.length === 0) return
  const self = declaredBy(schema, level === "root" ? "root" : "inner")
  if (self === undefined) {
    const why = "internal error: failed to construct type information for x-kubernetes-validations rules"
    return report.internal(`${path}.x-kubernetes-validations`, `${why}: unable to convert structural schema to CEL declarations`)
  }
  const shape = shapeOf(self.type)
  const scope: RuleScope = { self, shapes: { self: shape, oldSelf: shape } }
  for (const [i, rule] of all.entries()) {
    const at = `${path}.x-kubernetes-validations[${i}]`
    const asked = estimated(text(rule["rule"]), scope, `${at}.rule`, rule, aBool, report)
    if (asked !== undefined) {
      budget.rule(`${at}.rule`, asked, occurrences, self.bytes, report)
      const message = text(rule["messageExpression"])
      const said = message === "" ? undefined : estimated(message, scope, `${at}.messageExpression`, rule, aText, report)
      if (said !== undefined) budget.message(`${at}.messageExpression`, said, report)
    }
    if (asked?.comparing === true) {
      const why = `oldSelf cannot be used on the uncorrelatable portion of the schema within ${uncorrelated}`
      if (uncorrelated !== undefined) report.invalid(`${at}.rule`, text(rule["rule"]), why)
    } else if (rule["optionalOldSelf"] !== undefined && rule["optionalOldSelf"] !== null) {
      report.invalid(`${at}.optionalOldSelf`, rule["optionalOldSelf"], "may not be set if oldSelf is not used in rule")
    }
  }
}

/** Items of lists can be found again by their keys alone. */
const aroundChild = (schema: JsonRecord, level: Level, path: string, around: Around): Around => ({
  ...around,
  occurrences: occurrencesWithin(schema, around.occurrences),
  uncorrelated: around.uncorrelated ?? (level === "item" && schema["x-kubernetes-list-type"] !== "map" ? path : undefined)
})

/** What of the schema is wrong, and after that its rules, which are not looked at where the whole is no structural schema. */
const openApi = (schema: JsonRecord, level: Level, path: string, around: Around | undefined, report: Report): void => {
  const own = new Report()
  const found = new Report()
  const type = text(schema["type"])
  if (type !== "" && !types.includes(type)) own.notSupported(`${path}.type`, type, types)
  for (const [key, why] of Object.entries(forbidden)) if (schema[key] !== undefined) own.forbidden(`${path}.${key}`, why)
  if (schema["uniqueItems"] === true) {
    own.forbidden(`${path}.uniqueItems`, "uniqueItems cannot be set to true since the runtime complexity becomes quadratic")
  }
  const { additionalProperties, properties } = schema
  if (isRecord(properties) && Object.keys(properties).length > 0 && additionalProperties !== undefined && additionalProperties !== true) {
    own.forbidden(`${path}.additionalProperties`, "additionalProperties and properties are mutual exclusive")
  }
  for (const [child, at, here] of children(schema, path)) {
    openApi(child, at, here, around === undefined ? undefined : aroundChild(schema, at, path, around), found)
  }
  if (schema["x-kubernetes-preserve-unknown-fields"] === false) {
    own.invalid(`${path}.x-kubernetes-preserve-unknown-fields`, false, "must be true or undefined")
  }
  const mapType = schema["x-kubernetes-map-type"]
  if (mapType !== undefined && type !== "object") {
    const why = "must be object if x-kubernetes-map-type is specified"
    if (type === "") own.required(`${path}.type`, why)
    else own.invalid(`${path}.type`, type, why)
  }
  if (mapType !== undefined && mapType !== "atomic" && mapType !== "granular") {
    own.notSupportedAsListed(`${path}.x-kubernetes-map-type`, text(mapType), ["atomic", "granular"])
  }
  listExtensions(schema, path, own)
  for (const [i, rule] of records(schema["x-kubernetes-validations"]).entries()) {
    ruleTexts(rule, `${path}.x-kubernetes-validations[${i}]`, own)
  }
  report.causes.push(...own.causes, ...found.causes)
  if (around !== undefined && !own.failed && !found.failed) rules(schema, level, path, around, report)
}

const byText = (a: { field: string; message: string }, b: { field: string; message: string }): number =>
  `${a.field}: ${a.message}` < `${b.field}: ${b.message}` ? -1 : 1

export const schema = (root: JsonRecord, { hasStatus }: Options, path: string, report: Report): void => {
  const type = text(root["type"])
  if (hasStatus && type !== "" && type !== "object") {
    const why = 'only "object" is allowed as the type at the root of the schema if the status subresource is enabled'
    report.invalid(`${path}.type`, type, why)
  }
  if (root["nullable"] === true) report.forbidden(`${path}.nullable`, "nullable cannot be true at the root")
  const shaped = new Report()
  structural(root, "root", path, shaped)
  const fitting = new Report()
  if (!shaped.failed) defaults(root, path, fitting)
  report.causes.push(...shaped.causes.toSorted(byText), ...fitting.causes)
  const budget = new Budget()
  const isFine = !shaped.failed && !fitting.failed
  openApi(root, "root", path, isFine ? { budget, occurrences: 1, uncorrelated: undefined } : undefined, report)
  budget.whole(path, report)
}
