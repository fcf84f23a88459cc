/** Calls of the framework's own identity, and waiting for a state. */
import { Cluster } from "@aiopslab/core/Cluster"
import { admin, type KubeApi, type KubeStatus } from "@aiopslab/core/Kubernetes"
import { type LabError, labError } from "@aiopslab/core/LabError"
import * as Effect from "effect/Effect"

/** A refused request is an environment error that says what was tried. */
export const withApi = <A, R>(
  what: string,
  use: (api: KubeApi) => Effect.Effect<A, KubeStatus | LabError, R>
): Effect.Effect<A, LabError, Cluster | R> =>
  Effect.flatMap(Cluster, (cluster) =>
    use(cluster.api(admin)).pipe(
      Effect.catchTag("KubeStatus", (status) => Effect.fail(labError("CLUSTER_REQUEST_FAILED", { what, why: status.message })))
    )
  )

const pollMillis = 1_000

/** Looks every second until there is nothing left to wait for; after `limitMillis` fails with what it waited for. */
export const until = <R>(
  look: Effect.Effect<string | undefined, LabError, R>,
  limitMillis: number,
  late: (why: string) => LabError
): Effect.Effect<void, LabError, R> =>
  Effect.gen(function* () {
    for (let waited = 0; ; waited += pollMillis) {
      const why = yield* look
      if (why === undefined) return
      if (waited >= limitMillis) return yield* late(why)
      yield* Effect.sleep(pollMillis)
    }
  })
