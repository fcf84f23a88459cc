/**
 * The private path of a served cluster (`core/Plane`), laid in front of its API: information, snapshots, telemetry and, where time is
 * virtual, the clock. Everybody but administrators goes straight through, and finds that the path does not exist.
 */
import type { Cluster, Snapshot } from "@aiopslab/core/Cluster"
import type { ServedTime } from "@aiopslab/core/ClusterProvider"
import { type Identity, type KubeApi, type KubeReply, type KubeRequest, KubeStatus } from "@aiopslab/core/Kubernetes"
import type { LabError } from "@aiopslab/core/LabError"
import { type PlaneInfo, planePath } from "@aiopslab/core/Plane"
import * as Wire from "@aiopslab/telemetry/Wire"
import * as Clock from "effect/Clock"
import type * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Ref from "effect/Ref"
import * as Schema from "effect/Schema"
import type { ServedClock } from "./ServedClock.ts"

const SnapshotId = Schema.Struct({ id: Schema.Int })
const Moment = Schema.Struct({ to: Schema.Finite })

const badRequest = (message: string) => new KubeStatus({ code: 400, reason: "BadRequest", message })
const notFound = new KubeStatus({ code: 404, reason: "NotFound", message: "the server could not find the requested resource" })
const failed = (error: LabError) => new KubeStatus({ code: 500, reason: "InternalError", message: error.text })

const decoded = <S extends Schema.Codec<unknown, unknown>>(schema: S, body: unknown): Effect.Effect<S["Type"], KubeStatus> =>
  Schema.decodeUnknownEffect(schema)(body).pipe(Effect.mapError((error) => badRequest(error.message)))

export const make = Effect.fnUntraced(function* (cluster: Context.Service.Shape<typeof Cluster>, time: ServedTime, served: ServedClock) {
  const snapshots = yield* Ref.make<ReadonlyMap<number, Snapshot>>(new Map())

  const info = Effect.map(Clock.currentTimeMillis, (now): PlaneInfo => ({ name: cluster.name, now, time }))

  const snapshot = Effect.gen(function* () {
    const taken = yield* Effect.mapError(cluster.snapshot, failed)
    const id = yield* Ref.modify(snapshots, (kept) => [kept.size + 1, new Map([...kept, [kept.size + 1, taken]])])
    return { id, at: taken.at }
  })

  const reset = Effect.fnUntraced(function* (body: unknown) {
    const { id } = yield* decoded(SnapshotId, body)
    const kept = (yield* Ref.get(snapshots)).get(id)
    if (kept === undefined) return yield* badRequest(`there is no snapshot ${id}`)
    yield* Effect.mapError(cluster.reset(kept), failed)
    return {}
  })

  const advance = Effect.fnUntraced(function* (body: unknown) {
    const { to } = yield* decoded(Moment, body)
    yield* served.advanceTo(to)
    return yield* info
  })

  const answer = (request: KubeRequest): Effect.Effect<unknown, KubeStatus> => {
    switch (`${request.method} ${request.path.slice(planePath.length + 1)}`) {
      case "GET info":
        return info
      case "POST snapshot":
        return snapshot
      case "POST reset":
        return reset(request.body)
      case "POST telemetry":
        return Effect.mapError(Wire.handle(cluster.telemetry, request.body), failed)
      case "POST advance":
        return time._tag === "virtual" ? advance(request.body) : Effect.fail(badRequest("time passes by itself here"))
      default:
        return Effect.fail(notFound)
    }
  }

  return (identity: Identity): KubeApi => {
    const api = cluster.api(identity)
    if (!identity.groups.includes("system:masters")) return api
    return {
      ...api,
      request: (request) =>
        request.path.startsWith(`${planePath}/`)
          ? Effect.map(answer(request), (body): KubeReply => ({ code: 200, body }))
          : api.request(request)
    }
  }
})
