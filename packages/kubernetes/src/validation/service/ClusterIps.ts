/** `clusterIP`, `clusterIPs`, `ipFamilies` and `ipFamilyPolicy` of a service, which say the same thing four times. */
import { equal } from "../../Equal.ts"
import type { JsonRecord } from "../../Json.ts"
import { strings } from "../../Json.ts"
import { isHeadless, textOf } from "../../service/Kinds.ts"
import * as Ip from "../Ip.ts"
import type { Report } from "../Report.ts"

const families = ["IPv4", "IPv6"]
const policies = ["PreferDualStack", "RequireDualStack", "SingleStack"]
const field = "spec.clusterIPs"

const isV6 = (text: string): boolean => {
  const ip = Ip.parse(text)
  return ip !== undefined && Ip.isV6(ip)
}

export const clusterIps = (spec: JsonRecord, report: Report): void => {
  if (spec["type"] === "ExternalName") return
  const ips = strings(spec["clusterIPs"])
  const ip = textOf(spec["clusterIP"])
  if (ip !== "") {
    if (ips.length === 0) report.required(field)
    else if (ips[0] !== ip) report.invalid(field, ips, "first value must match `clusterIP`")
  } else if (ips.length > 0) report.invalid(field, ips, "must be empty when `clusterIP` is not specified")
  const wanted = strings(spec["ipFamilies"])
  for (const [i, family] of wanted.entries()) {
    if (!families.includes(family)) report.notSupported(`spec.ipFamilies[${i}]`, family, families)
    if (wanted.indexOf(family) < i) report.duplicate(`spec.ipFamilies[${i}]`, family)
  }
  const policy = spec["ipFamilyPolicy"]
  if (typeof policy === "string" && !policies.includes(policy)) report.notSupported("spec.ipFamilyPolicy", policy, policies)
  let valid = true
  for (const [i, one] of ips.entries()) {
    if (i === 0 && one === "None") {
      if (ips.length === 1) continue
      valid = false
      report.invalid(field, ips, "'None' must be the first and only value")
    } else if (!Ip.legacy(`${field}[${i}]`, one, report)) valid = false
  }
  if (ips.length > 2) report.invalid(field, ips, "may only hold up to 2 values")
  if (!valid) return
  if (ips.length > 1 && (ips.every(isV6) || !ips.some(isV6))) {
    report.invalid(field, ips, "may specify no more than one IP for each IP family")
  }
  if (isHeadless(spec)) return
  for (const [i, one] of ips.entries()) {
    const family = wanted[i]
    if (family !== undefined && (family === "IPv6") !== isV6(one) && families.includes(family)) {
      report.invalid(`${field}[${i}]`, one, `expected an ${family} value as indicated by \`ipFamilies[${i}]\``)
    }
  }
}

const once = "may not change once set"

/** What may become of addresses and families: the second may come and go, the first stays. */
export const clusterIpsUpdate = (spec: JsonRecord, before: JsonRecord, report: Report): void => {
  if (spec["type"] === "ExternalName" || before["type"] === "ExternalName") return
  if (!(isHeadless(spec) && isHeadless(before))) moved(spec, before, report)
  if (!isHeadless(spec) && !isHeadless(before)) familiesMoved(spec, before, report)
}

const releasing = (spec: JsonRecord, what: string, report: Report): void => {
  if (spec["ipFamilyPolicy"] !== "SingleStack") {
    report.invalid("spec.ipFamilyPolicy", spec["ipFamilyPolicy"], `must be set to 'SingleStack' when releasing the secondary ${what}`)
  }
}

const moved = (spec: JsonRecord, before: JsonRecord, report: Report): void => {
  const now = strings(spec["clusterIPs"])
  const old = strings(before["clusterIPs"])
  if (old.length === now.length) {
    for (const [i, ip] of old.entries()) if (ip !== now[i]) report.invalid(`${field}[${i}]`, now, once)
    return
  }
  if (now.length === 0) report.invalid(`${field}[0]`, spec["clusterIPs"], "primary clusterIP can not be unset")
  else if (old.length > 0 && now[0] !== old[0]) report.invalid(`${field}[0]`, now, once)
  if (old.length > now.length && now.length === 1) releasing(spec, "clusterIP", report)
}

const familiesMoved = (spec: JsonRecord, before: JsonRecord, report: Report): void => {
  const path = "spec.ipFamilies[0]"
  const now = strings(spec["ipFamilies"])
  const old = strings(before["ipFamilies"])
  if (old.length === now.length) {
    if (!equal(old, now)) for (const [i, family] of old.entries()) if (family !== now[i]) report.invalid(path, now, once)
    return
  }
  if (old.length > now.length && strings(spec["clusterIPs"]).length === 0) {
    report.invalid(path, spec["ipFamilies"], "primary ipFamily can not be unset")
  }
  if (now.length > 0 && old.length > 0 && now[0] !== old[0]) report.invalid(path, strings(spec["clusterIPs"]), once)
  if (old.length > now.length && now.length === 1) releasing(spec, "ipFamily", report)
}
