/** Affinity to nodes and to other pods, and the spread over topologies. */
import type { JsonRecord } from "../../Json.ts"
import { isRecord, number, record, records, string, stringRecord, strings } from "../../Json.ts"
import type { Check } from "../Check.ts"
import { child, each, isLabel, isSubdomain, requiredList, text, under } from "../Check.ts"
import { labelSelector, selector } from "../LabelSelector.ts"
import * as Names from "../Names.ts"
import type { Report } from "../Report.ts"

const notAnOperator = "not a valid selector operator"

const values = (value: JsonRecord, path: string, report: Report): void => {
  const count = strings(value["values"]).length
  const here = `${path}.values`
  switch (value["operator"]) {
    case "In":
    case "NotIn":
      if (count === 0) report.required(here, "must be specified when `operator` is 'In' or 'NotIn'")
      return
    case "Exists":
    case "DoesNotExist":
      if (count > 0) report.forbidden(here, "may not be specified when `operator` is 'Exists' or 'DoesNotExist'")
      return
    case "Gt":
    case "Lt":
      if (count !== 1) report.required(here, "must be specified single value when `operator` is 'Lt' or 'Gt'")
      return
    default:
      report.invalid(`${path}.operator`, text(value, "operator"), notAnOperator)
  }
}

const key: Check = (value, path, report) => report.each(`${path}.key`, text(value, "key"), Names.explainKey(text(value, "key")))

const labelValues: Check = (value, path, report) => {
  for (const [i, item] of strings(value["values"]).entries()) report.each(`${path}.values[${i}]`, item, Names.explainLabelValue(item))
}

const fieldExpression: Check = (value, path, report) => {
  const found = strings(value["values"])
  if (value["operator"] !== "In" && value["operator"] !== "NotIn") {
    report.invalid(`${path}.operator`, text(value, "operator"), notAnOperator)
  } else if (found.length !== 1) {
    report.required(`${path}.values`, "must be only one value when `operator` is 'In' or 'NotIn' for node field selector")
  }
  if (value["key"] !== "metadata.name") return report.invalid(`${path}.key`, text(value, "key"), "not a valid field selector key")
  for (const [i, item] of found.entries()) report.each(`${path}.values[${i}]`, item, isSubdomain(item))
}

/** Preferences may name label values that can't exist. */
const term =
  (strict: "strict" | "lenient"): Check =>
  (value, path, report) => {
    for (const [i, item] of records(value["matchExpressions"]).entries()) {
      const here = `${path}.matchExpressions[${i}]`
      values(item, here, report)
      key(item, here, report)
      if (strict === "strict") labelValues(item, here, report)
    }
    each("matchFields", fieldExpression)(value, path, report)
  }

const strictTerm = term("strict")

/** What a node must have: of pods, and of volumes. */
export const nodeSelector: Check = (value, path, report) => {
  requiredList("nodeSelectorTerms", "must have at least one node selector term")(value, path, report)
  each("nodeSelectorTerms", strictTerm)(value, path, report)
}

const weight: Check = (value, path, report) => {
  const found = number(value["weight"]) ?? 0
  if (found <= 0 || found > 100) report.invalid(`${path}.weight`, found, "must be in the range 1-100")
}

const required = "requiredDuringSchedulingIgnoredDuringExecution"
const preferred = "preferredDuringSchedulingIgnoredDuringExecution"

const nodeAffinity: Check = (value, path, report) => {
  under(required, nodeSelector)(value, path, report)
  each(preferred, (one, here) => {
    weight(one, here, report)
    term("lenient")(record(one["preference"]), `${here}.preference`, report)
  })(value, path, report)
}

const chosenKeys = (value: JsonRecord, field: string, path: string, report: Report): ReadonlyArray<string> => {
  const keys = strings(value[field])
  if (keys.length === 0) return keys
  if (!isRecord(value["labelSelector"])) report.forbidden(`${path}.${field}`, "must not be specified when labelSelector is not set")
  else for (const [i, one] of keys.entries()) report.each(`${path}.${field}[${i}]`, one, Names.explainKey(one))
  return keys
}

