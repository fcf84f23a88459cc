/** The requests of one `Traffic` object, sent when they are due whether or not others were answered. The same seed sends the same. */
import type { Topology } from "@aiopslab/core/Topology"
import type { TrafficSpec } from "@aiopslab/core/Workload"
import * as Arrivals from "@aiopslab/simulator/traffic/Arrivals"
import { longest } from "@aiopslab/simulator/traffic/Model"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import { Machine } from "../Machine.ts"
import * as Users from "./Users.ts"

export interface Flow {
  readonly name: string
  readonly seed: string
  readonly spec: TrafficSpec
  readonly topology: Topology
}

const sent = Effect.fnUntraced(function* ({ spec, topology }: Flow, name: string, users: Users.Users) {
  const operation = topology.operations[name]
  if (operation === undefined) return
  const machine = yield* Machine
  const start = yield* Clock.currentTimeMillis
  const end = Users.arrived(users, name, start)
  const { entry } = topology
  const reply = yield* machine.ask(
    { host: `${entry.service}.${spec.namespace}`, port: entry.port },
    { protocol: "http", operation: `${operation.method} ${operation.path}` },
    longest
  )
  end((yield* Clock.currentTimeMillis) - start, reply._tag === "ok" ? "ok" : "failed")
})

/** Never ends by itself. What is under way when it is interrupted breaks off. */
export const run = (flow: Flow, users: Users.Users): Effect.Effect<never, never, Machine> =>
  Effect.gen(function* () {
    const stream = Arrivals.streamOf(flow.seed, flow.name, flow.spec)
    const times: Array<number> = []
    for (let slot = Math.ceil((yield* Clock.currentTimeMillis) / Arrivals.slotMillis); ; slot++) {
      const seed = Arrivals.fillSlot(stream, slot, times)
      for (const [i, at] of times.entries()) {
        const wait = at - (yield* Clock.currentTimeMillis)
        if (wait > 0) yield* Effect.sleep(wait)
        const name = stream.operations[Arrivals.operationOf(stream, Arrivals.keyOf(seed, i))]
        if (name !== undefined) yield* Effect.forkScoped(sent(flow, name, users))
      }
      const rest = (slot + 1) * Arrivals.slotMillis - (yield* Clock.currentTimeMillis)
      if (rest > 0) yield* Effect.sleep(rest)
    }
  }).pipe(Effect.scoped)
