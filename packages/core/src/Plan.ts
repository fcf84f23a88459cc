/** A problem with every name resolved and every `with` decoded: what the runtime plays. Making it finds all mistakes at once. */
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import type { App, Installation } from "./App.ts"
import type { Evaluator } from "./Evaluator.ts"
import type { Fault } from "./Fault.ts"
import { type LabError, located } from "./LabError.ts"
import { decodeAt, invalid, type Manifest, type ManifestInvalid, mistake, type Path } from "./Manifest.ts"
import { nearest } from "./Nearest.ts"
import type { Problem } from "./Problem.ts"
import * as Registry from "./Registry.ts"
import type { Task, TaskMistake } from "./Task.ts"
import type { Workload } from "./Workload.ts"

export interface PlannedApp {
  readonly plugin: string
  readonly app: App
  readonly config: unknown
  readonly installation: Installation
}

export interface PlannedWorkload {
  readonly plugin: string
  readonly workload: Workload
  readonly config: unknown
}

export interface PlannedFault {
  readonly plugin: string
  readonly fault: Fault
  readonly config: unknown
  /** Healthy traffic before it; undefined: the runtime's default. */
  readonly after: Duration.Duration | undefined
}

export interface PlannedEvaluator {
  readonly plugin: string
  readonly evaluator: Evaluator
  readonly config: unknown
}

export interface PlannedTask {
  /** The key under `spec.tasks`. */
  readonly name: string
  /** The classic id. */
  readonly id: string | undefined
  readonly plugin: string
  readonly task: Task
  readonly config: unknown
  readonly evaluators: ReadonlyArray<PlannedEvaluator>
}

export interface Plan {
  readonly problem: Problem
  readonly app: PlannedApp
  readonly workload: PlannedWorkload | undefined
  readonly faults: ReadonlyArray<PlannedFault>
  /** In the manifest's order. */
  readonly tasks: ReadonlyArray<PlannedTask>
}

/** Collects mistakes; a part that has one is left out and the rest is still looked at. */
interface Reader {
  readonly manifest: Manifest<Problem>
  readonly registry: Registry.Registry
  readonly mistakes: Array<LabError>
}

const ok = <A>(reader: Reader, result: Result.Result<A, LabError | ReadonlyArray<LabError>>): A | undefined => {
  if (Result.isSuccess(result)) return result.success
  reader.mistakes.push(...[result.failure].flat())
  return undefined
}

type Configured = Exclude<Registry.Kind, "Behaviour" | "Reporter" | "Task">

/** The component that the `use` at a path names, with its `with` decoded. */
const component = <K extends Configured>(reader: Reader, kind: K, use: string, path: Path) => {
  const owned = ok(reader, Registry.lookup(reader.registry, kind, use, reader.manifest.locate([...path, "use"])))
  if (owned === undefined) return undefined
  const decoded = decodeAt(reader.manifest, [...path, "with"], owned.component.config)
  if (ok(reader, decoded) === undefined && Result.isFailure(decoded)) return undefined
  return { plugin: owned.plugin, component: owned.component, config: Result.getOrUndefined(decoded) }
}

const planApp = (reader: Reader): PlannedApp | undefined => {
  const { app } = reader.manifest.content.spec
  const found = component(reader, "App", app.use, ["spec", "app"])
  if (found === undefined) return undefined
  const installation = ok(
    reader,
    Result.try({
      try: () => found.component.install(found.config),
      catch: (cause) => mistake(reader.manifest, ["spec", "app"], "PROBLEM_APP_FAILED", { app: app.use, why: String(cause) })
    })
  )
  return installation === undefined ? undefined : { plugin: found.plugin, app: found.component, config: found.config, installation }
}

const planWorkload = (reader: Reader, app: PlannedApp | undefined): PlannedWorkload | undefined => {
  const { manifest } = reader
  const { workload } = manifest.content.spec
  const found = workload === undefined ? undefined : component(reader, "Workload", workload.use, ["spec", "workload"])
  if (found === undefined) return undefined
  const mistakes = app === undefined || found.config === undefined ? [] : found.component.check(found.config, app.installation)
  for (const { error, path } of mistakes) {
    reader.mistakes.push(located(error, manifest.locate(["spec", "workload", "with", ...path], "key")))
  }
  return { plugin: found.plugin, workload: found.component, config: found.config }
}

const planFaults = (reader: Reader): ReadonlyArray<PlannedFault> =>
  reader.manifest.content.spec.faults.flatMap((fault, index) => {
    const found = component(reader, "Fault", fault.use, ["spec", "faults", index])
    return found === undefined ? [] : [{ plugin: found.plugin, fault: found.component, config: found.config, after: fault.after }]
  })

const planEvaluators = (reader: Reader, name: string, task: Task): ReadonlyArray<PlannedEvaluator> => {
  const uses = reader.manifest.content.spec.tasks[name]?.evaluators ?? []
  const path = ["spec", "tasks", name]
  if (task.evaluators === "required" && uses.length === 0) {
    const known = Registry.all(reader.registry, "Evaluator").map((each) => each.component.name)
    reader.mistakes.push(mistake(reader.manifest, path, "PROBLEM_EVALUATORS_MISSING", { task: name, known }, "key"))
  }
  if (task.evaluators === "none" && uses.length > 0) {
    reader.mistakes.push(mistake(reader.manifest, [...path, "evaluators"], "PROBLEM_EVALUATORS_UNUSED", { task: name }, "key"))
  }
  return uses.flatMap((use, index) => {
    const found = component(reader, "Evaluator", use.use, [...path, "evaluators", index])
    return found === undefined ? [] : [{ plugin: found.plugin, evaluator: found.component, config: found.config }]
  })
}

