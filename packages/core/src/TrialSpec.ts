/** All that a trial needs, encodable: it can run in this fibre, in a worker thread or on another machine without change. */
import * as Schema from "effect/Schema"
import { Problem, Use } from "./Problem.ts"

/** Per task, except `turnMillis`: wall time of one answer. */
export const TrialLimits = Schema.Struct({ maxSteps: Schema.Int, timeMillis: Schema.Finite, turnMillis: Schema.Finite })
export type TrialLimits = typeof TrialLimits.Type

/** How the trial's clock is charged for the agent's thinking on a virtual cluster. `measured` is declared non-deterministic. */
export const Charge = Schema.Union([
  Schema.TaggedStruct("none", {}),
  Schema.TaggedStruct("per-step", { millis: Schema.Finite }),
  Schema.TaggedStruct("measured", {})
])
export type Charge = typeof Charge.Type

export const TrialSpec = Schema.Struct({
  /** Unique in the run and a safe file name: `revoke-auth-mongodb-geo_oracle_s0_r0`. */
  id: Schema.String,
  problem: Problem,
  /** The file of the problem, for messages and to resolve what it refers to. */
  source: Schema.String,
  /** Which tasks, in the manifest's order. */
  tasks: Schema.Array(Schema.String),
  agent: Use,
  cluster: Use,
  seed: Schema.Int,
  repeat: Schema.Int,
  limits: TrialLimits,
  charge: Charge
})
export type TrialSpec = typeof TrialSpec.Type
