/** The document that `run --json` prints, and what follows from it: shares and exit codes. */
import { EventError, TaskResult } from "@aiopslab/core/TrialEvent"
import * as Schema from "effect/Schema"
import type { TrialRecord } from "./TrialRecord.ts"

const Trial = Schema.Struct({
  id: Schema.String,
  problem: Schema.String,
  agent: Schema.String,
  model: Schema.NullOr(Schema.String),
  seed: Schema.Int,
  repeat: Schema.Int,
  attempts: Schema.optionalKey(Schema.Int),
  virtualMs: Schema.Finite,
  wallMs: Schema.Finite,
  state: Schema.Literals(["ended", "interrupted"]),
  error: Schema.optionalKey(EventError),
  differences: Schema.Array(Schema.String),
  tasks: Schema.Array(TaskResult)
})

export const Summary = Schema.Struct({
  trials: Schema.Int,
  tasks: Schema.Int,
  passed: Schema.Int,
  environmentErrors: Schema.Int,
  /** Trials that the environment failed and that were tried again. */
  retried: Schema.Int,
  /** Environment errors that are bugs of the environment. */
  defects: Schema.Int,
  /** Passed tasks of those that are not environment errors; null when there are none. */
  passedShare: Schema.NullOr(Schema.Finite),
  /** Environment errors of all tasks; null when there are none. */
  environmentErrorRate: Schema.NullOr(Schema.Finite)
})
export type Summary = typeof Summary.Type

export const RunResult = Schema.Struct({
  run: Schema.Struct({
    id: Schema.String,
    dir: Schema.String,
    seed: Schema.Int,
    versions: Schema.Record(Schema.String, Schema.String)
  }),
  /** Stopped before all trials had ended; the same command resumes it. */
  interrupted: Schema.Boolean,
  summary: Summary,
  trials: Schema.Array(Trial)
})
export type RunResult = typeof RunResult.Type

export const summarise = (records: ReadonlyArray<TrialRecord>): Summary => {
  const tasks = records.flatMap((record) => record.tasks)
  const environmentErrors = tasks.filter((task) => task.outcome === "environment-error").length
  const defects = tasks.filter((task) => task.error?.blame === "defect").length
  const passed = tasks.filter((task) => task.outcome === "passed").length
  const counted = tasks.length - environmentErrors
  return {
    trials: records.length,
    tasks: tasks.length,
    passed,
    environmentErrors,
    retried: records.filter(({ attempts = 1 }) => attempts > 1).length,
    defects,
    passedShare: counted === 0 ? null : passed / counted,
    environmentErrorRate: tasks.length === 0 ? null : environmentErrors / tasks.length
  }
}

export const make = (run: RunResult["run"], records: ReadonlyArray<TrialRecord>, end: "complete" | "interrupted"): RunResult => ({
  run,
  interrupted: end === "interrupted",
  summary: summarise(records),
  trials: records.map(({ differences, error, wall, ...record }) => ({
    id: record.id,
    problem: record.problem,
    agent: record.agent,
    model: record.model,
    seed: record.seed,
    repeat: record.repeat,
    ...(record.attempts === undefined ? {} : { attempts: record.attempts }),
    virtualMs: record.virtualMs,
    wallMs: wall.ms,
    state: record.state,
    ...(error === undefined ? {} : { error }),
    differences,
    tasks: record.tasks
  }))
})

/**
 * 130 interrupted, 3 any environment error, 4 any budget reached, 1 below the threshold asked for, else 0. Without a threshold verdicts
 * don't change it. A run in which nothing could be counted is below any threshold.
 */
export const exitCode = (result: RunResult, failUnder: number | undefined): 0 | 1 | 3 | 4 | 130 => {
  if (result.interrupted) return 130
  const failed = result.trials.some((trial) => trial.error !== undefined)
  if (failed || result.summary.environmentErrors > 0) return 3
  if (result.trials.some((trial) => trial.tasks.some((task) => task.outcome === "budget-limit"))) return 4
  if (failUnder !== undefined && (result.summary.passedShare ?? 0) < failUnder) return 1
  return 0
}
