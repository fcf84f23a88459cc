/**
 * One way that a request can take through an application under given facts: which containers it meets, what fails, and why. Where chance
 * decides (which endpoint, whether the cache misses) the walk asks; the same answers give the same way.
 */
import type { NetworkReply } from "@aiopslab/core/Behaviour"
import type { Call, Handler, Latency, Operation, Topology } from "@aiopslab/core/Topology"
import { barKey, type Facts, handlerRequest, keyFor, type NetworkFailure, type Place, type Reach, requestKey } from "./Facts.ts"
import type { Path } from "../Impairments.ts"
import { clusterDns } from "../kubelet/Names.ts"
import * as Network from "../Network.ts"
import * as Policies from "../NetworkPolicies.ts"
import { chances } from "../Transfer.ts"
import { type Failure, noInstances, ofHandler, ofNetwork, ofReply, patienceOf, type Protocol, unanswered } from "./Failure.ts"
import { hashOf } from "./Hash.ts"

/** Chooses by weight; the weights sum to 1. */
export type Choose = (weights: ReadonlyArray<number>) => number

/** A handler's run in a container: the span of its server. */
export interface Visit {
  /** Its place in the branch's tables of times. */
  readonly index: number
  readonly service: string
  readonly handlerName: string
  readonly handler: Handler
  readonly place: Place
  /** Share of its spans that never reach the collector: they are sent as datagrams, once. */
  readonly unreported?: number
  /** Groups one after the other; the calls of a group at the same time. */
  readonly groups: ReadonlyArray<ReadonlyArray<Run>>
  /** What it failed with. */
  readonly failure?: string
  /** Failures that only its log tells. */
  readonly ignored: ReadonlyArray<string>
}

/** A call as its caller sees it: the span of the client. */
export interface Run {
  readonly index: number
  readonly to: string
  readonly operation: string
  readonly protocol: Protocol
  /** Of the network and, without a visit, of the answer or failure. */
  readonly latency: Latency
  /** Where it was answered. */
  readonly place?: Place
  readonly visit?: Visit
  readonly failure?: Failure
  /** It goes over an impaired path. `unheard`: it arrived, and its answer did not in time. */
  readonly impaired?: { readonly path: Path; readonly patience: number; readonly fate: "unheard" | "answered" }
}

export interface Branch {
  readonly root: Run
  /** Length of the tables of times. */
  readonly size: number
  /** HTTP status that the user gets; 0 when there was no answer. */
  readonly status: number
  /** Whether a call on it goes over an impaired path. */
  readonly impaired: "yes" | "no"
}

/** Between two pods of one cluster. */
const network: Latency = { medianMillis: 0.15, sigma: 0.3 }

/** What a store needs for an indexed look-up on an idle machine. */
const stores: Readonly<Record<Protocol, Latency>> = {
  http: { medianMillis: 1, sigma: 0.35 },
  grpc: { medianMillis: 1, sigma: 0.35 },
  mongodb: { medianMillis: 1.1, sigma: 0.4 },
  memcached: { medianMillis: 0.3, sigma: 0.3 },
  redis: { medianMillis: 0.3, sigma: 0.3 },
  sql: { medianMillis: 1.6, sigma: 0.4 },
  tcp: { medianMillis: 0.5, sigma: 0.3 }
}

/** Deeper is a circle in the topology. */
const deepest = 24

const noReply: NetworkReply = { _tag: "failure", failure: "timeout", message: "" }

const refusedAt = (dialled: string): NetworkFailure => ({
  _tag: "failure",
  failure: "refused",
  message: `dial tcp ${dialled}: connect: connection refused`
})

type Met = { readonly place: Place; readonly index: number } | { readonly failure: Failure }

interface Walker {
  readonly topology: Topology
  readonly facts: Facts
  readonly choose: Choose
  next: number
  impaired: Branch["impaired"]
}

/** None of the Service's endpoints is on the caller's node, and no other is for it. */
const lostOf = (protocol: Protocol, [place]: ReadonlyArray<Place>): Failure => {
  const [address = "", port = "0"] = place?.dialled.split(":") ?? []
  return ofNetwork(protocol, Network.timedOut(address, Number(port)))
}

