/** DaemonSets: a pod on every node. */
import type { JsonRecord } from "../../Json.ts"
import { isRecord, record } from "../../Json.ts"
import { notNegative } from "../Check.ts"
import * as Internal from "../Internal.ts"
import { isEmptySelector, isUsable, labelSelector, shownSelector } from "../LabelSelector.ts"
import type { Report } from "../Report.ts"
import type { Checks, Rule } from "../Rule.ts"
import { apart, subdomain } from "../Rule.ts"
import { sameSelector } from "./Immutable.ts"
import { isZero, notMoreThanAll, positive } from "./IntOrPercent.ts"
import { endless, isMatched, mismatch, podTemplate } from "./Template.ts"

const rollingUpdate = (value: JsonRecord, path: string, report: Report): void => {
  const { maxSurge, maxUnavailable } = value
  positive(maxUnavailable, `${path}.maxUnavailable`, report)
  positive(maxSurge, `${path}.maxSurge`, report)
  notMoreThanAll(maxUnavailable, `${path}.maxUnavailable`, report)
  notMoreThanAll(maxSurge, `${path}.maxSurge`, report)
  if (!isZero(maxUnavailable) && !isZero(maxSurge)) {
    report.invalid(`${path}.maxSurge`, maxSurge, "may not be set when maxUnavailable is non-zero")
  } else if (isZero(maxUnavailable) && isZero(maxSurge)) {
    report.required(`${path}.maxUnavailable`, "cannot be 0 when maxSurge is 0")
  }
}

const strategy = (spec: JsonRecord, report: Report): void => {
  const value = record(spec["updateStrategy"])
  const path = "spec.updateStrategy"
  if (value["type"] === "OnDelete") return
  if (value["type"] === "RollingUpdate") return rollingUpdate(record(value["rollingUpdate"]), `${path}.rollingUpdate`, report)
  report.notSupportedAsListed(path, Internal.compact("apps.DaemonSetUpdateStrategy", value), ["RollingUpdate", "OnDelete"])
}

const daemonSet: Rule = (object, _, report) => {
  const spec = record(object["spec"])
  const { selector, template } = spec
  const path = "spec.template"
  labelSelector(selector, "spec.selector", report)
  if (isUsable(selector) && !isMatched(selector, template)) mismatch(template, path, report)
  if (isRecord(selector) && isEmptySelector(selector)) {
    report.invalid("spec.selector", shownSelector(selector), "empty selector is invalid for daemonset")
  }
  podTemplate(template, path, report)
  endless(record(record(template)["spec"]), "DaemonSet", path, report)
  notNegative("minReadySeconds")(spec, "spec", report)
  strategy(spec, report)
  notNegative("revisionHistoryLimit")(spec, "spec", report)
}

export const daemonSets: Checks = apart(subdomain, [daemonSet], [sameSelector, daemonSet])
