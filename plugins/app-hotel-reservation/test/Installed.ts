/** The application on the embedded cluster: installed once, forked for each test, under a test clock. */
import { plugin as mongoPlugin } from "@aiopslab/behaviour-mongodb"
import { InstalledApp } from "@aiopslab/core/App"
import type { Behaviour } from "@aiopslab/core/Behaviour"
import { Cluster, virtualEpoch } from "@aiopslab/core/Cluster"
import * as KubeClient from "@aiopslab/core/KubeClient"
import { admin, type KubeApi, type KubeObject } from "@aiopslab/core/Kubernetes"
import { planeNamespace, planeVersion, type TrafficSpec } from "@aiopslab/core/Workload"
import { booted } from "@aiopslab/simulator/Boot"
import * as EmbeddedCluster from "@aiopslab/simulator/EmbeddedCluster"
import type { World } from "@aiopslab/simulator/World"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as TestClock from "effect/testing/TestClock"
import { app } from "../src/HotelReservation.ts"
import { plugin } from "../src/index.ts"

export const installation = app.install({})
export const { namespace } = installation

const isBehaviour = (component: { readonly _tag: string }): component is Behaviour => component._tag === "Behaviour"
const behaviours = [...mongoPlugin.components, ...plugin.components].filter(isBehaviour)

/** Runs what sleeps to its end; the clock moves on by a second whenever it waits. */
export const through = <A, E, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
  Effect.gen(function* () {
    const fiber = yield* Effect.forkChild(effect, { startImmediately: true })
    while (fiber.pollUnsafe() === undefined) yield* TestClock.adjust("1 second")
    return yield* Fiber.join(fiber)
  })

const resourceOf = ({ kind }: KubeObject): KubeClient.Resource => {
  const found = Object.values<KubeClient.Resource>(KubeClient.resources).find((resource) => resource.kind === kind)
  if (found === undefined) throw new Error(`no resource for ${kind}`)
  return found
}

const readyPods = (api: KubeApi) =>
  Effect.map(
    KubeClient.list(api, KubeClient.resources.deployments, namespace),
    (deployments) =>
      deployments.filter(
        ({ status }) => typeof status === "object" && status !== null && "readyReplicas" in status && status.readyReplicas === 1
      ).length
  )

const users: TrafficSpec = {
  namespace,
  app: installation.app,
  rate: 10,
  arrivals: "exponential",
  mix: { hotels: 60, recommendations: 39, user: 0.5, reservation: 0.5 }
}

interface Kept {
  readonly world: World
  readonly at: number
}
const kept: { world?: Kept } = {}

const install = Effect.gen(function* () {
  yield* Effect.forEach(behaviours, ({ prepare }) => prepare)
  yield* TestClock.setTime(virtualEpoch)
  const world = booted({ playbook: { behaviours, topologies: { [installation.app]: installation.topology } }, workers: 1, seed: "hotel" })
  const embedded = EmbeddedCluster.make({ name: "embedded", world })
  const api = embedded.cluster.api(admin)
  yield* Effect.forEach(installation.manifests, (object) => KubeClient.create(api, resourceOf(object), object))
  yield* through(
    Effect.gen(function* () {
      while ((yield* readyPods(api)) < 19) yield* Effect.sleep("1 second")
      // nobody crashed while the others came up
      yield* Effect.sleep("30 seconds")
    })
  )
  yield* KubeClient.create(api, KubeClient.resources.traffics, {
    apiVersion: planeVersion,
    kind: "Traffic",
    metadata: { name: "users", namespace: planeNamespace },
    spec: users
  })
  return { world: yield* embedded.world, at: yield* Clock.currentTimeMillis }
})

export interface Hotel {
  readonly cluster: EmbeddedCluster.EmbeddedCluster["cluster"]
  readonly api: KubeApi
}

/** A fork of the installed application with its users coming, and the time of the test clock at which it stands. */
export const withHotel = <A, E>(body: (hotel: Hotel) => Effect.Effect<A, E, Cluster | InstalledApp>): Effect.Effect<A, unknown> =>
  Effect.gen(function* () {
    kept.world ??= yield* install
    const { at, world } = kept.world
    yield* TestClock.setTime(at)
    const { cluster } = EmbeddedCluster.make({ name: "embedded", world })
    return yield* body({ cluster, api: cluster.api(admin) }).pipe(
      Effect.provideService(Cluster, cluster),
      Effect.provideService(InstalledApp, installation)
    )
  })

export const podsOf = (api: KubeApi, service: string) =>
  Effect.map(KubeClient.list(api, KubeClient.resources.pods, namespace, { labelSelector: `io.kompose.service=${service}` }), (pods) =>
    pods.filter(({ metadata }) => metadata.deletionTimestamp === undefined)
  )

/** `kubectl exec` of mongo in a store, as its administrator where it has one. */
export const mongo = (api: KubeApi, store: string, script: string) =>
  Effect.gen(function* () {
    const [pod] = yield* podsOf(api, store)
    const login = store === "mongodb-geo" || store === "mongodb-rate" ? ["-u", "root", "-p", "root"] : []
    return yield* KubeClient.exec(api, { namespace, pod: pod?.metadata.name ?? "" }, [
      "mongo",
      "admin",
      "--quiet",
      ...login,
      "--eval",
      script
    ]).pipe(Effect.scoped)
  })

/** Share of failed requests by operation over the next minute. */
export const errorsOfNextMinute = ({ cluster }: Hotel) =>
  Effect.gen(function* () {
    const since = yield* Clock.currentTimeMillis
    yield* TestClock.adjust("60 seconds")
    const stats = yield* cluster.telemetry.traffic({ since, until: since + 60_000, namespace })
    return Object.fromEntries(stats.map(({ errors, operation, requests }) => [operation, requests === 0 ? 0 : errors / requests]))
  })
