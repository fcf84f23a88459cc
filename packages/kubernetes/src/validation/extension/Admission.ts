/** The kinds of admissionregistration.k8s.io. */
import type { KubeObject } from "@aiopslab/core/Kubernetes"
import type { JsonRecord } from "../../Json.ts"
import { at, isRecord, record, records, strings } from "../../Json.ts"
import type { Scope, Shape } from "../Expression.ts"
import { compile, refusal } from "../Expression.ts"
import { labelSelector } from "../LabelSelector.ts"
import * as Names from "../Names.ts"
import type { Report } from "../Report.ts"
import { oneOf, requiredName, text } from "../Value.ts"
import * as AdmissionScope from "./AdmissionScope.ts"
import { failurePolicies, matchConditions, matchPolicies, matchResources, rule } from "./Rules.ts"
import * as WebhookClient from "./WebhookClient.ts"

const reviewVersions = ["v1", "v1beta1"]

const versions = (list: ReadonlyArray<string>, path: string, report: Report): void => {
  if (list.length === 0) return report.required(path, `must specify one of ${reviewVersions.join(", ")}`)
  for (const [i, one] of list.entries()) {
    if (list.indexOf(one) < i) report.invalid(`${path}[${i}]`, one, "duplicate version")
    else report.each(`${path}[${i}]`, one, Names.explain(one, Names.serviceName))
  }
  if (!list.some((one) => reviewVersions.includes(one))) {
    report.invalid(path, list, `must include at least one of ${reviewVersions.join(", ")}`)
  }
}

const qualified = (name: string, path: string, report: Report): void => {
  if (name === "") return report.required(path)
  const why = Names.explain(name, Names.subdomain)
  if (why.length > 0) report.invalid(path, name, why.join(","))
  else if (name.split(".").length < 3) report.invalid(path, name, "should be a domain with at least three segments separated by dots")
}

const sideEffects = ["None", "NoneOnDryRun"]

const webhook = (value: JsonRecord, path: string, report: Report): void => {
  qualified(text(value["name"]), `${path}.name`, report)
  for (const [i, one] of records(value["rules"]).entries()) rule(one, `${path}.rules[${i}]`, report)
  oneOf(value["failurePolicy"], failurePolicies, `${path}.failurePolicy`, report)
  oneOf(value["matchPolicy"], matchPolicies, `${path}.matchPolicy`, report)
  if (value["sideEffects"] === undefined) report.required(`${path}.sideEffects`, `must specify one of ${sideEffects.join(", ")}`)
  oneOf(value["sideEffects"], sideEffects, `${path}.sideEffects`, report)
  const seconds = value["timeoutSeconds"]
  if (typeof seconds === "number" && (seconds > 30 || seconds < 1)) {
    report.invalid(`${path}.timeoutSeconds`, seconds, "the timeout value must be between 1 and 30 seconds")
  }
  for (const key of ["namespaceSelector", "objectSelector"]) labelSelector(value[key], `${path}.${key}`, report)
  oneOf(value["reinvocationPolicy"], ["IfNeeded", "Never"], `${path}.reinvocationPolicy`, report)
  const { service, url } = record(value["clientConfig"])
  if ((url === undefined) === (service === undefined)) {
    report.required(`${path}.clientConfig`, "exactly one of url or service is required")
  } else if (url !== undefined) WebhookClient.url(text(url), `${path}.clientConfig.url`, report)
  else WebhookClient.service(record(service), `${path}.clientConfig.service`, report)
  matchConditions(value["matchConditions"], AdmissionScope.plain, `${path}.matchConditions`, report)
}

export const webhooks = (object: KubeObject, _: KubeObject | undefined, report: Report): void => {
  const seen = new Set<string>()
  for (const [i, one] of records(object["webhooks"]).entries()) {
    const path = `webhooks[${i}]`
    const name = text(one["name"])
    webhook(one, path, report)
    versions(strings(one["admissionReviewVersions"]), `${path}.admissionReviewVersions`, report)
    if (name !== "" && seen.has(name)) report.duplicate(`${path}.name`, name)
    seen.add(name)
  }
}

