/** Which services of which application a container plays: those of a topology that run in a container of its name. */
import type { NetworkRequest } from "@aiopslab/core/Behaviour"
import type { Handler, Service, Topology } from "@aiopslab/core/Topology"

export interface Place {
  readonly topology: Topology
  /** By name in the topology. */
  readonly services: ReadonlyMap<string, Service>
}

export const of = (topologies: ReadonlyArray<Topology>, container: string): Place | undefined => {
  for (const topology of topologies) {
    const services = new Map(Object.entries(topology.services).filter(([, service]) => service.container === container))
    if (services.size > 0) return { topology, services }
  }
  return undefined
}

/** The registry that the container's services announce themselves to. */
export const registryOf = ({ services }: Place): string | undefined =>
  [...services.values()].flatMap(({ discovery }) => (discovery._tag === "registry" ? [discovery.registry] : []))[0]

export interface Found {
  readonly service: string
  readonly handlerName: string
  readonly handler: Handler
  readonly protocol: NetworkRequest["protocol"]
}

const pathOf = (target: string): string => target.split("?")[0] ?? target

/** The handler that a request on a port is for: by its name, or, over HTTP, by method and path of an operation. */
export const handlerOf = ({ services, topology }: Place, port: number, request: NetworkRequest): Found | undefined => {
  for (const [service, { handlers, port: own, protocol }] of services) {
    if (own !== port) continue
    const [method, target = ""] = request.operation.split(" ")
    const operation =
      request.protocol === "http"
        ? Object.values(topology.operations).find(
            (one) => one.service === service && one.method === method && pathOf(one.path) === pathOf(target)
          )
        : undefined
    const handlerName = operation?.handler ?? request.operation
    const handler = handlers[handlerName]
    if (handler !== undefined) return { service, handlerName, handler, protocol }
  }
  return undefined
}
