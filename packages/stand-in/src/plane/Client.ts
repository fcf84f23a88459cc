/** The plane's telemetry as other processes have it: through the API server's service proxy. */
import type { KubeApi } from "@aiopslab/core/Kubernetes"
import * as KubeClient from "@aiopslab/core/KubeClient"
import { refused } from "@aiopslab/core/Looking"
import type { Telemetry } from "@aiopslab/core/Telemetry"
import { planeNamespace } from "@aiopslab/core/Workload"
import * as Wire from "@aiopslab/telemetry/Wire"
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
