/** An API whose leases and nodes are up to date whenever somebody looks at them, and keep coming while somebody watches. */
import type { KubeApi } from "@aiopslab/core/Kubernetes"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import * as Heartbeats from "../heartbeats/Heartbeats.ts"
import type { Cell } from "./Cell.ts"

const leases = /^\/apis\/coordination\.k8s\.io\/[^/]+\/(?:namespaces\/[^/]+\/)?leases(?:\/|$)/u
const nodes = /^\/api\/v1\/nodes(?:\/|$)/u

const whatOf = (path: string): Heartbeats.What | undefined => (nodes.test(path) ? "nodes" : leases.test(path) ? "leases" : undefined)

/** Writes down what was said, when there is something. */
const shown = (cell: Cell, what: Heartbeats.What) =>
  Effect.flatMap(cell.present, (world) =>
    Heartbeats.isDue(world, what) ? cell.change((turn) => Heartbeats.show(turn, what)) : Effect.void
  )

const following = (cell: Cell, what: Heartbeats.What) =>
  Effect.forever(
    Effect.gen(function* () {
      const world = yield* cell.present
      const now = yield* Clock.currentTimeMillis
      const next = Heartbeats.nextAt(world, what)
      // while every node is off nobody says anything
      yield* Number.isFinite(next) ? Effect.sleep(Math.max(0, next - now)) : cell.changedSince(world)
      yield* shown(cell, what)
    })
  )

export const over = (cell: Cell, api: KubeApi): KubeApi => ({
  request: (request) => {
    const what = whatOf(request.path)
    return what === undefined ? api.request(request) : Effect.andThen(shown(cell, what), api.request(request))
  },
  watch: (request) => {
    const what = whatOf(request.path)
    if (what === undefined) return api.watch(request)
    const changes = Stream.unwrap(Effect.as(shown(cell, what), api.watch(request)))
    return Stream.merge(changes, Stream.drain(Stream.fromEffect(following(cell, what))), { haltStrategy: "left" })
  },
  connect: api.connect
})
