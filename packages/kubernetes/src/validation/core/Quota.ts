/** LimitRanges and ResourceQuotas. */
import type { KubeObject } from "@aiopslab/core/Kubernetes"
import { equal } from "../../Equal.ts"
import type { JsonRecord } from "../../Json.ts"
import { at, print, record, records, strings } from "../../Json.ts"
import * as Quantity from "../../Quantity.ts"
import * as Internal from "../Internal.ts"
import * as Names from "../Names.ts"
import type { Report } from "../Report.ts"
import { allowsOvercommit, amount, containerResource, isStandardQuota, quotaResource, resource } from "../ResourceName.ts"
import { immutableText, text } from "../Value.ts"

const limitTypes = ["Pod", "Container", "PersistentVolumeClaim"]

const limitType = (type: string, path: string, report: Report): void => {
  const why = Names.explainKey(type)
  report.each(path, type, why)
  if (why.length === 0 && !type.includes("/") && !limitTypes.includes(type)) {
    report.invalid(path, type, "must be a standard limit type or fully qualified")
  }
}

export const limitRange = (object: KubeObject, _: KubeObject | undefined, report: Report): void => {
  const seen = new Set<string>()
  for (const [i, limit] of records(at(object, "spec", "limits")).entries()) {
    const path = `spec.limits[${i}]`
    const type = text(limit["type"])
    limitType(type, `${path}.type`, report)
    if (seen.has(type)) report.duplicate(`${path}.type`, type)
    seen.add(type)
    limitItem(limit, type, path, report)
  }
}

const limitItem = (limit: JsonRecord, type: string, path: string, report: Report): void => {
  const check = type === "Pod" || type === "Container" ? containerResource : resource
  const part = (key: string): JsonRecord => {
    const values = record(limit[key])
    for (const name of Object.keys(values).sort()) check(name, `${path}.${key}[${name}]`, report)
    return values
  }
  const max = part("max")
  const min = part("min")
  let defaults: JsonRecord = {}
  let requests: JsonRecord = {}
  if (type === "Pod") {
    for (const key of ["default", "defaultRequest"]) {
      if (Object.keys(record(limit[key])).length > 0) report.forbidden(`${path}.${key}`, "may not be specified when `type` is 'Pod'")
    }
  } else {
    defaults = part("default")
    requests = part("defaultRequest")
  }
  if (type === "PersistentVolumeClaim" && min["storage"] === undefined && max["storage"] === undefined) {
    report.required(`${path}.limits`, "either minimum or maximum storage value is required, but neither was provided")
  }
  const ratios = part("maxLimitRequestRatio")
  const names = [...new Set([max, min, defaults, requests, ratios].flatMap((values) => Object.keys(values)))].sort()
  for (const name of names) {
    order(path, name, { min: min[name], max: max[name], limit: defaults[name], request: requests[name] }, report)
    ratio(`${path}.maxLimitRequestRatio[${name}]`, ratios[name], min[name], max[name], report)
    const differ = defaults[name] !== undefined && requests[name] !== undefined && Quantity.compare(defaults[name], requests[name]) !== 0
    if (!allowsOvercommit(name) && differ) {
      const why = `default value ${print(defaults[name])} must equal to defaultRequest value ${print(requests[name])} in ${name}`
      report.invalid(`${path}.defaultRequest[${name}]`, requests[name], why)
    }
  }
}

interface Bounds {
  readonly min: unknown
  readonly max: unknown
  readonly limit: unknown
  readonly request: unknown
}

const words: Readonly<Record<keyof Bounds, string>> = {
  min: "min value",
  max: "max value",
  limit: "default limit value",
  request: "default request value"
}

/** Of a pair, the first may not be above the second; then which of the two is reported, and where. */
const pairs: ReadonlyArray<readonly [keyof Bounds, keyof Bounds, keyof Bounds, string]> = [
  ["min", "max", "min", "min"],
  ["min", "request", "request", "defaultRequest"],
  ["request", "max", "request", "defaultRequest"],
  ["request", "limit", "request", "defaultRequest"],
  ["min", "limit", "min", "default"],
  ["limit", "max", "max", "default"]
]

const order = (path: string, name: string, bounds: Bounds, report: Report): void => {
  for (const [low, high, shown, key] of pairs) {
    if (bounds[low] === undefined || bounds[high] === undefined || Quantity.compare(bounds[low], bounds[high]) <= 0) continue
    const word = (which: keyof Bounds): string => (which === "limit" && (low === "min" || high === "max") ? "default value" : words[which])
    const relation = low === "min" || high === "max" || high === "limit" ? "is greater than" : ""
    report.invalid(
      `${path}.${key}[${name}]`,
      bounds[shown],
      `${word(low)} ${print(bounds[low])} ${relation} ${word(high)} ${print(bounds[high])}`
    )
  }
}

