/**
 * Whether problems measure anything: on each, `oracle` passes every task; agents that repair nothing or destroy everything fail what is
 * judged on the live system; one that always sees an anomaly fails where there is none.
 */
import type { Problem } from "@aiopslab/core/Problem"
import type { Use } from "@aiopslab/core/Problem"
import * as Registry from "@aiopslab/core/Registry"
import * as Result from "effect/Result"
import type { RunResult } from "./RunResult.ts"

export interface Violation {
  readonly problem: string
  readonly agent: string
  readonly task: string
  readonly expected: "passes" | "does not pass"
  readonly outcome: string
  readonly reason: string
}

/** In the order of the report. */
export const agents: ReadonlyArray<Use> = ["oracle", "nop", "always-yes", "restart-all", "scale-to-zero", "delete-all"].map((use) => ({
  use
}))

const destroyers: ReadonlySet<string> = new Set(["nop", "restart-all", "scale-to-zero", "delete-all"])

/** What an agent must do with a task of a problem; undefined: anything. */
export const expectation = (
  registry: Registry.Registry,
  problem: Problem,
  agent: string,
  task: string
): Violation["expected"] | undefined => {
  if (agent === "oracle") return "passes"
  const found = Registry.lookup(registry, "Task", task)
  const live = Result.isSuccess(found) && found.success.component.evaluators === "required"
  if (live && destroyers.has(agent)) return "does not pass"
  if (agent === "always-yes" && task === "detection" && problem.spec.faults.length === 0) return "does not pass"
  return undefined
}

/** An environment error violates whatever was expected: nothing was measured. */
export const violations = (
  registry: Registry.Registry,
  problems: ReadonlyMap<string, Problem>,
  result: RunResult
): ReadonlyArray<Violation> =>
  result.trials.flatMap((trial) => {
    const problem = problems.get(trial.problem)
    if (problem === undefined) return []
    return trial.tasks.flatMap(({ outcome, reason, task }): ReadonlyArray<Violation> => {
      const expected = expectation(registry, problem, trial.agent, task)
      if (expected === undefined) return []
      const met = outcome !== "environment-error" && (outcome === "passed") === (expected === "passes")
      return met ? [] : [{ problem: trial.problem, agent: trial.agent, task, expected, outcome, reason }]
    })
  })
