/**
 * The framework's own half of a real cluster: interprets the objects of the hidden group that the simulator interprets in an embedded one,
 * and answers the port `Telemetry`.
 */
import type { KubeApi, KubeObject } from "@aiopslab/core/Kubernetes"
import * as KubeClient from "@aiopslab/core/KubeClient"
import type { Telemetry } from "@aiopslab/core/Telemetry"
import type { Topology } from "@aiopslab/core/Topology"
import { planeNamespace, TrafficSpec } from "@aiopslab/core/Workload"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as FiberMap from "effect/FiberMap"
import * as Option from "effect/Option"
import * as Schedule from "effect/Schedule"
import * as Schema from "effect/Schema"
import type * as Scope from "effect/Scope"
import type { Machine } from "../Machine.ts"
import * as Exposition from "./Exposition.ts"
import * as Flow from "./Flow.ts"
import * as Metrics from "./Metrics.ts"
import * as Traces from "./Traces.ts"
import * as Users from "./Users.ts"

export interface Plane {
  readonly traces: Traces.Traces
  readonly telemetry: Telemetry
}

const decodeSpec = Schema.decodeUnknownOption(TrafficSpec)

const keyOf = ({ metadata: { generation = 1, name, uid = "" } }: KubeObject): string => `${name} ${uid} ${generation}`

/** How often the objects are looked at. */
const every = "1 second"

/** How often cAdvisor is read: it looks at a container every ten seconds or so itself. */
const scrapeEvery = "10 seconds"

/** By app's name; what no topology is known of has no users. */
type Topologies = Readonly<Record<string, Topology>>

export const make = Effect.fn("Plane.make")(function* (
  api: KubeApi,
  topologies: Topologies
): Effect.fn.Return<Plane, never, Machine | Scope.Scope> {
  const flows = yield* FiberMap.make<string>()
  // those of objects that are no more are kept for a while: what their users met with can still be asked for
  const users = new Map<string, Users.Users>()
  const traces = Traces.make()

  const begin = (object: KubeObject, key: string, now: number) => {
    const spec = Option.getOrUndefined(decodeSpec(object["spec"]))
    const topology = spec === undefined ? undefined : topologies[spec.app]
    if (spec === undefined || topology === undefined) return Effect.void
    const known = Users.make(
      spec.namespace,
      Object.keys(spec.mix).filter((name) => (spec.mix[name] ?? 0) > 0),
      now
    )
    users.set(key, known)
    return FiberMap.run(flows, key, Flow.run({ name: object.metadata.name, seed: object.metadata.uid ?? "", spec, topology }, known))
  }

  const look = Effect.gen(function* () {
    const objects = yield* KubeClient.list(api, KubeClient.resources.traffics, planeNamespace)
    const wanted = new Map(objects.map((object) => [keyOf(object), object]))
    const now = yield* Clock.currentTimeMillis
    for (const [key, known] of users) {
      if (wanted.has(key)) continue
      yield* FiberMap.remove(flows, key)
      known.until = Math.min(known.until, now)
      if (!Users.areKept(known, now)) users.delete(key)
    }
    for (const [key, object] of wanted) if (!users.has(key)) yield* begin(object, key, now)
  }).pipe(Effect.catch((status) => Effect.logWarning(`users stay as they are: ${status.message}`)))

  const metrics = Metrics.make()
  const scraped = (node: string, now: number) =>
    api
      .request({ method: "GET", path: `${KubeClient.pathOf(KubeClient.resources.nodes, undefined, node, "proxy")}/metrics/cadvisor` })
      .pipe(
        Effect.map(({ body }) => {
          if (typeof body === "string") metrics.add(node, Exposition.parse(body), now)
        }),
        // a node that does not answer hides no other
        Effect.catch((status) => Effect.logWarning(`nothing is known of the containers of ${node}: ${status.message}`))
      )

  const scrape = Effect.gen(function* () {
    const nodes = yield* KubeClient.list(api, KubeClient.resources.nodes)
    const now = yield* Clock.currentTimeMillis
    yield* Effect.forEach(nodes, ({ metadata }) => scraped(metadata.name, now), { concurrency: "unbounded", discard: true })
  }).pipe(Effect.catch((status) => Effect.logWarning(`nothing is known of the nodes: ${status.message}`)))

  yield* Effect.forkScoped(Effect.repeat(look, Schedule.spaced(every)))
  yield* Effect.forkScoped(Effect.repeat(scrape, Schedule.spaced(scrapeEvery)))

  return {
    traces,
    telemetry: {
      metrics: (query) => Effect.sync(() => metrics.find(query)),
      traces: (query) => Effect.sync(() => traces.find(query)),
      traffic: (query) => Effect.map(Clock.currentTimeMillis, (now) => Users.stats(users.values(), query, now))
    }
  }
})
