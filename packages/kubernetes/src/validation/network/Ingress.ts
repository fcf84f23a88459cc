/** Ingresses and their classes. */
import type { KubeObject } from "@aiopslab/core/Kubernetes"
import type { JsonRecord } from "../../Json.ts"
import { at, isRecord, record, records, strings } from "../../Json.ts"
import * as Ip from "../Ip.ts"
import * as Names from "../Names.ts"
import type { Report } from "../Report.ts"
import { immutable, label, oneOf, port, requiredName, subdomain, text } from "../Value.ts"

const classKey = "kubernetes.io/ingress.class"

const host = (value: string, path: string, report: Report): void =>
  report.each(path, value, Names.explain(value, value.includes("*") ? Names.wildcardSubdomain : Names.subdomain))

/** A kind and a name, of a group. */
const localReference = (value: JsonRecord, path: string, report: Report): void => {
  if (typeof value["apiGroup"] === "string") subdomain(value["apiGroup"], `${path}.apiGroup`, report)
  requiredName(value["kind"], Names.explainPathSegment, `${path}.kind`, report)
  requiredName(value["name"], Names.explainPathSegment, `${path}.name`, report)
}

const backend = (value: JsonRecord, path: string, report: Report): void => {
  const { resource, service } = value
  if (isRecord(resource) && isRecord(service)) return report.invalid(path, "", "cannot set both resource and service backends")
  if (isRecord(resource)) return localReference(resource, `${path}.resource`, report)
  if (!isRecord(service)) return report.invalid(path, "", "resource or service backend is required")
  requiredName(service["name"], (name) => Names.explain(name, Names.serviceName), `${path}.service.name`, report)
  const { name, number } = record(service["port"])
  const named = text(name) !== ""
  const numbered = typeof number === "number" && number !== 0
  if (named && numbered) report.invalid(path, "", "cannot set both port name & port number")
  else if (named) report.each(`${path}.service.port.name`, name, Names.explainPortName(text(name)))
  else if (numbered) port(number, `${path}.service.port.number`, report)
  else report.required(path, "port name or number is required")
}

const sequences = ["//", "/./", "/../", "%2f", "%2F"]
const endings = ["/..", "/."]
const pathTypes = ["Exact", "ImplementationSpecific", "Prefix"]

const httpPath = (value: JsonRecord, field: string, report: Report): void => {
  const path = text(value["path"])
  const type = value["pathType"]
  if (type === undefined) return report.required(`${field}.pathType`, "pathType must be specified")
  const absolute = (): void => {
    if (!path.startsWith("/")) report.invalid(`${field}.path`, path, "must be an absolute path")
  }
  if (type === "Exact" || type === "Prefix") {
    absolute()
    for (const one of sequences) if (path.includes(one)) report.invalid(`${field}.path`, path, `must not contain '${one}'`)
    for (const one of endings) if (path.endsWith(one)) report.invalid(`${field}.path`, path, `cannot end with '${one}'`)
  } else if (type === "ImplementationSpecific") {
    if (path !== "") absolute()
  } else report.notSupported(`${field}.pathType`, type, pathTypes)
  backend(record(value["backend"]), `${field}.backend`, report)
}

const rule = (value: JsonRecord, field: string, report: Report): void => {
  const name = text(value["host"])
  if (name !== "") {
    if (Ip.parse(name) !== undefined) report.invalid(`${field}.host`, name, "must be a DNS name, not an IP address")
    host(name, `${field}.host`, report)
  }
  const { http } = value
  if (!isRecord(http)) return
  const paths = records(http["paths"])
  if (paths.length === 0) report.required(`${field}.http.paths`)
  for (const [i, path] of paths.entries()) httpPath(path, `${field}.http.paths[${i}]`, report)
}

export const ingress = (object: KubeObject, _: KubeObject | undefined, report: Report): void => {
  const spec = record(object["spec"])
  const rules = records(spec["rules"])
  if (rules.length === 0 && spec["defaultBackend"] === undefined) {
    report.invalid("spec", spec["rules"], "either `defaultBackend` or `rules` must be specified")
  }
  if (isRecord(spec["defaultBackend"])) backend(spec["defaultBackend"], "spec.defaultBackend", report)
  for (const [i, one] of rules.entries()) rule(one, `spec.rules[${i}]`, report)
  for (const [i, tls] of records(spec["tls"]).entries()) {
    for (const [j, name] of strings(tls["hosts"]).entries()) host(name, `spec.tls[${i}].hosts[${j}]`, report)
    if (text(tls["secretName"]) !== "") subdomain(text(tls["secretName"]), `spec.tls[${i}].secretName`, report)
  }
  if (spec["ingressClassName"] !== undefined) subdomain(text(spec["ingressClassName"]), "spec.ingressClassName", report)
}

export const ingressCreate = (object: KubeObject, _: KubeObject | undefined, report: Report): void => {
  const annotation = object.metadata.annotations?.[classKey]
  const name = record(object["spec"])["ingressClassName"]
  if (annotation !== undefined && name !== undefined && annotation !== name) {
    report.invalid(`annotations.${classKey}`, annotation, "must match `ingressClassName` when both are specified")
  }
}

const longestController = 250

const parameters = (value: JsonRecord, report: Report): void => {
  const path = "spec.parameters"
  localReference(value, path, report)
  const { namespace, scope } = value
  if (scope === undefined) return report.required(`${path}.scope`)
  oneOf(scope, ["Cluster", "Namespace"], `${path}.scope`, report)
  if (scope === "Namespace") {
    if (namespace === undefined) report.required(`${path}.namespace`, "`parameters.scope` is set to 'Namespace'")
    else label(text(namespace), `${path}.namespace`, report)
  }
  if (scope === "Cluster" && namespace !== undefined) {
    report.forbidden(`${path}.namespace`, "`parameters.scope` is set to 'Cluster'")
  }
}

export const ingressClass = (object: KubeObject, _: KubeObject | undefined, report: Report): void => {
  const spec = record(object["spec"])
  const controller = text(spec["controller"])
  if (Buffer.byteLength(controller) > longestController) report.tooLong("spec.controller", longestController)
  if (controller === "") report.required("spec.controller")
  else for (const [part, why] of Names.explainDomainPath(controller)) report.invalid("spec.controller", part, why)
  if (isRecord(spec["parameters"])) parameters(spec["parameters"], report)
}

export const ingressClassUpdate = (object: KubeObject, previous: KubeObject | undefined, report: Report): void =>
  immutable(text(record(object["spec"])["controller"]), record(previous?.["spec"])["controller"], "spec.controller", report)

export const ingressStatus = (object: KubeObject, _: KubeObject | undefined, report: Report): void => {
  for (const [i, one] of records(at(object, "status", "loadBalancer", "ingress")).entries()) {
    const path = `status.loadBalancer.ingress[${i}]`
    const ip = text(one["ip"])
    const hostname = text(one["hostname"])
    if (ip !== "") Ip.legacy(`${path}.ip`, ip, report)
    if (hostname === "") continue
    subdomain(hostname, `${path}.hostname`, report)
    if (Ip.parse(hostname) !== undefined) report.invalid(`${path}.hostname`, hostname, "must be a DNS name, not an IP address")
  }
}