/**
 * The container that gets the call. A Kubernetes Service spreads connections over all of its endpoints and some of them may refuse; a client
 * that balances by itself over a registry's instances only uses those it could connect to.
 */
const meet = (walker: Walker, caller: Place | undefined, reach: Reach, protocol: Protocol, balancer: "service" | "client"): Met => {
  if (reach._tag === "no-instances") return { failure: noInstances }
  if (reach._tag === "failure") return { failure: ofNetwork(protocol, Network.worded(reach.failure, caller?.address ?? "")) }
  const all = reach.places.map((place, index) => ({ place, index }))
  const barOf = (place: Place): NetworkFailure | undefined => walker.facts.bars[barKey(caller?.key ?? "", place)]
  const connected = balancer === "service" ? all : all.filter(({ place }) => place.listens && barOf(place) === undefined)
  const candidates = (connected.length === 0 ? all : connected).map((one) => ({ ...one, node: one.place.node }))
  const asker = { node: caller?.node ?? "", address: caller?.key ?? "" }
  // a user comes in by another way
  const spread = balancer === "client" || caller === undefined ? Network.even : reach.spread
  const chosen = Network.chosen(candidates, spread, asker, (count) => walker.choose(Array.from({ length: count }, () => 1 / count)))
  if (chosen === undefined) return { failure: lostOf(protocol, reach.places) }
  const bar = barOf(chosen.place)
  if (bar !== undefined) return { failure: ofNetwork(protocol, bar) }
  const { dialled, listens } = chosen.place
  return listens ? chosen : { failure: ofNetwork(protocol, refusedAt(dialled)) }
}

/** Of the ports from which Linux connects. */
const portOf = (key: string): number => 32_768 + (hashOf(key) % 28_232)

type Sent = { readonly impaired?: NonNullable<Run["impaired"]> } | { readonly failure: Failure }

const unhurt: Sent = {}

/** What becomes of a call over the path to its place: most go as they always do. */
const send = (walker: Walker, caller: Place | undefined, place: Place, protocol: Protocol): Sent => {
  const { choose, facts } = walker
  const path = facts.paths[barKey(caller?.key ?? "", place)]
  if (path === undefined) return unhurt
  walker.impaired = "yes"
  const patience = patienceOf(protocol)
  const chance = chances(path, patience)
  const possible = (["lost", "unheard", "answered"] as const).filter((fate) => chance[fate] > 0)
  const fate = possible[possible.length === 1 ? 0 : choose(possible.map((one) => chance[one]))] ?? "answered"
  return fate === "lost" ? { failure: silent(caller, place, protocol) } : { impaired: { path, patience, fate } }
}

const silent = (caller: Place | undefined, place: Place, protocol: Protocol): Failure => {
  const from = `${caller?.address ?? Policies.outside.ip}:${portOf(`${caller?.key ?? ""} ${place.key}`)}`
  return unanswered(protocol, Network.unanswered(from, place.dialled))
}

/** A call that reached its place, as its caller sees it. */
const received = (run: Run, sent: { readonly impaired?: NonNullable<Run["impaired"]> }, caller: Place | undefined): Run => {
  if (sent.impaired === undefined || run.place === undefined) return run
  const impaired: Run = { ...run, impaired: sent.impaired }
  return sent.impaired.fate === "answered" ? impaired : { ...impaired, failure: silent(caller, run.place, run.protocol) }
}

const visit = (walker: Walker, service: string, handlerName: string, handler: Handler, place: Place, depth: number): Visit => {
  const index = walker.next++
  const groups: Array<ReadonlyArray<Run>> = []
  const ignored: Array<string> = []
  let failure: string | undefined
  for (const group of handler.calls) {
    const runs: Array<Run> = []
    for (const call of group) {
      const share = call.share ?? 1
      if (share < 1 && walker.choose([share, 1 - share]) === 1) continue
      const made = run(walker, place, call, depth + 1)
      runs.push(made)
      if (made.failure === undefined) continue
      if (call.onFailure === "ignore") ignored.push(made.failure.message)
      else failure ??= made.failure.message
    }
    if (runs.length > 0) groups.push(runs)
    if (failure !== undefined) break
  }
  const unreported = walker.facts.unreported[place.key]
  return {
    index,
    service,
    handlerName,
    handler,
    place,
    groups,
    ignored,
    ...(unreported === undefined ? {} : { unreported }),
    ...(failure === undefined ? {} : { failure })
  }
}

