/**
 * The port `Cluster` over HTTPS. A cluster served by `aiopslab cluster up` is recognised by its private path: then time, snapshots and
 * telemetry are its own. Any other cluster lives by the wall's clock and can't go back to a snapshot.
 */
import type { Cluster, ClusterTime, Snapshot } from "@aiopslab/core/Cluster"
import { admin, type KubeApi, type KubeStatus } from "@aiopslab/core/Kubernetes"
import { type LabError, labError } from "@aiopslab/core/LabError"
import * as Plane from "@aiopslab/core/Plane"
import * as PlaneClient from "@aiopslab/stand-in/plane/Client"
import { WallClock } from "@aiopslab/core/WallClock"
import type { Resolved, Target } from "@aiopslab/kubernetes/client/Kubeconfig"
import * as RealCluster from "@aiopslab/kubernetes/client/RealCluster"
import * as Wire from "@aiopslab/telemetry/Wire"
import type * as Context from "effect/Context"
import { refused } from "@aiopslab/core/Looking"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import type * as Scope from "effect/Scope"

type ClusterShape = Context.Service.Shape<typeof Cluster>

const unreachable =
  (where: string) =>
  (status: KubeStatus): LabError =>
    labError("CLUSTER_UNREACHABLE", { where, why: status.message })

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
const timeOf = ({ now, time }: Plane.PlaneInfo, asked: number, answered: number): ClusterTime =>
  time._tag === "virtual" ? time : { _tag: "wall", rate: time.rate, origin: { wall: (asked + answered) / 2, cluster: now } }

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

/** Connects, and looks whom it has met. The connection closes with the scope. */
export const attach = Effect.fn("AttachedCluster.attach")(function* (
  target: Target,
  resolved: Resolved
): Effect.fn.Return<ClusterShape, LabError, Scope.Scope | WallClock> {
  const { server } = resolved.connection
  const cluster = yield* RealCluster.connect(resolved, {
    ...(target.kubeconfig === undefined ? {} : { kubeconfig: target.kubeconfig }),
    context: resolved.name
  })
  const api = cluster.api(admin)
  const wall = yield* WallClock
  const connected = yield* info(api, server)
  const asked = yield* wall.now
  const found = Option.isSome(connected) ? yield* info(api, server) : connected
  const answered = yield* wall.now
  if (Option.isNone(found)) return yield* PlaneClient.seen(cluster)
  return {
    ...cluster,
    time: timeOf(found.value, asked, answered),
    telemetry: Wire.client((body) =>
      Plane.call(api, "telemetry", Schema.Unknown, body).pipe(Effect.mapError(refused("reading telemetry")))
    ),
    ...served(api)
  }
})