/**
 * Keys whose values the server copies from the pod's labels into the selector: on creation it has done so, hence a key may stand once
 * in `matchExpressions`.
 */
const labelKeys = (value: JsonRecord, path: string, report: Report): void => {
  const match = chosenKeys(value, "matchLabelKeys", path, report)
  const mismatch = chosenKeys(value, "mismatchLabelKeys", path, report)
  if (match.length === 0) return
  const own = value["labelSelector"]
  if (isRecord(own)) {
    const seen = new Set(Object.keys(stringRecord(own["matchLabels"])))
    for (const expression of records(own["matchExpressions"])) {
      const name = text(expression, "key")
      const index = match.lastIndexOf(name)
      if (index !== -1 && seen.has(name)) report.invalid(`${path}[${index}]`, name, "exists in both matchLabelKeys and labelSelector")
      seen.add(name)
    }
  }
  for (const [i, name] of match.entries()) {
    if (mismatch.includes(name)) {
      report.invalid(`${path}.matchLabelKeys[${i}]`, name, "exists in both matchLabelKeys and mismatchLabelKeys")
    }
  }
}

const podTerm: Check = (value, path, report) => {
  selector("labelSelector")(value, path, report)
  selector("namespaceSelector")(value, path, report)
  for (const name of strings(value["namespaces"])) report.each(`${path}.namespace`, name, isLabel(name))
  labelKeys(value, path, report)
  const topology = text(value, "topologyKey")
  if (topology === "") report.required(`${path}.topologyKey`, "can not be empty")
  report.each(`${path}.topologyKey`, topology, Names.explainKey(topology))
}

const podAffinity: Check = (value, path, report) => {
  each(required, podTerm)(value, path, report)
  each(preferred, (one, here) => {
    weight(one, here, report)
    podTerm(record(one["podAffinityTerm"]), `${here}.podAffinityTerm`, report)
  })(value, path, report)
}

export const affinity: Check = (value, path, report) => {
  under("nodeAffinity", nodeAffinity)(value, path, report)
  under("podAffinity", podAffinity)(value, path, report)
  under("podAntiAffinity", podAffinity)(value, path, report)
}

const actions = ["DoNotSchedule", "ScheduleAnyway"]
const policies = ["Honor", "Ignore"]

const minDomains = (value: JsonRecord, path: string, report: Report): void => {
  const found = number(value["minDomains"])
  if (found === undefined) return
  const here = child(path, "minDomains")
  if (found <= 0) report.invalid(here, found, "must be greater than zero")
  const action = text(value, "whenUnsatisfiable")
  if (action !== "DoNotSchedule") {
    report.invalid(here, found, `can only use minDomains if whenUnsatisfiable=DoNotSchedule, not ${action}`)
  }
}

export const spread = (constraints: ReadonlyArray<JsonRecord>, path: string, report: Report): void => {
  for (const [i, value] of constraints.entries()) {
    const here = `${path}[${i}]`
    const skew = number(value["maxSkew"]) ?? 0
    const topology = text(value, "topologyKey")
    const action = text(value, "whenUnsatisfiable")
    if (skew <= 0) report.invalid(`${here}.maxSkew`, skew, "must be greater than zero")
    if (topology === "") report.required(`${here}.topologyKey`, "can not be empty")
    if (!actions.includes(action)) report.notSupported(`${here}.whenUnsatisfiable`, action, actions)
    const later = constraints.slice(i + 1)
    if (later.some((one) => text(one, "topologyKey") === topology && text(one, "whenUnsatisfiable") === action)) {
      report.duplicate(`${here}.{topologyKey, whenUnsatisfiable}`, `{${topology}, ${action}}`)
    }
    minDomains(value, here, report)
    for (const field of ["nodeAffinityPolicy", "nodeTaintsPolicy"]) {
      const policy = string(value[field])
      if (policy !== undefined && !policies.includes(policy)) report.notSupported(`${here}.${field}`, policy, policies)
    }
    labelKeys(value, here, report)
    labelSelector(value["labelSelector"], `${here}.labelSelector`, report)
  }
}
