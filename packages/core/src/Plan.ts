/** A problem with every name resolved and every `with` decoded: what the runtime plays. Making it finds all mistakes at once. */
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import type { App, Installation } from "./App.ts"
import type { Evaluator } from "./Evaluator.ts"
import type { Fault } from "./Fault.ts"
import { type LabError, located } from "./LabError.ts"
import { decodeAt, invalid, type Look, type Manifest, type ManifestInvalid, mistake, type Path, type Text } from "./Manifest.ts"
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

/**
 * Collects mistakes; a part that has one is left out and the rest is still looked at. Reads the text, not the content, so that a manifest
 * whose shape is wrong in one place is looked at in all others; what the shape forbids is passed over here.
 */
interface Reader {
  readonly text: Text
  readonly registry: Registry.Registry
  readonly mistakes: Array<LabError>
}

const ok = <A>(reader: Reader, result: Result.Result<A, LabError | ReadonlyArray<LabError>>): A | undefined => {
  if (Result.isSuccess(result)) return result.success
  reader.mistakes.push(...[result.failure].flat())
  return undefined
}

/** The `use` at a path, where it is a name. */
const useAt = ({ text }: Reader, path: Path): string | undefined => {
  const use = text.value([...path, "use"])
  return typeof use === "string" ? use : undefined
}

/** The paths of a list's elements; none when there is no list, undefined when there is something else. */
const elementsAt = ({ text }: Reader, path: Path): ReadonlyArray<Path> | undefined => {
  const list = text.value(path) ?? []
  return Array.isArray(list) ? list.map((_, index) => [...path, index]) : undefined
}

const isMapping = (value: unknown): value is object => typeof value === "object" && value !== null && !Array.isArray(value)

type Configured = Exclude<Registry.Kind, "Behaviour" | "Reporter" | "Task">

/** The component that the `use` at a path names, with its `with` decoded. */
const component = <K extends Configured>(reader: Reader, kind: K, path: Path) => {
  const use = useAt(reader, path)
  if (use === undefined) return undefined
  const owned = ok(reader, Registry.lookup(reader.registry, kind, use, reader.text.locate([...path, "use"])))
  if (owned === undefined) return undefined
  const decoded = decodeAt(reader.text, [...path, "with"], owned.component.config)
  if (ok(reader, decoded) === undefined && Result.isFailure(decoded)) return undefined
  return { use, plugin: owned.plugin, component: owned.component, config: Result.getOrUndefined(decoded) }
}

const planApp = (reader: Reader): PlannedApp | undefined => {
  const found = component(reader, "App", ["spec", "app"])
  if (found === undefined) return undefined
  const installation = ok(
    reader,
    Result.try({
      try: () => found.component.install(found.config),
      catch: (cause) => mistake(reader.text, ["spec", "app"], "PROBLEM_APP_FAILED", { app: found.use, why: String(cause) })
    })
  )
  return installation === undefined ? undefined : { plugin: found.plugin, app: found.component, config: found.config, installation }
}

const planWorkload = (reader: Reader, app: PlannedApp | undefined): PlannedWorkload | undefined => {
  const found = component(reader, "Workload", ["spec", "workload"])
  if (found === undefined) return undefined
  const mistakes = app === undefined || found.config === undefined ? [] : found.component.check(found.config, app.installation)
  for (const { error, path } of mistakes) {
    reader.mistakes.push(located(error, reader.text.locate(["spec", "workload", "with", ...path], "key")))
  }
  return { plugin: found.plugin, workload: found.component, config: found.config }
}

type FoundFault = Omit<PlannedFault, "after"> & { readonly index: number }

const planFaults = (reader: Reader): ReadonlyArray<FoundFault> =>
  (elementsAt(reader, ["spec", "faults"]) ?? []).flatMap((path, index) => {
    const found = component(reader, "Fault", path)
    return found === undefined ? [] : [{ index, plugin: found.plugin, fault: found.component, config: found.config }]
  })

/** The names of the faults as they are written; undefined when one can't be read. */
const faultNames = (reader: Reader): ReadonlyArray<string> | undefined => {
  const paths = elementsAt(reader, ["spec", "faults"])
  const names = paths?.flatMap((path) => useAt(reader, path) ?? [])
  return names?.length === paths?.length ? names : undefined
}

const planEvaluators = (reader: Reader, name: string, task: Task): ReadonlyArray<PlannedEvaluator> => {
  const path = ["spec", "tasks", name]
  const paths = elementsAt(reader, [...path, "evaluators"])
  if (task.evaluators === "required" && paths?.length === 0) {
    const known = Registry.all(reader.registry, "Evaluator").map((each) => each.component.name)
    reader.mistakes.push(mistake(reader.text, path, "PROBLEM_EVALUATORS_MISSING", { task: name, known }, "key"))
  }
  if (task.evaluators === "none" && paths !== undefined && paths.length > 0) {
    reader.mistakes.push(mistake(reader.text, [...path, "evaluators"], "PROBLEM_EVALUATORS_UNUSED", { task: name }, "key"))
  }
  return (paths ?? []).flatMap((each) => {
    const found = component(reader, "Evaluator", each)
    return found === undefined ? [] : [{ plugin: found.plugin, evaluator: found.component, config: found.config }]
  })
}

