/**
 * The port `Cluster` over HTTPS. A cluster served by `aiopslab cluster up` is recognised by its private path: then time, snapshots and
 * telemetry are its own. Any other cluster lives by the wall's clock and can't go back to a snapshot.
 */
import type { Cluster, ClusterTime, Snapshot } from "@aiopslab/core/Cluster"
import { admin, type Json, type KubeApi, type KubeStatus } from "@aiopslab/core/Kubernetes"
import { type LabError, labError } from "@aiopslab/core/LabError"
import * as KubeClient from "@aiopslab/core/KubeClient"
import * as Plane from "@aiopslab/core/Plane"
import type { Telemetry } from "@aiopslab/core/Telemetry"
import { planeNamespace } from "@aiopslab/core/Workload"
import * as PlaneClient from "@aiopslab/stand-in/plane/Client"
import * as PlaneManifests from "@aiopslab/stand-in/plane/Manifests"
import { WallClock } from "@aiopslab/core/WallClock"
import * as HttpsClient from "@aiopslab/kubernetes/client/HttpsClient"
import * as Wire from "@aiopslab/telemetry/Wire"
import type * as Context from "effect/Context"
import { refused } from "@aiopslab/core/Looking"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import type * as Scope from "effect/Scope"
import { resolve, type Target } from "./Kubeconfig.ts"

type ClusterShape = Context.Service.Shape<typeof Cluster>

const unreachable =
  (where: string) =>
  (status: KubeStatus): LabError =>
    labError("CLUSTER_UNREACHABLE", { where, why: status.message })

const noTelemetry = (name: string): Telemetry => {
  const refuse = Effect.fail(
    labError("CLUSTER_CANNOT", { cluster: name, what: "tell its telemetry: it has no collector that this version reads" })
  )
  return { metrics: () => refuse, traces: () => refuse, traffic: () => refuse }
}

/** A plane that stands in the cluster tells; without one nobody does. */
const telemetryOf = (api: KubeApi, name: string): Effect.Effect<Telemetry, LabError> =>
  KubeClient.find(api, KubeClient.resources.services, planeNamespace, PlaneManifests.name).pipe(
    Effect.map((found) => (found === undefined ? noTelemetry(name) : PlaneClient.telemetry(api))),
    Effect.mapError(refused("looking for the collector of telemetry"))
  )

/** What the server says of itself; none when it is nobody of ours. */
const info = (api: KubeApi, where: string): Effect.Effect<Option.Option<Plane.PlaneInfo>, LabError> =>
  Plane.call(api, "info", Plane.PlaneInfo).pipe(
    Effect.map(Option.some),
    Effect.catchIf(
      (status) => status.code === 404 || status.code === 403,
      () => Effect.succeed(Option.none())
    ),
    Effect.mapError(unreachable(where))
  )

/** The server's time as a line through what it said and the middle of the round trip in which it said so. */
const timeOf = (found: Option.Option<Plane.PlaneInfo>, asked: number, answered: number): ClusterTime =>
  Option.match(found, {
    onNone: () => ({ _tag: "wall", rate: 1 }),
    onSome: ({ now, time }) =>
      time._tag === "virtual" ? time : { _tag: "wall", rate: time.rate, origin: { wall: (asked + answered) / 2, cluster: now } }
  })

const TokenId = Schema.decodeUnknownOption(Schema.Int)

const served = (api: KubeApi): Pick<ClusterShape, "snapshot" | "reset"> => ({
  snapshot: Plane.call(api, "snapshot", Plane.PlaneSnapshot, {}).pipe(
    Effect.map((kept): Snapshot => ({ token: kept.id, at: kept.at })),
    Effect.mapError(refused("a snapshot"))
  ),
  reset: (snapshot) =>
    Option.match(TokenId(snapshot.token), {
      onNone: () => Effect.fail(labError("CLUSTER_CANNOT", { cluster: "served", what: "go back to a snapshot that is not its own" })),
      onSome: (id) =>
        Plane.call(api, "reset", Schema.Unknown, { id }).pipe(Effect.asVoid, Effect.mapError(refused("going back to a snapshot")))
    })
})

const bare = (name: string): Pick<ClusterShape, "snapshot" | "reset"> => ({
  snapshot: Effect.fail(labError("CLUSTER_CANNOT", { cluster: name, what: "take a snapshot" })),
  reset: () => Effect.fail(labError("CLUSTER_CANNOT", { cluster: name, what: "go back to a snapshot" }))
})

/** Connects, and looks whom it has met. The connection closes with the scope. */
export const attach = Effect.fn("AttachedCluster.attach")(function* (
  target: Target
): Effect.fn.Return<ClusterShape, LabError, Scope.Scope | WallClock> {
  const { connection, name } = yield* resolve(target)
  const api = yield* HttpsClient.make(connection)
  const wall = yield* WallClock
  const connected = yield* info(api(admin), connection.server)
  const asked = yield* wall.now
  const found = Option.isSome(connected) ? yield* info(api(admin), connection.server) : connected
  const answered = yield* wall.now
  const attachment: Json = {
    ...(target.kubeconfig === undefined ? {} : { kubeconfig: target.kubeconfig }),
    context: name
  }
  return {
    name,
    time: timeOf(found, asked, answered),
    api,
    telemetry: Option.isSome(found)
      ? Wire.client((body) => Plane.call(api(admin), "telemetry", Schema.Unknown, body).pipe(Effect.mapError(refused("reading telemetry"))))
      : yield* telemetryOf(api(admin), name),
    ...(Option.isSome(found) ? served(api(admin)) : bare(name)),
    forking: Option.none(),
    lifetime: "outlives",
    attachment
  }
})
