/** The plane's telemetry as other processes have it: through the API server's service proxy. */
import type { Cluster } from "@aiopslab/core/Cluster"
import { admin, type KubeApi } from "@aiopslab/core/Kubernetes"
import * as KubeClient from "@aiopslab/core/KubeClient"
import type { LabError } from "@aiopslab/core/LabError"
import { refused } from "@aiopslab/core/Looking"
import type { Telemetry } from "@aiopslab/core/Telemetry"
import { planeNamespace } from "@aiopslab/core/Workload"
import * as Wire from "@aiopslab/telemetry/Wire"
import type * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import { name, port } from "./Manifests.ts"

/** Where queries come in. */
export const queryPath = "/telemetry"

const path = `${KubeClient.pathOf(KubeClient.resources.services, planeNamespace, `${name}:${port}`, "proxy")}${queryPath}`

export const telemetry = (api: KubeApi): Telemetry =>
  Wire.client((body) =>
    api.request({ method: "POST", path, body }).pipe(
      Effect.map((reply) => reply.body),
      Effect.mapError(refused("reading telemetry"))
    )
  )

/** The cluster with the telemetry of the plane that stands there; as it is where none does. */
export const seen = <A extends Context.Service.Shape<typeof Cluster>>(cluster: A): Effect.Effect<A, LabError> => {
  const api = cluster.api(admin)
  return KubeClient.find(api, KubeClient.resources.services, planeNamespace, name).pipe(
    Effect.map((found) => (found === undefined ? cluster : { ...cluster, telemetry: telemetry(api) })),
    Effect.mapError(refused("looking for the collector of telemetry"))
  )
}
