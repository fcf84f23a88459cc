/**
 * What a trial tells, as it happens. Events are the only record: session files, progress, reports and viewers read them. `t` is the trial's
 * clock in milliseconds since the trial began. Whatever depends on the machine stands under the key `wall` and nowhere else.
 */
import * as Schema from "effect/Schema"
import { Usage } from "./Agent.ts"
import { Evaluation } from "./Evaluator.ts"
import { Blame } from "./LabError.ts"
import { Outcome } from "./Outcome.ts"
import { TrialSpec } from "./TrialSpec.ts"

const at = { t: Schema.Finite, wall: Schema.optionalKey(Schema.Record(Schema.String, Schema.Unknown)) }

export const Phase = Schema.Literals(["provision", "install", "baseline", "workload", "fault", "tasks", "recover", "restore", "release"])
export type Phase = typeof Phase.Type

/** An error as a reader of events sees it. `defect`: a bug of the environment, which is to be reported; the message holds its cause. */
export const EventError = Schema.Struct({ code: Schema.String, blame: Blame, message: Schema.String, hint: Schema.String })
export type EventError = typeof EventError.Type

/** The result of one task: ours, with the original's keys in `results`. */
export const TaskResult = Schema.Struct({
  task: Schema.String,
  id: Schema.optionalKey(Schema.String),
  outcome: Outcome,
  success: Schema.Boolean,
  reason: Schema.String,
  /** Of an environment error: what went wrong, and whether it was a defect. */
  error: Schema.optionalKey(EventError),
  /** As submitted; null when there was no submission. */
  answer: Schema.Unknown,
  truth: Schema.Unknown,
  steps: Schema.Int,
  seconds: Schema.Finite,
  formatErrors: Schema.Int,
  tokens: Schema.NullOr(Usage),
  costUsd: Schema.NullOr(Schema.Finite),
  evaluations: Schema.Array(Evaluation),
  results: Schema.Record(Schema.String, Schema.Unknown)
})
export type TaskResult = typeof TaskResult.Type

export const TrialEvent = Schema.Union([
  Schema.TaggedStruct("TrialStarted", { ...at, spec: TrialSpec, versions: Schema.Record(Schema.String, Schema.String) }),
  Schema.TaggedStruct("PhaseStarted", { ...at, phase: Phase }),
  Schema.TaggedStruct("PhaseEnded", { ...at, phase: Phase, error: Schema.optionalKey(EventError) }),
  Schema.TaggedStruct("FaultPhase", {
    ...at,
    fault: Schema.String,
    index: Schema.Int,
    phase: Schema.Literals(["planned", "injected", "verified", "re-applied", "recovered", "verified-recovered"]),
    plan: Schema.optionalKey(Schema.Unknown)
  }),
  Schema.TaggedStruct("TaskStarted", { ...at, task: Schema.String, id: Schema.optionalKey(Schema.String), brief: Schema.String }),
  /** Something said in the conversation. `step` counts the agent's messages of this task from 1; the environment's carry the same step. */
  Schema.TaggedStruct("Message", {
    ...at,
    task: Schema.String,
    step: Schema.Int,
    role: Schema.Literals(["assistant", "env"]),
    text: Schema.String,
    usage: Schema.optionalKey(Usage)
  }),
  Schema.TaggedStruct("Action", { ...at, task: Schema.String, step: Schema.Int, name: Schema.String, args: Schema.Unknown }),
  Schema.TaggedStruct("Observation", { ...at, task: Schema.String, step: Schema.Int, text: Schema.String, truncated: Schema.Boolean }),
  /** A write that the agent's identity made on the cluster. */
  Schema.TaggedStruct("ClusterWrite", { ...at, task: Schema.String, method: Schema.String, path: Schema.String }),
  /** A request that the agent's identity made of the API server, as an audit log has it: reads and refusals, too. */
  Schema.TaggedStruct("ClusterRequest", {
    ...at,
    task: Schema.String,
    user: Schema.String,
    verb: Schema.String,
    resource: Schema.String,
    namespace: Schema.optionalKey(Schema.String),
    name: Schema.optionalKey(Schema.String),
    subresource: Schema.optionalKey(Schema.String),
    code: Schema.Int
  }),
  Schema.TaggedStruct("Submitted", { ...at, task: Schema.String, step: Schema.Int, answer: Schema.Unknown, valid: Schema.Boolean }),
  Schema.TaggedStruct("Evaluated", { ...at, task: Schema.String, evaluation: Evaluation }),
  Schema.TaggedStruct("TaskEnded", { ...at, result: TaskResult }),
  /** What differs from the baseline after everything was recovered; empty is the promise. */
  Schema.TaggedStruct("Restored", {
    ...at,
    /** `recovered`: undoing the faults was enough. `reset`: more had to be done, as after an agent that deleted things. */
    how: Schema.Literals(["recovered", "reset"]),
    differences: Schema.Array(Schema.String)
  }),
  Schema.TaggedStruct("TrialEnded", { ...at, error: Schema.optionalKey(EventError), virtualMs: Schema.Finite })
])
export type TrialEvent = typeof TrialEvent.Type
