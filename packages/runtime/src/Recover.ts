/**
 * Finishes what a killed process began: finds the open journals of a run, attaches to their clusters again, undoes what was planned, the
 * last first, verifies it, puts the baseline back and closes the journal. A live run is never touched; a second recovery changes nothing.
 */
import { InstalledApp, type Installation } from "@aiopslab/core/App"
import { Cluster, type ClusterTime } from "@aiopslab/core/Cluster"
import type { ClusterServices } from "@aiopslab/core/ClusterProvider"
import { find } from "@aiopslab/core/KubeClient"
import { admin, type Json, type KubeObject } from "@aiopslab/core/Kubernetes"
import { LabError, labError } from "@aiopslab/core/LabError"
import * as Registry from "@aiopslab/core/Registry"
import type { WallClock } from "@aiopslab/core/WallClock"
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as fs from "node:fs"
import * as path from "node:path"
import * as Deadlines from "./Deadlines.ts"
import { around } from "./Failpoint.ts"
import * as FaultJournal from "./FaultJournal.ts"
import { attempt } from "@aiopslab/host/edge/Files"
import * as Lease from "@aiopslab/host/edge/Lease"
import type { LoadedPlugins } from "./PluginLoader.ts"
import { trialDir } from "./RunFolder.ts"
import * as ScaledTime from "./time/ScaledTime.ts"
import { VirtualTime } from "./time/VirtualTime.ts"
import { readBaseline } from "./trial/BaselineFile.ts"
import { errorOf, within } from "./trial/Bounded.ts"
import { discover, type Kinds } from "@aiopslab/core/Kinds"
import { restore } from "./trial/Restore.ts"
import { stopWorkload } from "./trial/StartWorkload.ts"
import type { Users } from "./trial/Traffic.ts"
import { registryOf } from "./TrialHost.ts"

/** What became of one trial's open journal. */
export interface Recovery {
  readonly dir: string
  readonly trial: string
  readonly status: "recovered" | "live" | "failed"
  /** Faults that were undone, the last first. */
  readonly faults: ReadonlyArray<string>
  readonly error?: LabError
}

const underClusterTime = <A, R>(time: ClusterTime, work: Effect.Effect<A, LabError, R>): Effect.Effect<A, LabError, R | WallClock> =>
  time._tag === "wall"
    ? Effect.provideService(work, Clock.Clock, ScaledTime.make(time.rate, time.origin))
    : Effect.flatMap(
        Effect.suspend(() => new VirtualTime().run("recover", work)),
        (exit) => exit
      )

const impossible = (trial: string, why: string): LabError => labError("RECOVERY_IMPOSSIBLE", { trial, why })

const installationOf = (registry: Registry.Registry, open: FaultJournal.Open): Effect.Effect<Installation, LabError> =>
  Effect.gen(function* () {
    const { app, trial } = open.opened
    const { component } = yield* Effect.fromResult(Registry.lookup(registry, "App", app.use))
    const config = Schema.decodeUnknownResult(component.config)(app.with ?? {})
    return Result.isFailure(config) ? yield* impossible(trial, config.failure.message) : component.install(config.success)
  })

/** Undoes one planned fault and says so in the journal. */
const undo = (
  registry: Registry.Registry,
  journal: FaultJournal.FaultJournal,
  trial: string,
  planned: FaultJournal.Open["faults"][number]
): Effect.Effect<void, LabError, Cluster | InstalledApp> =>
  Effect.gen(function* () {
    const { component: fault } = yield* Effect.fromResult(Registry.lookup(registry, "Fault", planned.fault))
    const plan = Schema.decodeUnknownResult(fault.planSchema)(planned.plan)
    if (Result.isFailure(plan))
      return yield* impossible(trial, `the plan of ${planned.fault}@${planned.version} cannot be read: ${plan.failure.message}`)
    yield* around("recover")(fault.recover(plan.success))
    yield* fault.verifyRecovered(plan.success)
    yield* journal.write({ _tag: "Recovered", index: planned.index })
  })

