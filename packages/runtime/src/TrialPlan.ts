/** A trial with its components found and their configuration decoded: nothing about the manifest can go wrong from here on. */
import * as AgentAccess from "@aiopslab/agents/AgentAccess"
import type { Agent } from "@aiopslab/core/Agent"
import type { Installation } from "@aiopslab/core/App"
import type { ClusterProvider } from "@aiopslab/core/ClusterProvider"
import type { Fault } from "@aiopslab/core/Fault"
import type { Json, KubeObject } from "@aiopslab/core/Kubernetes"
import { type LabError, labError } from "@aiopslab/core/LabError"
import * as Manifest from "@aiopslab/core/Manifest"
import * as Plan from "@aiopslab/core/Plan"
import type { Use } from "@aiopslab/core/Problem"
import * as Registry from "@aiopslab/core/Registry"
import { takesNothing } from "@aiopslab/core/TakesNothing"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as Deadlines from "./Deadlines.ts"
import * as Digest from "./Digest.ts"
import type { PlannedTrial } from "./RunFolder.ts"

export interface PlannedFault {
  readonly index: number
  /** `plugin/name`. */
  readonly owner: string
  readonly version: string
  readonly fault: Fault
  readonly config: unknown
  readonly afterMillis: number
}

export type PlannedTask = Plan.PlannedTask & { readonly truth: Json }

export interface TrialPlan {
  readonly trial: PlannedTrial
  readonly app: Use
  readonly installation: Installation
  /** What is created at installation, in this order: the application, then what lets the agent in. */
  readonly objects: ReadonlyArray<KubeObject>
  /** Names the state that the installation leads to; equal keys, equal states. */
  readonly installKey: string
  readonly workload: ReadonlyArray<KubeObject>
  readonly faults: ReadonlyArray<PlannedFault>
  /** Those of the spec, in the manifest's order. */
  readonly tasks: ReadonlyArray<PlannedTask>
  readonly agent: Agent
  readonly agentConfig: unknown
  /** The agent's model, for the report. */
  readonly model: string | undefined
  readonly provider: { readonly owner: string; readonly component: ClusterProvider; readonly config: unknown }
  readonly solution: { readonly answers: Readonly<Record<string, Json>>; readonly commands: ReadonlyArray<string> }
  readonly deadlines: Deadlines.Deadlines
}

/** A component that a command names, with its `with` decoded; an agent or a cluster provider. */
export const configured = <K extends "Agent" | "ClusterProvider">(
  registry: Registry.Registry,
  kind: K,
  use: Use
): Effect.Effect<{ readonly plugin: string; readonly component: Registry.OfKind<K>; readonly config: unknown }, LabError> =>
  Effect.gen(function* () {
    const owned = yield* Effect.fromResult(Registry.lookup(registry, kind, use.use))
    const { component, plugin } = owned
    const wrong = (why: string) => labError("PLUGIN_CONFIG_INVALID", { kind: Registry.kindName[kind], name: component.name, why })
    const given = Object.keys(use.with ?? {})
    if (takesNothing(component.config) && given.length > 0) return yield* wrong(`it takes nothing, got ${given.join(", ")}`)
    const config = Schema.decodeUnknownResult(component.config, { errors: "all", onExcessProperty: "error" })(use.with ?? {})
    if (Result.isFailure(config)) return yield* wrong(config.failure.message)
    return { plugin, component, config: config.success }
  })

interface Resolved {
  readonly plan: Plan.Plan
  readonly objects: ReadonlyArray<KubeObject>
  readonly installKey: string
}

const withObjects = (plan: Plan.Plan): Resolved => {
  const { app, manifests, namespace, version } = plan.app.installation
  const objects = [...manifests, ...AgentAccess.grants(namespace)]
  return { plan, objects, installKey: `${app}@${version}/${Digest.ofJson(objects)}` }
}

/** What a `use` means is found out once; a mistake is found again each time. */
const remembering = <A>(find: (use: Use) => Effect.Effect<A, LabError>) => {
  const known = new Map<string, A>()
  return (use: Use): Effect.Effect<A, LabError> =>
    Effect.suspend(() => {
      const key = JSON.stringify(use)
      const found = known.get(key)
      return found === undefined ? Effect.tap(find(use), (made) => Effect.sync(() => known.set(key, made))) : Effect.succeed(found)
    })
}

/** Resolves trials, each distinct problem once. */
export interface Planner {
  readonly plan: (trial: PlannedTrial) => Effect.Effect<TrialPlan, LabError | Manifest.ManifestInvalid>
}

export const planner = (registry: Registry.Registry, versionOf: (plugin: string) => string): Planner => {
  const problems = new Map<string, Resolved>()
  const agentOf = remembering((use) => configured(registry, "Agent", use))
  const providerOf = remembering((use) => configured(registry, "ClusterProvider", use))
  const problemPlan = (trial: PlannedTrial) =>
    Effect.suspend(() => {
      const { problem, source } = trial.spec
      const key = JSON.stringify([source, trial.encoded.problem])
      const known = problems.get(key)
      if (known !== undefined) return Effect.succeed(known)
      return Plan.resolve(Manifest.ofProblem(source, problem), registry).pipe(
        Effect.map(withObjects),
        Effect.tap((resolved) => Effect.sync(() => problems.set(key, resolved)))
      )
    })
  return {
    plan: (trial) =>
      Effect.gen(function* () {
        const { spec } = trial
        const { installKey, objects, plan } = yield* problemPlan(trial)
        const agent = yield* agentOf(spec.agent)
        const provider = yield* providerOf(spec.cluster)
        const tasks = plan.tasks.map((task): PlannedTask => ({ ...task, truth: task.task.truth(task.config) }))
        const { installation } = plan.app
        return {
          trial,
          app: spec.problem.spec.app,
          installation,
          objects,
          installKey,
          workload: plan.workload === undefined ? [] : plan.workload.workload.objects(plan.workload.config, installation),
          faults: plan.faults.map(({ after, config, fault, plugin }, index): PlannedFault => ({
            index,
            owner: `${plugin}/${fault.name}`,
            version: versionOf(plugin),
            fault,
            config,
            afterMillis: after === undefined ? 0 : Duration.toMillis(after)
          })),
          tasks: tasks.filter(({ name }) => spec.tasks.includes(name)),
          agent: agent.component,
          agentConfig: agent.config,
          model: agent.component.model(agent.config),
          provider: { owner: `${provider.plugin}/${provider.component.name}`, component: provider.component, config: provider.config },
          solution: {
            answers: Object.fromEntries(tasks.map(({ name, truth }) => [name, truth])),
            commands: spec.problem.spec.solution
          },
          deadlines: Deadlines.resolve(spec.problem.spec.deadlines)
        }
      })
  }
}
