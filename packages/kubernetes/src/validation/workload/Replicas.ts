/** Deployments, ReplicaSets and ReplicationControllers: a number of like pods. */
import type { JsonRecord } from "../../Json.ts"
import { isRecord, number, record, stringRecord } from "../../Json.ts"
import * as Selector from "../../Selector.ts"
import { notNegative } from "../Check.ts"
import * as Internal from "../Internal.ts"
import type { Report } from "../Report.ts"
import type { Checks, Rule } from "../Rule.ts"
import { apart, createThenUpdate, subdomain } from "../Rule.ts"
import { sameSelector } from "./Immutable.ts"
import { isZero, notMoreThanAll, positive } from "./IntOrPercent.ts"
import { endless, isMatched, mismatch, ownSelector, podTemplate } from "./Template.ts"

const template = (spec: JsonRecord, report: Report): void => {
  const path = "spec.template"
  if (!isMatched(spec["selector"], spec["template"])) mismatch(spec["template"], path, report)
  podTemplate(spec["template"], path, report)
  endless(record(record(spec["template"])["spec"]), "ReplicaSet", path, report)
}

const strategy = (spec: JsonRecord, report: Report): void => {
  const value = record(spec["strategy"])
  const path = "spec.strategy"
  const rolling = value["rollingUpdate"]
  switch (value["type"]) {
    case "Recreate":
      if (rolling !== undefined) report.forbidden(`${path}.rollingUpdate`, "may not be specified when strategy `type` is 'Recreate'")
      return
    case "RollingUpdate":
      return rollingUpdate(record(rolling), `${path}.rollingUpdate`, report)
    default:
      report.notSupportedAsListed(path, Internal.compact("apps.DeploymentStrategy", value), ["Recreate", "RollingUpdate"])
  }
}

const rollingUpdate = (value: JsonRecord, path: string, report: Report): void => {
  const { maxSurge, maxUnavailable } = value
  positive(maxUnavailable, `${path}.maxUnavailable`, report)
  positive(maxSurge, `${path}.maxSurge`, report)
  if (isZero(maxUnavailable) && isZero(maxSurge)) {
    report.invalid(`${path}.maxUnavailable`, maxUnavailable, "may not be 0 when `maxSurge` is 0")
  }
  notMoreThanAll(maxUnavailable, `${path}.maxUnavailable`, report)
}

const replicas = notNegative("replicas")
const minReady = notNegative("minReadySeconds")
const history = notNegative("revisionHistoryLimit")

const deployment: Rule = (object, _, report) => {
  const spec = record(object["spec"])
  replicas(spec, "spec", report)
  if (ownSelector(spec, "deployment", "invalid label selector", report)) template(spec, report)
  strategy(spec, report)
  minReady(spec, "spec", report)
  history(spec, "spec", report)
  const deadline = number(spec["progressDeadlineSeconds"])
  if (deadline === undefined) return
  notNegative("progressDeadlineSeconds")(spec, "spec", report)
  if (deadline <= (number(spec["minReadySeconds"]) ?? 0)) {
    report.invalid("spec.progressDeadlineSeconds", deadline, "must be greater than minReadySeconds")
  }
}

const replicaSet: Rule = (object, _, report) => {
  const spec = record(object["spec"])
  replicas(spec, "spec", report)
  minReady(spec, "spec", report)
  // the word is the server's
  if (ownSelector(spec, "deployment", "invalid label selector", report)) template(spec, report)
}

export const deployments: Checks = apart(subdomain, [deployment], [deployment, sameSelector])
export const replicaSets: Checks = apart(subdomain, [replicaSet], [replicaSet, sameSelector])

const replicationController: Rule = (object, _, report) => {
  const spec = record(object["spec"])
  const path = "spec.template"
  minReady(spec, "spec", report)
  const selector = stringRecord(spec["selector"])
  const empty = Object.keys(selector).length === 0
  if (empty) report.required("spec.selector")
  if (spec["replicas"] === undefined) report.required("spec.replicas")
  replicas(spec, "spec", report)
  const { template: own } = spec
  if (!isRecord(own)) return report.required(path)
  if (!empty && !Selector.matches(Selector.fromLabels(selector), stringRecord(record(own["metadata"])["labels"]))) {
    mismatch(own, path, report)
  }
  podTemplate(own, path, report)
  endless(record(own["spec"]), "ReplicationController", path, report)
}

export const replicationControllers: Checks = createThenUpdate(subdomain, [replicationController], [replicationController])

const podTemplateRule: Rule = (object, _, report) => podTemplate(object["template"], "template", report)

export const podTemplates: Checks = apart(subdomain, [podTemplateRule], [podTemplateRule])
