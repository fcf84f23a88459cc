/**
 * Runs trials, some at once, and keeps them in a run folder. One trial's failure costs only itself. The same trials in the same folder
 * resume: what has ended is not run again.
 */
import type { LabError } from "@aiopslab/core/LabError"
import type { ManifestInvalid } from "@aiopslab/core/Manifest"
import type { Reporter } from "@aiopslab/core/Reporter"
import type { TrialEvent } from "@aiopslab/core/TrialEvent"
import type { TrialSpec } from "@aiopslab/core/TrialSpec"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Option from "effect/Option"
import * as Queue from "effect/Queue"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import * as os from "node:os"
import * as Crew from "./Crew.ts"
import type { EventLine } from "./EventSink.ts"
import { armed, Failpoint, killProcess } from "./Failpoint.ts"
import type { LoadedPlugins } from "./PluginLoader.ts"
import * as Recover from "./Recover.ts"
import type { RuntimeServices } from "./RuntimeServices.ts"
import * as RunFolder from "./RunFolder.ts"
import * as RunResult from "./RunResult.ts"
import { errorOf, eventError } from "./trial/Bounded.ts"
import { unjudged } from "./trial/Ask.ts"
import * as TrialHost from "./TrialHost.ts"
import type { TrialPlan } from "./TrialPlan.ts"
import type { TrialRecord } from "./TrialRecord.ts"

export interface RunOptions {
  readonly trials: ReadonlyArray<TrialSpec>
  /** The run folder; made if need be. */
  readonly dir: string
  /** For the report: the seed of the command. */
  readonly seed: number
  /**
   * Trials at once. With more than one they are spread over worker threads, at most one per core and `livePerThread` on each. Undefined: as
   * many as there are clusters, or one where clusters are not counted.
   */
  readonly jobs: number | undefined
  readonly plugins: LoadedPlugins
  /** Hear every event, each trial's in their order. */
  readonly reporters: ReadonlyArray<Reporter>
  /** Beside the plugins' versions: that of the program. */
  readonly versions: Readonly<Record<string, string>>
  /** When it completes (the first Ctrl-C), running trials are interrupted, recovered and written, and the result is what there is. */
  readonly stop?: Effect.Effect<void>
  /** AIOPSLAB_FAILPOINT: where to kill the process, for tests. */
  readonly failpoint?: string
}

/** Each live trial keeps a cluster of its own in memory. */
export const livePerThread = 16

interface Working {
  readonly crew: Crew.Crew
  /** Trials at once. */
  readonly live: number
}

const versionsOf = (options: Pick<RunOptions, "plugins" | "versions">): Readonly<Record<string, string>> => ({
  ...options.versions,
  ...Object.fromEntries(options.plugins.plugins.map(({ plugin, source }) => [plugin.name, source.version]))
})

/** The event with its spec decoded again. */
const typed = (event: EventLine, spec: TrialSpec): TrialEvent => (event._tag === "TrialStarted" ? { ...event, spec } : event)

type Listen = (trial: string, event: EventLine) => void

const deaf: Listen = () => undefined

/** Feeds reporters one event after the other, beside the trials. */
const audience = (options: RunOptions): Effect.Effect<Listen, never, Scope.Scope> =>
  Effect.gen(function* () {
    if (options.reporters.length === 0) return deaf
    const specs = new Map(options.trials.map((spec) => [spec.id, spec]))
    const queue = yield* Queue.make<readonly [string, EventLine], Cause.Done>()
    const reading = yield* Stream.fromQueue(queue).pipe(
      Stream.runForEach(([id, event]) => {
        const spec = specs.get(id)
        return spec === undefined
          ? Effect.void
          : Effect.forEach(options.reporters, (reporter) => reporter.event(id, typed(event, spec)), { discard: true })
      }),
      Effect.forkScoped
    )
    yield* Effect.addFinalizer(() =>
      Queue.end(queue).pipe(
        Effect.andThen(Fiber.await(reading)),
        Effect.andThen(Effect.forEach(options.reporters, (reporter) => reporter.end, { discard: true }))
      )
    )
    const listen: Listen = (trial, event) => {
      Queue.offerUnsafe(queue, [trial, event])
    }
    return listen
  })

/** The record of a trial that could not write its own. */
const lostRecord = (trial: RunFolder.PlannedTrial, plan: TrialPlan, error: LabError): TrialRecord => ({
  version: 1,
  id: trial.spec.id,
  digest: trial.digest,
  state: "ended",
  problem: trial.spec.problem.metadata.name,
  agent: trial.spec.agent.use,
  model: plan.model ?? null,
  seed: trial.spec.seed,
  repeat: trial.spec.repeat,
  virtualMs: 0,
  tasks: plan.tasks.map((task) => unjudged(task, error)),
  error: eventError(error),
  differences: [],
  wall: { startedAt: 0, ms: 0 }
})

