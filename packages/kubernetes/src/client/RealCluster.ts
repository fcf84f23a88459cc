/**
 * The port `Cluster` over HTTPS for a cluster that somebody else's programs make up: it lives by the wall's clock, outlives this process
 * and can't go back to a snapshot. Providers put what they know better in its place.
 */
import type { Cluster } from "@aiopslab/core/Cluster"
import type { Json } from "@aiopslab/core/Kubernetes"
import { type LabError, labError } from "@aiopslab/core/LabError"
import type { Telemetry } from "@aiopslab/core/Telemetry"
import type * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type * as Scope from "effect/Scope"
import * as HttpsClient from "./HttpsClient.ts"
import type { Resolved } from "./Kubeconfig.ts"

const noTelemetry = (name: string): Telemetry => {
  const refuse = Effect.fail(
    labError("CLUSTER_CANNOT", { cluster: name, what: "tell its telemetry: it has no collector that this version reads" })
  )
  return { metrics: () => refuse, traces: () => refuse, traffic: () => refuse }
}

/** Asks nothing of the server yet. The connection closes with the scope. */
export const connect = (
  { connection, name }: Resolved,
  attachment: Json
): Effect.Effect<Context.Service.Shape<typeof Cluster>, LabError, Scope.Scope> =>
  Effect.map(HttpsClient.make(connection), (api) => ({
    name,
    time: { _tag: "wall", rate: 1 },
    api,
    telemetry: noTelemetry(name),
    snapshot: Effect.fail(labError("CLUSTER_CANNOT", { cluster: name, what: "take a snapshot" })),
    reset: () => Effect.fail(labError("CLUSTER_CANNOT", { cluster: name, what: "go back to a snapshot" })),
    forking: Option.none(),
    lifetime: "outlives",
    attachment
  }))
