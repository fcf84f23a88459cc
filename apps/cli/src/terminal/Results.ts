/** Results for people: a block for each trial, or a summary when there are many. */
import type { TaskResult } from "@aiopslab/core/TrialEvent"
import type { RunResult } from "@aiopslab/runtime/RunResult"
import { fromHere } from "./Errors.ts"
import { paint, type Style } from "./Out.ts"
import { table } from "./Table.ts"

/** With more trials than this only sums are shown. */
const shown = 24

const longestAnswer = 40

export const styles: { readonly [O in TaskResult["outcome"]]: Style } = {
  passed: "green",
  failed: "red",
  "invalid-answer": "red",
  "no-answer": "red",
  "step-limit": "red",
  "time-limit": "red",
  "budget-limit": "yellow",
  "agent-error": "red",
  "environment-error": "yellow"
}

export const showAnswer = (answer: unknown): string => {
  if (answer === null || answer === undefined) return "–"
  const text = typeof answer === "string" ? answer : JSON.stringify(answer)
  return text.length > longestAnswer ? `${text.slice(0, longestAnswer - 1)}…` : text
}

export const seconds = (value: number): string => `${value.toFixed(value < 10 ? 2 : 1)} s`

type Trial = RunResult["trials"][number]

const trialBlock = (trial: Trial): string => {
  const name = `${trial.problem}  ${paint("bold", trial.agent)}${trial.model === null ? "" : ` (${trial.model})`}`
  const which = `seed ${trial.seed}${trial.repeat > 0 ? `, repeat ${trial.repeat}` : ""}`
  const time = `${seconds(trial.virtualMs / 1000)} virtual, ${seconds(trial.wallMs / 1000)} wall`
  const rows = trial.tasks.map((task) => [
    task.task,
    showAnswer(task.answer),
    paint(styles[task.outcome], task.outcome),
    String(task.steps),
    seconds(task.seconds),
    // of a defect the rest is its stack, which stands below
    task.reason.split("\n")[0] ?? ""
  ])
  const head = ["task", "answer", "verdict", "steps", "virtual", "why"].map((cell) => paint("dim", cell))
  const error = trial.error === undefined ? [] : [`  ${paint("yellow", `${trial.error.message} [${trial.error.code}]`)}`]
  if (trial.error?.blame === "defect") error.push(`  ${trial.error.hint}`)
  return [`${name}  ${paint("dim", `${which}, ${time}`)}`, table([head, ...rows], undefined, "  "), ...error].join("\n")
}

const sums = (trials: ReadonlyArray<Trial>): string => {
  const groups = new Map<string, { readonly problem: string; readonly agent: string; readonly trials: Array<Trial> }>()
  for (const trial of trials) {
    const key = `${trial.problem}\n${trial.agent}`
    const group = groups.get(key) ?? { problem: trial.problem, agent: trial.agent, trials: [] }
    group.trials.push(trial)
    groups.set(key, group)
  }
  const head = ["problem", "agent", "trials", "passed", "environment errors"].map((cell) => paint("dim", cell))
  const rows = [...groups.values()].map((group) => {
    const tasks = group.trials.flatMap((trial) => trial.tasks)
    const count = (outcome: string) => tasks.filter((task) => task.outcome === outcome).length
    return [
      group.problem,
      group.agent,
      String(group.trials.length),
      `${count("passed")}/${tasks.length}`,
      String(count("environment-error"))
    ]
  })
  return table([head, ...rows])
}

const plural = (count: number, word: string): string => `${count} ${word}${count === 1 ? "" : "s"}`

export const showRun = ({ run, summary, trials }: RunResult): string => {
  const body = trials.length > shown ? sums(trials) : trials.map(trialBlock).join("\n\n")
  const defects = summary.defects > 0 ? ` (${plural(summary.defects, "defect")}: please report)` : ""
  const errors = summary.environmentErrors > 0 ? `, ${plural(summary.environmentErrors, "environment error")}${defects}` : ""
  const retried = summary.retried > 0 ? `, ${plural(summary.retried, "trial")} tried again` : ""
  const last = `${summary.passed} of ${plural(summary.tasks, "task")} passed in ${plural(summary.trials, "trial")}${errors}${retried}. Record: ${fromHere(run.dir)}`
  return `${body}${trials.length > 0 ? "\n\n" : ""}${last}`
}
