/** The columns of services and what belongs to them. */
import type { KubeObject } from "@aiopslab/core/Kubernetes"
import type { JsonRecord } from "../Json.ts"
import { at, print, record, records, string, strings } from "../Json.ts"
import type { Column } from "./Column.ts"
import { age, few, joined, labelsText, name, path, selectorText, text, wide } from "./Column.ts"

const addressesOf = (object: KubeObject): ReadonlyArray<string> =>
  records(at(object, "status", "loadBalancer", "ingress")).map((one) => string(one["ip"]) ?? string(one["hostname"]) ?? "")

const externalIp = (service: KubeObject): string => {
  const spec = record(service["spec"])
  const external = strings(spec["externalIPs"])
  switch (spec["type"]) {
    case "ExternalName":
      return string(spec["externalName"]) ?? ""
    case "LoadBalancer":
      return joined([...addressesOf(service), ...external], "<pending>")
    default:
      return joined(external, "<none>")
  }
}

const portText = (port: JsonRecord): string =>
  `${print(port["port"])}${port["nodePort"] === undefined || port["nodePort"] === 0 ? "" : `:${print(port["nodePort"])}`}/${print(port["protocol"])}`

export const services: ReadonlyArray<Column> = [
  name,
  text("Type", path("", "spec", "type")),
  text("Cluster-IP", path("<none>", "spec", "clusterIP")),
  text("External-IP", externalIp),
  text("Port(s)", (object) => joined(records(at(object, "spec", "ports")).map(portText), "<none>")),
  age,
  wide("Selector", (object) => labelsText(at(object, "spec", "selector")))
]

export const endpoints: ReadonlyArray<Column> = [
  name,
  text("Endpoints", (object) => {
    const list = records(object["subsets"]).flatMap((subset) => {
      const ports = records(subset["ports"])
      const addresses = records(subset["addresses"]).map((address) => print(address["ip"]))
      return ports.length === 0 ? addresses : ports.flatMap((port) => addresses.map((ip) => `${ip}:${print(port["port"])}`))
    })
    return few(list, 3, "<none>")
  }),
  age
]

export const endpointSlices: ReadonlyArray<Column> = [
  name,
  text("AddressType", path("", "addressType")),
  text("Ports", (object) =>
    few(
      records(object["ports"]).map((port) => print(port["port"] ?? port["name"] ?? "*")),
      3,
      "<unset>"
    )
  ),
  text("Endpoints", (object) =>
    few(
      records(object["endpoints"]).flatMap((one) => strings(one["addresses"])),
      3,
      "<unset>"
    )
  ),
  age
]

export const ingresses: ReadonlyArray<Column> = [
  name,
  text("Class", path("<none>", "spec", "ingressClassName")),
  text("Hosts", (object) => {
    const hosts = records(at(object, "spec", "rules"))
      .map((rule) => string(rule["host"]) ?? "")
      .filter((host) => host !== "")
    return few(hosts, 3, "*")
  }),
  text("Address", (object) => joined(addressesOf(object))),
  text("Ports", (object) => (records(at(object, "spec", "tls")).length === 0 ? "80" : "80, 443")),
  age
]

export const ingressClasses: ReadonlyArray<Column> = [
  name,
  text("Controller", path("", "spec", "controller")),
  text("Parameters", (object) => {
    const { apiGroup, kind, name: parameter } = record(at(object, "spec", "parameters"))
    return kind === undefined ? "<none>" : `${print(kind)}${apiGroup === undefined ? "" : `.${print(apiGroup)}`}/${print(parameter)}`
  }),
  age
]

export const networkPolicies: ReadonlyArray<Column> = [
  name,
  text("Pod-Selector", (object) => selectorText(at(object, "spec", "podSelector"))),
  age
]

const parent = (object: KubeObject): string => {
  const ref = at(object, "spec", "parentRef")
  if (ref === undefined) return "<none>"
  const { group, name: of, namespace, resource } = record(ref)
  const what = `${print(resource)}${print(group) === "" ? "" : `.${print(group)}`}`.toLowerCase()
  return `${what}${print(namespace) === "" ? "" : `/${print(namespace)}`}/${print(of)}`
}

/** The server gives an age that no column names. */
export const ipAddresses: ReadonlyArray<Column> = [name, text("ParentRef", parent), { ...age, name: "" }]

export const serviceCidrs: ReadonlyArray<Column> = [name, text("CIDRs", (object) => joined(strings(at(object, "spec", "cidrs")))), age]