const taskMistake = (reader: Reader, name: string, app: Installation, found: TaskMistake): LabError => {
  const path = ["spec", "tasks", name, ...found.path]
  if (found._tag === "contradiction") {
    return mistake(reader.manifest, path, "PROBLEM_ANSWER_CONTRADICTS", { task: name, why: found.why, hint: found.hint })
  }
  const detail = { name: found.name, app: app.app, nearest: nearest(found.name, Object.keys(app.topology.services)) }
  return mistake(reader.manifest, path, "PROBLEM_UNKNOWN_SERVICE", detail)
}

const planTask = (reader: Reader, name: string, app: PlannedApp | undefined): PlannedTask | undefined => {
  const { manifest, registry } = reader
  const path = ["spec", "tasks", name]
  const known = Registry.all(registry, "Task").map((each) => each.component.name)
  const looked = Registry.lookup(registry, "Task", name, manifest.locate(path, "key"))
  if (Result.isFailure(looked) && looked.failure.code === "PLUGIN_UNKNOWN_COMPONENT") {
    reader.mistakes.push(mistake(manifest, path, "PROBLEM_UNKNOWN_TASK", { task: name, known, nearest: nearest(name, known) }, "key"))
    return undefined
  }
  const owned = ok(reader, looked)
  if (owned === undefined) return undefined
  const task = owned.component
  const evaluators = planEvaluators(reader, name, task)
  const decoded = decodeAt(manifest, path, task.config, ["id", "evaluators"])
  if (Result.isFailure(decoded)) {
    reader.mistakes.push(...decoded.failure)
    return undefined
  }
  const config = decoded.success
  if (app !== undefined) {
    const facts = { app: app.installation, faults: manifest.content.spec.faults.map((fault) => fault.use) }
    reader.mistakes.push(...(task.check?.(config, facts) ?? []).map((found) => taskMistake(reader, name, app.installation, found)))
  }
  return { name, id: manifest.content.spec.tasks[name]?.id, plugin: owned.plugin, task, config, evaluators }
}

/** A repair can't be asked for where a fault is kept up whatever the agent does. */
const checkRepair = (reader: Reader, tasks: ReadonlyArray<PlannedTask>): void => {
  const names = reader.manifest.content.spec.faults.flatMap((fault) => {
    const found = Registry.lookup(reader.registry, "Fault", fault.use)
    return Result.isSuccess(found) && found.success.component.agentRepair === "does-not-end" ? [fault.use] : []
  })
  const [fault] = names
  for (const { name, task } of tasks) {
    if (fault !== undefined && task.evaluators === "required") {
      reader.mistakes.push(mistake(reader.manifest, ["spec", "tasks", name], "PROBLEM_REPAIR_IMPOSSIBLE", { task: name, fault }, "key"))
    }
  }
}

/** The plan of a problem, or all mistakes with their places. */
export const resolve = (manifest: Manifest<Problem>, registry: Registry.Registry): Effect.Effect<Plan, ManifestInvalid> =>
  Effect.suspend(() => {
    const reader: Reader = { manifest, registry, mistakes: [] }
    const { spec } = manifest.content
    const app = planApp(reader)
    const workload = planWorkload(reader, app)
    const faults = planFaults(reader)
    const names = Object.keys(spec.tasks)
    if (names.length === 0) reader.mistakes.push(mistake(manifest, ["spec", "tasks"], "PROBLEM_NO_TASKS", {}, "key"))
    const tasks = names.flatMap((name) => planTask(reader, name, app) ?? [])
    checkRepair(reader, tasks)
    return app === undefined || reader.mistakes.length > 0
      ? Effect.fail(invalid(reader.mistakes))
      : Effect.succeed({ problem: manifest.content, app, workload, faults, tasks })
  })

/** The config of an agent or a cluster outside a problem (`--agent process`, a matrix), by the manifest and path that name it. */
export const resolveUse = <K extends "Agent" | "ClusterProvider">(
  manifest: Manifest,
  registry: Registry.Registry,
  kind: K,
  path: Path
): Effect.Effect<{ readonly plugin: string; readonly component: Registry.OfKind<K>; readonly config: unknown }, ManifestInvalid> =>
  Effect.suspend(() => {
    const use = manifest.value([...path, "use"])
    const owned = Registry.lookup(registry, kind, String(use), manifest.locate([...path, "use"]))
    if (Result.isFailure(owned)) return Effect.fail(invalid([owned.failure]))
    const config = decodeAt(manifest, [...path, "with"], owned.success.component.config)
    return Result.isFailure(config)
      ? Effect.fail(invalid(config.failure))
      : Effect.succeed({ plugin: owned.success.plugin, component: owned.success.component, config: config.success })
  })
