/** Specs of the kinds that make pods, and what of them can't change. */
import type { KubeObject } from "@aiopslab/core/Kubernetes"
import { equal } from "../Equal.ts"
import { at, record, stringRecord } from "../Json.ts"
import * as Selector from "../Selector.ts"
import { labels } from "./Metadata.ts"
import { podSpec } from "./PodSpec.ts"
import type { Report } from "./Report.ts"

const notNegative = (spec: unknown, key: string, report: Report): void => {
  const value = at(spec, key)
  if (typeof value === "number" && value < 0) report.invalid(`spec.${key}`, value, "must be greater than or equal to 0")
}

const immutable = (object: KubeObject, previous: KubeObject | undefined, key: string, report: Report): void => {
  const now = at(object, "spec", key)
  if (previous !== undefined && !equal(now, at(previous, "spec", key))) report.invalid(`spec.${key}`, now, "field is immutable")
}

const selected = (spec: unknown, kind: string, report: Report): void => {
  const value = at(spec, "selector")
  const selector = Selector.fromLabelSelector(value)
  if (value === undefined) report.required("spec.selector")
  else if (selector.length === 0) return report.invalid("spec.selector", value, `empty selector is invalid for ${kind}`)
  const own = at(spec, "template", "metadata", "labels")
  if (value === undefined || !Selector.matches(selector, stringRecord(own))) {
    report.invalid("spec.template.metadata.labels", own, "`selector` does not match template `labels`")
  }
}

const template = (spec: unknown, restarts: ReadonlyArray<string>, report: Report): void => {
  labels(at(spec, "template", "metadata", "labels"), "spec.template.labels", report)
  podSpec(at(spec, "template", "spec"), "spec.template.spec", restarts, report)
}

const always = ["Always"]

export const deployment = (object: KubeObject, previous: KubeObject | undefined, report: Report): void => {
  const spec = object["spec"]
  notNegative(spec, "replicas", report)
  selected(spec, "deployment", report)
  template(spec, always, report)
  const strategy = record(at(spec, "strategy"))
  if (strategy["type"] === "Recreate" && strategy["rollingUpdate"] !== undefined) {
    report.forbidden("spec.strategy.rollingUpdate", "may not be specified when strategy `type` is 'Recreate'")
  }
  immutable(object, previous, "selector", report)
}

export const replicaSet = (object: KubeObject, previous: KubeObject | undefined, report: Report): void => {
  notNegative(object["spec"], "replicas", report)
  selected(object["spec"], "replicaset", report)
  template(object["spec"], always, report)
  immutable(object, previous, "selector", report)
}

export const daemonSet = (object: KubeObject, previous: KubeObject | undefined, report: Report): void => {
  selected(object["spec"], "daemonset", report)
  template(object["spec"], always, report)
  immutable(object, previous, "selector", report)
}

const statefulSetMutable = [
  "replicas",
  "ordinals",
  "template",
  "updateStrategy",
  "revisionHistoryLimit",
  "persistentVolumeClaimRetentionPolicy",
  "minReadySeconds"
]

export const statefulSet = (object: KubeObject, previous: KubeObject | undefined, report: Report): void => {
  const spec = record(object["spec"])
  notNegative(spec, "replicas", report)
  selected(spec, "statefulset", report)
  template(spec, always, report)
  if (previous === undefined) return
  const before = record(previous["spec"])
  const changed = [...new Set([...Object.keys(spec), ...Object.keys(before)])].some(
    (key) => !statefulSetMutable.includes(key) && !equal(spec[key], before[key])
  )
  if (changed) {
    const names = statefulSetMutable.map((key) => `'${key}'`)
    report.forbidden(
      "spec",
      `updates to statefulset spec for fields other than ${names.slice(0, -1).join(", ")} and ${names.at(-1) ?? ""} are forbidden`
    )
  }
}

export const job = (object: KubeObject, previous: KubeObject | undefined, report: Report): void => {
  const spec = object["spec"]
  for (const key of ["parallelism", "completions", "backoffLimit"]) notNegative(spec, key, report)
  if (at(spec, "template", "spec", "restartPolicy") === "Always") {
    template(spec, ["Always", "Never", "OnFailure"], report)
    report.required("spec.template.spec.restartPolicy", 'valid values: "OnFailure", "Never"')
  } else template(spec, ["Never", "OnFailure"], report)
  for (const key of ["completions", "selector", "template"]) immutable(object, previous, key, report)
}
