/** `trial.json`: how a trial ended. Its presence with the digest of the same spec means that the trial need not run again. */
import { EventError, TaskResult } from "@aiopslab/core/TrialEvent"
import * as Schema from "effect/Schema"

export const TrialRecord = Schema.Struct({
  version: Schema.Literal(1),
  id: Schema.String,
  /** Digest of the encoded TrialSpec. */
  digest: Schema.String,
  /** An `interrupted` trial runs again when the run is resumed. */
  state: Schema.Literals(["ended", "interrupted"]),
  problem: Schema.String,
  agent: Schema.String,
  model: Schema.NullOr(Schema.String),
  seed: Schema.Int,
  repeat: Schema.Int,
  /** More than one where the environment failed it before; the earlier ones stand beside it as `ID.attempt-N`. */
  attempts: Schema.optionalKey(Schema.Int),
  virtualMs: Schema.Finite,
  tasks: Schema.Array(TaskResult),
  error: Schema.optionalKey(EventError),
  /** What differed from the baseline at the end; empty is the promise. */
  differences: Schema.Array(Schema.String),
  wall: Schema.Struct({ startedAt: Schema.Finite, ms: Schema.Finite })
})
export type TrialRecord = typeof TrialRecord.Type
