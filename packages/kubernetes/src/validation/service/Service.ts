/** Services: ports, addresses, policies, and what may become of them. */
import type { KubeObject } from "@aiopslab/core/Kubernetes"
import type { JsonRecord } from "../../Json.ts"
import { record, records, strings } from "../../Json.ts"
import { isExternal, isHeadless, needsHealthCheck, portOf, textOf } from "../../service/Kinds.ts"
import * as Internal from "../Internal.ts"
import * as Ip from "../Ip.ts"
import { labels } from "../Metadata.ts"
import type { Report } from "../Report.ts"
import { label, oneOf, port, portOrName, qualifiedName, requiredOneOf, subdomain } from "../Value.ts"
import { clusterIps, clusterIpsUpdate } from "./ClusterIps.ts"

const hints = "service.kubernetes.io/topology-aware-hints"
const mode = "service.kubernetes.io/topology-mode"
const rangesKey = "service.beta.kubernetes.io/load-balancer-source-ranges"
const types = ["ClusterIP", "ExternalName", "LoadBalancer", "NodePort"]
const balancerOnly = "may only be used when `type` is 'LoadBalancer'"

export const service = (object: KubeObject, _: KubeObject | undefined, report: Report): void => {
  const spec = record(object["spec"])
  const annotations = object.metadata.annotations ?? {}
  const modeValue = annotations[mode]
  if (modeValue !== undefined && annotations[hints] !== undefined && modeValue !== annotations[hints]) {
    report.invalid(`metadata.annotations[${mode}]`, modeValue, `must match annotations[${hints}] when both are specified`)
  }
  const ports = records(spec["ports"])
  const { type } = spec
  if (ports.length === 0 && !isHeadless(spec) && type !== "ExternalName") report.required("spec.ports")
  byType(spec, report)
  const names = new Set<string>()
  for (const [i, one] of ports.entries()) servicePort(one, ports.length, names, `spec.ports[${i}]`, report)
  labels(spec["selector"], "spec.selector", report)
  requiredOneOf(spec["sessionAffinity"], ["ClientIP", "None"], "spec.sessionAffinity", report)
  affinity(spec, report)
  clusterIps(spec, report)
  for (const [i, ip] of strings(spec["externalIPs"]).entries()) {
    if (Ip.legacy(`spec.externalIPs[${i}]`, ip, report)) Ip.endpoint(`spec.externalIPs[${i}]`, ip, report)
  }
  requiredOneOf(type, types, "spec.type", report)
  duplicates(ports, type, report)
  sourceRanges(spec, annotations[rangesKey], report)
  if (spec["allocateLoadBalancerNodePorts"] !== undefined && type !== "LoadBalancer") {
    report.forbidden("spec.allocateLoadBalancerNodePorts", balancerOnly)
  }
  balancerClass(spec, report)
  externalTraffic(spec, report)
  oneOf(spec["internalTrafficPolicy"], ["Cluster", "Local"], "spec.internalTrafficPolicy", report)
  const distribution = spec["trafficDistribution"]
  if (typeof distribution === "string" && !distributions.includes(distribution)) {
    report.notSupportedAsListed("spec.trafficDistribution", distribution, distributions)
  }
}

const distributions = ["PreferClose", "PreferSameZone", "PreferSameNode"]

const byType = (spec: JsonRecord, report: Report): void => {
  switch (spec["type"]) {
    case "LoadBalancer":
    case "NodePort":
      if (isHeadless(spec)) report.invalid("spec.clusterIPs[0]", "None", `may not be set to 'None' for ${spec["type"]} services`)
      return
    case "ExternalName": {
      const why = "may not be set for ExternalName services"
      if (strings(spec["clusterIPs"]).length > 0) report.forbidden("spec.clusterIPs", why)
      if (strings(spec["ipFamilies"]).length > 0) report.forbidden("spec.ipFamilies", why)
      if (spec["ipFamilyPolicy"] !== undefined) report.forbidden("spec.ipFamilyPolicy", why)
      const name = textOf(spec["externalName"]).replace(/\.$/, "")
      if (name === "") report.required("spec.externalName")
      else subdomain(name, "spec.externalName", report)
    }
  }
}

const servicePort = (one: JsonRecord, count: number, names: Set<string>, path: string, report: Report): void => {
  const name = textOf(one["name"])
  if (name !== "") {
    label(name, `${path}.name`, report)
    if (names.has(name)) report.duplicate(`${path}.name`, name)
    names.add(name)
  } else if (count > 1) report.required(`${path}.name`)
  port(one["port"], `${path}.port`, report)
  requiredOneOf(one["protocol"], ["SCTP", "TCP", "UDP"], `${path}.protocol`, report)
  portOrName(one["targetPort"], `${path}.targetPort`, report)
  if (one["appProtocol"] !== undefined) qualifiedName(textOf(one["appProtocol"]), `${path}.appProtocol`, report)
}

