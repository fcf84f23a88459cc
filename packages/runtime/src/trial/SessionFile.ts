/** The original's session file, made from the events: `agent, session_id, problem_id, start_time, end_time, trace, results`. */
import type { TrialEvent } from "@aiopslab/core/TrialEvent"
import { virtualEpoch } from "@aiopslab/core/Cluster"
import * as Digest from "../Digest.ts"

/** Of one task. Times are seconds since the epoch on the trial's clock, as the original's are; the same trial gives the same bytes. */
export interface Session {
  readonly agent: string
  readonly session_id: string
  readonly problem_id: string
  readonly start_time: number
  readonly end_time: number
  readonly trace: ReadonlyArray<{ readonly role: "assistant" | "env"; readonly content: string }>
  readonly results: Readonly<Record<string, unknown>>
}

type Started = {
  readonly task: string
  readonly id: string | undefined
  readonly t: number
  readonly trace: Array<Session["trace"][number]>
}

/** Collects a trial's sessions while its events pass. */
export const collector = (of: { readonly agent: string; readonly problem: string; readonly digest: string; readonly epoch?: number }) => {
  const epoch = of.epoch ?? virtualEpoch
  const sessions = new Map<string, Session>()
  let open: Started | undefined
  return {
    hear: (event: Exclude<TrialEvent, { readonly _tag: "TrialStarted" }>): void => {
      if (event._tag === "TaskStarted") open = { task: event.task, id: event.id, t: event.t, trace: [] }
      else if (event._tag === "Message") open?.trace.push({ role: event.role, content: event.text })
      else if (event._tag === "TaskEnded") {
        const { result } = event
        sessions.set(result.task, {
          agent: of.agent,
          session_id: Digest.uuidOf([of.digest, result.task]),
          problem_id: result.id ?? `${of.problem}-${result.task}`,
          start_time: (epoch + (open?.t ?? event.t)) / 1000,
          end_time: (epoch + event.t) / 1000,
          trace: open?.trace ?? [],
          results: result.results
        })
        open = undefined
      }
    },
    /** By task. */
    sessions: (): ReadonlyMap<string, Session> => sessions
  }
}
