/** Phase install: the application, and what the agent may do, stand on the cluster; its rollouts are done. */
import type { Installation } from "@aiopslab/core/App"
import { Cluster, type Forking } from "@aiopslab/core/Cluster"
import { admin, type KubeObject } from "@aiopslab/core/Kubernetes"
import { type LabError, labError } from "@aiopslab/core/LabError"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { around } from "../Failpoint.ts"
import { createAll, type Kinds } from "@aiopslab/core/Kinds"
import { notReady } from "./Ready.ts"

export interface Installing {
  readonly installation: Installation
  /** In the order in which they are created: the agent's identity after the application. */
  readonly objects: ReadonlyArray<KubeObject>
  /** Names the state that this installation leads to: application, version, configuration, access, provider. */
  readonly key: string
  readonly seed: string
  readonly kinds: Kinds
  readonly deadlineMillis: number
}

const pollMillis = 1_000

const untilReady = (of: Installing): Effect.Effect<void, LabError, Cluster> =>
  Effect.gen(function* () {
    const api = (yield* Cluster).api(admin)
    const began = yield* Clock.currentTimeMillis
    while (true) {
      const waiting = yield* notReady(api, of.installation.namespace)
      if (waiting === undefined) return
      const waited = (yield* Clock.currentTimeMillis) - began
      if (waited + pollMillis > of.deadlineMillis) {
        return yield* labError("CLUSTER_NOT_READY", {
          waitingFor: `app ${of.installation.app}`,
          seconds: Math.round(waited / 1000),
          state: waiting
        })
      }
      yield* Effect.sleep(pollMillis)
    }
  })

const cold = (of: Installing): Effect.Effect<void, LabError, Cluster> =>
  Effect.gen(function* () {
    const api = (yield* Cluster).api(admin)
    yield* around("install")(createAll(api, of.kinds, of.objects))
    yield* untilReady(of)
  })

/** The kept state again, at the moment at which it was kept. */
const forked = (of: Installing, forking: Forking): Effect.Effect<void, LabError, Cluster> =>
  Effect.gen(function* () {
    const cluster = yield* Cluster
    const kept = yield* forking.kept(of.key)
    if (Option.isNone(kept)) {
      yield* cold(of)
      yield* forking.keep(of.key, yield* cluster.snapshot)
      return
    }
    yield* cluster.reset(kept.value)
    const now = yield* Clock.currentTimeMillis
    if (kept.value.at > now) yield* Effect.sleep(kept.value.at - now)
  })

/** A cold installation and a fork lead to the same state at the same time, so that nothing later can tell them apart. */
export const install = (of: Installing): Effect.Effect<void, LabError, Cluster> =>
  Effect.flatMap(Cluster, (cluster) =>
    Option.match(cluster.forking, {
      onNone: () => cold(of),
      onSome: (forking) => Effect.andThen(forked(of, forking), forking.seed(of.seed))
    })
  )
