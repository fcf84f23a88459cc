/** What the framework asks of a cluster by its own right, and waiting for a state. */
import * as Effect from "effect/Effect"
import { Cluster } from "./Cluster.ts"
import { admin, type KubeApi, type KubeStatus } from "./Kubernetes.ts"
import { type LabError, labError } from "./LabError.ts"

/** A refusal of the API server as an error of the environment that says what was asked. */
export const refused =
  (what: string) =>
  (status: KubeStatus): LabError =>
    labError("CLUSTER_REQUEST_FAILED", { what, why: status.message })

/** Uses the cluster's API as its administrator. */
export const withApi = <A, R>(
  what: string,
  use: (api: KubeApi) => Effect.Effect<A, KubeStatus | LabError, R>
): Effect.Effect<A, LabError, Cluster | R> =>
  Effect.flatMap(Cluster, (cluster) =>
    use(cluster.api(admin)).pipe(Effect.catchTag("KubeStatus", (status) => Effect.fail(refused(what)(status))))
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
