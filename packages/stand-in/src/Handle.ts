/**
 * Plays a handler of the topology for real: its own work takes its time, its calls go over the network, groups one after the other, and
 * what it wrote and measured is what the simulator tells of such a request.
 */
import type { NetworkReply } from "@aiopslab/core/Behaviour"
import type { Span } from "@aiopslab/core/Telemetry"
import { type Call, type Handler, type Latency, registryPort, type Service, type Topology } from "@aiopslab/core/Topology"
import { type Failure, noInstances, ofHandler, ofNetwork, ofReply, patienceOf, type Protocol } from "@aiopslab/simulator/traffic/Failure"
import { logNormal } from "@aiopslab/simulator/traffic/Hash"
import { filled } from "@aiopslab/simulator/traffic/RequestLog"
import * as SpanTags from "@aiopslab/simulator/traffic/SpanTags"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Random from "effect/Random"
import { type Address, Machine } from "./Machine.ts"
import type { Pod } from "./Pod.ts"
import type { Trace } from "./Trace.ts"

export interface Visit {
  readonly topology: Topology
  readonly pod: Pod
  /** Name of the service that is visited. */
  readonly service: string
  readonly handlerName: string
  readonly handler: Handler
  readonly protocol: Protocol
  readonly trace: Trace
}

const instant: Latency = { medianMillis: 0, sigma: 0 }

const hex = (digits: number) =>
  Effect.map(Random.nextIntBetween(1, 0xffffffff), (one) => one.toString(16).padStart(8, "0")).pipe(
    Effect.replicateEffect(digits / 8),
    Effect.map((parts) => parts.join(""))
  )

/** 32 hexadecimal digits. */
export const traceId = hex(32)

const drawn = (latency: Latency) => Effect.map(Random.nextIntBetween(0, 0xffffffff), (hash) => logNormal(latency, hash))

const addressOf = (name: string, { port }: Service): Address => ({ host: name, port })

export const registryAddress = (topology: Topology, registry: string): Address => ({
  host: registry,
  port: registryPort(topology, registry)
})

/** One of the instances that the caller's registry names, or the Service. */
const whereTo = (topology: Topology, name: string, service: Service): Effect.Effect<Address | undefined, never, Machine> => {
  const { discovery } = service
  if (discovery._tag === "kubernetes") return Effect.succeed(addressOf(name, service))
  return Effect.gen(function* () {
    const machine = yield* Machine
    const found = yield* machine.instances(registryAddress(topology, discovery.registry), discovery.registeredAs)
    if (found === undefined || found.length === 0) return undefined
    return found[yield* Random.nextIntBetween(0, found.length, { halfOpen: true })]
  })
}

const asked = Effect.fnUntraced(function* (
  visit: Visit,
  call: Call,
  parentId: string
): Effect.fn.Return<Failure | undefined, never, Machine> {
  const { topology } = visit
  const service = topology.services[call.to]
  const protocol = call.request?.protocol ?? service?.protocol ?? "tcp"
  if (service === undefined)
    return ofNetwork(protocol, { _tag: "failure", failure: "no-such-host", message: `lookup ${call.to}: no such host` })
  const to = yield* whereTo(topology, call.to, service)
  if (to === undefined) return noInstances
  const machine = yield* Machine
  const request = call.request ?? { protocol, operation: call.handler ?? "" }
  const reply = yield* machine.ask(to, request, patienceOf(protocol), { ...visit.trace, parentId })
  return ofReply(protocol, reply, instant)
})

const called = Effect.fnUntraced(function* (visit: Visit, call: Call, parentId: string) {
  const machine = yield* Machine
  const protocol = call.request?.protocol ?? visit.topology.services[call.to]?.protocol ?? "tcp"
  const spanId = yield* hex(16)
  const start = yield* Clock.currentTimeMillis
  const failure = yield* asked(visit, call, spanId)
  const span: Span = {
    traceId: visit.trace.traceId,
    spanId,
    parentId,
    service: nameOf(visit.topology, visit.service),
    operation: SpanTags.operationOf(protocol, call.handler ?? call.request?.operation ?? call.to),
    start,
    duration: (yield* Clock.currentTimeMillis) - start,
    error: failure !== undefined,
    tags: SpanTags.client({ protocol, pod: visit.pod.name, peer: call.to, failure })
  }
  machine.report(span)
  return { call, failure }
})

const nameOf = (topology: Topology, service: string): string => topology.services[service]?.traceName ?? service

const isMade = ({ share = 1 }: Call) => (share >= 1 ? Effect.succeed(true) : Effect.map(Random.next, (one) => one < share))

/** What the handler's caller gets. */
export const handle = Effect.fn("Handle.handle")(function* (visit: Visit): Effect.fn.Return<NetworkReply, never, Machine> {
  const machine = yield* Machine
  const { handler, protocol, trace } = visit
  const spanId = yield* hex(16)
  const start = yield* Clock.currentTimeMillis
  const own = yield* drawn(handler.latency)
  yield* Effect.sleep(own / 2)
  const ignored: Array<string> = []
  let failure: string | undefined
  for (const group of handler.calls) {
    const made = yield* Effect.filter(group, isMade)
    const runs = yield* Effect.forEach(made, (call) => called(visit, call, spanId), { concurrency: "unbounded" })
    for (const run of runs) {
      if (run.failure === undefined) continue
      if (run.call.onFailure === "ignore") ignored.push(run.failure.message)
      else failure ??= run.failure.message
    }
    if (failure !== undefined) break
  }
  yield* Effect.sleep(own / 2)
  const now = yield* Clock.currentTimeMillis
  const write = (template: string | undefined, error: string): void => {
    if (template !== undefined) machine.log("stdout", `${filled(template, trace, now, error)}\n`)
  }
  for (const error of ignored) write(handler.log?.failed, error)
  if (failure === undefined) write(handler.log?.ok, "")
  else write(handler.log?.failed, failure)
  machine.report({
    traceId: trace.traceId,
    spanId,
    ...(trace.parentId === undefined ? {} : { parentId: trace.parentId }),
    service: nameOf(visit.topology, visit.service),
    operation: SpanTags.operationOf(protocol, visit.handlerName),
    start,
    duration: now - start,
    error: failure !== undefined,
    tags: SpanTags.server({
      protocol,
      pod: visit.pod.name,
      user: trace.parentId === undefined ? { ...trace, status: failure === undefined ? 200 : 500 } : undefined,
      failure
    })
  })
  if (failure === undefined) return { _tag: "ok" }
  const { code } = ofHandler(protocol, failure, instant)
  return { _tag: "error", code, message: failure }
})
