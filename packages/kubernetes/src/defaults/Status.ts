/** Defaults of what the status' endpoint is given. By resource id. */
import { array, isRecord, record } from "../Json.ts"
import type { Fill } from "./Fill.ts"
import { all, each, empty, ensured, field } from "./Fill.ts"
import { rounded } from "./Pod.ts"

/** What a node has is what it gives, unless it says otherwise. */
const allocatable: Fill = (status) => {
  const { allocatable: given, capacity } = status
  return isRecord(capacity) && Object.keys(record(given)).length === 0 ? { ...status, allocatable: capacity } : status
}

const ipMode: Fill = (ingress) =>
  (ingress["ip"] ?? "") === "" || ingress["ipMode"] !== undefined ? ingress : { ...ingress, ipMode: "VIP" }

const balancer: Fill = field("status", field("loadBalancer", each("ingress", ipMode)))

export const statusDefaults: Readonly<Record<string, Fill>> = {
  namespaces: ensured("status", empty({ phase: "Active" })),
  nodes: field("status", all(field("capacity", rounded), field("allocatable", rounded), allocatable)),
  resourcequotas: field("status", all(field("hard", rounded), field("used", rounded))),
  persistentvolumes: ensured("status", empty({ phase: "Pending" })),
  persistentvolumeclaims: ensured(
    "status",
    all(empty({ phase: "Pending" }), field("capacity", rounded), field("allocatedResources", rounded))
  ),
  services: (service) =>
    record(service["spec"])["type"] === "LoadBalancer" && array(record(record(service["status"])["loadBalancer"])["ingress"]).length > 0
      ? balancer(service)
      : service
}
