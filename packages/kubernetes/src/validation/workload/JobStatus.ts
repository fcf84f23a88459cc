/** The status of a job: what its conditions, times, counters and lists of indexes may say together. */
import type { KubeObject } from "@aiopslab/core/Kubernetes"
import * as Result from "effect/Result"
import { equal } from "../../Equal.ts"
import type { JsonRecord } from "../../Json.ts"
import { at, isRecord, number, record, records, string, strings } from "../../Json.ts"
import { notNegative } from "../Check.ts"
import * as Internal from "../Internal.ts"
import type { Report } from "../Report.ts"
import type { Rule } from "../Rule.ts"
import { changed } from "../Rule.ts"
import * as Indexes from "./Indexes.ts"

interface View {
  readonly status: JsonRecord
  readonly has: (condition: string) => boolean
  readonly finished: boolean
  readonly completions: number | undefined
  readonly indexed: boolean
}

const viewOf = (job: KubeObject | undefined): View => {
  const status = record(job?.["status"])
  const conditions = records(status["conditions"])
  const has = (type: string) => conditions.some((one) => one["type"] === type && one["status"] === "True")
  return {
    status,
    has,
    finished: has("Complete") || has("Failed"),
    completions: number(at(job, "spec", "completions")),
    indexed: at(job, "spec", "completionMode") === "Indexed"
  }
}

const path = "status"

const counters: Rule = (job, _, report) => {
  const status = record(job["status"])
  notNegative("active", "succeeded", "failed", "ready", "terminating")(status, path, report)
  const seen = new Set<string>()
  for (const key of ["succeeded", "failed"]) {
    for (const [i, uid] of strings(at(status, "uncountedTerminatedPods", key)).entries()) {
      const here = `${path}.uncountedTerminatedPods.${key}[${i}]`
      if (uid === "") report.invalid(here, uid, "must not be empty")
      else if (seen.has(uid)) report.duplicate(here, uid)
      seen.add(uid)
    }
  }
}

const conditions = `${path}.conditions`

/** Rules look only at what an update changes. */
type Changed = (...keys: ReadonlyArray<string>) => boolean

const completion = (now: View, differ: Changed, report: Report): void => {
  const { has, status } = now
  const start = string(status["startTime"])
  const end = string(status["completionTime"])
  const here = `${path}.completionTime`
  if (differ("Complete", "Failed") && has("Complete") && has("Failed")) {
    report.invalidOmitted(conditions, "cannot set Complete=True and Failed=true conditions")
  }
  if (differ("Complete", "FailureTarget") && has("Complete") && has("FailureTarget")) {
    report.invalidOmitted(conditions, "cannot set Complete=True and FailureTarget=true conditions")
  }
  if (differ("Complete", "completionTime")) {
    if (end !== undefined && !has("Complete")) {
      report.invalid(here, end, "cannot set completionTime when there is no Complete=True condition")
    }
    if (end === undefined && has("Complete")) report.required(here, "completionTime is required for Complete jobs")
  }
  if (differ("startTime", "completionTime") && start !== undefined && end !== undefined && end < start) {
    report.invalid(here, end, "must be equal to or after `startTime`")
  }
  if (differ("Failed", "failedIndexes") && has("Failed") && !has("FailureTarget")) {
    report.invalidOmitted(conditions, "cannot set Failed=True condition without the FailureTarget=true condition")
  }
  if (differ("Complete", "SuccessCriteriaMet") && has("Complete") && !has("SuccessCriteriaMet")) {
    report.invalidOmitted(conditions, "cannot set Complete=True condition without the SuccessCriteriaMet=true condition")
  }
}

const ended = (now: View, job: KubeObject, differ: Changed, report: Report): void => {
  const { finished, status } = now
  const active = number(status["active"]) ?? 0
  const uncounted = record(status["uncountedTerminatedPods"])
  if (!finished) return
  if (differ("finished", "active") && active > 0) report.invalid(`${path}.active`, active, "active>0 is invalid for finished job")
  const empty = at(job, "spec", "suspend") === true && now.completions === 0
  if (differ("finished", "startTime") && !empty && status["startTime"] === undefined) {
    report.required(`${path}.startTime`, "startTime is required for finished job")
  }
  const left = strings(uncounted["succeeded"]).length + strings(uncounted["failed"]).length
  if (differ("finished", "uncountedTerminatedPods") && left > 0) {
    const shown = Internal.compact("batch.UncountedTerminatedPods", uncounted)
    report.invalid(`${path}.uncountedTerminatedPods`, shown, "must be empty for finished job")
  }
}