/** The workload's objects that the journal says were about to be created. */
const workloadOf = (open: FaultJournal.Open): ReadonlyArray<KubeObject> =>
  open.created
    .filter(({ what }) => what === "workload")
    .flatMap(({ objects }) =>
      objects.map(({ apiVersion, kind, name, namespace }) => ({
        apiVersion,
        kind,
        metadata: { name, ...(namespace === "" ? {} : { namespace }) }
      }))
    )

const putBack = (
  folder: string,
  open: FaultJournal.Open,
  kinds: Kinds,
  deadlines: Deadlines.Deadlines
): Effect.Effect<void, LabError, Cluster | InstalledApp> =>
  Effect.gen(function* () {
    const workload = workloadOf(open)
    const baseline = open.baseline === undefined ? undefined : yield* readBaseline(folder)
    if (baseline !== undefined) {
      const users = yield* usersOf(kinds, workload)
      const snapshot = Option.fromUndefinedOr(open.baseline?.snapshot)
      const { differences } = yield* restore({ baseline, snapshot }, kinds, deadlines, users)
      if (differences.length > 0) return yield* labError("TRIAL_NOT_RESTORED", { differences })
    }
    yield* stopWorkload(kinds, workload)
  })

/** Whether users still come: a crash may have hit the trial before they came or after they went. */
const usersOf = (kinds: Kinds, workload: ReadonlyArray<KubeObject>): Effect.Effect<Users, LabError, Cluster> =>
  Effect.gen(function* () {
    const api = (yield* Cluster).api(admin)
    for (const object of workload) {
      const resource = kinds.byKind.get(`${object.apiVersion}/${object.kind}`)
      if (resource === undefined || resource.plural === "namespaces") continue
      const found = yield* find(api, resource, object.metadata.namespace ?? "", object.metadata.name).pipe(Effect.option)
      if (Option.isNone(found) || found.value === undefined) return "stay away"
    }
    return workload.length > 0 ? "come" : "stay away"
  })

const finish = (folder: string, open: FaultJournal.Open, plugins: LoadedPlugins): Effect.Effect<void, LabError, ClusterServices> =>
  Effect.gen(function* () {
    const registry = registryOf(plugins)
    const { cluster: attached, trial } = open.opened
    const deadlines = Deadlines.resolve(open.opened.deadlines)
    const { component: provider } = yield* Effect.fromResult(Registry.lookup(registry, "ClusterProvider", attached.use))
    const installation = yield* installationOf(registry, open)
    const journal = yield* FaultJournal.open(path.join(folder, FaultJournal.file))
    const found = yield* provider.attach(yield* asJson(trial, attached.attachment)).pipe(
      Effect.asSome,
      Effect.catchIf(
        ({ code }) => code === "CLUSTER_GONE",
        () => Effect.succeedNone
      )
    )
    // with the cluster went all that was done to it
    if (Option.isNone(found)) return yield* journal.write({ _tag: "Closed" })
    const cluster = found.value
    const services = Context.make(Cluster, cluster).pipe(Context.add(InstalledApp, installation))
    const work = Effect.gen(function* () {
      const kinds = yield* discover(cluster.api(admin))
      yield* within(
        "recover",
        deadlines.recover
      )(Effect.forEach(open.faults, (planned) => undo(registry, journal, trial, planned), { discard: true }))
      yield* within("restore", Deadlines.restore(deadlines))(putBack(folder, open, kinds, deadlines))
      yield* journal.write({ _tag: "Closed" })
    }).pipe(Effect.provideContext(services))
    yield* underClusterTime(cluster.time, work)
  }).pipe(Effect.scoped)

const isJson = (value: unknown): value is Json =>
  value === null ||
  ["string", "number", "boolean"].includes(typeof value) ||
  (Array.isArray(value) ? value.every(isJson) : typeof value === "object" && Object.values(value ?? {}).every(isJson))

