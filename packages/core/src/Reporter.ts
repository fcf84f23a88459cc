/** A reader of events: a progress line, a table, a file format. */
import type * as Effect from "effect/Effect"
import type { TrialEvent } from "./TrialEvent.ts"

export interface Reporter {
  readonly _tag: "Reporter"
  readonly name: string
  readonly summary: string
  /** Called with every event of every trial in the order in which they were written; `trial` is the trial's id in the run. */
  readonly event: (trial: string, event: TrialEvent) => Effect.Effect<void>
  readonly end: Effect.Effect<void>
}

export const make = (of: Omit<Reporter, "_tag">): Reporter => ({ _tag: "Reporter", ...of })
