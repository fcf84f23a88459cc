/**
 * An application with its users on the embedded cluster: installed once, forked for each test, in virtual time, where a minute passes at
 * once. What a trial does with a cluster the suites do with the same functions.
 */
import { InstalledApp, type Installation } from "@aiopslab/core/App"
import { Cluster } from "@aiopslab/core/Cluster"
import * as KubeClient from "@aiopslab/core/KubeClient"
import { admin, type KubeApi, type KubeObject } from "@aiopslab/core/Kubernetes"
import { type LabError, labError } from "@aiopslab/core/LabError"
import { refused } from "@aiopslab/core/Looking"
import { differencesOf } from "@aiopslab/core/Normalise"
import type { Plugin } from "@aiopslab/core/Plugin"
import * as Registry from "@aiopslab/core/Registry"
import type { WallClock } from "@aiopslab/core/WallClock"
import { planeNamespace, planeVersion, type TrafficSpec } from "@aiopslab/core/Workload"
import { VirtualTime } from "@aiopslab/runtime/time/VirtualTime"
import { install } from "@aiopslab/runtime/trial/Install"
import { discover, type Kinds } from "@aiopslab/core/Kinds"
import * as Objects from "@aiopslab/core/Objects"
import { startWorkload } from "@aiopslab/runtime/trial/StartWorkload"
import { unhealthy, watch } from "@aiopslab/runtime/trial/Traffic"
import { booted } from "@aiopslab/simulator/Boot"
import * as EmbeddedCluster from "@aiopslab/simulator/EmbeddedCluster"
import type { World } from "@aiopslab/simulator/World"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"

export interface LabOptions {
  /** Those of the application, of the behaviours that play its images, and of what is tested. */
  readonly plugins: ReadonlyArray<Plugin>
  /** The application's name, as in `use`, and what it takes. */
  readonly app: string
  readonly appConfig?: unknown
  /** Requests per second of all operations together; default 10. */
  readonly rate?: number
  /** Weights of operations; default: all alike. */
  readonly mix?: Readonly<Record<string, number>>
}

/** What a test has. `state` is that of the cluster at hand. */
export interface Bench {
  readonly api: KubeApi
  readonly cluster: EmbeddedCluster.EmbeddedCluster["cluster"]
  readonly app: Installation
  readonly state: Effect.Effect<State, LabError, Cluster>
  /** Runs it on another cluster in the same state, as another process would. */
  readonly elsewhere: <A, E, R>(work: Effect.Effect<A, E, R>) => Effect.Effect<A, E | LabError, Exclude<R, Cluster>>
}

/** Objects by `resource/namespace/name`, and the digest of the users' data. */
export interface State {
  readonly objects: ReadonlyMap<string, KubeObject>
  readonly digest: string
}

/** What is done on a bench. */
export type Test<A = void> = Effect.Effect<A, unknown, Cluster | InstalledApp | WallClock>

export interface Lab {
  readonly registry: Registry.Registry
  readonly installation: Installation
  /** Rejects when the test fails. */
  readonly run: <A>(test: (bench: Bench) => Test<A>) => Promise<A>
}

/** Sentences about what is not as it was; users are looked at for a minute. */
export const changes = (before: State, bench: Bench): Effect.Effect<ReadonlyArray<string>, LabError, Cluster | InstalledApp> =>
  Effect.gen(function* () {
    const after = yield* bench.state
    const why = unhealthy(yield* watch(60_000))
    return [
      ...differencesOf(before.objects, after.objects),
      ...(before.digest === after.digest ? [] : ["the users' data is not what it was"]),
      ...(why === undefined ? [] : [why])
    ]
  })

/** The pods of a service of the topology that nobody is deleting. */
export const podsOf = ({ api, app }: Bench, service: string): Effect.Effect<ReadonlyArray<KubeObject>, LabError> =>
  KubeClient.list(api, KubeClient.resources.pods, app.namespace, {
    labelSelector: `${app.serviceLabel}=${app.topology.services[service]?.workload ?? service}`
  }).pipe(
    Effect.map((pods) => pods.filter(({ metadata }) => metadata.deletionTimestamp === undefined)),
    Effect.mapError(refused(`Listing the pods of ${service}`))
  )

