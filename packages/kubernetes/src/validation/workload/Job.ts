/** Jobs: creation, and what of them may change. */
import type { KubeObject } from "@aiopslab/core/Kubernetes"
import { equal } from "../../Equal.ts"
import type { JsonRecord } from "../../Json.ts"
import { at, isRecord, number, record, stringRecord, withAt } from "../../Json.ts"
import { isLabel } from "../Check.ts"
import * as Internal from "../Internal.ts"
import { isUsable, labelSelector, selects, shownSelector } from "../LabelSelector.ts"
import type { Report } from "../Report.ts"
import type { Checks, Rule } from "../Rule.ts"
import { createThenUpdate, subdomain } from "../Rule.ts"
import { immutable, sameSelector } from "./Immutable.ts"
import { jobSpec } from "./JobSpec.ts"
import { isMatched, labelsOf, mismatch } from "./Template.ts"

const specOf = (job: KubeObject | undefined): JsonRecord => record(job?.["spec"])

/** The labels by which the server finds the pods of a job whose author chose no selector. */
const generated = (job: KubeObject, previous: KubeObject | undefined, report: Report): void => {
  const spec = specOf(job)
  if (spec["manualSelector"] === true || !isRecord(spec["selector"])) return
  const uid = job.metadata.uid ?? ""
  const { name } = job.metadata
  const own = stringRecord(labelsOf(spec["template"]))
  const before = stringRecord(labelsOf(specOf(previous)["template"]))
  const prefixed = previous === undefined || ("batch.kubernetes.io/job-name" in before && "batch.kubernetes.io/controller-uid" in before)
  const legacy = { "controller-uid": uid, "job-name": name }
  const expected: Readonly<Record<string, string>> = prefixed
    ? { ...legacy, "batch.kubernetes.io/controller-uid": uid, "batch.kubernetes.io/job-name": name }
    : legacy
  for (const [key, value] of Object.entries(expected)) {
    const path = `spec.template.metadata.labels[${key}]`
    if (own[key] === undefined) report.required(path, `must be '${value}'`)
    else if (own[key] !== value) report.invalid(path, own, `must be '${value}'`)
  }
  if (isUsable(spec["selector"]) && !selects(spec["selector"], expected)) {
    report.invalid("spec.selector", shownSelector(spec["selector"]), "`selector` not auto-generated")
  }
}

const withSelector = (job: KubeObject, report: Report): void => {
  const spec = specOf(job)
  jobSpec(spec, "spec", report)
  if (isRecord(spec["selector"])) labelSelector(spec["selector"], "spec.selector", report)
  else report.required("spec.selector")
  if (isUsable(spec["selector"]) && !isMatched(spec["selector"], spec["template"])) mismatch(spec["template"], "spec.template", report)
}

const whole: Rule = (job, previous, report) => {
  generated(job, previous, report)
  withSelector(job, report)
  const spec = specOf(job)
  const completions = number(spec["completions"]) ?? 0
  if (spec["completionMode"] !== "Indexed" || completions <= 0) return
  const host = `${job.metadata.name}-${completions - 1}`
  if (isLabel(host).length > 0) {
    report.invalid("metadata.name", job.metadata.name, `will not able to create pod with invalid DNS label: ${host}`)
  }
}

const completions: Rule = (job, previous, report) => {
  const now = specOf(job)
  if (now["completionMode"] !== "Indexed") return immutable("completions")(job, previous, report)
  const next = number(now["completions"])
  if (next === number(specOf(previous)["completions"]) || next === undefined || next === number(now["parallelism"])) return
  report.invalid("spec.completions", next, "can only be modified in tandem with spec.parallelism")
}

const directives: ReadonlyArray<ReadonlyArray<string>> = [
  ["spec", "nodeSelector"],
  ["spec", "tolerations"],
  ["metadata", "annotations"],
  ["metadata", "labels"],
  ["spec", "schedulingGates"]
]

const nodeAffinity = ["spec", "affinity", "nodeAffinity"]

/** A suspended job that has not begun may be sent elsewhere. */
const redirected = (before: JsonRecord, now: JsonRecord): JsonRecord => {
  let out = before
  for (const path of directives) out = withAt(out, path, at(now, ...path))
  if (at(out, "spec", "affinity") === undefined && at(now, "spec", "affinity") === undefined) return out
  out = withAt(out, nodeAffinity, at(now, ...nodeAffinity))
  const emptied = Object.keys(record(at(out, "spec", "affinity"))).length === 0 && at(now, "spec", "affinity") === undefined
  return emptied ? withAt(out, ["spec", "affinity"], undefined) : out
}

const template: Rule = (job, previous, report) => {
  const now = record(specOf(job)["template"])
  const before = record(specOf(previous)["template"])
  if (now === before) return
  const waiting = specOf(previous)["suspend"] === true && at(previous, "status", "startTime") === undefined
  if (Internal.equal("core.PodTemplateSpec", now, waiting ? redirected(before, now) : before)) return
  report.invalid("spec.template", Internal.compact("core.PodTemplateSpec", now), "field is immutable")
}

const policy =
  (key: string, struct: Internal.StructName): Rule =>
  (job, previous, report) => {
    const now = specOf(job)[key]
    if (equal(now, specOf(previous)[key])) return
    report.invalid(`spec.${key}`, now === undefined ? undefined : Internal.compact(struct, now), "field is immutable")
  }

const changes: ReadonlyArray<Rule> = [
  (job, _, report) => withSelector(job, report),
  completions,
  sameSelector,
  template,
  immutable("completionMode"),
  policy("podFailurePolicy", "batch.PodFailurePolicy"),
  immutable("backoffLimitPerIndex"),
  immutable("managedBy"),
  policy("successPolicy", "batch.SuccessPolicy")
]

export const jobs: Checks = createThenUpdate(subdomain, [whole], changes)
