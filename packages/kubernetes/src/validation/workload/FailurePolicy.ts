/** What a job does about pods that fail. */
import type { JsonRecord } from "../../Json.ts"
import { array, at, isRecord, number, record, records, string } from "../../Json.ts"
import { text } from "../Check.ts"
import * as Names from "../Names.ts"
import type { Report } from "../Report.ts"

const mostRules = 20
const mostValues = 255
const mostPatterns = 20

const actions = ["Count", "FailIndex", "FailJob", "Ignore"]
const operators = ["In", "NotIn"]
const statuses = ["False", "True", "Unknown"]

/** Go's `%q` of a list. */
const goList = (list: ReadonlyArray<string>): string => `[${list.map((one) => JSON.stringify(one)).join(" ")}]`

/** Empty is said to be required, with the list in Go's form. */
const chosen = (value: JsonRecord, key: string, supported: ReadonlyArray<string>, path: string, report: Report): void => {
  const found = text(value, key)
  if (found === "") report.required(`${path}.${key}`, `valid values: ${goList(supported)}`)
  else if (!supported.includes(found)) report.notSupported(`${path}.${key}`, found, supported)
}

const exitCodes = (value: JsonRecord, containers: ReadonlySet<string>, path: string, report: Report): void => {
  chosen(value, "operator", operators, path, report)
  const container = string(value["containerName"])
  if (container !== undefined && !containers.has(container)) {
    report.invalid(`${path}.containerName`, container, "must be one of the container or initContainer names in the pod template")
  }
  const list = value["values"]
  const values = array(list).map((one) => number(one) ?? 0)
  const here = `${path}.values`
  if (values.length === 0) report.invalid(here, list, "at least one value is required")
  else if (values.length > mostValues) report.tooMany(here, values.length, mostValues)
  const seen = new Set<number>()
  for (const [i, code] of values.entries()) {
    if (value["operator"] === "In" && code === 0) report.invalid(`${here}[${i}]`, code, "must not be 0 for the In operator")
    if (seen.has(code)) report.duplicate(`${here}[${i}]`, code)
    seen.add(code)
  }
  if (values.some((code, i) => i > 0 && (values[i - 1] ?? 0) > code)) report.invalid(here, values, "must be ordered")
}

const conditions = (list: ReadonlyArray<JsonRecord>, path: string, report: Report): void => {
  if (list.length > mostPatterns) report.tooMany(path, list.length, mostPatterns)
  for (const [i, pattern] of list.entries()) {
    const type = text(pattern, "type")
    report.each(`${path}[${i}].type`, type, Names.explainKey(type))
    chosen(pattern, "status", statuses, `${path}[${i}]`, report)
  }
}

const rule = (value: JsonRecord, spec: JsonRecord, containers: ReadonlySet<string>, path: string, report: Report): void => {
  if (value["action"] === "FailIndex") {
    if (spec["backoffLimitPerIndex"] === undefined) {
      report.invalid(`${path}.action`, "FailIndex", "requires the backoffLimitPerIndex to be set")
    }
  } else chosen(value, "action", actions, path, report)
  const codes = value["onExitCodes"]
  const patterns = records(value["onPodConditions"])
  if (isRecord(codes)) exitCodes(codes, containers, `${path}.onExitCodes`, report)
  conditions(patterns, `${path}.onPodConditions`, report)
  if (isRecord(codes) && patterns.length > 0) {
    report.invalidOmitted(path, "specifying both OnExitCodes and OnPodConditions is not supported")
  }
  if (!isRecord(codes) && patterns.length === 0) {
    report.invalidOmitted(path, "specifying one of OnExitCodes and OnPodConditions is required")
  }
}

export const failurePolicy = (spec: JsonRecord, path: string, report: Report): void => {
  if (!isRecord(spec["podFailurePolicy"])) return
  const rules = records(spec["podFailurePolicy"]["rules"])
  const template = record(at(spec, "template", "spec"))
  const containers = new Set(
    [...records(template["containers"]), ...records(template["initContainers"])].map((container) => text(container, "name"))
  )
  const here = `${path}.podFailurePolicy.rules`
  if (rules.length > mostRules) report.tooMany(here, rules.length, mostRules)
  for (const [i, one] of rules.entries()) rule(one, spec, containers, `${here}[${i}]`, report)
}
