/** What the audit makes of one trial of a baseline agent. */
import type { RunResult } from "@aiopslab/runtime/RunResult"

type Trial = RunResult["trials"][number]

export interface Finding {
  readonly problem: string
  readonly agent: string
  readonly verdict: "ok" | "wrong" | "unknown"
  readonly why: string
}

/** What a trial says about its problem. A task with evaluations was judged on the live system: nobody but `oracle` may pass that. */
export const finding = ({ agent, error, problem, tasks }: Pick<Trial, "agent" | "error" | "problem" | "tasks">): Finding => {
  const broken = tasks.find((task) => task.outcome === "environment-error")
  if (error !== undefined || broken !== undefined) {
    return { problem, agent, verdict: "unknown", why: error?.message ?? broken?.reason ?? "" }
  }
  const failed = tasks.filter((task) => !task.success)
  if (agent === "oracle") {
    const why = failed.map((task) => `${task.task}: ${task.outcome}: ${task.reason}`).join(" ")
    return { problem, agent, verdict: failed.length === 0 ? "ok" : "wrong", why: failed.length === 0 ? "passes every task" : why }
  }
  const repaired = tasks.find((task) => task.success && task.evaluations.length > 0)
  if (repaired !== undefined) return { problem, agent, verdict: "wrong", why: `passes ${repaired.task}: ${repaired.reason}` }
  return failed.length === 0
    ? { problem, agent, verdict: "wrong", why: "passes every task" }
    : { problem, agent, verdict: "ok", why: `fails ${failed.map((task) => task.task).join(", ")}` }
}
