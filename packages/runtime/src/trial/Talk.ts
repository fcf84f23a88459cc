/** Phase tasks, the agent's side: starts the agent, gives it its own identity and a sandbox, and holds the conversations. */
import { actions } from "@aiopslab/agents/Actions"
import type { ActionContext } from "@aiopslab/agents/Action"
import * as AgentAccess from "@aiopslab/agents/AgentAccess"
import { auditing } from "@aiopslab/agents/Audit"
import * as Brief from "@aiopslab/agents/Brief"
import * as Conversation from "@aiopslab/agents/Conversation"
import * as Sandbox from "@aiopslab/agents/Sandbox"
import { isWrite } from "@aiopslab/agents/Touched"
import type { AgentServices, AgentSession } from "@aiopslab/core/Agent"
import type { InstalledApp } from "@aiopslab/core/App"
import { Cluster } from "@aiopslab/core/Cluster"
import type { Baseline } from "@aiopslab/core/Evaluator"
import type { KubeApi } from "@aiopslab/core/Kubernetes"
import { type LabError, labError } from "@aiopslab/core/LabError"
import type { TaskResult } from "@aiopslab/core/TrialEvent"
import { WallClock } from "@aiopslab/core/WallClock"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Option from "effect/Option"
import { EventSink } from "../EventSink.ts"
import { around } from "../Failpoint.ts"
import type { PlannedTask, TrialPlan } from "../TrialPlan.ts"
import { ask } from "./Ask.ts"
import { errorOf } from "./Bounded.ts"
import type { Touched } from "./Touched.ts"

/** The agent's session, or why there is none; starting counts as one turn. */
const start = (plan: TrialPlan, seed: string): Effect.Effect<Exit.Exit<AgentSession, LabError>, never, AgentServices> =>
  Effect.gen(function* () {
    const wall = yield* WallClock
    const {
      agent,
      installation: { namespace },
      solution,
      trial: { spec }
    } = plan
    const known = agent.knows === "solution" ? { solution: { ...solution, namespace } } : {}
    const started = yield* Effect.exit(
      wall.hold(wall.within(spec.limits.turnMillis)(agent.start(plan.agentConfig, { seed, namespace, ...known })))
    )
    if (Exit.isFailure(started)) {
      if (Cause.hasInterruptsOnly(started.cause)) return yield* Effect.interrupt
      const error = errorOf("tasks", started.cause)
      return Exit.fail(error.code === "TRIAL_DEFECT" ? labError("AGENT_FAILED", { agent: agent.name, why: error.text }) : error)
    }
    return Option.match(started.value, {
      onNone: () =>
        Exit.fail(labError("AGENT_FAILED", { agent: agent.name, why: `it did not start within ${spec.limits.turnMillis / 1000} s` })),
      onSome: Exit.succeed
    })
  })

/** A session that only says why there is none, so that each task ends with it. */
const refusing = (error: LabError): AgentSession => ({ init: () => Effect.fail(error), getAction: () => Effect.fail(error) })

/** The agent's own view of the cluster; what it writes is told, remembered for `keep`, and stands between two failpoints. */
const agentApi = (cluster: KubeApi, wrote: (written: AgentAccess.Written) => void): KubeApi =>
  AgentAccess.recording(
    { ...cluster, request: (request) => (isWrite(request) ? around("agent-write")(cluster.request(request)) : cluster.request(request)) },
    wrote
  )

export const talk = (
  plan: TrialPlan,
  seed: string,
  touched: Touched,
  done: (result: TaskResult) => void
): Effect.Effect<void, LabError, Cluster | InstalledApp | Baseline | EventSink | AgentServices> =>
  Effect.gen(function* () {
    const cluster = yield* Cluster
    const sink = yield* EventSink
    const {
      agent,
      installation: app,
      trial: { spec }
    } = plan
    const started = yield* start(plan, seed)
    const session = Exit.isSuccess(started) ? started.value : refusing(errorOf("tasks", started.cause))
    let current = ""
    const recorded = agentApi(cluster.api(AgentAccess.identity), ({ keys, method, path }) => {
      touched.wrote(keys)
      sink.emit({ _tag: "ClusterWrite", task: current, method, path })
    })
    const api = auditing(recorded, AgentAccess.identity, (request) => sink.emit({ _tag: "ClusterRequest", task: current, ...request }))
    const context: ActionContext = {
      api,
      telemetry: cluster.telemetry,
      sandbox: yield* Sandbox.make({ api, namespace: app.namespace, seed }),
      namespace: app.namespace,
      serviceLabel: app.serviceLabel
    }
    const converse = ({ id, name, task }: PlannedTask) =>
      Effect.suspend(() => {
        current = name
        const { description } = Brief.make({ task, app, actions })
        sink.emit({ _tag: "TaskStarted", task: name, ...(id === undefined ? {} : { id }), brief: description })
        return Conversation.run({
          session,
          agentName: agent.name,
          task,
          app,
          actions,
          context,
          limits: spec.limits,
          charge: cluster.time._tag === "virtual" ? spec.charge : { _tag: "none" },
          emit: sink.emit
        })
      })
    yield* ask(plan.tasks, converse, done)
  })
