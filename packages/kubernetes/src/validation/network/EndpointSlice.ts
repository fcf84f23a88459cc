/** Slices of a service's endpoints. */
import type { KubeObject } from "@aiopslab/core/Kubernetes"
import { equal } from "../../Equal.ts"
import type { JsonRecord } from "../../Json.ts"
import { record, records, strings } from "../../Json.ts"
import * as Ip from "../Ip.ts"
import { labels } from "../Metadata.ts"
import * as Names from "../Names.ts"
import type { Report } from "../Report.ts"
import { immutable, label, oneOf, qualifiedName, requiredOneOf, subdomain, text } from "../Value.ts"

const most = { ports: 20_000, endpoints: 1000, addresses: 100, hints: 8, topology: 16 }

const ports = (list: ReadonlyArray<JsonRecord>, report: Report): void => {
  if (list.length > most.ports) return report.tooMany("ports", list.length, most.ports)
  const seen = new Set<string>()
  for (const [i, port] of list.entries()) {
    const path = `ports[${i}]`
    const name = text(port["name"])
    if (name !== "") label(name, `${path}.name`, report)
    if (seen.has(name)) report.duplicate(`${path}.name`, name)
    seen.add(name)
    oneOf(port["protocol"], ["SCTP", "TCP", "UDP"], `${path}.protocol`, report)
    if (port["appProtocol"] !== undefined) qualifiedName(text(port["appProtocol"]), `${path}.appProtocol`, report)
  }
}

const domainName = (value: string, path: string, report: Report): void => {
  if (value === "") return report.required(path)
  const name = value.replace(/\.$/, "")
  const why = Names.explain(name, Names.subdomain)
  if (why.length > 0) return report.invalid(path, name, why.join(","))
  if (!name.includes(".")) return report.invalid(path, name, "should be a domain with at least two segments separated by dots")
  const long = name.split(".").find((part) => Names.explain(part, Names.dnsLabel).length > 0)
  if (long !== undefined) report.invalid(path, long, Names.explain(long, Names.dnsLabel).join(","))
}

const address = (value: string, type: unknown, list: string, path: string, report: Report): void => {
  if (type === "FQDN") return domainName(value, path, report)
  if (type !== "IPv4" && type !== "IPv6") return
  if (!(type === "IPv4" ? Ip.legacy(path, value, report) : Ip.strict(path, value, report))) return
  const ip = Ip.parse(value)
  if (ip !== undefined && Ip.isV6(ip) !== (type === "IPv6")) report.invalid(list, value, `must be an ${type} address`)
  Ip.endpoint(path, value, report)
}

const hints = (value: JsonRecord, path: string, report: Report): void => {
  for (const [key, explain] of [
    ["forZones", Names.explainLabelValue],
    ["forNodes", (name: string) => Names.explain(name, Names.subdomain)]
  ] as const) {
    const list = records(value[key])
    if (list.length > most.hints) return report.tooMany(`${path}.${key}`, list.length, most.hints)
    const names = list.map((one) => text(one["name"]))
    for (const [i, name] of names.entries()) {
      const field = `${path}.${key}[${i}].name`
      if (names.indexOf(name) < i) report.duplicate(field, name)
      report.each(field, name, explain(name))
    }
  }
}

const endpoint = (value: JsonRecord, type: unknown, path: string, report: Report): void => {
  const addresses = strings(value["addresses"])
  const field = `${path}.addresses`
  if (addresses.length === 0) report.required(field, "must contain at least 1 address")
  else if (addresses.length > most.addresses) report.tooMany(field, addresses.length, most.addresses)
  for (const [i, one] of addresses.entries()) address(one, type, field, `${field}[${i}]`, report)
  if (value["nodeName"] !== undefined) subdomain(text(value["nodeName"]), `${path}.nodeName`, report)
  const topology = record(value["deprecatedTopology"])
  const size = Object.keys(topology).length
  if (size > most.topology) report.tooMany(`${path}.deprecatedTopology`, size, most.topology)
  labels(topology, `${path}.deprecatedTopology`, report)
  if (value["hostname"] !== undefined) label(text(value["hostname"]), `${path}.hostname`, report)
  if (value["hints"] !== undefined) hints(record(value["hints"]), `${path}.hints`, report)
}

export const endpointSlice = (object: KubeObject, previous: KubeObject | undefined, report: Report): void => {
  const type = object["addressType"]
  requiredOneOf(type, ["FQDN", "IPv4", "IPv6"], "addressType", report)
  ports(records(object["ports"]), report)
  const endpoints = records(object["endpoints"])
  if (previous !== undefined && equal(endpoints, previous["endpoints"])) return
  if (endpoints.length > most.endpoints) return report.tooMany("endpoints", endpoints.length, most.endpoints)
  for (const [i, one] of endpoints.entries()) endpoint(one, type, `endpoints[${i}]`, report)
}

export const endpointSliceUpdate = (object: KubeObject, previous: KubeObject | undefined, report: Report): void =>
  immutable(text(object["addressType"]), previous?.["addressType"], "addressType", report)
