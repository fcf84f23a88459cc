/**
 * What the real server's aggregator does after a write to an APIService of another server: it looks whether the service is there and has
 * endpoints. There it takes some milliseconds; here it is part of the write. Nothing is asked of the other server.
 */
import type { KubeObject } from "@aiopslab/core/Kubernetes"
import * as Result from "effect/Result"
import { withCondition } from "../Conditions.ts"
import { equal } from "../Equal.ts"
import type { WriteContext } from "../Host.ts"
import type { JsonRecord } from "../Json.ts"
import { at, record, records, string } from "../Json.ts"
import * as Registry from "../Registry.ts"
import { builtInScheme } from "../Scheme.ts"
import * as Store from "../Store.ts"

const services = "apiservices.apiregistration.k8s.io"

export const concerns = (resource: string): boolean => resource === services

const missing = (reason: string, message: string): JsonRecord => ({ type: "Available", status: "False", reason, message })

/** Why the service can't be asked; nothing when it could be. */
const obstacle = (store: Store.Store, service: JsonRecord): JsonRecord | undefined => {
  const name = string(service["name"]) ?? ""
  const namespace = string(service["namespace"]) ?? ""
  const called = `service/${name} in ${JSON.stringify(namespace)}`
  const found = Store.get(store, "services", namespace, name)
  if (found === undefined) return missing("ServiceNotFound", `${called} is not present`)
  if (at(found, "spec", "type") === "ExternalName") return undefined
  const port = records(at(found, "spec", "ports")).find((one) => one["port"] === service["port"])
  if (port === undefined) return missing("ServicePortError", `${called} is not listening on port ${String(service["port"])}`)
  const slices = Store.list(store, "endpointslices.discovery.k8s.io", namespace).filter(
    ({ metadata }) => metadata.labels?.["kubernetes.io/service-name"] === name
  )
  if (slices.length === 0) return missing("EndpointsNotFound", `cannot find endpointslices for ${called}`)
  const portName = string(port["name"]) ?? ""
  const serves = slices.some(
    (slice) =>
      records(slice["endpoints"]).some((endpoint) => at(endpoint, "conditions", "ready") !== false) &&
      records(slice["ports"]).some((one) => (one["name"] ?? "") === portName)
  )
  if (serves) return undefined
  return missing("MissingEndpoints", `endpointslices for ${called} have no addresses with port name ${JSON.stringify(portName)}`)
}

const settled = (store: Store.Store, object: KubeObject, now: number): KubeObject => {
  const service = at(object, "spec", "service")
  const found = service === undefined ? undefined : obstacle(store, record(service))
  return found === undefined ? object : withCondition(object, found, now)
}

export const settle = (store: Store.Store, context: WriteContext): Store.Store => {
  const resource = builtInScheme.byId.get(services)
  if (resource === undefined) return store
  let next = store
  for (const object of Store.list(store, services)) {
    const wanted = settled(store, object, context.now)
    if (equal(wanted["status"], object["status"])) continue
    const written = Registry.trusted.updateStatus(resource, wanted)(next, { ...context, manager: "kube-apiserver" })
    if (Result.isSuccess(written)) next = written.success[1]
  }
  return next
}
