/**
 * A fault is a set of functions over an encodable plan, so that any process can finish what another began:
 * plan → journal → inject → verify → keep → recover → verifyRecovered. `recover` is idempotent, also after the agent's own repair and
 * when `inject` never ran or stopped half-way.
 */
import type * as Effect from "effect/Effect"
import type * as Schema from "effect/Schema"
import type { InstalledApp } from "./App.ts"
import type { Cluster } from "./Cluster.ts"
import type { LabError } from "./LabError.ts"
import { erased } from "./internal/erased.ts"

/** What every function of a fault may use. Effects also read the trial's `Clock`. */
export type FaultServices = Cluster | InstalledApp

/** An object that somebody wrote, as in a request's path: `deployments.apps/test-hotel-reservation/geo`. */
export type TouchedKey = `${string}/${string}/${string}`

export interface FaultFunctions<C, P, CE = unknown, PE = unknown> {
  readonly name: string
  readonly summary: string
  readonly config: Schema.Codec<C, CE>
  readonly planSchema: Schema.Codec<P, PE>
  /** Whether a repair by the agent ends the fault; a fault that is kept up regardless has no mitigation task. */
  readonly agentRepair: "ends" | "does-not-end"
  /** Reads the state, decides the targets and keeps what undo needs. Writes nothing. */
  readonly plan: (config: C) => Effect.Effect<P, LabError, FaultServices>
  readonly inject: (plan: P) => Effect.Effect<void, LabError, FaultServices>
  /** Succeeds as soon as the symptom is there; fails with FAULT_NOT_VERIFIED. The runtime bounds it by the phase's deadline. */
  readonly verify: (plan: P) => Effect.Effect<void, LabError, FaultServices>
  /** Re-applies what a controller or restart undid, on objects that no write of the agent has touched. Called every few seconds. */
  readonly keep: (plan: P, touched: (key: TouchedKey) => boolean) => Effect.Effect<"kept" | "re-applied", LabError, FaultServices>
  readonly recover: (plan: P) => Effect.Effect<void, LabError, FaultServices>
  /** Succeeds as soon as its own targets are as planned; fails with FAULT_NOT_RECOVERED. */
  readonly verifyRecovered: (plan: P) => Effect.Effect<void, LabError, FaultServices>
}

export interface Fault extends FaultFunctions<unknown, unknown> {
  readonly _tag: "Fault"
}

export const make = <C, P, CE, PE>(of: FaultFunctions<C, P, CE, PE>): Fault => erased({ _tag: "Fault", ...of })
