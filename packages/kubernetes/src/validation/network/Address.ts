/** IPAddress and ServiceCIDR. */
import type { KubeObject } from "@aiopslab/core/Kubernetes"
import { equal } from "../../Equal.ts"
import { at, isRecord, strings } from "../../Json.ts"
import * as Internal from "../Internal.ts"
import * as Ip from "../Ip.ts"
import type { NameRule } from "../Metadata.ts"
import * as Names from "../Names.ts"
import type { Report } from "../Report.ts"
import { immutableText, requiredName, subdomain, text } from "../Value.ts"

const explain = (name: string): ReadonlyArray<string> => {
  const why = Ip.explainStrict(name)
  return why === undefined ? [] : [why]
}

export const addressName: NameRule = { name: explain, generated: explain }

const path = "spec.parentRef"

export const ipAddress = (object: KubeObject, _: KubeObject | undefined, report: Report): void => {
  const parent = at(object, "spec", "parentRef")
  if (!isRecord(parent)) return report.required(path)
  if (text(parent["group"]) !== "") subdomain(text(parent["group"]), `${path}.group`, report)
  requiredName(parent["resource"], Names.explainPathSegment, `${path}.resource`, report)
  requiredName(parent["name"], Names.explainPathSegment, `${path}.name`, report)
  report.each(`${path}.namespace`, parent["namespace"], Names.explainPathSegment(text(parent["namespace"])))
}

export const ipAddressUpdate = (object: KubeObject, previous: KubeObject | undefined, report: Report): void => {
  const parent = at(object, "spec", "parentRef")
  if (equal(parent, at(previous, "spec", "parentRef"))) return
  const shown = parent === undefined ? undefined : Internal.compact("networking.ParentReference", parent)
  report.invalid(path, shown, immutableText)
}

const field = "spec.cidrs"

export const serviceCidr = (object: KubeObject, _: KubeObject | undefined, report: Report): void => {
  const ranges = strings(at(object, "spec", "cidrs"))
  if (ranges.length === 0) return report.required(field, "at least one CIDR required")
  if (ranges.length > 2)
    return report.invalid(field, Internal.compact("networking.ServiceCIDRSpec", { cidrs: ranges }), "may only hold up to 2 values")
  for (const [i, range] of ranges.entries()) Ip.strictCidr(`${field}[${i}]`, range, report)
  const [a, b] = ranges.map(Ip.parseCidr)
  if (a !== undefined && b !== undefined && Ip.isV6(a.ip) === Ip.isV6(b.ip)) {
    report.invalid(field, ranges, "may specify no more than one IP for each IP family, i.e 192.168.0.0/24 and 2001:db8::/64")
  }
}

/** A second range may be added, and nothing else. */
export const serviceCidrUpdate = (object: KubeObject, previous: KubeObject | undefined, report: Report): void => {
  const ranges = strings(at(object, "spec", "cidrs"))
  const old = strings(at(previous, "spec", "cidrs"))
  if (old.length === ranges.length) {
    for (const [i, range] of old.entries()) if (range !== ranges[i]) report.invalid(`${field}[${i}]`, ranges[i], immutableText)
  } else if (old.length === 1 && ranges.length === 2) {
    if (old[0] !== ranges[0]) report.invalid(`${field}[0]`, ranges[0], immutableText)
    serviceCidr(object, previous, report)
  } else report.invalid(field, at(object, "spec", "cidrs"), immutableText)
}
