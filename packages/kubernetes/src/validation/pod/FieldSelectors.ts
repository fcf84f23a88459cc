/** What environment variables and downward API volumes may refer to: fields of the pod, resources of a container. */
import type { JsonRecord } from "../../Json.ts"
import { string } from "../../Json.ts"
import * as Quantity from "../../Quantity.ts"
import { text } from "../Check.ts"
import * as Names from "../Names.ts"
import type { Report } from "../Report.ts"

const known: ReadonlySet<string> = new Set([
  "metadata.annotations",
  "metadata.labels",
  "metadata.name",
  "metadata.namespace",
  "metadata.uid",
  "spec.nodeName",
  "spec.restartPolicy",
  "spec.serviceAccountName",
  "spec.schedulerName",
  "status.phase",
  "status.hostIP",
  "status.hostIPs",
  "status.podIP",
  "status.podIPs"
])

/** `metadata.labels['key']`. */
const subscripted = /^(?<path>.+?)\['(?<key>[\s\S]*)'\]$/

export const fieldRef = (value: JsonRecord, supported: ReadonlyArray<string>, path: string, report: Report): void => {
  const version = text(value, "apiVersion")
  const wanted = text(value, "fieldPath")
  if (version === "") return report.required(`${path}.apiVersion`)
  if (wanted === "") return report.required(`${path}.fieldPath`)
  const unconvertible = (why: string) => report.invalid(`${path}.fieldPath`, wanted, `error converting fieldPath: ${why}`)
  if (version !== "v1") return unconvertible(`unsupported pod version: ${version}`)
  const groups = subscripted.exec(wanted)?.groups
  if (groups !== undefined) {
    const key = groups["key"] ?? ""
    if (groups["path"] === "metadata.annotations") report.each(path, key.toLowerCase(), Names.explainKey(key.toLowerCase()))
    else if (groups["path"] === "metadata.labels") report.each(path, key, Names.explainKey(key))
    else unconvertible(`field label does not support subscript: ${wanted}`)
    return
  }
  // the name of long ago
  const field = wanted === "spec.host" ? "spec.nodeName" : wanted
  if (!known.has(field)) return unconvertible(`field label not supported: ${wanted}`)
  if (!supported.includes(field)) report.notSupported(`${path}.fieldPath`, field, supported)
}

const resources = [
  "limits.cpu",
  "limits.ephemeral-storage",
  "limits.memory",
  "requests.cpu",
  "requests.ephemeral-storage",
  "requests.memory"
]

const isHugePages = (resource: string): boolean => resource.startsWith("limits.hugepages-") || resource.startsWith("requests.hugepages-")

const byteDivisors = ["1", "1k", "1M", "1G", "1T", "1P", "1E", "1Ki", "1Mi", "1Gi", "1Ti", "1Pi", "1Ei"]

const divisors: Readonly<Record<string, readonly [values: ReadonlyArray<string>, resource: string]>> = {
  cpu: [["1m", "1"], "cpu"],
  memory: [byteDivisors, "memory"],
  "ephemeral-storage": [byteDivisors, "local ephemeral storage"]
}

const divisor = (value: JsonRecord, resource: string, path: string, report: Report): void => {
  const found = string(value["divisor"]) ?? "0"
  if (Quantity.compare(found, "0") === 0) return
  const [values, name] = isHugePages(resource)
    ? [byteDivisors, "hugepages"]
    : (divisors[resource.replace(/^(limits|requests)\./, "")] ?? [undefined, ""])
  if (values === undefined || values.includes(found)) return
  const listed = values === byteDivisors ? values.join(", ") : "1m and 1"
  report.invalid(`${path}.divisor`, resource, `only divisor's values ${listed} are supported with the ${name} resource`)
}

/** In a volume the container must be named. */
export const resourceFieldRef = (value: JsonRecord, owner: "env" | "volume", path: string, report: Report): void => {
  const resource = text(value, "resource")
  if (owner === "volume" && text(value, "containerName") === "") report.required(`${path}.containerName`)
  else if (resource === "") report.required(`${path}.resource`)
  else if (!resources.includes(resource) && !isHugePages(resource)) report.notSupported(`${path}.resource`, resource, resources)
  divisor(value, resource, path, report)
}
