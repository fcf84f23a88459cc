/**
 * The port to a cluster. Code above it can't tell whether the cluster is simulated in this process, served by another, or real.
 */
import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import type * as Option from "effect/Option"
import type { Identity, Json, KubeApi } from "./Kubernetes.ts"
import type { LabError } from "./LabError.ts"
import type { Telemetry } from "./Telemetry.ts"

/** Where virtual time begins: 2026-01-01T00:00:00Z in milliseconds. A constant, so that the same seed gives the same bytes. */
export const virtualEpoch = 1_767_225_600_000

/**
 * Which clock a trial on this cluster lives by. `virtual`: the trial's own scheduler, time jumps when nothing can run. `wall`: the
 * machine's clock, `rate` times as fast (1 on real clusters, 10 on `cluster up --time x10`).
 */
export type ClusterTime =
  | { readonly _tag: "virtual" }
  | {
      readonly _tag: "wall"
      readonly rate: number
      /** At the machine's `wall` the cluster's clock showed `cluster`, both in milliseconds since the epoch; without it they agree. */
      readonly origin?: { readonly wall: number; readonly cluster: number }
    }

/** A state of the whole cluster, to come back to. Opaque; valid for the cluster that made it and, if it can fork, for its siblings. */
export interface Snapshot {
  readonly token: unknown
  /** The cluster's clock when it was taken, milliseconds since the epoch. */
  readonly at: number
}

/** What a provider that can keep and fork whole states offers beside `snapshot` and `reset`. */
export interface Forking {
  /** The state that an earlier trial in this process kept under this key. O(1). */
  readonly kept: (key: string) => Effect.Effect<Option.Option<Snapshot>>
  readonly keep: (key: string, snapshot: Snapshot) => Effect.Effect<void>
  /** From here on the cluster draws its random numbers from this seed. */
  readonly seed: (seed: string) => Effect.Effect<void>
  /** Whether objects, files and data are certainly what they were then, so that comparing them can find nothing. O(1). */
  readonly unchanged?: (since: Snapshot) => Effect.Effect<boolean>
}

export class Cluster extends Context.Service<
  Cluster,
  {
    readonly name: string
    readonly time: ClusterTime
    /** The API as this identity sees it; RBAC applies. Use `admin` for the framework's own work. */
    readonly api: (identity: Identity) => KubeApi
    readonly telemetry: Telemetry
    readonly snapshot: Effect.Effect<Snapshot, LabError>
    readonly reset: (snapshot: Snapshot) => Effect.Effect<void, LabError>
    readonly forking: Option.Option<Forking>
    /** `process`: gone with this process, so nothing has to be recovered after a crash. `outlives`: the journal matters. */
    readonly lifetime: "process" | "outlives"
    /** By which another process finds this cluster again; given to the provider's `attach`. */
    readonly attachment: Json
  }
>()("@aiopslab/core/Cluster") {}
