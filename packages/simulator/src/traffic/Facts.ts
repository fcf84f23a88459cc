/**
 * What an epoch of the world means to the requests of one application: who is reachable where, and what the programs there answer. Plain
 * data, so that walking a request is a pure function of it, and two epochs with equal facts share what was worked out.
 */
import type { NetworkReply, NetworkRequest } from "@aiopslab/core/Behaviour"
import type { Topology } from "@aiopslab/core/Topology"
import type { Path } from "../Impairments.ts"
import type { Spread } from "../Network.ts"

/** A container that may get a request. */
export interface Place {
  /** The container's key in the world. */
  readonly key: string
  readonly pod: string
  readonly container: string
  readonly node: string
  /** The pod's own. */
  readonly address: string
  /** Address and port that callers dial: a Service's, or the container's own. */
  readonly dialled: string
  /** The container's own port. */
  readonly port: number
  /** Whether something listens there; a connection to it is refused otherwise. */
  readonly listens: boolean
}

/** A connection that didn't come about. */
export type NetworkFailure = Extract<NetworkReply, { readonly _tag: "failure" }>

/** Where callers of a service end up. Places are never empty. */
export type Reach =
  | { readonly _tag: "places"; readonly places: ReadonlyArray<Place>; readonly spread: Spread }
  | { readonly _tag: "failure"; readonly failure: NetworkFailure }
  /** The app's registry can't be asked or knows no instance. */
  | { readonly _tag: "no-instances" }

/** What each place of a service answers to a request, by its index. */
export type Replies = ReadonlyArray<NetworkReply>

export interface Facts {
  readonly entry: Reach
  /** What network policies and impairments keep apart, by `barKey`. */
  readonly bars: Readonly<Record<string, NetworkFailure>>
  /** What impairments do to calls, by `barKey`. */
  readonly paths: Readonly<Record<string, Path>>
  /** Share of what a container reports that gets lost on its way out of the pod, by the container's key. */
  readonly unreported: Readonly<Record<string, number>>
  /** By name; for callers that find another by that name than most do, by `ownKey`. */
  readonly services: Readonly<Record<string, Reach>>
  /** By the same key, then by `requestKey`. */
  readonly replies: Readonly<Record<string, Readonly<Record<string, Replies>>>>
}

/** `caller` is a container's key; no service's name has a blank in it. */
export const ownKey = (caller: string, service: string): string => `${service} ${caller}`

/** Under which key `services` has what a caller finds by the name. */
export const keyFor = ({ services }: Pick<Facts, "services">, caller: string, service: string): string => {
  const own = ownKey(caller, service)
  return own in services ? own : service
}

/** `caller` is a container's key, or empty for a user. */
export const barKey = (caller: string, place: Place): string => `${caller} ${place.key} ${place.dialled}`

/** Requests with equal keys get equal answers. */
export const requestKey = (request: NetworkRequest): string => {
  const known = keys.get(request)
  if (known !== undefined) return known
  const made = `${request.protocol} ${request.operation} ${request.credentials?.user ?? ""} ${JSON.stringify(request.payload ?? null)}`
  keys.set(request, made)
  return made
}
const keys = new WeakMap<NetworkRequest, string>()

/** A request that a handler is asked with, to see whether its program answers at all. */
export const handlerRequest = (topology: Topology, service: string, handler: string): NetworkRequest => ({
  protocol: topology.services[service]?.protocol ?? "tcp",
  operation: handler
})

/** Every request that a service of the topology may get. */
export const requestsOf = (topology: Topology): Readonly<Record<string, ReadonlyArray<NetworkRequest>>> => {
  const known = requests.get(topology)
  if (known !== undefined) return known
  const out: Record<string, Map<string, NetworkRequest>> = {}
  const add = (service: string, request: NetworkRequest) => {
    const group = out[service] ?? new Map<string, NetworkRequest>()
    group.set(requestKey(request), request)
    out[service] = group
  }
  for (const [name, service] of Object.entries(topology.services)) {
    for (const [handler, { calls }] of Object.entries(service.handlers)) {
      add(name, handlerRequest(topology, name, handler))
      for (const call of calls.flat()) if (call.request !== undefined) add(call.to, call.request)
    }
  }
  const made = Object.fromEntries(Object.entries(out).map(([service, group]) => [service, Array.from(group.values())]))
  requests.set(topology, made)
  return made
}
const requests = new WeakMap<Topology, Readonly<Record<string, ReadonlyArray<NetworkRequest>>>>()

const reachText = (reach: Reach): string => {
  if (reach._tag === "no-instances") return "-"
  if (reach._tag === "failure") return replyText(reach.failure)
  const { affinity, scope } = reach.spread
  const spread = affinity === "none" && scope === "cluster" ? "" : `${affinity} ${scope} `
  return spread + reach.places.map((at) => `${at.key} ${at.pod}@${at.node} ${at.address} ${at.dialled}${at.listens ? "" : "!"}`).join(",")
}

const replyText = (reply: NetworkReply): string =>
  reply._tag === "ok" ? "" : reply._tag === "error" ? `${reply.code} ${reply.message}` : `${reply.failure} ${reply.message}`

/** Equal for equal facts, whatever the payloads of good answers. */
export const fingerprint = (facts: Facts): string => {
  const lines = [reachText(facts.entry)]
  for (const [name, reach] of Object.entries(facts.services)) lines.push(`${name} ${reachText(reach)}`)
  for (const [name, replies] of Object.entries(facts.replies)) {
    for (const [key, list] of Object.entries(replies)) {
      if (list.some((reply) => reply._tag !== "ok")) lines.push(`${name} ${key} ${list.map(replyText).join("|")}`)
    }
  }
  for (const [key, failure] of Object.entries(facts.bars)) lines.push(`${key} ${replyText(failure)}`)
  for (const [key, path] of Object.entries(facts.paths)) lines.push(`${key} ${JSON.stringify(path)}`)
  for (const [key, share] of Object.entries(facts.unreported)) lines.push(`${key} unreported ${share}`)
  return lines.join("\n")
}
