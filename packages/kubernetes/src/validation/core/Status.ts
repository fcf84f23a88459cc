/** What the status' endpoint checks of namespaces, nodes, services and claims. */
import type { KubeObject } from "@aiopslab/core/Kubernetes"
import { array, at, record, records, string } from "../../Json.ts"
import * as Quantity from "../../Quantity.ts"
import * as Ip from "../Ip.ts"
import * as Names from "../Names.ts"
import { Verbatim } from "../Report.ts"
import type { Report } from "../Report.ts"
import { amount, isNative } from "../ResourceName.ts"

export const namespaceStatus = (object: KubeObject, _: KubeObject | undefined, report: Report): void => {
  const phase = string(at(object, "status", "phase")) ?? ""
  const isGoing = object.metadata.deletionTimestamp !== undefined
  const wanted = isGoing ? "Terminating" : "Active"
  const when = isGoing ? "not empty" : "empty"
  if (phase !== wanted) report.invalid("status.Phase", phase, `may only be '${wanted}' if \`deletionTimestamp\` is ${when}`)
}

export const nodeStatus = (object: KubeObject, _: KubeObject | undefined, report: Report): void => {
  for (const key of ["capacity", "allocatable"]) {
    for (const [name, value] of Object.entries(record(at(object, "status", key)))) amount(name, value, `status.${key}.${name}`, report)
  }
  const seen = new Set<string>()
  for (const [i, { address = "", type = "" }] of records(at(object, "status", "addresses")).entries()) {
    const shown = `{"Type":${JSON.stringify(type)},"Address":${JSON.stringify(address)}}`
    if (seen.has(shown)) report.duplicate(`status.addresses[${i}]`, new Verbatim(shown))
    seen.add(shown)
  }
}

const modes = ["Proxy", "VIP"]

export const serviceStatus = (object: KubeObject, previous: KubeObject | undefined, report: Report): void => {
  const known = records(at(previous, "status", "loadBalancer", "ingress")).map(({ ip }) => ip)
  for (const [i, ingress] of records(at(object, "status", "loadBalancer", "ingress")).entries()) {
    const path = `status.loadBalancer.ingress[${i}]`
    const [ip, hostname] = [string(ingress["ip"]) ?? "", string(ingress["hostname"]) ?? ""]
    const mode = string(ingress["ipMode"])
    if (ip !== "" && !known.includes(ip)) Ip.legacy(`${path}.ip`, ip, report)
    if (mode === undefined) {
      if (ip !== "") report.required(`${path}.ipMode`, "must be specified when `ip` is set")
    } else if (ip === "") report.forbidden(`${path}.ipMode`, "may not be specified when `ip` is not set")
    else if (!modes.includes(mode)) report.notSupportedAsListed(`${path}.ipMode`, mode, modes)
    if (hostname !== "") {
      report.each(`${path}.hostname`, hostname, Names.explain(hostname, Names.subdomain))
      if (Ip.parse(hostname) !== undefined) report.invalid(`${path}.hostname`, hostname, "must be a DNS name, not an IP address")
    }
  }
}

/** Not negative. False when it is reported. */
const basic = (value: unknown, path: string, report: Report): boolean => {
  if (Quantity.compare(value, "0") >= 0) return true
  report.invalid(path, Quantity.milliValue(value) / 1000, "must be a valid resource quantity")
  return false
}

/** The name of a resource of a claim. False when it is reported. */
const claimResource = (name: string, path: string, report: Report): boolean => {
  const why = Names.explainKey(name)
  report.each(path, name, why)
  if (why.length > 0) return false
  if (!isNative(name) || name === "storage") return true
  report.notSupportedAsListed(path, name, ["storage"])
  return false
}

const resizes = [
  "ControllerResizeInProgress",
  "ControllerResizeInfeasible",
  "NodeResizeInProgress",
  "NodeResizeInfeasible",
  "NodeResizePending"
]

export const claimStatus = (object: KubeObject, _: KubeObject | undefined, report: Report): void => {
  const status = record(object["status"])
  if (array(at(object, "spec", "accessModes")).length === 0) report.required("Spec.accessModes")
  for (const [name, value] of Object.entries(record(status["capacity"]))) basic(value, `status.capacity[${name}]`, report)
  for (const [name, value] of Object.entries(record(status["allocatedResourceStatuses"]))) {
    const path = "status.allocatedResourceStatuses"
    claimResource(name, path, report)
    if (!resizes.includes(string(value) ?? "")) report.notSupportedAsListed(path, name, resizes.toSorted())
  }
  for (const [name, value] of Object.entries(record(status["allocatedResources"]))) {
    if (!claimResource(name, "status.allocatedResources", report)) continue
    const path = `status.allocatedResources[${name}]`
    if (basic(value, path, report)) amount("storage", value, path, report)
  }
}
