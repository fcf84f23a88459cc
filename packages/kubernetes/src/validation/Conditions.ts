/** `status.conditions` of the kinds that share metav1's type for them. */
import type { JsonRecord } from "../Json.ts"
import { at, records } from "../Json.ts"
import * as Names from "./Names.ts"
import type { Report } from "./Report.ts"
import type { Rule } from "./Rule.ts"
import { number, qualifiedName, text } from "./Value.ts"

const longestReason = 1024
const longestMessage = 32 * 1024

const condition = (value: JsonRecord, path: string, report: Report): void => {
  qualifiedName(text(value["type"]), `${path}.type`, report)
  const status = text(value["status"])
  if (!["False", "True", "Unknown"].includes(status)) report.notSupported(`${path}.status`, status, ["False", "True", "Unknown"])
  const generation = number(value["observedGeneration"])
  if (generation < 0) report.invalid(`${path}.observedGeneration`, generation, "must be greater than or equal to zero")
  if ((value["lastTransitionTime"] ?? null) === null) report.required(`${path}.lastTransitionTime`)
  const reason = text(value["reason"])
  if (reason === "") report.required(`${path}.reason`)
  else {
    report.each(`${path}.reason`, reason, Names.explain(reason, Names.conditionReason))
    if (Buffer.byteLength(reason) > longestReason) report.tooLong(`${path}.reason`, longestReason)
  }
  if (Buffer.byteLength(text(value["message"])) > longestMessage) report.tooLong(`${path}.message`, longestMessage)
}

const typesOf = (object: unknown): ReadonlyArray<string> => records(at(object, "status", "conditions")).map(({ type }) => text(type))

/** Each type once, and each with all that a condition needs. */
export const conditions: Rule = (object, _, report) => {
  const types = typesOf(object)
  for (const [i, one] of records(at(object, "status", "conditions")).entries()) {
    const path = `status.conditions[${i}]`
    if (types.indexOf(types[i] ?? "") < i) report.duplicate(`${path}.type`, types[i])
    condition(one, path, report)
  }
}

/** Each type once, and none empty. */
export const typed: Rule = (object, _, report) => {
  const types = typesOf(object)
  for (const [i, type] of types.entries()) {
    const path = `status.conditions[${i}].type`
    if (types.indexOf(type) < i) report.duplicate(path, type)
    if (type === "") report.required(path)
  }
}