const run = (walker: Walker, caller: Place, call: Call, depth: number): Run => {
  const { topology } = walker
  const index = walker.next++
  const callee = topology.services[call.to]
  const protocol = call.request?.protocol ?? callee?.protocol ?? "tcp"
  const operation = call.handler ?? call.request?.operation ?? call.to
  const failed = (failure: Failure, place?: Place): Run => ({
    index,
    to: call.to,
    operation,
    protocol,
    latency: failure.latency,
    failure,
    ...(place === undefined ? {} : { place })
  })
  const key = keyFor(walker.facts, caller.key, call.to)
  const reach = walker.facts.services[key]
  if (callee === undefined || reach === undefined || depth > deepest)
    return failed(ofNetwork(protocol, Network.noSuchHost(call.to, clusterDns)))
  const met = meet(walker, caller, reach, protocol, callee.discovery._tag === "registry" ? "client" : "service")
  if ("failure" in met) return failed(met.failure)
  const { place } = met
  const sent = send(walker, caller, place, protocol)
  if ("failure" in sent) return failed(sent.failure)
  const request = call.request ?? handlerRequest(topology, call.to, operation)
  const reply = walker.facts.replies[key]?.[requestKey(request)]?.[met.index] ?? noReply
  const answered = call.handler === undefined ? stores[protocol] : network
  const refusal = ofReply(protocol, reply, answered)
  if (refusal !== undefined) return received(failed(refusal, place), sent, caller)
  const handler = call.handler === undefined ? undefined : callee.handlers[call.handler]
  const made: Run = { index, to: call.to, operation, protocol, latency: answered, place }
  if (handler === undefined) return received(made, sent, caller)
  const inner = visit(walker, call.to, operation, handler, place, depth)
  const failure = inner.failure === undefined ? {} : { failure: ofHandler(protocol, inner.failure, network) }
  return received({ ...made, visit: inner, ...failure }, sent, caller)
}

/** A user's request: through the entry to the operation's handler. */
export const walk = (topology: Topology, facts: Facts, operation: Operation, choose: Choose): Branch => {
  const walker: Walker = { topology, facts, choose, next: 1, impaired: "no" }
  const root = knock(walker, operation)
  const isHeard = root.visit !== undefined && root.impaired?.fate !== "unheard"
  const status = isHeard ? statusBy(root.visit) : statusOf(root)
  return { root, size: walker.next, status, impaired: walker.impaired }
}

/** HTTP status with which a handler answers. */
export const statusBy = ({ failure }: Visit): number => (failure === undefined ? 200 : 500)

const statusOf = (root: Run): number => {
  const code = Number(root.failure?.code)
  return Number.isInteger(code) ? code : 0
}

const knock = (walker: Walker, operation: Operation): Run => {
  const { facts, topology } = walker
  const about = { index: 0, to: operation.service, operation: operation.handler, protocol: "http" as const }
  const met = meet(walker, undefined, facts.entry, "http", "service")
  if ("failure" in met) return { ...about, latency: met.failure.latency, failure: met.failure }
  const { place } = met
  const sent = send(walker, undefined, place, "http")
  if ("failure" in sent) return { ...about, latency: sent.failure.latency, failure: sent.failure }
  const handler = topology.services[operation.service]?.handlers[operation.handler]
  const request = handlerRequest(topology, operation.service, operation.handler)
  const reply = facts.replies[entryKey]?.[requestKey(request)]?.[met.index] ?? noReply
  const refusal = ofReply("http", reply, network)
  if (refusal !== undefined || handler === undefined) {
    const failure = refusal ?? { code: "404", message: "404 page not found", latency: network }
    return received({ ...about, latency: failure.latency, failure, place }, sent, undefined)
  }
  const inner = visit(walker, operation.service, operation.handler, handler, place, 0)
  const failure = inner.failure === undefined ? {} : { failure: ofHandler("http", inner.failure, network) }
  return received({ ...about, latency: network, place, visit: inner, ...failure }, sent, undefined)
}

/** Under this name the facts hold what the places of the entry answer; no service is called so. */
export const entryKey = ""
