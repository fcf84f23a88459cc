/** IP families of services on a cluster that has IPv4 alone. */
import { equal } from "../Equal.ts"
import type { JsonRecord } from "../Json.ts"
import { strings } from "../Json.ts"
import type { Cause } from "../Status.ts"
import { clusterIps } from "../validation/service/ClusterIps.ts"
import * as Ip from "../validation/Ip.ts"
import { Report } from "../validation/Report.ts"
import { textOf } from "./Kinds.ts"

type Draft = Record<string, unknown>

const configured = "IPv4"
const policyField = "spec.ipFamilyPolicy"

const same = (key: string, a: JsonRecord, b: JsonRecord): boolean => equal(strings(a[key]), strings(b[key]))

export const sameIps = (a: JsonRecord, b: JsonRecord): boolean =>
  textOf(a["clusterIP"]) === textOf(b["clusterIP"]) && same("clusterIPs", a, b)

/** Of the second of two: fewer values than before, the first of them the same. */
const reduced = (key: string, spec: JsonRecord, before: JsonRecord): boolean => {
  const now = strings(spec[key])
  const old = strings(before[key])
  return old.length > now.length && now.length > 0 && now.every((value, i) => value === old[i])
}

const unchangedDualStack = (spec: JsonRecord, before: JsonRecord): boolean =>
  spec["ipFamilyPolicy"] === "PreferDualStack" &&
  before["type"] === spec["type"] &&
  (before["ipFamilyPolicy"] ?? "PreferDualStack") === "PreferDualStack" &&
  sameIps(before, spec) &&
  same("ipFamilies", before, spec)

/** Fills in families and policy; what stands in the way is reported instead. */
export const complete = (spec: Draft, before: JsonRecord | undefined): ReadonlyArray<Cause> => {
  if (spec["type"] === "ExternalName" || (before !== undefined && unchangedDualStack(spec, before))) return []
  const selectorless = Object.keys(spec["selector"] ?? {}).length === 0
  const headless = spec["clusterIP"] === "None"
  spec["ipFamilyPolicy"] ??= before?.["ipFamilyPolicy"] ?? (headless && selectorless ? "RequireDualStack" : "SingleStack")
  const report = new Report()
  clusterIps(spec, report)
  if (report.failed) return report.causes
  const policy = spec["ipFamilyPolicy"]
  if (before !== undefined) released(spec, before, policy, report)
  if (policy === "SingleStack") single(spec, report)
  addFamilies(spec, report)
  if (report.failed) return report.causes
  const families = strings(spec["ipFamilies"])
  if (headless && selectorless) {
    const first = families[0] ?? configured
    const second = first === "IPv4" ? "IPv6" : "IPv4"
    spec["ipFamilies"] = families.length > 1 ? families : policy === "SingleStack" ? [first] : [first, second]
    return []
  }
  if (policy === "RequireDualStack") report.invalid(policyField, policy, "this cluster is not configured for dual-stack services")
  for (const [i, family] of families.entries()) {
    if (family !== configured) report.invalid(`spec.ipFamilies[${i}]`, family, "not configured on this cluster")
  }
  if (!report.failed && families.length === 0) spec["ipFamilies"] = [configured]
  return report.causes
}

const released = (spec: Draft, before: JsonRecord, policy: unknown, report: Report): void => {
  if (policy === "SingleStack") {
    if (sameIps(before, spec) && strings(spec["clusterIPs"]).length > 1) spec["clusterIPs"] = strings(spec["clusterIPs"]).slice(0, 1)
    if (same("ipFamilies", before, spec) && strings(spec["ipFamilies"]).length > 1) {
      spec["ipFamilies"] = strings(spec["ipFamilies"]).slice(0, 1)
    }
    return
  }
  if (reduced("clusterIPs", spec, before)) {
    report.invalid(policyField, policy, "must be 'SingleStack' to release the secondary cluster IP")
  }
  if (reduced("ipFamilies", spec, before)) {
    report.invalid(policyField, policy, "must be 'SingleStack' to release the secondary IP family")
  }
}

const single = (spec: Draft, report: Report): void => {
  const wanted = "must be 'RequireDualStack' or 'PreferDualStack' when multiple"
  if (strings(spec["clusterIPs"]).length === 2) report.invalid(policyField, "SingleStack", `${wanted} cluster IPs are specified`)
  if (strings(spec["ipFamilies"]).length === 2) report.invalid(policyField, "SingleStack", `${wanted} IP families are specified`)
}

/** The families of addresses that were asked for. */
const addFamilies = (spec: Draft, report: Report): void => {
  for (const [i, ip] of strings(spec["clusterIPs"]).entries()) {
    if (ip === "None") return
    const families = strings(spec["ipFamilies"])
    if (i < families.length) continue
    const parsed = Ip.parse(ip)
    if (parsed !== undefined && Ip.isV6(parsed)) {
      report.invalid(`spec.clusterIPs[${i}]`, spec["clusterIPs"], "IPv6 is not configured on this cluster")
    } else spec["ipFamilies"] = [...families, configured]
  }
}
