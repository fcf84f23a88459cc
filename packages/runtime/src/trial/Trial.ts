/**
 * One trial, from a clean cluster to a result on disk. Whatever happens on the way (a failure, a defect, an interruption, an agent that
 * hangs), the phases from recover on still run, uninterruptible but bounded, and the record is written.
 */
import type { Cluster } from "@aiopslab/core/Cluster"
import { Cluster as ClusterPort } from "@aiopslab/core/Cluster"
import type { ClusterPool } from "@aiopslab/core/ClusterProvider"
import { InstalledApp } from "@aiopslab/core/App"
import { Baseline } from "@aiopslab/core/Evaluator"
import { type LabError, labError } from "@aiopslab/core/LabError"
import * as Telemetry from "@aiopslab/core/Telemetry"
import type { TaskResult } from "@aiopslab/core/TrialEvent"
import * as Cause from "effect/Cause"
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Option from "effect/Option"
import * as Random from "effect/Random"
import * as Scope from "effect/Scope"
import * as fs from "node:fs"
import * as path from "node:path"
import * as Deadlines from "../Deadlines.ts"
import { type EventLine, EventSink } from "../EventSink.ts"
import * as Sink from "../EventSink.ts"
import * as FaultJournal from "../FaultJournal.ts"
import { attempt } from "@aiopslab/host/edge/Files"
import type { PluginSource } from "../PluginSource.ts"
import type { RuntimeServices } from "../RuntimeServices.ts"
import * as RunFolder from "../RunFolder.ts"
import * as ScaledTime from "../time/ScaledTime.ts"
import { VirtualTime } from "../time/VirtualTime.ts"
import { machineClock } from "@aiopslab/core/WallClock"
import type { TrialPlan } from "../TrialPlan.ts"
import type { TrialRecord } from "../TrialRecord.ts"
import { unjudged } from "./Ask.ts"
import { bounded, errorOf, eventError } from "./Bounded.ts"
import { type ActiveFault, breakThings, keepBroken } from "./BreakThings.ts"
import { install } from "./Install.ts"
import type { Kinds } from "@aiopslab/core/Kinds"
import { mend } from "./Mend.ts"
import { type Restored, restore } from "./Restore.ts"
import * as SessionFile from "./SessionFile.ts"
import { startWorkload, stopWorkload } from "./StartWorkload.ts"
import { type Taken, takeBaseline } from "./TakeBaseline.ts"
import { talk } from "./Talk.ts"
import type { Users } from "./Traffic.ts"
import * as Touched from "./Touched.ts"
import { writeBaseline } from "./BaselineFile.ts"

type ClusterShape = Context.Service.Shape<typeof Cluster>

/** What a trial shares with the others of its worker. */
export interface Environment {
  /** The run folder. */
  readonly dir: string
  /** How often the trial has been tried with this one. */
  readonly attempts: number
  readonly pool: ClusterPool
  readonly kinds: (cluster: ClusterShape) => Effect.Effect<Kinds, LabError>
  readonly versions: Readonly<Record<string, string>>
  readonly sources: ReadonlyArray<PluginSource>
  /** Hears each event at once. */
  readonly listen: (event: EventLine) => void
}

/** How far a trial has come: what the later phases need, whatever cut the earlier ones short. */
interface Progress {
  cluster: ClusterShape | undefined
  kinds: Kinds | undefined
  journal: FaultJournal.FaultJournal
  users: Users
  readonly touched: Touched.Touched
  taken: Taken | undefined
  readonly active: Array<ActiveFault>
  keeper: Fiber.Fiber<never> | undefined
  readonly results: Array<TaskResult>
}

const openJournal = (
  plan: TrialPlan,
  environment: Environment,
  cluster: ClusterShape
): Effect.Effect<FaultJournal.FaultJournal, LabError, Scope.Scope> =>
  Effect.gen(function* () {
    if (cluster.lifetime === "process") return FaultJournal.none
    const { id } = plan.trial.spec
    const journal = yield* FaultJournal.open(path.join(RunFolder.trialDir(environment.dir, id), FaultJournal.file))
    yield* journal.write({
      _tag: "Opened",
      trial: id,
      app: plan.app,
      deadlines: plan.trial.spec.problem.spec.deadlines ?? {},
      cluster: { use: plan.provider.owner, attachment: cluster.attachment },
      plugins: environment.sources
    })
    return journal
  })

const minute = 60_000