const paramKind = (value: JsonRecord, path: string, report: Report): void => {
  const whole = text(value["apiVersion"])
  const kind = text(value["kind"])
  const field = `${path}.apiVersion`
  const parts = whole.split("/")
  const [group, version = ""] = parts.length === 1 ? ["", whole] : parts
  if (whole === "") report.required(field)
  else if (parts.length > 2) report.invalid(field, whole, `unexpected GroupVersion string: ${whole}`)
  else {
    const badGroup = group === "" ? [] : Names.explain(group ?? "", Names.subdomain)
    if (badGroup.length > 0) report.invalid(field, group, badGroup.join(","))
    const badVersion = Names.explain(version, Names.serviceName)
    if (version === "") report.invalid(field, whole, "version must be specified")
    else if (badVersion.length > 0) report.invalid(field, version, badVersion.join(","))
  }
  const badKind = Names.explain(kind.toLowerCase(), Names.serviceName)
  if (kind === "") report.required(`${path}.kind`)
  else if (badKind.length > 0) {
    report.invalid(`${path}.kind`, kind, `may have mixed case, but should otherwise match: ${badKind.join(",")}`)
  }
}

const reasons = ["Forbidden", "Invalid", "RequestEntityTooLarge"]
const unspecified = "expression is not specified"
const filled = "must be non-empty if specified"

const compiled = (source: string, scope: Scope, wanted: ReadonlyArray<string>, path: string, report: Report): void => {
  const why = refusal(source, scope, wanted)
  if (why !== undefined) report.invalid(path, source, why)
}

const validation = (value: JsonRecord, scope: Scope, path: string, report: Report): void => {
  const { message } = value
  const expression = text(value["expression"])
  const messageExpression = text(value["messageExpression"])
  if (expression.trim() === "") report.required(`${path}.expression`, unspecified)
  else compiled(expression, scope, ["bool"], `${path}.expression`, report)
  if (messageExpression.trim() !== "") compiled(messageExpression, scope, ["string"], `${path}.messageExpression`, report)
  else if (messageExpression !== "") report.invalid(`${path}.messageExpression`, messageExpression, filled)
  if (text(message) !== "" && text(message).trim() === "") report.invalid(`${path}.message`, message, filled)
  else if (/[\n\r]/.test(text(message).trim())) report.invalid(`${path}.message`, message, "must not contain line breaks")
  oneOf(value["reason"], reasons, `${path}.reason`, report)
}

const reserved: ReadonlySet<string> = new Set(
  "in as break const continue else for function if import let loop package namespace return var void while true false null".split(" ")
)

/** Each may use those before it, and those after all may use all of them. */
const variables = (list: ReadonlyArray<JsonRecord>, plain: Scope, report: Report): Scope => {
  let scope = list.length === 0 ? plain : { ...plain, variables: {} }
  let known: Readonly<Record<string, Shape>> = {}
  for (const [i, one] of list.entries()) {
    const path = `spec.variables[${i}]`
    const source = text(one["expression"])
    variable(one, path, report)
    if (source.trim() === "") continue
    const { error, type = "dyn" } = compile(source, scope)
    if (error !== "") report.invalid(`${path}.expression`, source, error)
    known = { ...known, [text(one["name"])]: type }
    scope = { ...plain, variables: known }
  }
  return scope
}

const variable = (value: JsonRecord, path: string, report: Report): void => {
  const name = text(value["name"])
  if (name.trim() === "") report.required(`${path}.name`, "name is not specified")
  else if (!/^[_a-zA-Z][_a-zA-Z0-9]*$/.test(name) || reserved.has(name)) {
    report.invalid(`${path}.name`, name, "must be a valid CEL identifier")
  }
  if (text(value["expression"]).trim() === "") report.required(`${path}.expression`, unspecified)
}

const mostAnnotations = 20
const longestExpression = 5 * 1024
const none = "validations or auditAnnotations must contain at least one item"