const ratio = (path: string, value: unknown, min: unknown, max: unknown, report: Report): void => {
  if (value === undefined) return
  if (Quantity.compare(value, "1") < 0) report.invalid(path, value, `ratio ${print(value)} is less than 1`)
  if (min === undefined || max === undefined) return
  const most = Quantity.milliValue(max) / Quantity.milliValue(min)
  if (Quantity.milliValue(value) / 1000 > most) {
    report.invalid(path, value, `ratio ${print(value)} is greater than max/min = ${Number.isFinite(most) ? most.toFixed(6) : "+Inf"}`)
  }
}

const onPods = ["pods", "cpu", "memory", "limits.cpu", "limits.memory", "requests.cpu", "requests.memory"]
const onClaims = ["persistentvolumeclaims", "requests.storage"]

/** The resources that a scope can select by; of an unknown scope, all. */
const scopes: Readonly<Record<string, ReadonlyArray<string>>> = {
  Terminating: onPods,
  NotTerminating: onPods,
  NotBestEffort: onPods,
  PriorityClass: onPods,
  CrossNamespacePodAffinity: onPods,
  BestEffort: ["pods"],
  VolumeAttributesClass: onClaims
}

const pairsOfScopes = [
  ["BestEffort", "NotBestEffort"],
  ["Terminating", "NotTerminating"]
]

/** How many resources of a quota a scope can't select by. */
const unfit = (scope: string, hard: ReadonlyArray<string>): ReadonlyArray<string> =>
  hard.filter((name) => isStandardQuota(name) && scopes[scope]?.includes(name) === false)

const conflicts = (found: ReadonlyArray<string>, path: string, shown: unknown, report: Report): void => {
  for (const pair of pairsOfScopes) if (pair.every((one) => found.includes(one))) report.invalid(path, shown, "conflicting scopes")
}

const selector = (spec: JsonRecord, hard: ReadonlyArray<string>, report: Report): void => {
  const path = "spec.scopeSelector.matchExpressions"
  const expressions = records(at(spec, "scopeSelector", "matchExpressions"))
  const shown = Internal.compact("core.ScopeSelector", spec["scopeSelector"])
  for (const one of expressions) {
    const scope = text(one["scopeName"])
    const operator = text(one["operator"])
    const values = strings(one["values"])
    if (scopes[scope] === undefined) report.invalid(`${path}.scopeName`, scope, "unsupported scope")
    for (const _ of unfit(scope, hard)) report.invalid(path, shown, "unsupported scope applied to resource")
    const exists = scopes[scope] !== undefined && scope !== "PriorityClass" && scope !== "VolumeAttributesClass"
    if (exists && operator !== "Exists") {
      report.invalid(
        `${path}.operator`,
        operator,
        "must be 'Exists' when scope is any of ResourceQuotaScopeTerminating, ResourceQuotaScopeNotTerminating, ResourceQuotaScopeBestEffort, ResourceQuotaScopeNotBestEffort or ResourceQuotaScopeCrossNamespacePodAffinity"
      )
    }
    if (operator === "In" || operator === "NotIn") {
      if (values.length === 0) {
        report.required(`${path}.values`, "must be at least one value when `operator` is 'In' or 'NotIn' for scope selector")
      }
    } else if (operator === "Exists" || operator === "DoesNotExist") {
      if (values.length > 0) {
        report.invalid(`${path}.values`, values, "must be no value when `operator` is 'Exist' or 'DoesNotExist' for scope selector")
      }
    } else report.invalid(`${path}.operator`, operator, "not a valid selector operator")
  }
  conflicts(
    expressions.map((one) => text(one["scopeName"])),
    path,
    spec["scopes"],
    report
  )
}

export const resourceQuota = (object: KubeObject, _: KubeObject | undefined, report: Report): void => {
  const spec = record(object["spec"])
  const hard = record(spec["hard"])
  const names = Object.keys(hard).sort()
  for (const name of names) {
    quotaResource(name, `spec.hard[${name}]`, report)
    amount(name, hard[name], `spec.hard[${name}]`, report)
  }
  const chosen = strings(spec["scopes"])
  for (const scope of chosen) {
    if (scopes[scope] === undefined) report.invalid("spec.scopes", chosen, "unsupported scope")
    for (const __ of unfit(scope, names)) report.invalid("spec.scopes", chosen, "unsupported scope applied to resource")
  }
  conflicts(chosen, "spec.scopes", chosen, report)
  if (spec["scopeSelector"] !== undefined) selector(spec, names, report)
}

export const resourceQuotaStatus = (object: KubeObject, _: KubeObject | undefined, report: Report): void => {
  for (const key of ["hard", "used"]) {
    const amounts = record(at(object, "status", key))
    for (const name of Object.keys(amounts).sort()) {
      quotaResource(name, `status.${key}[${name}]`, report)
      amount(name, amounts[name], `status.${key}[${name}]`, report)
    }
  }
}

export const resourceQuotaUpdate = (object: KubeObject, previous: KubeObject | undefined, report: Report): void => {
  const sorted = (value: unknown): ReadonlyArray<string> => [...new Set(strings(value))].sort()
  const scopesNow = at(object, "spec", "scopes")
  if (!equal(sorted(scopesNow), sorted(at(previous, "spec", "scopes")))) report.invalid("spec.scopes", scopesNow, immutableText)
}
