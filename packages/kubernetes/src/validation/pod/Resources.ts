/** Limits and requests, of a container and of a pod as a whole. */
import type { JsonRecord } from "../../Json.ts"
import { print, record, records } from "../../Json.ts"
import * as Quantity from "../../Quantity.ts"
import { isLabel, text } from "../Check.ts"
import * as Names from "../Names.ts"
import type { Report } from "../Report.ts"

const standard: ReadonlySet<string> = new Set([
  "cpu",
  "memory",
  "ephemeral-storage",
  "requests.cpu",
  "requests.memory",
  "requests.ephemeral-storage",
  "limits.cpu",
  "limits.memory",
  "limits.ephemeral-storage",
  "pods",
  "resourcequotas",
  "services",
  "replicationcontrollers",
  "secrets",
  "configmaps",
  "persistentvolumeclaims",
  "storage",
  "requests.storage",
  "services.nodeports",
  "services.loadbalancers"
])

const countable: ReadonlySet<string> = new Set([
  "pods",
  "resourcequotas",
  "services",
  "replicationcontrollers",
  "secrets",
  "configmaps",
  "persistentvolumeclaims",
  "services.nodeports",
  "services.loadbalancers"
])

const ofContainers: ReadonlySet<string> = new Set(["cpu", "memory", "ephemeral-storage"])

export const isHugePages = (name: string): boolean => name.startsWith("hugepages-")

const isNative = (name: string): boolean => !name.includes("/") || name.includes("kubernetes.io/")

const isExtended = (name: string): boolean =>
  !isNative(name) && !name.startsWith("requests.") && Names.explainKey(`requests.${name}`).length === 0

const mayOvercommit = (name: string): boolean => isNative(name) && !isHugePages(name)

const isKnownName = (name: string): boolean => standard.has(name) || isHugePages(name) || name.startsWith("requests.hugepages-")

type CheckName = (name: string, path: string, report: Report) => void

/** Whether the name passed. */
const resourceName = (name: string, path: string, report: Report): boolean => {
  const reasons = Names.explainKey(name)
  report.each(path, name, reasons)
  if (reasons.length > 0) return false
  if (name.includes("/") || isKnownName(name)) return true
  report.invalid(path, name, "must be a standard resource type or fully qualified")
  return false
}

const containerName: CheckName = (name, path, report) => {
  resourceName(name, path, report)
  if (!name.includes("/")) {
    if (!ofContainers.has(name) && !isHugePages(name)) report.invalid(path, name, "must be a standard resource for containers")
  } else if (!isNative(name) && !isExtended(name)) report.invalid(path, name, "doesn't follow extended resource name standard")
}

const podName: CheckName = (name, path, report) => {
  if (resourceName(name, path, report) && name !== "cpu" && name !== "memory" && !isHugePages(name)) {
    report.notSupported(path, name, ["cpu", "hugepages-", "memory"])
  }
}

const quantity = (name: string, value: unknown, path: string, report: Report): void => {
  if (Quantity.compare(value, "0") < 0) report.invalid(path, value, "must be greater than or equal to 0")
  if ((countable.has(name) || isExtended(name)) && Quantity.milliValue(value) % 1000 !== 0) {
    report.invalid(path, value, "must be an integer")
  }
}

const hugePages = (name: string, value: unknown, path: string, report: Report): void => {
  if (!isHugePages(name)) return
  const size = name.slice("hugepages-".length)
  const whole = Quantity.isQuantity(size) && Quantity.compare(size, "0") > 0 && Quantity.milliValue(size) % 1000 === 0
  if (!whole || Quantity.value(value) % Quantity.value(size) !== 0) {
    report.invalid(path, value, `${String(value)} is not positive integer multiple of ${name}`)
  }
}

const claims = (value: unknown, known: ReadonlyArray<string>, path: string, report: Report): void => {
  const names = new Set<string>()
  for (const [i, claim] of records(value).entries()) {
    const here = `${path}[${i}]`
    const name = text(claim, "name")
    const request = text(claim, "request")
    if (name === "") {
      report.required(here)
      continue
    }
    if (names.has(name)) report.duplicate(here, name)
    else {
      if (request !== "") report.each(`${here}.request`, request, isLabel(request))
      const key = request === "" ? name : `${name}/${request}`
      if (names.has(key)) report.duplicate(here, key)
      else if (request === "") for (const other of names) if (other.startsWith(`${name}/`)) report.duplicate(here, name)
      names.add(key)
    }
    if (!known.includes(name)) {
      const list = known.length === 0 ? " which is empty" : `: ${known.join(", ")}`
      report.notFound(here, name, `must be one of the names in pod.spec.resourceClaims${list}`)
    }
  }
}

const sortedEntries = (value: unknown): ReadonlyArray<readonly [string, unknown]> =>
  Object.entries(record(value)).sort(([a], [b]) => (a < b ? -1 : 1))

