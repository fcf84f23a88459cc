/**
 * How the requests of an application's users travel. Data: the simulator walks it through the present state of the cluster, a load
 * generator reads the operations, oracles read the names.
 */
import type { NetworkRequest } from "./Behaviour.ts"

/** A log-normal latency of a service's own work, without what it waits for. */
export interface Latency {
  readonly medianMillis: number
  /** Standard deviation of the logarithm; 0.3 is a usual service. */
  readonly sigma: number
}

/** One call that a handler makes. Calls of one group run at the same time, groups one after the other. */
export interface Call {
  /** A service of the topology. */
  readonly to: string
  /** A handler of that service; or, for a store, the request that its behaviour answers. */
  readonly handler?: string
  readonly request?: NetworkRequest
  /** Share of requests that make it (a cache miss); default 1. */
  readonly share?: number
  /** `fail`: the handler fails with it. `ignore`: only a log line tells (a cache that is down). Default `fail`. */
  readonly onFailure?: "fail" | "ignore"
}

export interface Handler {
  readonly latency: Latency
  readonly calls: ReadonlyArray<ReadonlyArray<Call>>
  /** CPU of one request in milliseconds; feeds the container series. */
  readonly cpuMillis: number
  /** Lines in the container's log for one request: `{method}`, `{path}`, `{error}`, `{time}` are filled in; none by default. */
  readonly log?: { readonly ok?: string; readonly failed?: string }
}

/** A store that a service must reach, and may use, when it starts. */
export interface StoreNeed {
  /** A service of the topology. */
  readonly store: string
  readonly database: string
  readonly credentials?: NonNullable<NetworkRequest["credentials"]>
}

export interface Service {
  /** The deployment and container that run it, and the label value that selects its pods. */
  readonly workload: string
  readonly container: string
  readonly port: number
  readonly protocol: NetworkRequest["protocol"]
  /** `kubernetes`: callers resolve the Service of this name. `registry`: callers ask the app's registry for `registeredAs`. */
  readonly discovery:
    | { readonly _tag: "kubernetes" }
    | { readonly _tag: "registry"; readonly registeredAs: string; readonly registry: string }
  /** By name. Empty for stores: their behaviour answers requests itself. */
  readonly handlers: Readonly<Record<string, Handler>>
  readonly needs?: ReadonlyArray<StoreNeed>
  /** Of a store with access control: who may change its users. */
  readonly administrator?: NonNullable<NetworkRequest["credentials"]>
  /** The name of the service in spans; default its name here. */
  readonly traceName?: string
}

/** What a user does. */
export interface Operation {
  readonly method: "GET" | "POST"
  /** With the parameters of an example request. */
  readonly path: string
  readonly service: string
  readonly handler: string
}

export interface Topology {
  /** Where users knock: a Kubernetes Service. */
  readonly entry: { readonly service: string; readonly port: number }
  readonly operations: Readonly<Record<string, Operation>>
  readonly services: Readonly<Record<string, Service>>
}

/** Where callers ask an app's registry: Consul's HTTP port for topologies that don't list it among their services. */
export const registryPort = ({ services }: Topology, registry: string): number => services[registry]?.port ?? 8500
