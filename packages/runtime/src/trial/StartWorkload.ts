/** Phase workload: users come, and stay for the whole session. */
import { Cluster } from "@aiopslab/core/Cluster"
import { remove } from "@aiopslab/core/KubeClient"
import { admin, type KubeObject } from "@aiopslab/core/Kubernetes"
import type { LabError } from "@aiopslab/core/LabError"
import { refused } from "@aiopslab/core/Looking"
import * as Effect from "effect/Effect"
import { around } from "../Failpoint.ts"
import { createAll, type Kinds, resourceOf } from "@aiopslab/core/Kinds"

export const startWorkload = (kinds: Kinds, objects: ReadonlyArray<KubeObject>): Effect.Effect<void, LabError, Cluster> =>
  Effect.flatMap(Cluster, (cluster) => around("workload")(createAll(cluster.api(admin), kinds, objects)))

/** Takes the workload's objects away again, the last first; what is gone already is fine. */
export const stopWorkload = (kinds: Kinds, objects: ReadonlyArray<KubeObject>): Effect.Effect<void, LabError, Cluster> =>
  Effect.flatMap(Cluster, (cluster) => {
    const api = cluster.api(admin)
    return around("workload-remove")(
      Effect.forEach(
        objects.toReversed(),
        (object) =>
          Effect.flatMap(resourceOf(kinds, object), (resource) => {
            if (resource.plural === "namespaces") return Effect.void
            const { name, namespace = "" } = object.metadata
            return remove(api, resource, namespace, name).pipe(Effect.mapError(refused(`Deleting ${resource.plural} ${name}`)))
          }),
        { discard: true }
      )
    )
  })