const untilJudged = (plan: TrialPlan, environment: Environment, progress: Progress) =>
  Effect.gen(function* () {
    const { deadlines, installation, trial } = plan
    const seed = seedOf(plan)
    const leased = yield* bounded("provision", deadlines.provision)(environment.pool.lease)
    const cluster = { ...leased, telemetry: Telemetry.after(yield* Clock.currentTimeMillis, leased.telemetry) }
    progress.cluster = cluster
    const journal = yield* openJournal(plan, environment, cluster)
    progress.journal = journal
    const kinds = yield* environment.kinds(cluster)
    progress.kinds = kinds
    const services = Context.make(ClusterPort, cluster).pipe(Context.add(InstalledApp, installation))

    yield* Effect.gen(function* () {
      yield* journal.write({ _tag: "Creating", what: "app", objects: FaultJournal.refsOf(plan.objects) })
      yield* bounded(
        "install",
        deadlines.install + minute
      )(install({ installation, objects: plan.objects, key: plan.installKey, seed, kinds, deadlineMillis: deadlines.install }))
      yield* journal.write({ _tag: "Creating", what: "workload", objects: FaultJournal.refsOf(plan.workload) })
      if (plan.workload.length > 0) progress.users = "come"
      yield* bounded("workload", minute)(startWorkload(kinds, plan.workload))
      const taken = yield* bounded("baseline", deadlines.settle + 2 * deadlines.baseline)(takeBaseline(kinds, deadlines, progress.users))
      progress.taken = taken
      if (cluster.lifetime === "outlives") {
        yield* writeBaseline(RunFolder.trialDir(environment.dir, trial.spec.id), taken.baseline)
        yield* journal.write({
          _tag: "Baseline",
          digest: taken.baseline.digest,
          ...Option.match(taken.snapshot, { onNone: () => ({}), onSome: ({ at, token }) => ({ snapshot: { at, token } }) })
        })
      }
      const longest = Math.max(0, ...plan.faults.map(({ afterMillis }) => afterMillis))
      yield* bounded(
        "fault",
        longest + deadlines.verify
      )(
        breakThings(plan.faults, journal, (fault) => {
          progress.active.push(fault)
        })
      )
      const { touched } = progress
      if (progress.active.length > 0) {
        progress.keeper = yield* Effect.forkIn(keepBroken(progress.active, deadlines.keepEvery, touched.has), yield* Effect.scope)
      }
      const tasksLimit = plan.tasks.length * (trial.spec.limits.timeMillis + deadlines.settle + 10 * deadlines.sustained + 10 * minute)
      yield* bounded(
        "tasks",
        tasksLimit
      )(
        talk(plan, seed, touched, (result) => {
          progress.results.push(result)
        }).pipe(Effect.provideService(Baseline, taken.baseline))
      )
    }).pipe(Effect.provideContext(services))
  })

/** Recover, restore, release. Each is tried whatever became of the one before; the first error is told. */
const afterwards = (plan: TrialPlan, progress: Progress, scope: Scope.Closeable, exit: Exit.Exit<void, LabError>) =>
  Effect.gen(function* () {
    const sink = yield* EventSink
    const { cluster, kinds, taken } = progress
    let error: LabError | undefined
    let restored: Restored = { how: "recovered", differences: [] }
    const attempted = <A, R>(work: Effect.Effect<A, LabError, R>): Effect.Effect<A | undefined, never, R> =>
      Effect.map(Effect.exit(work), (done) => {
        if (Exit.isSuccess(done)) return done.value
        error ??= errorOf("afterwards", done.cause)
        return undefined
      })
    if (cluster !== undefined && kinds !== undefined) {
      const services = Context.make(ClusterPort, cluster).pipe(Context.add(InstalledApp, plan.installation))
      yield* Effect.gen(function* () {
        if (progress.keeper !== undefined) yield* Fiber.interrupt(progress.keeper)
        yield* attempted(bounded("recover", plan.deadlines.recover)(mend(progress.active, progress.journal)))
        const unrecovered = error
        if (taken !== undefined) {
          const { deadlines } = plan
          const found = yield* attempted(bounded("restore", Deadlines.restore(deadlines))(restore(taken, kinds, deadlines, progress.users)))
          if (found !== undefined) {
            restored = found
            sink.emit({ _tag: "Restored", how: found.how, differences: found.differences })
            // what an agent destroyed can't be recovered, only put back: that is not the environment's failure
            if (found.how === "reset" && found.differences.length === 0 && progress.touched.any() && error === unrecovered)
              error = undefined
            if (found.differences.length > 0) error ??= labError("TRIAL_NOT_RESTORED", { differences: found.differences })
          }
        }
      }).pipe(Effect.provideContext(services))
    }
    yield* attempted(
      bounded(
        "release",
        plan.deadlines.release
      )(
        Effect.gen(function* () {
          if (cluster !== undefined && kinds !== undefined) {
            if (progress.users === "come") yield* stopWorkload(kinds, plan.workload).pipe(Effect.provideService(ClusterPort, cluster))
            if (error === undefined) yield* progress.journal.write({ _tag: "Closed" })
          }
        }).pipe(Effect.ensuring(Effect.suspend(() => Scope.close(scope, error === undefined ? exit : Exit.fail(error)))))
      )
    )
    return { error, restored }
  })