const asJson = (trial: string, value: unknown): Effect.Effect<Json, LabError> =>
  isJson(value) ? Effect.succeed(value) : Effect.fail(impossible(trial, "the cluster's attachment is not JSON"))

/** A trial whose journal is open, or why that cannot be told. */
interface Found {
  readonly trial: string
  readonly open: Result.Result<FaultJournal.Open, LabError>
}

const openTrials = (dir: string): Effect.Effect<ReadonlyArray<Found>, LabError> =>
  Effect.gen(function* () {
    const trials = path.join(dir, "trials")
    const names = yield* attempt(trials, () => (fs.existsSync(trials) ? fs.readdirSync(trials).toSorted() : []))
    const out: Array<Found> = []
    for (const trial of names) {
      const entries = yield* Effect.result(FaultJournal.read(path.join(trialDir(dir, trial), FaultJournal.file)))
      const open = Result.map(entries, FaultJournal.openEntries)
      if (Result.isFailure(open)) out.push({ trial, open: Result.fail(open.failure) })
      else if (open.success !== undefined) out.push({ trial, open: Result.succeed(open.success) })
    }
    return out
  })

const faultsOf = (open: Found["open"]): ReadonlyArray<string> =>
  Result.isSuccess(open) ? open.success.faults.map(({ fault }) => fault) : []

/** Recovers the open trials of a folder whose lease the caller holds. */
export const recoverHeld = (dir: string, plugins: LoadedPlugins): Effect.Effect<ReadonlyArray<Recovery>, LabError, ClusterServices> =>
  Effect.gen(function* () {
    const recoveries: Array<Recovery> = []
    for (const { open, trial } of yield* openTrials(dir)) {
      const exit = yield* Effect.exit(Effect.flatMap(Effect.fromResult(open), (found) => finish(trialDir(dir, trial), found, plugins)))
      const faults = faultsOf(open)
      recoveries.push(
        exit._tag === "Success"
          ? { dir, trial, status: "recovered", faults }
          : { dir, trial, status: "failed", faults, error: errorOf("recover", exit.cause) }
      )
    }
    return recoveries
  })

/** Recovers the open trials of some run folders, leaving live runs alone. Nothing open, nothing told. */
export const recover = (
  dirs: ReadonlyArray<string>,
  plugins: LoadedPlugins
): Effect.Effect<ReadonlyArray<Recovery>, LabError, ClusterServices> =>
  Effect.forEach(dirs, (dir) =>
    Effect.gen(function* () {
      const open = yield* openTrials(dir)
      if (open.length === 0) return []
      const lease = yield* Lease.live(dir)
      if (Option.isSome(lease))
        return open.map((found): Recovery => ({ dir, trial: found.trial, status: "live", faults: faultsOf(found.open) }))
      return yield* Lease.acquire(dir).pipe(Effect.andThen(recoverHeld(dir, plugins)), Effect.scoped)
    }).pipe(
      // one folder that can't be read keeps nobody from the others
      Effect.catch((error) => Effect.succeed<ReadonlyArray<Recovery>>([{ dir, trial: "", status: "failed", faults: [], error }]))
    )
  ).pipe(Effect.map((found) => found.flat()))

/** The run folders at or below a folder that a person named: RUN_NOT_FOUND when there are none. */
export const namedRunFolders = (root: string): Effect.Effect<ReadonlyArray<string>, LabError> =>
  Effect.flatMap(runFolders(root), (found) =>
    found.length > 0 ? Effect.succeed(found) : Effect.fail(labError("RUN_NOT_FOUND", { dir: root }))
  )

/** The run folders below a folder of runs, itself included; a folder that isn't there has none. */
export const runFolders = (root: string): Effect.Effect<ReadonlyArray<string>, LabError> =>
  attempt(root, () => {
    if (fs.statSync(root, { throwIfNoEntry: false })?.isDirectory() !== true) return []
    const below = fs
      .readdirSync(root, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map((entry) => path.join(root, entry.name))
    return [root, ...below.toSorted()].filter((dir) => fs.existsSync(path.join(dir, "run.json")))
  })
