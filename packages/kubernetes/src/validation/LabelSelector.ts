/** `LabelSelector`s, wherever they occur. */
import type { JsonRecord } from "../Json.ts"
import { isRecord, record, records, stringRecord, strings } from "../Json.ts"
import * as Selector from "../Selector.ts"
import type { Check } from "./Check.ts"
import { child, text } from "./Check.ts"
import * as Internal from "./Internal.ts"
import { labels } from "./Metadata.ts"
import * as Names from "./Names.ts"
import type { Report } from "./Report.ts"

const setOperators: ReadonlyArray<string> = ["In", "NotIn"]
const existence: ReadonlyArray<string> = ["Exists", "DoesNotExist"]

/** `unknown`: an operator may also be one that is not known. */
export const labelRequirement =
  (operators: "known" | "unknown"): Check =>
  (value, path, report) => {
    const operator = text(value, "operator")
    const values = strings(value["values"])
    if (setOperators.includes(operator)) {
      if (values.length === 0) report.required(`${path}.values`, "must be specified when `operator` is 'In' or 'NotIn'")
    } else if (existence.includes(operator)) {
      if (values.length > 0) report.forbidden(`${path}.values`, "may not be specified when `operator` is 'Exists' or 'DoesNotExist'")
    } else if (operators === "known") report.invalid(`${path}.operator`, operator, "not a valid selector operator")
    const key = text(value, "key")
    report.each(`${path}.key`, key, Names.explainKey(key))
    for (const [i, item] of values.entries()) report.each(`${path}.values[${i}]`, item, Names.explainLabelValue(item))
  }

const requirement = labelRequirement("known")

/** A selector at its path; absent is allowed. */
export const labelSelector = (value: unknown, path: string, report: Report): void => {
  if (!isRecord(value)) return
  labels(value["matchLabels"], `${path}.matchLabels`, report)
  for (const [i, item] of records(value["matchExpressions"]).entries()) requirement(item, `${path}.matchExpressions[${i}]`, report)
}

export const selector =
  (key: string): Check =>
  (value, path, report) =>
    labelSelector(value[key], child(path, key), report)

/** Whether a selector can be evaluated; one that can't has been reported. */
export const isUsable = (value: unknown): boolean =>
  Object.entries(stringRecord(record(value)["matchLabels"])).every(
    ([key, item]) => Names.explainKey(key).length === 0 && Names.explainLabelValue(item).length === 0
  ) && records(record(value)["matchExpressions"]).every(isUsableRequirement)

export const isUsableRequirement = (value: JsonRecord): boolean => {
  const operator = text(value, "operator")
  const values = strings(value["values"])
  return (
    Names.explainKey(text(value, "key")).length === 0 &&
    (setOperators.includes(operator) ? values.length > 0 : existence.includes(operator) && values.length === 0) &&
    values.every((item) => Names.explainLabelValue(item).length === 0)
  )
}

/** An absent selector selects nothing. */
export const selects = (value: unknown, chosen: unknown): boolean =>
  isRecord(value) && Selector.matches(Selector.fromLabelSelector(value), stringRecord(chosen))

/** As a message prints it. */
export const shownSelector = (value: unknown): unknown => (isRecord(value) ? Internal.compact("metav1.LabelSelector", value) : undefined)

export const isEmptySelector = (value: JsonRecord): boolean =>
  Object.keys(record(value["matchLabels"])).length + records(value["matchExpressions"]).length === 0
