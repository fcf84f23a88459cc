/** The spec of pods and pod templates: what users get wrong most. */
import type { JsonRecord } from "../Json.ts"
import { array, at, print, record, records, string } from "../Json.ts"
import * as Quantity from "../Quantity.ts"
import * as Names from "./Names.ts"
import type { Report } from "./Report.ts"

const protocols = ["SCTP", "TCP", "UDP"]

export const port = (value: unknown, path: string, report: Report): void => {
  if (typeof value === "number" && (value < 1 || value > 65_535)) {
    report.invalid(path, value, "must be between 1 and 65535, inclusive")
  }
}

export const oneOf = (value: unknown, supported: ReadonlyArray<string>, path: string, report: Report): void => {
  if (typeof value === "string" && !supported.includes(value)) report.notSupported(path, value, supported)
}

const ports = (container: JsonRecord, path: string, report: Report): void => {
  for (const [i, one] of records(container["ports"]).entries()) {
    const here = `${path}.ports[${i}]`
    if ((one["containerPort"] ?? 0) === 0) report.required(`${here}.containerPort`)
    else port(one["containerPort"], `${here}.containerPort`, report)
    oneOf(one["protocol"], protocols, `${here}.protocol`, report)
  }
}

const env = (container: JsonRecord, path: string, report: Report): void => {
  for (const [i, one] of records(container["env"]).entries()) {
    if ((one["name"] ?? "") === "") report.required(`${path}.env[${i}].name`)
    if (one["valueFrom"] !== undefined && (one["value"] ?? "") !== "") {
      report.invalid(`${path}.env[${i}].valueFrom`, "", "may not be specified when `value` is not empty")
    }
  }
}

const mounts = (container: JsonRecord, volumes: ReadonlySet<unknown>, path: string, report: Report): void => {
  const seen = new Set<unknown>()
  for (const [i, mount] of records(container["volumeMounts"]).entries()) {
    const here = `${path}.volumeMounts[${i}]`
    if ((mount["name"] ?? "") === "") report.required(`${here}.name`)
    else if (!volumes.has(mount["name"])) report.notFound(`${here}.name`, mount["name"])
    if ((mount["mountPath"] ?? "") === "") report.required(`${here}.mountPath`)
    else if (seen.has(mount["mountPath"])) report.invalid(`${here}.mountPath`, mount["mountPath"], "must be unique")
    seen.add(mount["mountPath"])
  }
}

const resources = (container: JsonRecord, path: string, report: Report): void => {
  const limits = record(at(container, "resources", "limits"))
  const requests = record(at(container, "resources", "requests"))
  for (const [name, value] of Object.entries(limits)) {
    if (Quantity.compare(value, "0") < 0) report.invalid(`${path}.resources.limits.${name}`, value, "must be greater than or equal to 0")
  }
  for (const [name, value] of Object.entries(requests)) {
    if (Quantity.compare(value, "0") < 0) report.invalid(`${path}.resources.requests.${name}`, value, "must be greater than or equal to 0")
    const limit = limits[name]
    if (limit !== undefined && Quantity.compare(value, limit) > 0) {
      report.invalid(`${path}.resources.requests`, value, `must be less than or equal to ${name} limit of ${print(limit)}`)
    }
  }
}

const handlers = ["exec", "grpc", "httpGet", "tcpSocket"]

const probes = (container: JsonRecord, path: string, report: Report): void => {
  for (const name of ["livenessProbe", "readinessProbe", "startupProbe"]) {
    const probe = container[name]
    if (probe === undefined) continue
    if (!handlers.some((handler) => at(probe, handler) !== undefined)) report.required(`${path}.${name}`, "must specify a handler type")
    if (name !== "readinessProbe" && at(probe, "successThreshold") !== 1) {
      report.invalid(`${path}.${name}.successThreshold`, at(probe, "successThreshold"), "must be 1")
    }
  }
}

const containers = (list: unknown, path: string, volumes: ReadonlySet<unknown>, names: Set<unknown>, report: Report): void => {
  for (const [i, container] of records(list).entries()) {
    const here = `${path}[${i}]`
    const name = string(container["name"]) ?? ""
    if (name === "") report.required(`${here}.name`)
    else for (const why of Names.explain(name, Names.dnsLabel)) report.invalid(`${here}.name`, name, why)
    if (name !== "" && names.has(name)) report.duplicate(`${here}.name`, name)
    names.add(name)
    if ((container["image"] ?? "") === "") report.required(`${here}.image`)
    ports(container, here, report)
    env(container, here, report)
    mounts(container, volumes, here, report)
    probes(container, here, report)
    oneOf(container["imagePullPolicy"], ["Always", "IfNotPresent", "Never"], `${here}.imagePullPolicy`, report)
    resources(container, here, report)
  }
}

const volumeNames = (spec: JsonRecord, path: string, report: Report): ReadonlySet<unknown> => {
  const names = new Set<unknown>()
  for (const [i, volume] of records(spec["volumes"]).entries()) {
    const name = string(volume["name"]) ?? ""
    const here = `${path}.volumes[${i}].name`
    if (name === "") report.required(here)
    else if (names.has(name)) report.duplicate(here, name)
    else for (const why of Names.explain(name, Names.dnsLabel)) report.invalid(here, name, why)
    names.add(name)
  }
  return names
}

/** `restarts`: the policies that the kind allows. */
export const podSpec = (value: unknown, path: string, restarts: ReadonlyArray<string>, report: Report): void => {
  const spec = record(value)
  const volumes = volumeNames(spec, path, report)
  const names = new Set<unknown>()
  if (array(spec["containers"]).length === 0) report.required(`${path}.containers`)
  containers(spec["containers"], `${path}.containers`, volumes, names, report)
  containers(spec["initContainers"], `${path}.initContainers`, volumes, names, report)
  oneOf(spec["restartPolicy"], restarts, `${path}.restartPolicy`, report)
  oneOf(spec["dnsPolicy"], ["ClusterFirst", "ClusterFirstWithHostNet", "Default", "None"], `${path}.dnsPolicy`, report)
}
