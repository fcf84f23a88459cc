/** What a webhook or a policy of admission applies to: operations on resources, selectors, conditions. */
import type { JsonRecord } from "../../Json.ts"
import { record, records, strings } from "../../Json.ts"
import type { Scope } from "../Expression.ts"
import { refusal } from "../Expression.ts"
import { labelSelector } from "../LabelSelector.ts"
import * as Names from "../Names.ts"
import type { Report } from "../Report.ts"
import { oneOf, text } from "../Value.ts"

const operations = ["*", "CONNECT", "CREATE", "DELETE", "UPDATE"]

const alone = (list: ReadonlyArray<string>, others: string, path: string, report: Report): void => {
  if (list.length > 1 && list.includes("*")) report.invalid(path, list, `if '*' is present, must not specify other ${others}`)
}

const resources = (list: ReadonlyArray<string>, path: string, report: Report): void => {
  if (list.length === 0) report.required(path)
  const wholes = new Set<string>()
  const parts = new Set<string>()
  let plain = false
  for (const [i, one] of list.entries()) {
    if (one === "") {
      report.required(`${path}[${i}]`)
      continue
    }
    const slash = one.indexOf("/")
    if (slash < 0) {
      plain = one !== "*"
      continue
    }
    const resource = one.slice(0, slash)
    const part = one.slice(slash + 1)
    if (wholes.has(resource)) report.invalid(`${path}[${i}]`, one, `if '${resource}/*' is present, must not specify ${one}`)
    if (parts.has(part)) report.invalid(`${path}[${i}]`, one, `if '*/${part}' is present, must not specify ${one}`)
    if (part === "*") wholes.add(resource)
    if (resource === "*") parts.add(part)
  }
  if (list.length > 1 && list.includes("*/*")) report.invalid(path, list, "if '*/*' is present, must not specify other resources")
  if (list.includes("*") && plain) report.invalid(path, list, "if '*' is present, must not specify other resources without subresources")
}

export const rule = (value: JsonRecord, path: string, report: Report): void => {
  const actions = strings(value["operations"])
  if (actions.length === 0) report.required(`${path}.operations`)
  alone(actions, "operations", `${path}.operations`, report)
  for (const [i, one] of actions.entries()) oneOf(one, operations, `${path}.operations[${i}]`, report)
  const groups = strings(value["apiGroups"])
  if (groups.length === 0) report.required(`${path}.apiGroups`)
  alone(groups, "API groups", `${path}.apiGroups`, report)
  const versions = strings(value["apiVersions"])
  if (versions.length === 0) report.required(`${path}.apiVersions`)
  alone(versions, "API versions", `${path}.apiVersions`, report)
  for (const [i, one] of versions.entries()) if (one === "") report.required(`${path}.apiVersions[${i}]`)
  resources(strings(value["resources"]), `${path}.resources`, report)
  oneOf(value["scope"], ["*", "Cluster", "Namespaced"], `${path}.scope`, report)
}

const namedRule = (value: JsonRecord, path: string, report: Report): void => {
  const names = strings(value["resourceNames"])
  for (const [i, name] of names.entries()) {
    const field = `${path}.resourceNames[${i}]`
    report.each(field, name, Names.explainPathSegment(name))
    if (names.indexOf(name) < i) report.duplicate(field, name)
  }
  rule(value, path, report)
}

export const failurePolicies = ["Fail", "Ignore"]
export const matchPolicies = ["Equivalent", "Exact"]

export const matchResources = (value: unknown, path: string, report: Report): void => {
  const match = record(value)
  oneOf(match["matchPolicy"], matchPolicies, `${path}.matchPolicy`, report)
  for (const key of ["namespaceSelector", "objectSelector"]) labelSelector(match[key], `${path}.${key}`, report)
  for (const key of ["resourceRules", "excludeResourceRules"]) {
    for (const [i, one] of records(match[key]).entries()) namedRule(one, `${path}.${key}[${i}]`, report)
  }
}

const mostConditions = 64

/** `scope` is what the expressions may name. */
export const matchConditions = (value: unknown, scope: Scope, path: string, report: Report): void => {
  const conditions = records(value)
  if (conditions.length > mostConditions) report.tooMany(path, conditions.length, mostConditions)
  const seen = new Set<string>()
  for (const [i, one] of conditions.entries()) {
    const name = text(one["name"])
    const field = `${path}[${i}].name`
    const expression = text(one["expression"]).trim()
    const why = expression === "" ? undefined : refusal(expression, scope, ["bool"])
    if (expression === "") report.required(`${path}[${i}].expression`)
    if (why !== undefined) report.invalid(`${path}[${i}].expression`, expression, why)
    if (name === "") report.required(field)
    else {
      report.each(field, name, Names.explainKey(name))
      if (seen.has(name)) report.duplicate(field, name)
      seen.add(name)
    }
  }
}