const longest = 86_400

const affinity = (spec: JsonRecord, report: Report): void => {
  const config = spec["sessionAffinityConfig"]
  const path = "spec.sessionAffinityConfig"
  if (spec["sessionAffinity"] === "ClientIP") {
    const seconds = record(record(config)["clientIP"])["timeoutSeconds"]
    if (typeof seconds === "number" && (seconds <= 0 || seconds > longest)) {
      report.invalid(`${path}.clientIP.timeoutSeconds`, seconds, `must be greater than 0 and less than ${longest}`)
    }
  } else if (spec["sessionAffinity"] === "None" && config !== undefined) {
    report.forbidden(path, "must not be set when session affinity is None")
  }
}

const duplicates = (ports: ReadonlyArray<JsonRecord>, type: unknown, report: Report): void => {
  for (const [i, one] of ports.entries()) {
    if (type === "ClusterIP" && portOf(one["nodePort"]) !== 0) {
      report.forbidden(`spec.ports[${i}].nodePort`, "may not be used when `type` is 'ClusterIP'")
    }
  }
  const earlier = (i: number, key: string): boolean =>
    ports.slice(0, i).some((other) => other[key] === ports[i]?.[key] && other["protocol"] === ports[i]?.["protocol"])
  for (const [i, { nodePort }] of ports.entries()) {
    if (portOf(nodePort) !== 0 && earlier(i, "nodePort")) report.duplicate(`spec.ports[${i}].nodePort`, nodePort)
  }
  for (const [i, one] of ports.entries()) {
    if (earlier(i, "port")) {
      report.duplicate(`spec.ports[${i}]`, Internal.compact("core.ServicePort", { protocol: one["protocol"], port: one["port"] }))
    }
  }
}

const sourceRanges = (spec: JsonRecord, annotation: string | undefined, report: Report): void => {
  const ranges = strings(spec["loadBalancerSourceRanges"])
  const balancer = spec["type"] === "LoadBalancer"
  if (ranges.length > 0) {
    const path = "spec.LoadBalancerSourceRanges"
    if (!balancer) report.forbidden(path, balancerOnly)
    for (const [i, range] of ranges.entries()) Ip.legacyCidr(`${path}[${i}]`, range.trim(), report)
  } else if (annotation !== undefined) {
    const path = `metadata.annotations[${rangesKey}]`
    if (!balancer) report.forbidden(path, balancerOnly)
    if (annotation.trim() !== "") for (const range of annotation.trim().split(",")) Ip.legacyCidr(path, range.trim(), report)
  }
}

const balancerClass = (spec: JsonRecord, report: Report): void => {
  const value = spec["loadBalancerClass"]
  if (value === undefined) return
  if (spec["type"] === "LoadBalancer") qualifiedName(textOf(value), "spec.loadBalancerClass", report)
  else report.forbidden("spec.loadBalancerClass", balancerOnly)
}

const externalTraffic = (spec: JsonRecord, report: Report): void => {
  const policy = textOf(spec["externalTrafficPolicy"])
  if (isExternal(spec)) requiredOneOf(policy, ["Cluster", "Local"], "spec.externalTrafficPolicy", report)
  else if (policy !== "") report.invalid("spec.externalTrafficPolicy", policy, "may only be set for externally-accessible services")
  const check = portOf(spec["healthCheckNodePort"])
  const path = "spec.healthCheckNodePort"
  if (needsHealthCheck(spec)) {
    if (check === 0) report.required(path)
    else port(check, path, report)
  } else if (check !== 0) {
    report.invalid(path, check, "may only be set when `type` is 'LoadBalancer' and `externalTrafficPolicy` is 'Local'")
  }
}

export const serviceUpdate = (object: KubeObject, previous: KubeObject | undefined, report: Report): void => {
  const spec = record(object["spec"])
  const before = record(previous?.["spec"])
  clusterIpsUpdate(spec, before, report)
  const balanced = spec["type"] === "LoadBalancer" && before["type"] === "LoadBalancer"
  if (balanced && spec["loadBalancerClass"] !== before["loadBalancerClass"]) {
    report.invalid("spec.loadBalancerClass", spec["loadBalancerClass"], "may not change once set")
  }
  balancerClass(spec, report)
  if (needsHealthCheck(before) && needsHealthCheck(spec) && portOf(spec["healthCheckNodePort"]) !== portOf(before["healthCheckNodePort"])) {
    report.forbidden("spec.healthCheckNodePort", "field is immutable")
  }
}
