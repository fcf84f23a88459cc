/** Network policies: peers, ports, blocks of addresses. */
import type { KubeObject } from "@aiopslab/core/Kubernetes"
import type { JsonRecord } from "../../Json.ts"
import { isRecord, record, records, strings } from "../../Json.ts"
import * as Ip from "../Ip.ts"
import { labelSelector } from "../LabelSelector.ts"
import * as Names from "../Names.ts"
import type { Report } from "../Report.ts"
import { port as portNumber, text } from "../Value.ts"

const protocols = ["TCP", "UDP", "SCTP"]
const policyTypes = ["Ingress", "Egress"]

const port = ({ endPort, port: value, protocol }: JsonRecord, path: string, report: Report): void => {
  if (typeof protocol === "string" && !protocols.includes(protocol)) {
    report.notSupportedAsListed(`${path}.protocol`, protocol, protocols)
  }
  const field = `${path}.endPort`
  if (typeof value === "number") {
    portNumber(value, `${path}.port`, report)
    if (typeof endPort !== "number") return
    if (endPort < value) report.invalid(field, value, "must be greater than or equal to `port`")
    portNumber(endPort, field, report)
  } else if (typeof value === "string") {
    if (endPort !== undefined) report.invalid(field, endPort, "may not be specified when `port` is non-numeric")
    report.each(`${path}.port`, value, Names.explainPortName(value))
  } else if (endPort !== undefined) report.invalid(field, endPort, "may not be specified when `port` is not specified")
}

const block = (value: JsonRecord, path: string, report: Report): void => {
  const cidr = text(value["cidr"])
  if (cidr === "") return report.required(`${path}.cidr`)
  Ip.legacyCidr(`${path}.cidr`, cidr, report)
  const range = Ip.parseCidr(cidr)
  if (range === undefined) return
  for (const [i, except] of strings(value["except"]).entries()) {
    const field = `${path}.except[${i}]`
    Ip.legacyCidr(field, except, report)
    const inner = Ip.parseCidr(except)
    if (inner !== undefined && (range.bits >= inner.bits || !Ip.contains(range, inner.ip))) {
      report.invalid(field, except, "must be a strict subset of `cidr`")
    }
  }
}

const peer = (value: JsonRecord, path: string, report: Report): void => {
  const { ipBlock, namespaceSelector, podSelector } = value
  if (podSelector !== undefined) labelSelector(podSelector, `${path}.podSelector`, report)
  if (namespaceSelector !== undefined) labelSelector(namespaceSelector, `${path}.namespaceSelector`, report)
  if (isRecord(ipBlock)) block(ipBlock, `${path}.ipBlock`, report)
  const others = podSelector !== undefined || namespaceSelector !== undefined
  if (!others && ipBlock === undefined) report.required(path, "must specify a peer")
  else if (others && ipBlock !== undefined) report.forbidden(path, "may not specify both ipBlock and another peer")
}

const directions = [
  ["ingress", "from"],
  ["egress", "to"]
] as const

export const networkPolicy = (object: KubeObject, _: KubeObject | undefined, report: Report): void => {
  const spec = record(object["spec"])
  labelSelector(spec["podSelector"], "spec.podSelector", report)
  for (const [rules, peers] of directions) {
    for (const [i, rule] of records(spec[rules]).entries()) {
      const path = `spec.${rules}[${i}]`
      for (const [j, one] of records(rule["ports"]).entries()) port(one, `${path}.ports[${j}]`, report)
      for (const [j, one] of records(rule[peers]).entries()) peer(one, `${path}.${peers}[${j}]`, report)
    }
  }
  const types = strings(spec["policyTypes"])
  if (types.length > 2) return report.invalid("spec.policyTypes", types, "may not specify more than two policyTypes")
  for (const [i, type] of types.entries()) {
    if (!policyTypes.includes(type)) report.notSupportedAsListed(`spec.policyTypes[${i}]`, type, policyTypes)
  }
}
