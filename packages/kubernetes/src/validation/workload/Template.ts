/** Pod templates and the selectors that must match them. */
import type { JsonRecord } from "../../Json.ts"
import { isRecord, number, record, records, stringRecord } from "../../Json.ts"
import { text } from "../Check.ts"
import { isEmptySelector, isUsable, labelSelector, selects, shownSelector } from "../LabelSelector.ts"
import { annotations, labels } from "../Metadata.ts"
import { podAnnotations, profileAgreement } from "../pod/Annotations.ts"
import { podSpec, template as templateOwner } from "../pod/PodSpec.ts"
import type { Report } from "../Report.ts"

export const podTemplate = (value: unknown, path: string, report: Report): void => {
  const whole = record(value)
  const metadata = record(whole["metadata"])
  const spec = record(whole["spec"])
  const notes = stringRecord(metadata["annotations"])
  labels(metadata["labels"], `${path}.labels`, report)
  annotations(metadata["annotations"], `${path}.annotations`, report)
  podAnnotations(notes, spec, `${path}.annotations`, report)
  podSpec(spec, templateOwner, `${path}.spec`, report)
  profileAgreement(notes, spec, `${path}.spec`, report)
  if (records(spec["ephemeralContainers"]).length > 0) {
    report.forbidden(`${path}.spec.ephemeralContainers`, "ephemeral containers not allowed in pod template")
  }
}

export const labelsOf = (template: unknown): unknown => record(record(template)["metadata"])["labels"]

export const mismatch = (template: unknown, path: string, report: Report): void =>
  report.invalid(`${path}.metadata.labels`, labelsOf(template), "`selector` does not match template `labels`")

/** Pods that are replaced for ever end neither by themselves nor by a deadline. */
export const endless = (spec: JsonRecord, kind: string, path: string, report: Report): void => {
  const policy = text(spec, "restartPolicy")
  if (policy !== "Always") report.notSupportedAsListed(`${path}.spec.restartPolicy`, policy, ["Always"])
  if (number(spec["activeDeadlineSeconds"]) !== undefined) {
    report.forbidden(`${path}.spec.activeDeadlineSeconds`, `activeDeadlineSeconds in ${kind} is not Supported`)
  }
}

/** `spec.selector` of a kind. False when it can't be evaluated. */
export const ownSelector = (spec: JsonRecord, kind: string, why: string, report: Report): boolean => {
  const value = spec["selector"]
  if (!isRecord(value)) {
    report.required("spec.selector")
    return true
  }
  labelSelector(value, "spec.selector", report)
  if (isEmptySelector(value)) report.invalid("spec.selector", shownSelector(value), `empty selector is invalid for ${kind}`)
  if (isUsable(value)) return true
  report.invalid("spec.selector", shownSelector(value), why)
  return false
}

/** An empty selector, which has been refused, matches everything. */
export const isMatched = (selector: unknown, template: unknown): boolean => selects(selector, labelsOf(template))
