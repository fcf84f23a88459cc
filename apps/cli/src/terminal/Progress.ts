/**
 * What is going on, on stderr: a line for each task that ends, and on a terminal a live line for each trial that runs. Reads nothing but
 * events.
 */
import * as Reporter from "@aiopslab/core/Reporter"
import type { TrialEvent } from "@aiopslab/core/TrialEvent"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import { variable } from "../edge/Process.ts"
import { paint } from "./Out.ts"
import { type Detail, eventLines } from "./EventLines.ts"

export interface ProgressOptions {
  readonly trials: number
  readonly detail: Detail
}

/** Milliseconds between two drawings. */
const pause = 80
/** Live lines at most. */
const height = 12

const live = (): boolean => process.stderr.isTTY && variable("TERM") !== "dumb"

const cut = (text: string, width: number): string => (text.length > width ? `${text.slice(0, width - 1)}…` : text)

const dim = (text: string): string => paint("dim", text, process.stderr)

/** What a trial is doing, in a few words. */
const doing = (event: TrialEvent): string | undefined => {
  switch (event._tag) {
    case "TrialStarted":
      return "starts"
    case "PhaseStarted":
      return event.phase
    case "TaskStarted":
      return event.task
    case "Action":
      return `${event.task}  step ${event.step}  ${event.name}`
    case "FaultPhase":
      return `fault ${event.fault} ${event.phase}`
    default:
      return undefined
  }
}

export const progress = ({ detail, trials }: ProgressOptions): Effect.Effect<Reporter.Reporter> =>
  Effect.sync(() => {
    const isLive = live() && detail === "results"
    const running = new Map<string, string>()
    const ended = new Set<string>()
    let drawn = 0
    let last = 0

    const write = (text: string): void => {
      process.stderr.write(text)
    }
    const erase = (): void => {
      if (drawn > 0) write(`\u001b[${drawn}A\u001b[0J`)
      drawn = 0
    }
    const draw = (): void => {
      erase()
      const width = Math.max(40, process.stderr.columns)
      const shown = [...running].slice(0, height).map(([trial, what]) => cut(`  ${trial}  ${what}`, width))
      const rows = [...shown, cut(`  ${ended.size} of ${trials} trials ended, ${running.size} running`, width)]
      drawn = rows.length
      write(`${rows.map(dim).join("\n")}\n`)
    }
    const event = (trial: string, one: TrialEvent): Effect.Effect<void> =>
      Effect.map(Clock.currentTimeMillis, (now) => {
        const what = doing(one)
        // one that is tried again has not ended
        if (one._tag === "TrialStarted") ended.delete(trial)
        if (one._tag === "TrialEnded") {
          running.delete(trial)
          ended.add(trial)
        } else if (what !== undefined) running.set(trial, what)
        const said = eventLines(trial, one, detail, process.stderr)
        if (said.length > 0) {
          erase()
          write(`${said.join("\n")}\n`)
        }
        if (isLive && (said.length > 0 || now - last >= pause)) {
          last = now
          draw()
        }
      })
    return Reporter.make({ name: "progress", summary: "Tells on stderr what is going on", event, end: Effect.sync(erase) })
  })
