/** Namespaces, nodes, Endpoints. */
import type { KubeObject } from "@aiopslab/core/Kubernetes"
import { equal } from "../../Equal.ts"
import type { JsonRecord } from "../../Json.ts"
import { at, record, records, strings } from "../../Json.ts"
import * as Internal from "../Internal.ts"
import * as Ip from "../Ip.ts"
import { finalizerDomain } from "../Metadata.ts"
import * as Names from "../Names.ts"
import type { Report } from "../Report.ts"
import { amount } from "../ResourceName.ts"
import { label, port, qualifiedName, requiredOneOf, subdomain, text } from "../Value.ts"

export const namespace = (object: KubeObject, _: KubeObject | undefined, report: Report): void => {
  for (const one of strings(at(object, "spec", "finalizers"))) {
    report.each("spec.finalizers", one, Names.explainKey(one))
    finalizerDomain(one, "spec.finalizers", report)
  }
}

const effects = ["NoSchedule", "PreferNoSchedule", "NoExecute"]

const taints = (object: KubeObject, report: Report): void => {
  const seen = new Set<string>()
  for (const [i, taint] of records(at(object, "spec", "taints")).entries()) {
    const path = `metadata.taints[${i}]`
    const key = text(taint["key"])
    const value = text(taint["value"])
    const effect = text(taint["effect"])
    report.each(`${path}.key`, key, Names.explainKey(key))
    const why = Names.explainLabelValue(value)
    if (why.length > 0) report.invalid(`${path}.value`, value, why.join(";"))
    if (effect === "") report.required(`${path}.effect`)
    else if (!effects.includes(effect)) report.notSupportedAsListed(`${path}.effect`, effect, effects)
    const pair = `${effect}/${key}`
    if (seen.has(pair)) {
      report.duplicate(path, Internal.compact("core.Taint", taint), "taints must be unique by key and effect pair")
    }
    seen.add(pair)
  }
}

const resources = (object: KubeObject, report: Report): void => {
  for (const part of ["capacity", "allocatable"]) {
    const values = record(at(object, "status", part))
    for (const name of Object.keys(values).sort()) amount(name, values[name], `status.${part}.${name}`, report)
  }
}

export const node = (object: KubeObject, _: KubeObject | undefined, report: Report): void => {
  taints(object, report)
  resources(object, report)
  const ranges = strings(at(object, "spec", "podCIDRs"))
  for (const [i, range] of ranges.entries()) Ip.legacyCidr(`spec.podCIDRs[${i}]`, range, report)
  if (ranges.length < 2) return
  const parsed = ranges.map(Ip.parseCidr)
  const wide = parsed.filter((one) => one !== undefined && Ip.isV6(one.ip)).length
  if (parsed.includes(undefined)) {
    const bad = ranges.find((_, i) => parsed[i] === undefined) ?? ""
    report.internal("spec.podCIDRs", `invalid PodCIDRs. failed to check with dual stack with error:invalid CIDR address: ${bad}`)
  }
  if (ranges.length > 2 || wide !== 1 || parsed.includes(undefined)) {
    report.invalid("spec.podCIDRs", ranges, "may specify no more than one CIDR for each IP family")
  }
}

export const nodeUpdate = (object: KubeObject, previous: KubeObject | undefined, report: Report): void => {
  const spec = record(object["spec"])
  const before = record(previous?.["spec"])
  resources(object, report)
  const ranges = strings(before["podCIDRs"])
  const now = strings(spec["podCIDRs"])
  const change = (): void => report.forbidden("spec.podCIDRs", 'node updates may not change podCIDR except from "" to valid')
  if (ranges.length > 0) {
    if (ranges.length !== now.length) change()
    else for (const [i, range] of ranges.entries()) if (range !== now[i]) change()
  }
  if (text(before["providerID"]) !== "" && before["providerID"] !== spec["providerID"]) {
    report.forbidden("spec.providerID", 'node updates may not change providerID except from "" to valid')
  }
  taints(object, report)
  if (text(spec["externalID"]) !== text(before["externalID"])) report.forbidden("spec.externalID", "may not be updated")
}

const address = (value: JsonRecord, path: string, report: Report): void => {
  const ip = text(value["ip"])
  Ip.legacy(`${path}.ip`, ip, report)
  if (text(value["hostname"]) !== "") label(text(value["hostname"]), `${path}.hostname`, report)
  if (value["nodeName"] !== undefined) subdomain(text(value["nodeName"]), `${path}.nodeName`, report)
  Ip.endpoint(`${path}.ip`, ip, report)
}

const endpointPort = (value: JsonRecord, count: number, path: string, report: Report): void => {
  const name = text(value["name"])
  if (name !== "") label(name, `${path}.name`, report)
  else if (count > 1) report.required(`${path}.name`)
  port(value["port"], `${path}.port`, report)
  requiredOneOf(value["protocol"], ["SCTP", "TCP", "UDP"], `${path}.protocol`, report)
  if (value["appProtocol"] !== undefined) qualifiedName(text(value["appProtocol"]), `${path}.appProtocol`, report)
}

export const endpoints = (object: KubeObject, previous: KubeObject | undefined, report: Report): void => {
  if (previous !== undefined && equal(object["subsets"], previous["subsets"])) return
  for (const [i, subset] of records(object["subsets"]).entries()) {
    const path = `subsets[${i}]`
    const ready = records(subset["addresses"])
    const unready = records(subset["notReadyAddresses"])
    const ports = records(subset["ports"])
    if (ready.length + unready.length === 0) report.required(path, "must specify `addresses` or `notReadyAddresses`")
    for (const [j, one] of ready.entries()) address(one, `${path}.addresses[${j}]`, report)
    for (const [j, one] of unready.entries()) address(one, `${path}.notReadyAddresses[${j}]`, report)
    for (const [j, one] of ports.entries()) endpointPort(one, ports.length, `${path}.ports[${j}]`, report)
  }
}
