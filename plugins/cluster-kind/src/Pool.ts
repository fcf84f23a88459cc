/**
 * Clusters that are made ahead and leased to one trial at a time. Between trials a cluster comes back to its baseline in the background; one
 * that doesn't, or has served long enough, is deleted and made anew. Nothing is left when the scope closes.
 */
import type { Cluster } from "@aiopslab/core/Cluster"
import type { ClusterPool, ClusterServices } from "@aiopslab/core/ClusterProvider"
import type { LabError } from "@aiopslab/core/LabError"
import * as Cause from "effect/Cause"
import type * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Option from "effect/Option"
import * as Queue from "effect/Queue"
import * as Schedule from "effect/Schedule"
import * as Scope from "effect/Scope"
import * as PlaneClient from "@aiopslab/stand-in/plane/Client"
import { planeImage } from "@aiopslab/stand-in/plane/Manifests"
import * as Baseline from "./Baseline.ts"
import { mayPass } from "./Blame.ts"
import type { KindConfig } from "./Config.ts"
import * as Holdings from "./edge/Holdings.ts"
import * as Images from "./Images.ts"
import * as KindCluster from "./KindCluster.ts"

interface Member {
  readonly cluster: Context.Service.Shape<typeof Cluster>
  readonly baseline: Baseline.Baseline
  /** Closing it deletes the cluster. */
  readonly scope: Scope.Closeable
  readonly leases: number
}

/** A cluster that is there or on its way; none is made before somebody asks for this one. */
type Slot = Fiber.Fiber<Member, LabError> | undefined

export const defaultRecreateAfter = 10

/** Of a trial that its environment failed: what makes one cluster fail seldom makes the next one fail. */
const attempts = 2

const retries = 2

/** A cluster on disk from before it is made until after it is deleted. */
const holding = (dir: string, name: string): Effect.Effect<string, LabError, Scope.Scope | ClusterServices> =>
  Effect.acquireRelease(Holdings.begin(dir, name), (folder) =>
    KindCluster.remove(name, Holdings.kubeconfigOf(folder)).pipe(
      Effect.andThen(Holdings.end(dir, name)),
      Effect.catch((error) => Effect.logWarning(`${name} could not be deleted; \`aiopslab cluster gc\` does it later: ${error.text}`))
    )
  )

const made = (
  dir: string,
  name: string,
  { config, images }: PoolOptions
): Effect.Effect<Omit<Member, "scope">, LabError, Scope.Scope | ClusterServices> =>
  Effect.gen(function* () {
    // before there is a cluster that would be for nothing without them
    const ours = yield* images
    const folder = yield* holding(dir, name)
    yield* KindCluster.create(name, folder, config)
    yield* KindCluster.load(name, [...(config.load ?? []), ...ours])
    const bare = yield* KindCluster.reach(name, Holdings.kubeconfigOf(folder))
    if (ours.includes(planeImage)) yield* Images.plane(bare)
    const cluster = yield* PlaneClient.seen(bare)
    yield* KindCluster.settled(name, cluster)
    return { cluster, baseline: yield* Baseline.record(cluster), leases: 0 }
  })

const whyOf = (cause: Cause.Cause<LabError>): string =>
  Option.match(Cause.findErrorOption(cause), { onNone: () => Cause.pretty(cause), onSome: ({ text }) => text })

export interface PoolOptions {
  readonly config: KindConfig
  /** Built for the pool: what goes into each cluster beside what the configuration names. */
  readonly images: Effect.Effect<ReadonlyArray<string>, LabError, ClusterServices>
  readonly capacity: number
  /** `ahead`: all at once when the pool opens. `asked`: each when a trial wants it. */
  readonly when: "ahead" | "asked"
}

export const open = (options: PoolOptions): Effect.Effect<ClusterPool, LabError, Scope.Scope | ClusterServices> =>
  Effect.gen(function* () {
    const { capacity, config, when } = options
    const services = yield* Effect.context<ClusterServices>()
    const dir = yield* Holdings.open
    const scope = yield* Effect.scope
    const clusters = yield* Scope.fork(scope, "parallel")
    // closed first, so that nothing is made any more when clusters are deleted
    const work = yield* Scope.fork(scope, "parallel")
    const slots = yield* Queue.unbounded<Slot>()
    let ordinal = 0

    const attempt: Effect.Effect<Member, LabError, ClusterServices> = Effect.gen(function* () {
      const own = yield* Scope.fork(clusters)
      ordinal += 1
      const name = Holdings.nameOf(dir, ordinal)
      const member = yield* made(dir, name, options).pipe(
        Scope.provide(own),
        Effect.onExit((exit) => (Exit.isFailure(exit) ? Scope.close(own, exit) : Effect.void))
      )
      return { ...member, scope: own }
    })

    const fresh = attempt.pipe(
      Effect.tapError((error) => Effect.logWarning(`a cluster could not be made: ${error.text}`)),
      Effect.retry({ times: retries, while: mayPass, schedule: Schedule.exponential("1 second") })
    )

    const worn = ({ leases }: Member): boolean => leases >= (config.recreateAfter ?? defaultRecreateAfter)

    /** The same cluster as it was at the beginning, or another one: for whom it failed must not get it again. */
    const renewed = (used: Member, trial: Exit.Exit<unknown, unknown>): Effect.Effect<Member, LabError, ClusterServices> =>
      Effect.gen(function* () {
        const member = { ...used, leases: used.leases + 1 }
        const spent = worn(member) || Exit.isFailure(trial)
        const restored = spent ? Exit.void : yield* Effect.exit(Baseline.restore(member.cluster, member.baseline))
        if (!spent && Exit.isSuccess(restored)) return member
        if (Exit.isFailure(restored)) yield* Effect.logInfo(`${member.cluster.name} is made anew: ${whyOf(restored.cause)}`)
        yield* Scope.close(member.scope, restored)
        return yield* fresh
      })

    const start = (making: Effect.Effect<Member, LabError, ClusterServices>) =>
      making.pipe(Effect.provideContext(services), Effect.forkIn(work))

    /** Waiting can be given up: the slot goes back as it is. A cluster that could not be made is tried again by who comes next. */
    const take = Effect.uninterruptibleMask((interruptible) =>
      Effect.gen(function* () {
        const slot = (yield* interruptible(Queue.take(slots))) ?? (yield* start(fresh))
        return yield* interruptible(Fiber.join(slot)).pipe(
          Effect.onError((cause) => Queue.offer(slots, Cause.hasInterruptsOnly(cause) ? slot : undefined))
        )
      })
    )

    for (let n = 0; n < capacity; n++) yield* Queue.offer(slots, when === "ahead" ? yield* start(fresh) : undefined)
    return {
      time: { _tag: "wall", rate: 1 },
      capacity,
      attempts,
      // nobody comes after one who was interrupted: the pool's scope deletes the cluster
      lease: Effect.acquireRelease(
        take,
        (member, exit) =>
          Exit.isFailure(exit) && Cause.hasInterruptsOnly(exit.cause)
            ? Queue.offer(slots, undefined)
            : Effect.flatMap(start(renewed(member, exit)), (slot) => Queue.offer(slots, slot)),
        { interruptible: true }
      ).pipe(Effect.map(({ cluster }) => cluster))
    }
  })