const taskMistake = (reader: Reader, name: string, app: Installation, found: TaskMistake): LabError => {
  const path = ["spec", "tasks", name, ...found.path]
  if (found._tag === "contradiction") {
    return mistake(reader.text, path, "PROBLEM_ANSWER_CONTRADICTS", { task: name, why: found.why, hint: found.hint })
  }
  const detail = { name: found.name, app: app.app, nearest: nearest(found.name, Object.keys(app.topology.services)) }
  return mistake(reader.text, path, "PROBLEM_UNKNOWN_SERVICE", detail)
}

type FoundTask = Omit<PlannedTask, "id">

const planTask = (reader: Reader, name: string, app: PlannedApp | undefined): FoundTask | undefined => {
  const { registry, text } = reader
  const path = ["spec", "tasks", name]
  const known = Registry.all(registry, "Task").map((each) => each.component.name)
  const looked = Registry.lookup(registry, "Task", name, text.locate(path, "key"))
  if (Result.isFailure(looked) && looked.failure.code === "PLUGIN_UNKNOWN_COMPONENT") {
    reader.mistakes.push(mistake(text, path, "PROBLEM_UNKNOWN_TASK", { task: name, known, nearest: nearest(name, known) }, "key"))
    return undefined
  }
  const owned = ok(reader, looked)
  if (owned === undefined || !isMapping(text.value(path))) return undefined
  const task = owned.component
  const evaluators = planEvaluators(reader, name, task)
  const decoded = decodeAt(text, path, task.config, ["id", "evaluators"])
  if (Result.isFailure(decoded)) {
    reader.mistakes.push(...decoded.failure)
    return undefined
  }
  const config = decoded.success
  if (app !== undefined) {
    const faults = faultNames(reader)
    const found = task.check?.(config, { app: app.installation, faults: faults ?? [] }) ?? []
    const told = faults === undefined ? found.filter(({ _tag }) => _tag !== "contradiction") : found
    reader.mistakes.push(...told.map((each) => taskMistake(reader, name, app.installation, each)))
  }
  return { name, plugin: owned.plugin, task, config, evaluators }
}

/** A repair can't be asked for where a fault is kept up whatever the agent does. */
const checkRepair = (reader: Reader, tasks: ReadonlyArray<FoundTask>): void => {
  const [fault] = (elementsAt(reader, ["spec", "faults"]) ?? []).flatMap((path) => {
    const use = useAt(reader, path)
    const found = use === undefined ? undefined : Registry.lookup(reader.registry, "Fault", use)
    return found !== undefined && Result.isSuccess(found) && found.success.component.agentRepair === "does-not-end" ? [use ?? ""] : []
  })
  for (const { name, task } of tasks) {
    if (fault !== undefined && task.evaluators === "required") {
      reader.mistakes.push(mistake(reader.text, ["spec", "tasks", name], "PROBLEM_REPAIR_IMPOSSIBLE", { task: name, fault }, "key"))
    }
  }
}

const planProblem = (reader: Reader) => {
  const app = planApp(reader)
  const workload = planWorkload(reader, app)
  const faults = planFaults(reader)
  const entries = reader.text.value(["spec", "tasks"])
  const names = isMapping(entries) ? Object.keys(entries) : []
  if (isMapping(entries) && names.length === 0) {
    reader.mistakes.push(mistake(reader.text, ["spec", "tasks"], "PROBLEM_NO_TASKS", {}, "key"))
  }
  const tasks = names.flatMap((name) => planTask(reader, name, app) ?? [])
  checkRepair(reader, tasks)
  return { app, workload, faults, tasks }
}

/** The plan of a problem, or all mistakes with their places. */
export const resolve = (manifest: Manifest<Problem>, registry: Registry.Registry): Effect.Effect<Plan, ManifestInvalid> =>
  Effect.suspend(() => {
    const reader: Reader = { text: manifest, registry, mistakes: [] }
    const { app, faults, tasks, workload } = planProblem(reader)
    const { spec } = manifest.content
    return app === undefined || reader.mistakes.length > 0
      ? Effect.fail(invalid(reader.mistakes))
      : Effect.succeed({
          problem: manifest.content,
          app,
          workload,
          faults: faults.map(({ index, ...fault }) => ({ ...fault, after: spec.faults[index]?.after })),
          tasks: tasks.map((task) => ({ ...task, id: spec.tasks[task.name]?.id }))
        })
  })

/** What names and configurations are wrong in a text whose shape need not be right. */
export const mistakesIn =
  (registry: Registry.Registry): Look =>
  (text) => {
    const reader: Reader = { text, registry, mistakes: [] }
    switch (text.value(["kind"])) {
      case "Problem": {
        planProblem(reader)
        break
      }
      case "Matrix": {
        for (const path of elementsAt(reader, ["spec", "agents"]) ?? []) component(reader, "Agent", path)
        component(reader, "ClusterProvider", ["spec", "cluster"])
      }
    }
    return reader.mistakes
  }
