/** Where a Service's connections go: the ready addresses of its Endpoints, and the containers there. */
import * as Store from "@aiopslab/kubernetes/Store"
import type { Container } from "./Container.ts"
import type { EndpointAddress, Service } from "./Kinds.ts"
import { asEndpoints } from "./Kinds.ts"
import type { World } from "./World.ts"
import { containersOf } from "./World.ts"

export interface Ready {
  readonly address: EndpointAddress
  readonly ports: ReadonlyArray<{ readonly name?: string; readonly port: number }>
}

export const readyAddresses = (world: Pick<World, "store">, service: Service): ReadonlyArray<Ready> => {
  const found = Store.get(world.store, "endpoints", service.metadata.namespace ?? "", service.metadata.name)
  if (found === undefined) return []
  return (asEndpoints(found).subsets ?? []).flatMap(({ addresses = [], ports = [] }) => addresses.map((address) => ({ address, ports })))
}

/** The container of a pod that listens on a port. */
export const listenerOf = (world: Pick<World, "containers">, podUid: string, port: number): Container | undefined =>
  containersOf(world, podUid).find(({ listening }) => listening.includes(port))
