/** CronJobs: jobs by the clock. */
import type { JsonRecord } from "../../Json.ts"
import { at, isRecord, record, string } from "../../Json.ts"
import { choice, notNegative, text } from "../Check.ts"
import { shownSelector } from "../LabelSelector.ts"
import type { Report } from "../Report.ts"
import type { Checks, Rule } from "../Rule.ts"
import { apart, subdomain } from "../Rule.ts"
import { jobSpec } from "./JobSpec.ts"
import { explainSchedule, explainZone } from "./Schedule.ts"

const schedule = (spec: JsonRecord, before: JsonRecord | undefined, report: Report): void => {
  const path = "spec.schedule"
  const value = text(spec, "schedule")
  if (value === "") return report.required(path)
  const why = explainSchedule(value)
  if (why !== undefined) report.invalid(path, value, why)
  if (!value.includes("TZ")) return
  if (before === undefined || !text(before, "schedule").includes("TZ")) {
    report.invalid(path, value, "cannot use TZ or CRON_TZ in schedule, use timeZone field instead")
  } else if (spec["timeZone"] !== undefined) {
    report.invalid(path, value, "cannot use both timeZone field and TZ or CRON_TZ in schedule")
  }
}

const part = /^[A-Za-z.\-_0-9+]{1,14}$/

const timeZone = (spec: JsonRecord, before: JsonRecord | undefined, report: Report): void => {
  const path = "spec.timeZone"
  const zone = string(spec["timeZone"])
  if (zone === undefined || zone === before?.["timeZone"]) return
  if (zone === "") return report.invalid(path, zone, "timeZone must be nil or non-empty string")
  const odd = (one: string) => one === "." || one === ".." || one.startsWith("-") || !part.test(one)
  if (zone.split("/").some(odd)) return report.invalid(path, zone, `unknown time zone ${zone}`)
  if (zone.toLowerCase() === "local") {
    report.invalid(path, zone, "timeZone must be an explicit time zone as defined in https://www.iana.org/time-zones")
  }
  const why = explainZone(zone)
  if (why !== undefined) report.invalid(path, zone, why)
}

const policy = choice("concurrencyPolicy", ["Allow", "Forbid", "Replace"])
const path = "spec.jobTemplate.spec"

const cronJob: Rule = (object, previous, report) => {
  const spec = record(object["spec"])
  const before = isRecord(previous?.["spec"]) ? previous["spec"] : undefined
  schedule(spec, before, report)
  notNegative("startingDeadlineSeconds")(spec, "spec", report)
  timeZone(spec, before, report)
  policy(spec, "spec", report)
  const job = record(at(spec, "jobTemplate", "spec"))
  jobSpec(job, path, report)
  if (job["selector"] !== undefined) report.invalid(`${path}.selector`, shownSelector(job["selector"]), "`selector` will be auto-generated")
  if (job["manualSelector"] === true) report.notSupportedAsListed(`${path}.manualSelector`, true, ["nil", "false"])
  notNegative("successfulJobsHistoryLimit", "failedJobsHistoryLimit")(spec, "spec", report)
}

const longestName = 52

const name: Rule = (object, _, report) => {
  if (object.metadata.name.length > longestName) {
    report.invalid("metadata.name", object.metadata.name, `must be no more than ${longestName} characters`)
  }
}

export const cronJobs: Checks = apart(subdomain, [cronJob, name], [cronJob])
