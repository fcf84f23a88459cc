/** Names of compute resources: in quotas, limits, requests. */
import * as Names from "./Names.ts"
import type { Report } from "./Report.ts"
import * as Quantity from "../Quantity.ts"
import { negative } from "./Value.ts"

const computed = ["cpu", "memory", "ephemeral-storage"]

const counted = [
  "pods",
  "resourcequotas",
  "services",
  "replicationcontrollers",
  "secrets",
  "configmaps",
  "persistentvolumeclaims",
  "services.nodeports",
  "services.loadbalancers"
]

const quotas: ReadonlySet<string> = new Set([
  ...computed,
  ...computed.flatMap((one) => [`requests.${one}`, `limits.${one}`]),
  "requests.storage",
  ...counted
])

const standard: ReadonlySet<string> = new Set([...quotas, "storage"])
const integers: ReadonlySet<string> = new Set(counted)

const isHugePages = (name: string): boolean => name.startsWith("hugepages-")
const isQuotaHugePages = (name: string): boolean => isHugePages(name) || name.startsWith("requests.hugepages-")

export const isStandardQuota = (name: string): boolean => quotas.has(name) || isQuotaHugePages(name)

export const isNative = (name: string): boolean => !name.includes("/") || name.includes("kubernetes.io/")

export const isExtended = (name: string): boolean =>
  !isNative(name) && !name.startsWith("requests.") && Names.explainKey(`requests.${name}`).length === 0

/** A limit may be above what a node has. */
export const allowsOvercommit = (name: string): boolean => isNative(name) && !isHugePages(name)

/** Any resource. False when it is reported. */
export const resource = (name: string, path: string, report: Report): boolean => {
  const why = Names.explainKey(name)
  report.each(path, name, why)
  if (why.length > 0) return false
  if (name.includes("/") || standard.has(name) || isQuotaHugePages(name)) return true
  report.invalid(path, name, "must be a standard resource type or fully qualified")
  return false
}

/** Of a container. */
export const containerResource = (name: string, path: string, report: Report): void => {
  resource(name, path, report)
  if (!name.includes("/")) {
    if (!computed.includes(name) && !isHugePages(name)) report.invalid(path, name, "must be a standard resource for containers")
  } else if (!isNative(name) && !isExtended(name)) report.invalid(path, name, "doesn't follow extended resource name standard")
}

export const quotaResource = (name: string, path: string, report: Report): void => {
  resource(name, path, report)
  if (!name.includes("/") && !isStandardQuota(name)) report.invalid(path, name, "must be a standard resource for quota")
}

/** An amount of a resource: not negative, whole where the resource is counted. */
export const amount = (name: string, value: unknown, path: string, report: Report): void => {
  if (Quantity.compare(value, "0") < 0) report.invalid(path, value, negative)
  if ((integers.has(name) || isExtended(name)) && !Quantity.isWhole(value)) report.invalid(path, value, "must be an integer")
}