const crewOf = (
  options: RunOptions,
  host: TrialHost.TrialHost,
  plans: ReadonlyArray<TrialPlan>,
  pending: number,
  listen: Listen
): Effect.Effect<Working, LabError, Scope.Scope | RuntimeServices> =>
  Effect.gen(function* () {
    const [first] = plans
    const capacity = first === undefined || pending === 0 || options.jobs === 1 ? undefined : yield* host.capacity(first)
    const jobs = options.jobs ?? capacity ?? 1
    const count = Math.min(jobs, os.availableParallelism(), pending)
    // clusters that are few are shared by all trials of a run, so one thread has to hand them out
    if (count <= 1 || capacity !== undefined) return { crew: yield* Crew.here(host), live: Math.min(jobs, livePerThread) }
    const live = Math.min(jobs, count * livePerThread)
    const crew = yield* Crew.threads({
      count,
      perThread: Math.ceil(live / count),
      setup: {
        dir: options.dir,
        sources: options.plugins.sources,
        versions: versionsOf(options),
        ...(options.failpoint === undefined ? {} : { failpoint: options.failpoint })
      },
      listen
    })
    return { crew, live }
  })

/** Runs one trial and never fails: an error becomes a record. */
const attempted = (dir: string, crew: Crew.Crew, trial: RunFolder.PlannedTrial, plan: TrialPlan): Effect.Effect<void> =>
  crew.run(trial).pipe(
    Effect.exit,
    Effect.flatMap((exit) => {
      if (Exit.isSuccess(exit) || Cause.hasInterruptsOnly(exit.cause)) return Effect.void
      const error = errorOf("trial", exit.cause)
      return RunFolder.makeTrialDir(dir, trial.spec.id).pipe(
        Effect.andThen(RunFolder.writeRecord(dir, lostRecord(trial, plan, error))),
        Effect.ignore
      )
    })
  )

/**
 * Fails before the first trial, when a manifest or the folder is wrong: all that a trial can run into is in its record. Interrupted as a
 * fibre it recovers and writes, too, but returns nothing; `stop` returns what there is.
 */
export const run = (options: RunOptions): Effect.Effect<RunResult.RunResult, LabError | ManifestInvalid, RuntimeServices> =>
  Effect.gen(function* () {
    const trials = options.trials.map(RunFolder.planned)
    const listen = yield* audience(options)
    const versions = versionsOf(options)
    const folder = yield* RunFolder.open({ dir: options.dir, seed: options.seed, versions, trials })
    const host = yield* TrialHost.make({ dir: folder.dir, plugins: options.plugins, versions, listen })
    const plans = yield* Effect.forEach(trials, host.planner.plan)
    // clusters that a dead run made are deleted by the next one anyway, and with them goes what is to be recovered
    for (const manage of new Set(plans.flatMap(({ provider }) => provider.component.manage ?? []))) yield* Effect.ignore(manage.collect)
    const recoveries = yield* Recover.recoverHeld(folder.dir, options.plugins)
    for (const { error } of recoveries) if (error !== undefined) return yield* error

    const pending: Array<readonly [RunFolder.PlannedTrial, TrialPlan]> = []
    for (const [index, trial] of trials.entries()) {
      const plan = plans[index]
      const done = yield* RunFolder.finished(folder.dir, trial.spec.id, trial.digest)
      if (plan !== undefined && Option.isNone(done)) pending.push([trial, plan])
    }
    const { crew, live } = yield* crewOf({ ...options, dir: folder.dir }, host, plans, pending.length, listen)
    const all = Effect.forEach(pending, ([trial, plan]) => attempted(folder.dir, crew, trial, plan), {
      concurrency: live,
      discard: true
    })
    const end = yield* Effect.raceFirst(
      Effect.as(all, "complete" as const),
      Effect.as(options.stop ?? Effect.never, "interrupted" as const)
    )

    const records = yield* Effect.forEach(trials, (trial) =>
      Effect.map(
        RunFolder.record(folder.dir, trial.spec.id),
        Option.filter((found) => found.digest === trial.digest)
      )
    )
    return RunResult.make({ id: folder.run.id, dir: folder.dir, seed: folder.run.seed, versions }, records.flatMap(Option.toArray), end)
  }).pipe(Effect.scoped, (running) =>
    options.failpoint === undefined ? running : Effect.provideService(running, Failpoint, armed(options.failpoint, killProcess))
  )
