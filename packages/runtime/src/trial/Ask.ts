/** One task after the other on one deployment: conversation, evaluation, verdict. */
import type { Ending } from "@aiopslab/agents/Conversation"
import type { InstalledApp } from "@aiopslab/core/App"
import type { Cluster } from "@aiopslab/core/Cluster"
import type { Baseline, Evaluation } from "@aiopslab/core/Evaluator"
import type { LabError } from "@aiopslab/core/LabError"
import type { TaskResult } from "@aiopslab/core/TrialEvent"
import * as Effect from "effect/Effect"
import { EventSink } from "../EventSink.ts"
import type { PlannedTask } from "../TrialPlan.ts"
import { eventError } from "./Bounded.ts"

/** How a task's conversation went, as far as it goes into the result. */
export type Account = Pick<Ending, "raw" | "steps" | "formatErrors" | "usage" | "seconds">

const silent: Account = { raw: null, steps: 0, formatErrors: 0, usage: null, seconds: 0 }

/** The keys of the original that every task has; tokens are those that the agent reports. */
const original = (said: Account): Readonly<Record<string, unknown>> => ({
  success: false,
  steps: said.steps,
  in_tokens: said.usage?.inputTokens ?? null,
  out_tokens: said.usage?.outputTokens ?? null
})

/** A result in which nothing was judged. */
const without = (task: PlannedTask, outcome: TaskResult["outcome"], reason: string, said: Account): TaskResult => ({
  task: task.name,
  ...(task.id === undefined ? {} : { id: task.id }),
  outcome,
  success: false,
  reason,
  answer: said.raw,
  truth: task.truth,
  steps: said.steps,
  seconds: said.seconds,
  formatErrors: said.formatErrors,
  tokens: said.usage,
  costUsd: said.usage?.costUsd ?? null,
  evaluations: [],
  results: original(said)
})

/** The result of a task that ended without a valid answer: with the same keys as one that was judged. */
const unanswered = (task: PlannedTask, ending: Ending, outcome: TaskResult["outcome"]): TaskResult => {
  const result = without(task, outcome, ending.reason, ending)
  const end = { why: outcome === "invalid-answer" ? "invalid" : "none", seconds: ending.seconds } as const
  return { ...result, results: { ...result.results, ...task.task.unanswered?.(task.config, end), success: false } }
}

/** The result of a task that could not be judged, for reasons that are not the agent's. */
export const unjudged = (task: PlannedTask, error: LabError): TaskResult => ({
  ...without(task, "environment-error", error.text, silent),
  error: eventError(error)
})

const judge = (task: PlannedTask, ending: Ending): Effect.Effect<TaskResult, LabError, Cluster | InstalledApp | Baseline | EventSink> =>
  Effect.gen(function* () {
    const sink = yield* EventSink
    const evaluations: Array<Evaluation> = []
    for (const { config, evaluator } of task.evaluators) {
      const evaluation = yield* evaluator.evaluate(config)
      evaluations.push(evaluation)
      sink.emit({ _tag: "Evaluated", task: task.name, evaluation })
    }
    const { answer, seconds, steps } = ending
    const { reason, results, verdict } = yield* task.task.judge(task.config, { answer, seconds, steps }, evaluations)
    const success = verdict === "pass"
    return {
      ...without(task, success ? "passed" : "failed", reason, ending),
      success,
      evaluations,
      results: { ...original(ending), ...results, success }
    }
  })

/** `converse` never fails for the agent's sake; `done` hears each result at once. Fails when the environment did. */
export const ask = <R>(
  tasks: ReadonlyArray<PlannedTask>,
  converse: (task: PlannedTask) => Effect.Effect<Ending, LabError, R>,
  done: (result: TaskResult) => void
): Effect.Effect<void, LabError, R | Cluster | InstalledApp | Baseline | EventSink> =>
  Effect.gen(function* () {
    const sink = yield* EventSink
    for (const task of tasks) {
      const ending = yield* converse(task)
      const result = ending.end === "submitted" ? yield* judge(task, ending) : unanswered(task, ending, ending.end)
      sink.emit({ _tag: "TaskEnded", result })
      done(result)
    }
  })
