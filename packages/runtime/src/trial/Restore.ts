/**
 * Phase restore: the environment is as it was at the baseline. If recovery alone did not bring it back (an agent deleted things), the
 * cluster goes back to the baseline's snapshot where it can; else its objects are put back one by one, and users' data is reset.
 */
import { InstalledApp } from "@aiopslab/core/App"
import { Cluster } from "@aiopslab/core/Cluster"
import { admin } from "@aiopslab/core/Kubernetes"
import type { LabError } from "@aiopslab/core/LabError"
import { differencesOf } from "@aiopslab/core/Normalise"
import * as Clock from "effect/Clock"
import type * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type { Deadlines } from "../Deadlines.ts"
import { around } from "../Failpoint.ts"
import type { Kinds } from "@aiopslab/core/Kinds"
import * as Objects from "@aiopslab/core/Objects"
import { putBack } from "./PutBack.ts"
import { notReady } from "./Ready.ts"
import type { Taken } from "./TakeBaseline.ts"
import { type Users, untilHealthy } from "./Traffic.ts"

export interface Restored {
  /** `recovered`: undoing the faults was enough. `reset`: more had to be done. */
  readonly how: "recovered" | "reset"
  /** What is still not as it was; empty is the promise. */
  readonly differences: ReadonlyArray<string>
}

const pollMillis = 2_000

const settled = (limitMillis: number): Effect.Effect<string | undefined, LabError, Cluster | InstalledApp> =>
  Effect.gen(function* () {
    const cluster = yield* Cluster
    const { namespace } = yield* InstalledApp
    const until = (yield* Clock.currentTimeMillis) + limitMillis
    while (true) {
      const waiting = yield* notReady(cluster.api(admin), namespace)
      if (waiting === undefined || (yield* Clock.currentTimeMillis) + pollMillis > until) return waiting
      yield* Effect.sleep(pollMillis)
    }
  })

/** Whether nothing at all has changed since, as far as the cluster knows without looking at each object. */
const untouched = (cluster: Context.Service.Shape<typeof Cluster>, since: Taken["snapshot"]): Effect.Effect<boolean> => {
  const unchanged = Option.getOrUndefined(cluster.forking)?.unchanged
  return unchanged === undefined || Option.isNone(since) ? Effect.succeed(false) : unchanged(since.value)
}

/** Sentences about objects and data; traffic is looked at only when these agree, for it takes a minute. */
const compare = (taken: Taken, kinds: Kinds): Effect.Effect<ReadonlyArray<string>, LabError, Cluster | InstalledApp> =>
  Effect.gen(function* () {
    const cluster = yield* Cluster
    const app = yield* InstalledApp
    if (yield* untouched(cluster, taken.snapshot)) return []
    const now = yield* Objects.all(cluster.api(admin), kinds, app.namespace)
    const differences = differencesOf(taken.baseline.objects, now)
    if (differences.length > 0) return differences
    const digest = yield* app.digest
    return digest === taken.baseline.digest ? [] : ["the users' data is not what it was"]
  })

const check = (
  taken: Taken,
  kinds: Kinds,
  deadlines: Deadlines,
  users: Users
): Effect.Effect<ReadonlyArray<string>, LabError, Cluster | InstalledApp> =>
  Effect.gen(function* () {
    const before = yield* compare(taken, kinds)
    if (before.length > 0) return before
    const waiting = yield* settled(deadlines.settle)
    if (waiting !== undefined) return [waiting]
    if (users === "stay away") return []
    const { why } = yield* untilHealthy(deadlines.sustained, deadlines.settle)
    return why === undefined ? [] : [why]
  })

const reset = (taken: Taken, kinds: Kinds): Effect.Effect<void, LabError, Cluster | InstalledApp> =>
  Effect.gen(function* () {
    const cluster = yield* Cluster
    const app = yield* InstalledApp
    const oneByOne = putBack(cluster.api(admin), kinds, app.namespace, taken.baseline.objects).pipe(Effect.andThen(app.resetData))
    yield* around("reset")(Option.match(taken.snapshot, { onNone: () => oneByOne, onSome: cluster.reset }))
  })

export const restore = (
  taken: Taken,
  kinds: Kinds,
  deadlines: Deadlines,
  users: Users
): Effect.Effect<Restored, LabError, Cluster | InstalledApp> =>
  Effect.gen(function* () {
    // an environment too broken to be compared (no namespace, no pod to ask for its data) is one that differs
    const differences = yield* check(taken, kinds, deadlines, users).pipe(Effect.catch((error) => Effect.succeed([error.text])))
    if (differences.length === 0) return { how: "recovered", differences }
    yield* reset(taken, kinds)
    return { how: "reset", differences: yield* check(taken, kinds, deadlines, users) }
  })
