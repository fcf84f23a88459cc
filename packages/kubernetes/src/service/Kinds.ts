/** What follows from a service's type. */
import type { JsonRecord } from "../Json.ts"
import { strings } from "../Json.ts"

export const needsClusterIp = (spec: JsonRecord): boolean => spec["type"] !== "ExternalName"

export const needsNodePorts = (spec: JsonRecord): boolean => spec["type"] === "NodePort" || spec["type"] === "LoadBalancer"

export const needsHealthCheck = (spec: JsonRecord): boolean => spec["type"] === "LoadBalancer" && spec["externalTrafficPolicy"] === "Local"

/** From outside of the cluster: by a node's port, a balancer, an external address. */
export const isExternal = (spec: JsonRecord): boolean =>
  needsNodePorts(spec) || (spec["type"] === "ClusterIP" && strings(spec["externalIPs"]).length > 0)

export const isHeadless = (spec: JsonRecord): boolean => {
  const ips = strings(spec["clusterIPs"])
  return ips.length === 1 && ips[0] === "None"
}

/** A field that Go keeps as a number. */
export const portOf = (value: unknown): number => (typeof value === "number" ? value : 0)

export const textOf = (value: unknown): string => (typeof value === "string" ? value : "")
