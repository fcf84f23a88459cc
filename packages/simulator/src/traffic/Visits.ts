/**
 * Requests that somebody makes by hand (a forwarded port, the API server's proxy, `wget` in a pod) to where an application's users knock. They
 * go through the application as users' requests do and leave the same traces, lines and counters, but are none of its users'.
 */
import type { NetworkReply, NetworkRequest } from "@aiopslab/core/Behaviour"
import type { Operation, Topology } from "@aiopslab/core/Topology"
import type { Container } from "../Container.ts"
import * as Network from "../Network.ts"
import type { Turn } from "../Turn.ts"
import { type Facts, handlerRequest, type Place, requestKey } from "./Facts.ts"
import { factsOf, placeOf } from "./Gather.ts"
import { hashOf, mix } from "./Hash.ts"
import { entryOnce, latencyOf, type Way, wayOf } from "./Model.ts"
import type { Flow } from "./Timeline.ts"
import { entryKey } from "./Walk.ts"

/** Those before hang on it. */
export interface Visit {
  /** Milliseconds since the epoch. */
  readonly at: number
  readonly key: number
  readonly flow: Flow
  readonly way: Way
  readonly before: Visit | undefined
}

interface Asked {
  readonly app: string
  readonly topology: Topology
  readonly operation: Operation
}

/** What a user would be after who asks a container that. */
const asked = (turn: Turn, { name, pod }: Container, { operation, protocol }: NetworkRequest): Asked | undefined => {
  if (protocol !== "http") return undefined
  const [method = "", target = ""] = operation.split(" ")
  const [path] = target.split("?")
  for (const [app, topology] of Object.entries(turn.setting.playbook.topologies)) {
    const service = topology.services[topology.entry.service]
    if (service === undefined || service.container !== name || !pod.startsWith(`${service.workload}-`)) continue
    const found = Object.values(topology.operations).find((one) => one.path.split("?")[0] === path)
    if (found === undefined) continue
    return { app, topology, operation: { ...found, method: method === "GET" || method === "POST" ? method : found.method, path: target } }
  }
  return undefined
}

/** The facts as they are for who knocks at this very container. */
const knockingAt = (facts: Facts, topology: Topology, { handler, service }: Operation, place: Place): Facts => {
  const answered: NetworkReply = { _tag: "ok" }
  return {
    ...facts,
    entry: { _tag: "places", places: [place], spread: Network.even },
    replies: { ...facts.replies, [entryKey]: { [requestKey(handlerRequest(topology, service, handler))]: [answered] } }
  }
}

export interface Answered {
  readonly reply: NetworkReply
  /** What the caller waits for it. */
  readonly millis: number
}

/** The answer to a request that a container's program takes, and answers by itself with `reply`. */
export const answer = (turn: Turn, container: Container, port: number, request: NetworkRequest, reply: NetworkReply): Answered => {
  const found = reply._tag === "ok" ? asked(turn, container, request) : undefined
  if (found === undefined) return { reply, millis: 0 }
  const { app, operation, topology } = found
  const { namespace, podIp } = container
  const place = placeOf({ container, port, listening: true }, `${podIp}:${port}`)
  const entry = entryOnce(topology, knockingAt(factsOf(turn, namespace, topology), topology, operation, place), operation)
  const key = mix(hashOf(turn.seed), turn.bits("visit"))
  const way = wayOf(entry, key)
  const flow = { namespace, app, seed: hashOf("visits"), model: entry.model, entries: [entry] }
  turn.visits = { at: turn.now, key, flow, way, before: turn.visits }
  const { failure } = way.branch.root
  return {
    reply: failure === undefined ? reply : { _tag: "error", code: "500", message: failure.message },
    millis: latencyOf(way, key)
  }
}