const indexes = (now: View, job: KubeObject, differ: Changed, report: Report): void => {
  const { completions, indexed, status } = now
  const completed = string(status["completedIndexes"]) ?? ""
  const failed = string(status["failedIndexes"])
  const perIndex = at(job, "spec", "backoffLimitPerIndex") !== undefined
  const parse = (key: string, text: string): void => {
    const found = Indexes.count(text, completions ?? 0)
    if (Result.isFailure(found)) report.invalid(`${path}.${key}`, text, `error parsing ${key}: ${found.failure}`)
  }
  if (differ("completedIndexes") && completions !== undefined) parse("completedIndexes", completed)
  if (differ("failedIndexes") && completions !== undefined && perIndex && failed !== undefined) parse("failedIndexes", failed)
  if (differ("completedIndexes") && completed !== "" && !indexed) {
    report.invalid(`${path}.completedIndexes`, completed, "cannot set non-empty completedIndexes when non-indexed completion mode")
  }
  if (failed === undefined) return
  if (differ("failedIndexes") && !perIndex) {
    report.invalid(`${path}.failedIndexes`, failed, "cannot set non-null failedIndexes when backoffLimitPerIndex is null")
  }
  if (!differ("failedIndexes", "completedIndexes") || completions === undefined) return
  const shared = Indexes.overlap(completed, failed, completions)
  if (shared !== undefined) {
    report.invalid(`${path}.failedIndexes`, failed, `failedIndexes and completedIndexes overlap at index: ${shared}`)
  }
}

const pods = (now: View, job: KubeObject, differ: Changed, report: Report): void => {
  const { finished, has, status } = now
  const terminating = number(status["terminating"]) ?? 0
  const ready = number(status["ready"]) ?? 0
  if (differ("finished", "terminating") && terminating > 0 && finished) {
    report.invalid(`${path}.terminating`, terminating, "terminating>0 is invalid for finished job")
  }
  if (differ("ready", "active") && ready > (number(status["active"]) ?? 0)) {
    report.invalid(`${path}.ready`, ready, "cannot set more ready pods than active")
  }
  for (const other of ["Failed", "FailureTarget"]) {
    if (has("SuccessCriteriaMet") && has(other)) {
      report.invalidOmitted(conditions, `cannot set SuccessCriteriaMet=True and ${other}=true conditions`)
    }
  }
  if (isRecord(at(job, "spec", "successPolicy")) && !has("SuccessCriteriaMet") && has("Complete")) {
    report.invalidOmitted(conditions, "cannot set Complete=True for Job with SuccessPolicy unless SuccessCriteriaMet=True")
  }
}

const history = (now: View, before: View, job: KubeObject, differ: Changed, report: Report): void => {
  for (const type of ["Failed", "Complete", "FailureTarget"]) {
    if (before.has(type) && !now.has(type)) {
      report.invalidOmitted(conditions, `cannot disable the terminal ${type}=True condition`)
    }
  }
  const fewer = (key: string) => (number(now.status[key]) ?? 0) < (number(before.status[key]) ?? 0)
  const refuse = (key: string) => report.invalid(`${path}.${key}`, number(now.status[key]) ?? 0, `cannot decrease the ${key} counter`)
  if (fewer("failed")) refuse("failed")
  // an indexed job may be made smaller
  if (fewer("succeeded") && !(now.indexed && now.completions === number(at(job, "spec", "parallelism")))) refuse("succeeded")
  const end = now.status["completionTime"]
  if (end !== undefined && before.status["completionTime"] !== undefined && end !== before.status["completionTime"]) {
    report.invalid(`${path}.completionTime`, end, "field is immutable")
  }
  const isFalse = records(now.status["conditions"]).some((one) => one["type"] === "Suspended" && one["status"] === "False")
  const resuming = before.has("Suspended") && isFalse
  if (differ("startTime") && !resuming && before.status["startTime"] !== undefined && at(job, "spec", "suspend") !== true) {
    report.required(`${path}.startTime`, "startTime cannot be removed for unsuspended job")
  }
  if (before.has("SuccessCriteriaMet") && !now.has("SuccessCriteriaMet")) {
    report.invalidOmitted(conditions, "cannot disable the SuccessCriteriaMet=True condition")
  }
  if (before.has("Complete") && !before.has("SuccessCriteriaMet") && now.has("SuccessCriteriaMet")) {
    report.invalidOmitted(conditions, "cannot set SuccessCriteriaMet=True for Job already has Complete=true conditions")
  }
}

const consistent: Rule = (job, previous, report) => {
  const now = viewOf(job)
  const before = viewOf(previous)
  const differ: Changed = (...keys) =>
    keys.some((key) =>
      key === "finished"
        ? now.finished !== before.finished
        : /^[A-Z]/.test(key)
          ? now.has(key) !== before.has(key)
          : !equal(now.status[key] ?? "", before.status[key] ?? "")
    )
  completion(now, differ, report)
  ended(now, job, differ, report)
  indexes(now, job, differ, report)
  pods(now, job, differ, report)
  history(now, before, job, differ, report)
}

export const jobStatus: ReadonlyArray<Rule> = [changed, counters, consistent]
