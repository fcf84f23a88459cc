/** Services, endpoints, endpoint slices. */
import { pathOf } from "@aiopslab/core/KubeClient"
import * as Effect from "effect/Effect"
import * as Fields from "../Fields.ts"
import { type Describer, items, plain } from "./Describer.ts"
import { addresses, slices } from "./Endpoints.ts"

export const service: Describer = {
  events: true,
  write: Effect.fnUntraced(function* (page, { inv, name, namespace, object }) {
    const spec = Fields.at(object, "spec")
    const backends = yield* items(inv, pathOf(slices, namespace), { labelSelector: `kubernetes.io/service-name=${name}` })
    page.head(object)
    page.labels(object)
    page.annotations(object)
    page.field(
      0,
      "Selector",
      Fields.sorted(Fields.record(spec, "selector"))
        .map(([key, value]) => `${key}=${String(value)}`)
        .join(",") || "<none>"
    )
    page.field(0, "Type", Fields.text(spec, "type"))
    if (Fields.text(spec, "ipFamilyPolicy") !== "") page.field(0, "IP Family Policy", Fields.text(spec, "ipFamilyPolicy"))
    const families = Fields.list(spec, "ipFamilies").map(String)
    if (families.length > 0) page.field(0, "IP Families", families.join(","))
    page.field(0, "IP", Fields.text(spec, "clusterIP"))
    const ips = Fields.list(spec, "clusterIPs").map(String)
    if (ips.length > 0) page.field(0, "IPs", ips.join(","))
    const external = Fields.list(spec, "externalIPs").map(String)
    if (external.length > 0) page.field(0, "External IPs", external.join(","))
    if (Fields.text(spec, "externalName") !== "") page.field(0, "External Name", Fields.text(spec, "externalName"))
    for (const port of Fields.list(spec, "ports")) {
      const label = Fields.text(port, "name") || "<unset>"
      const protocol = Fields.text(port, "protocol") || "TCP"
      page.field(0, "Port", `${label}  ${Fields.text(port, "port")}/${protocol}`)
      page.field(0, "TargetPort", `${Fields.text(port, "targetPort")}/${protocol}`)
      if (Fields.number(port, "nodePort") > 0) page.field(0, "NodePort", `${label}  ${Fields.text(port, "nodePort")}/${protocol}`)
      page.field(0, "Endpoints", addresses(backends, Fields.text(port, "name")))
    }
    page.field(0, "Session Affinity", Fields.text(spec, "sessionAffinity"))
    if (Fields.text(spec, "externalTrafficPolicy") !== "")
      page.field(0, "External Traffic Policy", Fields.text(spec, "externalTrafficPolicy"))
    if (Fields.text(spec, "internalTrafficPolicy") !== "")
      page.field(0, "Internal Traffic Policy", Fields.text(spec, "internalTrafficPolicy"))
  })
}

export const endpoints: Describer = plain((page, { object }) => {
  page.head(object)
  page.labels(object)
  page.annotations(object)
  page.line(0, "Subsets:")
  for (const subset of Fields.list(object, "subsets")) {
    const ips = (key: string) =>
      Fields.list(subset, key)
        .map((address) => Fields.text(address, "ip"))
        .join(",") || "<none>"
    page.field(1, "Addresses", ips("addresses"))
    page.field(1, "NotReadyAddresses", ips("notReadyAddresses"))
    const ports = Fields.list(subset, "ports")
    if (ports.length > 0) {
      page.line(1, "Ports:")
      page.line(2, "Name", "Port", "Protocol")
      page.line(2, "----", "----", "--------")
      for (const port of ports)
        page.line(2, Fields.text(port, "name") || "<unset>", Fields.text(port, "port"), Fields.text(port, "protocol"))
    }
    page.line(0, "")
  }
})

export const endpointSlice: Describer = plain((page, { object }) => {
  page.head(object)
  page.labels(object)
  page.annotations(object)
  page.field(0, "AddressType", Fields.text(object, "addressType"))
  const ports = Fields.list(object, "ports")
  page.line(0, ports.length === 0 ? "Ports: <unset>" : "Ports:")
  if (ports.length > 0) {
    page.line(1, "Name", "Port", "Protocol")
    page.line(1, "----", "----", "--------")
    for (const port of ports) page.line(1, Fields.text(port, "name") || "<unset>", Fields.text(port, "port"), Fields.text(port, "protocol"))
  }
  const all = Fields.list(object, "endpoints")
  page.line(0, all.length === 0 ? "Endpoints: <none>" : "Endpoints:")
  for (const one of all) {
    page.field(1, "- Addresses", Fields.list(one, "addresses").map(String).join(","))
    page.line(2, "Conditions:")
    page.field(3, "Ready", Fields.text(one, "conditions", "ready") || "<unset>")
    page.field(2, "Hostname", Fields.text(one, "hostname") || "<unset>")
    const target = Fields.at(one, "targetRef")
    if (target !== undefined) page.field(2, "TargetRef", `${Fields.text(target, "kind")}/${Fields.text(target, "name")}`)
    page.field(2, "NodeName", Fields.text(one, "nodeName") || "<unset>")
    page.field(2, "Zone", Fields.text(one, "zone") || "<unset>")
  }
})
