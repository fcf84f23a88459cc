/** The spec of a job, also inside a CronJob. */
import * as Result from "effect/Result"
import type { JsonRecord } from "../../Json.ts"
import { isRecord, number, record, records, string } from "../../Json.ts"
import type { Check } from "../Check.ts"
import { notNegative, text } from "../Check.ts"
import * as Internal from "../Internal.ts"
import * as Names from "../Names.ts"
import type { Report } from "../Report.ts"
import { failurePolicy } from "./FailurePolicy.ts"
import * as Indexes from "./Indexes.ts"
import { podTemplate } from "./Template.ts"

const mostParallel = 100_000
const mostFailed = 100_000
const manyCompletions = 100_000
const fewOfMany = 10_000
const longestManager = 63
const longestIndexes = 65_536
const mostSuccessRules = 20

const counts = notNegative(
  "parallelism",
  "completions",
  "activeDeadlineSeconds",
  "backoffLimit",
  "ttlSecondsAfterFinished",
  "backoffLimitPerIndex",
  "maxFailedIndexes"
)

const manager = (spec: JsonRecord, path: string, report: Report): void => {
  const name = string(spec["managedBy"])
  if (name === undefined) return
  const here = `${path}.managedBy`
  if (name === "") report.required(here)
  else for (const [part, why] of Names.explainDomainPath(name)) report.invalid(here, part, why)
  if (name.length > longestManager) report.tooLong(here, longestManager)
}

const modes = ["NonIndexed", "Indexed"]

const indexed = (spec: JsonRecord, path: string, report: Report): void => {
  const completions = number(spec["completions"])
  const parallelism = number(spec["parallelism"])
  const failed = number(spec["maxFailedIndexes"])
  const invalid = (key: string, value: number, why: string) => report.invalid(`${path}.${key}`, value, why)
  if (completions === undefined) report.required(`${path}.completions`, "when completion mode is Indexed")
  if (parallelism !== undefined && parallelism > mostParallel) {
    invalid("parallelism", parallelism, `must be less than or equal to ${mostParallel} when completion mode is Indexed`)
  }
  if (completions !== undefined && failed !== undefined && failed > completions) {
    invalid("maxFailedIndexes", failed, "must be less than or equal to completions")
  }
  if (failed !== undefined && failed > mostFailed) invalid("maxFailedIndexes", failed, `must be less than or equal to ${mostFailed}`)
  if (completions === undefined || completions <= manyCompletions || spec["backoffLimitPerIndex"] === undefined) return
  const why = `must be less than or equal to ${fewOfMany} when completions are above ${manyCompletions} and used with backoff limit per index`
  if (failed === undefined) report.required(`${path}.maxFailedIndexes`, `must be specified when completions is above ${manyCompletions}`)
  if (parallelism !== undefined && parallelism > fewOfMany) invalid("parallelism", parallelism, why)
  if (failed !== undefined && failed > fewOfMany) invalid("maxFailedIndexes", failed, why)
}

const completionMode = (spec: JsonRecord, path: string, report: Report): void => {
  const mode = string(spec["completionMode"])
  if (mode !== undefined && !modes.includes(mode)) report.notSupportedAsListed(`${path}.completionMode`, mode, modes)
  if (mode === "Indexed") indexed(spec, path, report)
  if (mode !== undefined && mode !== "NonIndexed") return
  for (const key of ["backoffLimitPerIndex", "maxFailedIndexes"]) {
    if (spec[key] !== undefined) report.invalid(`${path}.${key}`, spec[key], "requires indexed completion mode")
  }
}

const successRule = (value: JsonRecord, completions: number, path: string, report: Report): void => {
  const indexes = string(value["succeededIndexes"])
  const succeeded = number(value["succeededCount"])
  let total = 0
  if (indexes === undefined && succeeded === undefined) {
    report.required(path, "at least one of succeededCount or succeededIndexes must be specified")
  }
  if (indexes !== undefined) {
    const here = `${path}.succeededIndexes`
    if (indexes.length > longestIndexes) report.tooLong(here, longestIndexes)
    const found = Indexes.count(indexes, completions)
    if (Result.isSuccess(found)) total = found.success
    else report.invalid(here, indexes, `error parsing succeededIndexes: ${found.failure}`)
  }
  if (succeeded === undefined) return
  const here = `${path}.succeededCount`
  const atMost = (limit: number, what: string) =>
    report.invalid(here, succeeded, `must be less than or equal to ${limit} (the number of ${what})`)
  notNegative("succeededCount")(value, path, report)
  if (succeeded > completions) atMost(completions, "specified completions")
  if (indexes !== undefined && succeeded > total) atMost(total, "indexes in the specified succeededIndexes field")
}

const successPolicy = (spec: JsonRecord, path: string, report: Report): void => {
  const policy = spec["successPolicy"]
  if (!isRecord(policy)) return
  if (spec["completionMode"] !== "Indexed") {
    report.invalid(`${path}.successPolicy`, Internal.compact("batch.SuccessPolicy", policy), "requires indexed completion mode")
    return
  }
  const rules = records(policy["rules"])
  const here = `${path}.successPolicy.rules`
  if (rules.length === 0) report.required(here, "at least one rules must be specified when the successPolicy is specified")
  if (rules.length > mostSuccessRules) report.tooMany(here, rules.length, mostSuccessRules)
  for (const [i, rule] of rules.entries()) successRule(rule, number(spec["completions"]) ?? 0, `${here}[${i}]`, report)
}

const replacements = ["Failed", "TerminatingOrFailed"]

const replacement = (spec: JsonRecord, path: string, report: Report): void => {
  const policy = string(spec["podReplacementPolicy"])
  if (policy === undefined) return
  const supported = spec["podFailurePolicy"] === undefined ? replacements : ["Failed"]
  if (!supported.includes(policy)) report.notSupported(`${path}.podReplacementPolicy`, policy, supported)
}

const ends = ["OnFailure", "Never"]

const restart = (spec: JsonRecord, path: string, report: Report): void => {
  const policy = text(record(record(spec["template"])["spec"]), "restartPolicy")
  const here = `${path}.template.spec.restartPolicy`
  if (policy === "" || policy === "Always") report.required(here, 'valid values: "OnFailure", "Never"')
  else if (!ends.includes(policy)) report.notSupportedAsListed(here, policy, ends)
  else if (spec["podFailurePolicy"] !== undefined && policy !== "Never") {
    report.invalid(here, policy, 'only "Never" is supported when podFailurePolicy is specified')
  }
}

export const jobSpec: Check = (spec, path, report) => {
  counts(spec, path, report)
  if (spec["maxFailedIndexes"] !== undefined && spec["backoffLimitPerIndex"] === undefined) {
    report.required(`${path}.backoffLimitPerIndex`, "when maxFailedIndexes is specified")
  }
  manager(spec, path, report)
  completionMode(spec, path, report)
  failurePolicy(spec, path, report)
  successPolicy(spec, path, report)
  replacement(spec, path, report)
  podTemplate(spec["template"], `${path}.template`, report)
  restart(spec, path, report)
}
