/** Runs trials in this thread: opens each pool of clusters once, keeps to its capacity, and resolves each problem once. */
import type { Cluster } from "@aiopslab/core/Cluster"
import type { ClusterPool, ClusterServices } from "@aiopslab/core/ClusterProvider"
import type { LabError } from "@aiopslab/core/LabError"
import { admin } from "@aiopslab/core/Kubernetes"
import type { ManifestInvalid } from "@aiopslab/core/Manifest"
import * as Playbook from "@aiopslab/core/Playbook"
import * as Registry from "@aiopslab/core/Registry"
import type * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Scope from "effect/Scope"
import * as Semaphore from "effect/Semaphore"
import type { EventLine } from "./EventSink.ts"
import { type LoadedPlugins, versionOf } from "./PluginLoader.ts"
import type { RuntimeServices } from "./RuntimeServices.ts"
import * as RunFolder from "./RunFolder.ts"
import { discover, type Kinds } from "@aiopslab/core/Kinds"
import * as Trial from "./trial/Trial.ts"
import { type Planner, planner, type TrialPlan } from "./TrialPlan.ts"
import type { TrialRecord } from "./TrialRecord.ts"

export interface TrialHost {
  readonly planner: Planner
  /** How many trials may run at once on the clusters of this plan; undefined: any number. */
  readonly capacity: (plan: TrialPlan) => Effect.Effect<number | undefined, LabError, ClusterServices>
  readonly run: (trial: RunFolder.PlannedTrial) => Effect.Effect<TrialRecord, LabError | ManifestInvalid, RuntimeServices>
}

export const registryOf = (plugins: LoadedPlugins): Registry.Registry => Registry.make(plugins.plugins.map(({ plugin }) => plugin))

/** With the app at hand as configured. */
export const playbookOf = (registry: Registry.Registry, { app, manifests, topology }: TrialPlan["installation"]): Playbook.Repertoire => {
  const playbook = Playbook.of(registry)
  return {
    ...playbook,
    topologies: { ...playbook.topologies, [app]: topology },
    manifests: [...playbook.manifests, ...manifests]
  }
}

/** What could not be judged may be on another cluster; where a task was judged, its verdict stands. */
const environmentFailed = ({ state, tasks }: TrialRecord): boolean =>
  state === "ended" && tasks.every(({ error, outcome }) => outcome === "environment-error" && error?.blame === "environment")

interface OpenPool {
  readonly pool: ClusterPool
  readonly limited: <A, E, R>(trial: Effect.Effect<A, E, R>) => Effect.Effect<A, E, R>
  readonly kinds: (cluster: Context.Service.Shape<typeof Cluster>) => Effect.Effect<Kinds, LabError>
}

/** Pools close with the scope. */
export const make = (options: {
  readonly dir: string
  readonly plugins: LoadedPlugins
  readonly versions: Readonly<Record<string, string>>
  readonly listen: (trial: string, event: EventLine) => void
}): Effect.Effect<TrialHost, never, Scope.Scope> =>
  Effect.gen(function* () {
    const scope = yield* Effect.scope
    const registry = registryOf(options.plugins)
    const plans = planner(registry, (plugin) => Option.getOrElse(versionOf(options.plugins, plugin), () => "0.0.0"))
    const pools = new Map<string, Effect.Effect<OpenPool, LabError, ClusterServices>>()

    const openPool = (plan: TrialPlan): Effect.Effect<OpenPool, LabError, ClusterServices> =>
      Effect.gen(function* () {
        const { component, config } = plan.provider
        const pool = yield* component.open(config, playbookOf(registry, plan.installation)).pipe(Scope.provide(scope))
        const limited: OpenPool["limited"] =
          pool.capacity === undefined ? (trial) => trial : (yield* Semaphore.make(pool.capacity)).withPermits(1)
        const known = new Map<string, Kinds>()
        const kinds: OpenPool["kinds"] = (cluster) => {
          const found = known.get(cluster.name)
          if (found !== undefined) return Effect.succeed(found)
          return Effect.tap(discover(cluster.api(admin)), (kinds) => Effect.sync(() => known.set(cluster.name, kinds)))
        }
        return { pool, limited, kinds }
      }).pipe(Effect.uninterruptible)

    const poolOf = (plan: TrialPlan): Effect.Effect<OpenPool, LabError, ClusterServices> =>
      Effect.suspend(() => {
        const key = JSON.stringify([plan.provider.owner, plan.provider.config, plan.app.with === undefined ? null : plan.app])
        const known = pools.get(key)
        if (known !== undefined) return known
        return Effect.flatMap(Effect.cached(openPool(plan)), (cached) => {
          const first = pools.get(key) ?? cached
          pools.set(key, first)
          return first
        })
      })

    return {
      planner: plans,
      capacity: (plan) => Effect.map(poolOf(plan), ({ pool }) => pool.capacity),
      run: (trial) =>
        Effect.gen(function* () {
          const plan = yield* plans.plan(trial)
          const { kinds, limited, pool } = yield* poolOf(plan)
          const { id } = trial.spec
          const attempt = (attempts: number) =>
            Trial.run(plan, {
              dir: options.dir,
              attempts,
              pool,
              kinds,
              versions: options.versions,
              sources: options.plugins.sources,
              listen: (event) => options.listen(id, event)
            })
          const last = pool.attempts ?? 1
          return yield* limited(
            Effect.gen(function* () {
              for (let attempts = 1; ; attempts++) {
                const record = yield* attempt(attempts)
                if (attempts === last || !environmentFailed(record)) return record
                yield* RunFolder.setAside(options.dir, id)
              }
            })
          )
        })
    }
  })
