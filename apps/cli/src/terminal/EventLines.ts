/** What a reader of lines should see of an event. */
import type { TrialEvent } from "@aiopslab/core/TrialEvent"
import { paint, type Style } from "./Out.ts"
import { seconds, showAnswer, styles } from "./Results.ts"

/** `results`: how tasks end. `actions`: also what the agent does and the beginning of what it sees. `everything`: all of it. */
export type Detail = "results" | "actions" | "everything"

/** Lines of an observation with the detail `actions`. */
const observationLines = 6

const oneLine = (text: string): string => text.replace(/\s+/gu, " ").trim()

const cut = (text: string, width: number): string => (text.length > width ? `${text.slice(0, width - 1)}…` : text)

export const eventLines = (trial: string, event: TrialEvent, detail: Detail, stream: NodeJS.WriteStream): ReadonlyArray<string> => {
  const colour = (style: Style, text: string) => paint(style, text, stream)
  const time = colour("dim", seconds(event.t / 1000).padStart(9))
  if (event._tag === "TaskEnded") {
    const { answer, outcome, reason, steps, task } = event.result
    return [
      `${trial}  ${task}  ${colour(styles[outcome], outcome)}  ${showAnswer(answer)}  ${steps} steps  ${colour("dim", oneLine(reason))}`
    ]
  }
  if (event._tag === "TrialEnded") {
    return event.error === undefined ? [] : [`${trial}  ${colour("yellow", `${event.error.message} [${event.error.code}]`)}`]
  }
  if (detail === "results") return []
  const whole = detail === "everything"
  switch (event._tag) {
    case "PhaseStarted":
      return whole ? [`${time}  ${colour("dim", event.phase)}`] : []
    case "FaultPhase":
      return [`${time}  ${colour("dim", `fault ${event.fault} ${event.phase}`)}`]
    case "TaskStarted":
      return [`${time}  ${colour("bold", event.task)}`, ...(whole ? event.brief.split("\n").map((line) => `           ${line}`) : [])]
    case "Message": {
      if (event.role !== "assistant") return []
      const said = whole ? event.text.trim() : cut(oneLine(event.text.replaceAll("```", "")), 160)
      return [`${time}  ${colour("cyan", said === "" ? "(says nothing)" : said)}`]
    }
    case "Observation": {
      const all = event.text.trimEnd().split("\n")
      const shown = whole ? all : all.slice(0, observationLines)
      const more = all.length > shown.length ? [`… ${all.length - shown.length} more lines`] : []
      return [...shown, ...more].map((line) => colour("dim", `           │ ${whole ? line : cut(line, 140)}`))
    }
    case "Evaluated":
      return [
        `${time}  ${event.evaluation.evaluator}: ${colour(event.evaluation.verdict === "pass" ? "green" : "red", event.evaluation.verdict)}  ${event.evaluation.reason}`
      ]
    case "Restored":
      return whole
        ? [`${time}  ${event.differences.length === 0 ? "restored as before" : `not restored: ${event.differences.join("; ")}`}`]
        : []
    default:
      return []
  }
}
