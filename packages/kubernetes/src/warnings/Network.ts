/** Services, endpoints, ingresses, network policies: addresses in odd forms, fields without effect. */
import type { KubeObject } from "@aiopslab/core/Kubernetes"
import type { JsonRecord } from "../Json.ts"
import { at, record, records, strings } from "../Json.ts"
import * as Ip from "../validation/Ip.ts"
import { text } from "../validation/Value.ts"

const hints = "service.kubernetes.io/topology-aware-hints"

const headless = (spec: JsonRecord): ReadonlyArray<string> =>
  spec["type"] !== "ClusterIP" || spec["clusterIP"] !== "None"
    ? []
    : [
        ...(text(spec["loadBalancerIP"]) === "" ? [] : ["spec.loadBalancerIP is ignored for headless services"]),
        ...(strings(spec["externalIPs"]).length === 0 ? [] : ["spec.externalIPs is ignored for headless services"]),
        ...(spec["sessionAffinity"] === "None" ? [] : ["spec.SessionAffinity is ignored for headless services"])
      ]

export const service = (object: KubeObject): ReadonlyArray<string> => {
  const spec = record(object["spec"])
  const external = spec["type"] === "ExternalName"
  const has = text(spec["clusterIP"])
  return [
    ...(object.metadata.annotations?.[hints] === undefined
      ? []
      : [`annotation ${hints} is deprecated, please use service.kubernetes.io/topology-mode instead`]),
    ...(has === "" || has === "None" ? [] : strings(spec["clusterIPs"]).flatMap((ip, i) => Ip.warnings(`spec.clusterIPs[${i}]`, ip))),
    ...headless(spec),
    ...strings(spec["externalIPs"]).flatMap((ip, i) => Ip.warnings(`spec.externalIPs[${i}]`, ip)),
    ...Ip.warnings("spec.loadBalancerIP", text(spec["loadBalancerIP"])),
    ...strings(spec["loadBalancerSourceRanges"]).flatMap((range, i) => Ip.cidrWarnings(`spec.loadBalancerSourceRanges[${i}]`, range)),
    ...(external && strings(spec["externalIPs"]).length > 0 ? ['spec.externalIPs is ignored when spec.type is "ExternalName"'] : []),
    ...(!external && text(spec["externalName"]) !== "" ? ['spec.externalName is ignored when spec.type is not "ExternalName"'] : [])
  ]
}

export const endpoints = (object: KubeObject): ReadonlyArray<string> =>
  object.metadata.labels?.["endpoints.kubernetes.io/managed-by"] === "endpoint-controller"
    ? []
    : records(object["subsets"]).flatMap((subset, i) =>
        ["addresses", "notReadyAddresses"].flatMap((key) =>
          records(subset[key]).flatMap((one, j) => Ip.warnings(`subsets[${i}].${key}[${j}].ip`, text(one["ip"])))
        )
      )

const controllers: ReadonlySet<string> = new Set(["endpointslice-controller.k8s.io", "endpointslicemirroring-controller.k8s.io"])

/** Its own controllers' are not looked at. */
export const endpointSlice = (object: KubeObject, previous: KubeObject | undefined): ReadonlyArray<string> => {
  const type = object["addressType"]
  const fqdn = "spec.addressType: FQDN endpoints are deprecated"
  if (type === "FQDN") return previous === undefined ? [fqdn] : []
  if (controllers.has(object.metadata.labels?.["endpointslice.kubernetes.io/managed-by"] ?? "")) return []
  return records(object["endpoints"]).flatMap((one, i) =>
    strings(one["addresses"]).flatMap((ip, j) => Ip.warnings(`endpoints[${i}].addresses[${j}]`, ip))
  )
}

const classKey = "kubernetes.io/ingress.class"

export const ingress = (object: KubeObject, previous: KubeObject | undefined): ReadonlyArray<string> =>
  previous === undefined && object.metadata.annotations?.[classKey] !== undefined && at(object, "spec", "ingressClassName") === undefined
    ? [`annotation "${classKey}" is deprecated, please use 'spec.ingressClassName' instead`]
    : []

const directions = [
  ["ingress", "from"],
  ["egress", "to"]
] as const

export const networkPolicy = (object: KubeObject): ReadonlyArray<string> =>
  directions.flatMap(([rules, peers]) =>
    records(at(object, "spec", rules)).flatMap((rule, i) =>
      records(rule[peers]).flatMap((peer, j) => {
        const block = record(peer["ipBlock"])
        const path = `spec.${rules}[${i}].${peers}[${j}].ipBlock`
        return [
          ...Ip.cidrWarnings(`${path}.cidr`, text(block["cidr"])),
          ...strings(block["except"]).flatMap((range, k) => Ip.cidrWarnings(`${path}.except[${k}]`, range))
        ]
      })
    )
  )
