/**
 * The private path of a served embedded cluster: what a real API server doesn't have. It travels through `KubeApi.request` like any
 * other path and answers administrators only; everybody else gets the 404 of a path that doesn't exist.
 */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { type KubeApi, KubeStatus } from "./Kubernetes.ts"

export const planePath = "/aiopslab.dev/plane"

/** What kind of cluster answers, and how its time passes; `now` in milliseconds since the epoch. */
export const PlaneInfo = Schema.Struct({
  name: Schema.String,
  now: Schema.Finite,
  time: Schema.Union([Schema.TaggedStruct("wall", { rate: Schema.Finite }), Schema.TaggedStruct("virtual", {})])
})
export type PlaneInfo = typeof PlaneInfo.Type

/** A snapshot kept by the server, by number. */
export const PlaneSnapshot = Schema.Struct({ id: Schema.Int, at: Schema.Finite })

/** One call of the private path; the answer decoded. */
export const call = <S extends Schema.Codec<unknown, unknown>>(
  api: KubeApi,
  name: string,
  answer: S,
  body?: unknown
): Effect.Effect<S["Type"], KubeStatus> =>
  api.request({ method: body === undefined ? "GET" : "POST", path: `${planePath}/${name}`, ...(body === undefined ? {} : { body }) }).pipe(
    Effect.flatMap((reply) => Schema.decodeUnknownEffect(answer)(reply.body)),
    Effect.mapError((error) =>
      error instanceof KubeStatus ? error : new KubeStatus({ code: 500, reason: "InternalError", message: `${name}: ${error.message}` })
    )
  )