export const policy = (object: KubeObject, _: KubeObject | undefined, report: Report): void => {
  const spec = record(object["spec"])
  oneOf(spec["failurePolicy"], failurePolicies, "spec.failurePolicy", report)
  if (isRecord(spec["paramKind"])) paramKind(spec["paramKind"], "spec.paramKind", report)
  if (spec["matchConstraints"] === undefined) report.required("spec.matchConstraints")
  else {
    matchResources(spec["matchConstraints"], "spec.matchConstraints", report)
    if (records(at(spec, "matchConstraints", "resourceRules")).length === 0) report.required("spec.matchConstraints.resourceRules")
  }
  const plain = spec["paramKind"] === undefined ? AdmissionScope.plain : AdmissionScope.withParams
  matchConditions(spec["matchConditions"], plain, "spec.matchConditions", report)
  const scope = variables(records(spec["variables"]), plain, report)
  const validations = records(spec["validations"])
  const annotations = records(spec["auditAnnotations"])
  if (validations.length + annotations.length === 0) {
    report.required("spec.validations", none)
    report.required("spec.auditAnnotations", none)
    return
  }
  for (const [i, one] of validations.entries()) validation(one, scope, `spec.validations[${i}]`, report)
  if (annotations.length > mostAnnotations) {
    report.invalid("spec.auditAnnotations", annotations, `must not have more than ${mostAnnotations} auditAnnotations`)
  }
  const seen = new Set<string>()
  for (const [i, one] of annotations.entries()) {
    const path = `spec.auditAnnotations[${i}]`
    const key = text(one["key"])
    const whole = `${object.metadata.name}/${key}`
    const expression = text(one["valueExpression"]).trim()
    report.each(`${path}.key`, whole, Names.explainKey(whole))
    if (expression === "") report.required(`${path}.valueExpression`, "valueExpression is not specified")
    else if (Buffer.byteLength(expression) > longestExpression) {
      report.required(`${path}.valueExpression`, `must not exceed ${longestExpression} bytes in length`)
    } else compiled(expression, scope, ["string", "null_type"], `${path}.valueExpression`, report)
    if (seen.has(key)) report.duplicate(`${path}.key`, key)
    seen.add(key)
  }
}

/** Whether a text in braces is a path: only what an expression can't begin with is found out. */
const pathFailure = (source: string): string | undefined =>
  source.startsWith("-") && !/^-\d/.test(source) ? "invalid JSONPath: cannot parse number -" : undefined

export const policyStatus = (object: KubeObject, _: KubeObject | undefined, report: Report): void => {
  for (const [i, one] of records(at(object, "status", "typeChecking", "expressionWarnings")).entries()) {
    const path = `status.typeChecking.expressionWarnings[${i}]`
    const from = text(one["fieldRef"]).trim()
    const why = pathFailure(from)
    if (text(one["warning"]) === "") report.required(`${path}.warning`)
    if (from === "") report.required(`${path}.fieldRef`)
    else if (why !== undefined) report.invalid(`${path}.fieldRef`, from, why)
  }
}

const exclusive = "name and selector are mutually exclusive"

const paramRef = (value: JsonRecord, path: string, report: Report): void => {
  const name = text(value["name"])
  const { parameterNotFoundAction: missing, selector } = value
  if (name !== "") {
    report.each(`${path}.name`, name, Names.explainPathSegment(name))
    if (selector !== undefined) report.forbidden(`${path}.name`, exclusive)
  }
  if (selector !== undefined) {
    labelSelector(selector, `${path}.selector`, report)
    if (name !== "") report.forbidden(`${path}.selector`, exclusive)
  }
  if (name === "" && selector === undefined) report.required(path, "one of name or selector must be specified")
  const field = `${path}.parameterNotFoundAction`
  if (text(missing) === "") report.required(field)
  else if (missing !== "Deny" && missing !== "Allow") report.notSupportedAsListed(field, missing, ["Deny", "Allow"])
}

const actions = ["Audit", "Deny", "Warn"]

export const policyBinding = (object: KubeObject, _: KubeObject | undefined, report: Report): void => {
  const spec = record(object["spec"])
  requiredName(spec["policyName"], (name) => Names.explain(name, Names.subdomain), "spec.policyName", report)
  if (isRecord(spec["paramRef"])) paramRef(spec["paramRef"], "spec.paramRef", report)
  if (spec["matchResources"] !== undefined) matchResources(spec["matchResources"], "spec.matchResources", report)
  const path = "spec.validationActions"
  const chosen = strings(spec["validationActions"])
  for (const [i, one] of chosen.entries()) {
    oneOf(one, actions, `${path}[${i}]`, report)
    if (chosen.indexOf(one) < i) report.duplicate(`${path}[${i}]`, one)
  }
  if (chosen.includes("Deny") && chosen.includes("Warn")) {
    const why =
      "must not contain both Deny and Warn (repeating the same validation failure information in the API response and headers serves no purpose)"
    report.invalid(path, chosen, why)
  }
  if (chosen.length === 0) report.required(path, "at least one validation action is required")
}
