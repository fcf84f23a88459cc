/** Phase baseline: how things are while nothing is broken. */
import { InstalledApp } from "@aiopslab/core/App"
import { Cluster, type Snapshot } from "@aiopslab/core/Cluster"
import { Baseline } from "@aiopslab/core/Evaluator"
import { admin } from "@aiopslab/core/Kubernetes"
import { type LabError, labError } from "@aiopslab/core/LabError"
import type * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type { Deadlines } from "../Deadlines.ts"
import type { Kinds } from "@aiopslab/core/Kinds"
import * as Objects from "@aiopslab/core/Objects"
import { type Users, untilHealthy } from "./Traffic.ts"

export interface Taken {
  readonly baseline: Context.Service.Shape<typeof Baseline>
  /** None where the cluster can't go back. */
  readonly snapshot: Option.Option<Snapshot>
}

/** What a problem without a workload sees of its users. */
const nobody = { stats: [], why: undefined }

/** Fails with TRIAL_UNHEALTHY when users are not served before any fault. */
export const takeBaseline = (kinds: Kinds, deadlines: Deadlines, users: Users): Effect.Effect<Taken, LabError, Cluster | InstalledApp> =>
  Effect.gen(function* () {
    const cluster = yield* Cluster
    const app = yield* InstalledApp
    const { stats, why } = users === "come" ? yield* untilHealthy(deadlines.baseline, deadlines.settle) : nobody
    if (why !== undefined) return yield* labError("TRIAL_UNHEALTHY", { when: "before the fault", why })
    const objects = yield* Objects.all(cluster.api(admin), kinds, app.namespace)
    const digest = yield* app.digest
    return { baseline: { objects, traffic: stats, digest }, snapshot: yield* Effect.option(cluster.snapshot) }
  })