/** Deletes a service's pods; their controllers make new ones. */
export const restart = (bench: Bench, service: string): Effect.Effect<void, LabError> =>
  Effect.flatMap(podsOf(bench, service), (pods) =>
    Effect.forEach(pods, ({ metadata }) => KubeClient.remove(bench.api, KubeClient.resources.pods, bench.app.namespace, metadata.name), {
      discard: true
    }).pipe(Effect.mapError(refused(`Deleting the pods of ${service}`)))
  )

/** The share of failed requests by operation over the next minute; of those that nobody asked for, 0. */
export const errorsOfNextMinute: Effect.Effect<Readonly<Record<string, number>>, LabError, Cluster | InstalledApp> = Effect.map(
  watch(60_000),
  (stats) => Object.fromEntries(stats.map(({ errors, operation, requests }) => [operation, requests === 0 ? 0 : errors / requests]))
)

const key = "lab"
const installMillis = 600_000

const traffic = ({ app, namespace, topology }: Installation, { mix, rate = 10 }: LabOptions): KubeObject => {
  const weights = mix ?? Object.fromEntries(Object.keys(topology.operations).map((operation) => [operation, 1]))
  const spec: TrafficSpec = { namespace, app, rate, arrivals: "exponential", mix: weights }
  return { apiVersion: planeVersion, kind: "Traffic", metadata: { name: "users", namespace: planeNamespace }, spec }
}

const benchOf = (cluster: Bench["cluster"], kinds: Kinds, app: Installation, fork: () => Bench["cluster"]): Bench => ({
  api: cluster.api(admin),
  cluster,
  app,
  state: Effect.gen(function* () {
    const present = yield* Cluster
    return { objects: yield* Objects.all(present.api(admin), kinds, app.namespace), digest: yield* app.digest }
  }),
  elsewhere: (work) =>
    Effect.gen(function* () {
      const other = fork()
      yield* other.reset(yield* cluster.snapshot)
      return yield* Effect.provideService(work, Cluster, other)
    })
})

export const make = (options: LabOptions): Lab => {
  const registry = Registry.make(options.plugins)
  const { component: app } = Result.getOrThrow(Registry.lookup(registry, "App", options.app))
  const installation = app.install(Schema.decodeUnknownSync(app.config)(options.appConfig ?? {}))
  const behaviours = Registry.all(registry, "Behaviour").map(({ component }) => component)
  const playbook = { behaviours, topologies: { [installation.app]: installation.topology } }
  const shelf: EmbeddedCluster.Shelf = new Map()
  let world: World | undefined

  const run: Lab["run"] = (test) => {
    const time = new VirtualTime()
    const work = Effect.gen(function* () {
      const fork = () => EmbeddedCluster.make({ name: key, world: (world ??= booted({ playbook, workers: 1, seed: key })), shelf }).cluster
      const cluster = fork()
      return yield* Effect.gen(function* () {
        const kinds = yield* discover(cluster.api(admin))
        const objects = installation.manifests
        yield* install({ installation, objects, key, seed: key, kinds, deadlineMillis: installMillis })
        yield* startWorkload(kinds, [traffic(installation, options)])
        yield* Effect.sleep("1 minute")
        return yield* test(benchOf(cluster, kinds, installation, fork))
      }).pipe(Effect.provideService(Cluster, cluster), Effect.provideService(InstalledApp, installation))
    })
    const prepared = Effect.forEach(behaviours, ({ prepare }) => prepare, { discard: true })
    return Effect.runPromise(Effect.andThen(prepared, Effect.flatten(time.run(key, work))))
  }
  return { registry, installation, run }
}

/** What a component makes of a configuration that stands in a manifest. */
export const configOf = (component: { readonly name: string; readonly config: Schema.Codec<unknown, unknown> }, config: unknown) =>
  Schema.decodeUnknownEffect(component.config)(config ?? {}).pipe(
    Effect.mapError(({ message }) => labError("PLUGIN_CONFIG_INVALID", { kind: "component", name: component.name, why: message }))
  )
