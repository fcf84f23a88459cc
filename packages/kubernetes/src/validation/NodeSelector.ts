/** A `NodeSelector`: of a volume's node affinity, of a pod's. */
import type { JsonRecord } from "../Json.ts"
import { record, records, strings } from "../Json.ts"
import * as Names from "./Names.ts"
import type { Report } from "./Report.ts"
import { text } from "./Value.ts"

const expression = (one: JsonRecord, path: string, report: Report): void => {
  const values = strings(one["values"])
  const key = text(one["key"])
  switch (one["operator"]) {
    case "In":
    case "NotIn":
      if (values.length === 0) report.required(`${path}.values`, "must be specified when `operator` is 'In' or 'NotIn'")
      break
    case "Exists":
    case "DoesNotExist":
      if (values.length > 0) report.forbidden(`${path}.values`, "may not be specified when `operator` is 'Exists' or 'DoesNotExist'")
      break
    case "Gt":
    case "Lt":
      if (values.length !== 1) report.required(`${path}.values`, "must be specified single value when `operator` is 'Lt' or 'Gt'")
      break
    default:
      report.invalid(`${path}.operator`, text(one["operator"]), "not a valid selector operator")
  }
  report.each(`${path}.key`, key, Names.explainKey(key))
  for (const [i, value] of values.entries()) report.each(`${path}.values[${i}]`, value, Names.explainLabelValue(value))
}

const fieldExpression = (one: JsonRecord, path: string, report: Report): void => {
  const values = strings(one["values"])
  if (one["operator"] === "In" || one["operator"] === "NotIn") {
    if (values.length !== 1) {
      report.required(`${path}.values`, "must be only one value when `operator` is 'In' or 'NotIn' for node field selector")
    }
  } else report.invalid(`${path}.operator`, text(one["operator"]), "not a valid selector operator")
  if (one["key"] !== "metadata.name") report.invalid(`${path}.key`, text(one["key"]), "not a valid field selector key")
  else for (const [i, value] of values.entries()) report.each(`${path}.values[${i}]`, value, Names.explain(value, Names.subdomain))
}

export const nodeSelectorTerm = (term: JsonRecord, path: string, report: Report): void => {
  for (const [i, one] of records(term["matchExpressions"]).entries()) expression(one, `${path}.matchExpressions[${i}]`, report)
  for (const [i, one] of records(term["matchFields"]).entries()) fieldExpression(one, `${path}.matchFields[${i}]`, report)
}

export const nodeSelector = (value: unknown, path: string, report: Report): void => {
  const terms = records(record(value)["nodeSelectorTerms"])
  if (terms.length === 0) return report.required(`${path}.nodeSelectorTerms`, "must have at least one node selector term")
  for (const [i, term] of terms.entries()) nodeSelectorTerm(term, `${path}.nodeSelectorTerms[${i}]`, report)
}