const body = (plan: TrialPlan, environment: Environment) =>
  Effect.uninterruptibleMask((interruptibly) =>
    Effect.gen(function* () {
      const { digest, encoded, spec } = plan.trial
      const startedAt = machineClock.currentTimeMillisUnsafe()
      const folder = yield* RunFolder.makeTrialDir(environment.dir, spec.id)
      const clock = yield* Clock.Clock
      const sessions = SessionFile.collector({
        agent: spec.agent.use,
        problem: spec.problem.metadata.name,
        digest,
        epoch: clock.currentTimeMillisUnsafe()
      })
      const sink = Sink.make({
        file: path.join(folder, "events.ndjson"),
        clock,
        start: { spec: encoded, versions: environment.versions },
        listen: (event) => {
          if (event._tag !== "TrialStarted") sessions.hear(event)
          environment.listen(event)
        }
      })
      const progress: Progress = {
        cluster: undefined,
        kinds: undefined,
        journal: FaultJournal.none,
        users: "stay away",
        touched: Touched.make(),
        taken: undefined,
        active: [],
        keeper: undefined,
        results: []
      }
      const scope = yield* Scope.make()
      const judged = yield* interruptibly(untilJudged(plan, environment, progress)).pipe(
        Effect.provideService(Scope.Scope, scope),
        Effect.provideService(EventSink, sink),
        Effect.exit
      )
      const first = Exit.isFailure(judged) ? errorOf("trial", judged.cause) : undefined
      const interrupted = Exit.isFailure(judged) && Cause.hasInterruptsOnly(judged.cause)
      for (const task of plan.tasks.slice(progress.results.length)) {
        const result = unjudged(task, first ?? labError("TRIAL_DEFECT", { phase: "tasks", why: "the task was not judged" }))
        sink.emit({ _tag: "TaskEnded", result })
        progress.results.push(result)
      }
      const { error: later, restored } = yield* afterwards(plan, progress, scope, judged).pipe(Effect.provideService(EventSink, sink))
      const error = first ?? later
      const wallMs = machineClock.currentTimeMillisUnsafe() - startedAt
      const virtualMs = sink.elapsed()
      sink.emit({ _tag: "TrialEnded", virtualMs, ...(error === undefined ? {} : { error: eventError(error) }), wall: { ms: wallMs } })
      const record: TrialRecord = {
        version: 1,
        id: spec.id,
        digest,
        state: interrupted ? "interrupted" : "ended",
        problem: spec.problem.metadata.name,
        agent: spec.agent.use,
        model: plan.model ?? null,
        seed: spec.seed,
        repeat: spec.repeat,
        ...(environment.attempts === 1 ? {} : { attempts: environment.attempts }),
        virtualMs,
        tasks: progress.results,
        ...(error === undefined ? {} : { error: eventError(error) }),
        differences: restored.differences,
        wall: { startedAt, ms: wallMs }
      }
      yield* attempt(folder, () => {
        sink.close()
        for (const [task, session] of sessions.sessions())
          fs.writeFileSync(path.join(folder, `session-${task}.json`), `${JSON.stringify(session, undefined, 4)}\n`)
      })
      yield* RunFolder.writeRecord(environment.dir, record)
      return record
    })
  )

/** Tells the random draws of one trial from those of another; agents on the same problem and seed face the same environment. */
const seedOf = ({ trial: { spec } }: TrialPlan): string => `${spec.problem.metadata.name}/${spec.seed}/${spec.repeat}`

/**
 * Runs a trial under the clock of its cluster. Fails only when not even a record could be made (a full disk, TIME_STALLED); then the caller
 * writes one. Interruption interrupts the trial and waits until it has recovered and written.
 */
export const run = (plan: TrialPlan, environment: Environment): Effect.Effect<TrialRecord, LabError, RuntimeServices> => {
  const { time } = environment.pool
  const seed = seedOf(plan)
  if (time._tag === "wall") {
    return body(plan, environment).pipe(Random.withSeed(seed), Effect.provideService(Clock.Clock, ScaledTime.make(time.rate, time.origin)))
  }
  return Effect.flatMap(
    Effect.suspend(() => new VirtualTime().run(seed, body(plan, environment))),
    (exit) => exit
  )
}
