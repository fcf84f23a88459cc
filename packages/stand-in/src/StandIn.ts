/** One container of an application, whole: its program, and the handlers that the topology gives it. */
import type { Behaviour, NetworkReply } from "@aiopslab/core/Behaviour"
import type { Topology } from "@aiopslab/core/Topology"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import * as Driver from "./Driver.ts"
import { handle, registryAddress, traceId } from "./Handle.ts"
import { type Arrival, Machine } from "./Machine.ts"
import * as Place from "./Place.ts"
import type { Pod } from "./Pod.ts"

export interface Options {
  readonly behaviour: Behaviour
  readonly topologies: ReadonlyArray<Topology>
  readonly pod: Pod
  readonly argv: ReadonlyArray<string>
  readonly env: Readonly<Record<string, string>>
}

/** A user's request starts a trace; what programs ask of one another belongs to none. */
const traceOf = Effect.fnUntraced(function* ({ request, trace }: Arrival) {
  if (trace !== undefined) return trace
  const [method = "", path = ""] = request.operation.split(" ")
  return { traceId: yield* traceId, parentId: undefined, method, path }
})

/** Undefined when the image has no such program. */
export const start = Effect.fn("StandIn.start")(function* (
  of: Options
): Effect.fn.Return<Driver.Running | undefined, never, Machine | Scope.Scope> {
  const program = of.behaviour.program(of.argv)
  if (program === undefined) return undefined
  const machine = yield* Machine
  const place = Place.of(of.topologies, of.pod.container)
  const registry = place === undefined ? undefined : Place.registryOf(place)

  const serve: Driver.Options["serve"] = (port, arrival, own): Effect.Effect<NetworkReply> => {
    const found = place === undefined || own._tag !== "ok" ? undefined : Place.handlerOf(place, port, arrival.request)
    if (place === undefined || found === undefined) return Effect.succeed(own)
    return Effect.flatMap(traceOf(arrival), (trace) => handle({ ...found, topology: place.topology, pod: of.pod, trace })).pipe(
      Effect.provideService(Machine, machine)
    )
  }
  return yield* Driver.start({
    program,
    pod: of.pod,
    argv: of.argv,
    env: of.env,
    serve,
    registry: place === undefined || registry === undefined ? undefined : registryAddress(place.topology, registry)
  })
})