const isComputed = (name: string): boolean => name === "cpu" || name === "memory"

const requirements = (value: JsonRecord, checkName: CheckName, known: ReadonlyArray<string>, path: string, report: Report): void => {
  const { limits, requests } = value
  if (limits === undefined && requests === undefined && value["claims"] === undefined) return
  let computed = false
  let huge = false
  for (const [name, limit] of sortedEntries(limits)) {
    const here = `${path}.limits[${name}]`
    checkName(name, here, report)
    quantity(name, limit, here, report)
    hugePages(name, limit, here, report)
    huge ||= isHugePages(name)
    computed ||= isComputed(name)
  }
  for (const [name, request] of sortedEntries(requests)) {
    const here = `${path}.requests[${name}]`
    checkName(name, here, report)
    quantity(name, request, here, report)
    const limit = record(limits)[name]
    if (limit !== undefined) {
      const order = Quantity.compare(request, limit)
      if (order !== 0 && !mayOvercommit(name)) {
        report.invalid(`${path}.requests`, request, `must be equal to ${name} limit of ${print(limit)}`)
      } else if (order > 0) report.invalid(`${path}.requests`, request, `must be less than or equal to ${name} limit of ${print(limit)}`)
    } else if (!mayOvercommit(name)) report.required(`${path}.limits`, "Limit must be set for non overcommitable resources")
    hugePages(name, request, here, report)
    huge ||= isHugePages(name)
    computed ||= isComputed(name)
  }
  if (huge && !computed) report.forbidden(path, "HugePages require cpu or memory")
  claims(value["claims"], known, `${path}.claims`, report)
}

export const containerResources = (value: unknown, known: ReadonlyArray<string>, path: string, report: Report): void =>
  requirements(record(value), containerName, known, path, report)

/** The sum over the containers, and at least what an init container wants while it runs. */
export const aggregate = (spec: JsonRecord, key: "limits" | "requests"): Readonly<Record<string, string>> => {
  const of = (container: JsonRecord): JsonRecord => record(record(container["resources"])[key])
  const sum: Record<string, string> = {}
  const add = (target: Record<string, string>, values: JsonRecord): void => {
    for (const [name, value] of Object.entries(values)) target[name] = name in target ? Quantity.add(target[name], value) : String(value)
  }
  for (const container of records(spec["containers"])) add(sum, of(container))
  const sidecars: Record<string, string> = {}
  const highest: Record<string, string> = {}
  for (const container of records(spec["initContainers"])) {
    const wanted: Record<string, string> = {}
    if (container["restartPolicy"] === "Always") {
      add(sum, of(container))
      add(sidecars, of(container))
      add(wanted, sidecars)
    } else {
      add(wanted, of(container))
      add(wanted, sidecars)
    }
    for (const [name, value] of Object.entries(wanted)) {
      if (Quantity.compare(value, highest[name] ?? "0") > 0 || !(name in highest)) highest[name] = value
    }
  }
  for (const [name, value] of Object.entries(highest)) {
    if (!(name in sum) || Quantity.compare(value, sum[name]) > 0) sum[name] = value
  }
  return sum
}

/** `spec.resources`: what the containers may use together. */
export const podResources = (
  spec: JsonRecord,
  known: ReadonlyArray<string>,
  os: string | undefined,
  parent: string,
  report: Report
): void => {
  if (spec["resources"] === undefined) return
  const path = `${parent}.resources`
  if (os === "windows") return report.forbidden(path, "may not be set for a windows pod")
  const own = record(spec["resources"])
  if (own["claims"] !== undefined) report.forbidden(`${path}.claims`, "claims may not be set for Resources at pod-level")
  requirements(own, podName, known, path, report)
  const limits = record(own["limits"])
  const requests = record(own["requests"])
  for (const [name, wanted] of sortedEntries(aggregate(spec, "requests"))) {
    const given = requests[name]
    if (given !== undefined && Quantity.compare(wanted, given) > 0) {
      const why = `must be greater than or equal to aggregate container requests of ${String(wanted)}`
      report.invalid(`${path}.requests[${name}]`, given, why)
    }
  }
  for (const [name, wanted] of sortedEntries(aggregate(spec, "limits"))) {
    const given = limits[name]
    if (isHugePages(name) && given !== undefined && Quantity.compare(wanted, given) > 0) {
      const why = `must be greater than or equal to aggregate container limits of ${String(wanted)}`
      report.invalid(`${path}.limits[${name}]`, given, why)
    }
  }
  for (const [i, container] of records(spec["containers"]).entries()) {
    for (const [name, limit] of sortedEntries(record(container["resources"])["limits"])) {
      const given = limits[name]
      if (given !== undefined && Quantity.compare(limit, given) > 0) {
        report.invalid(`${path}.containers[${i}][${name}].limits`, limit, `must be less than or equal to pod limits of ${print(given)}`)
      }
    }
  }
}
