/**
 * Telemetry's queries and answers as JSON, so that a served cluster can offer the port and another process can have it. `client` and
 * `handle` are the two ends; how a query travels between them is the caller's.
 */
import { type LabError, labError } from "@aiopslab/core/LabError"
import type * as Core from "@aiopslab/core/Telemetry"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"

const range = { since: Schema.Finite, until: Schema.Finite, namespace: Schema.String }

export const Query = Schema.Union([
  Schema.TaggedStruct("metrics", { ...range, stepSeconds: Schema.Finite }),
  Schema.TaggedStruct("traces", { ...range, limit: Schema.Int }),
  Schema.TaggedStruct("traffic", range)
])
export type Query = typeof Query.Type

export const Series = Schema.Struct({
  name: Schema.String,
  labels: Schema.Record(Schema.String, Schema.String),
  points: Schema.Array(Schema.Tuple([Schema.Finite, Schema.Finite]))
})

export const Span = Schema.Struct({
  traceId: Schema.String,
  spanId: Schema.String,
  parentId: Schema.optionalKey(Schema.String),
  service: Schema.String,
  operation: Schema.String,
  start: Schema.Finite,
  duration: Schema.Finite,
  error: Schema.Boolean,
  tags: Schema.Record(Schema.String, Schema.String)
})

export const OperationStats = Schema.Struct({
  operation: Schema.String,
  requests: Schema.Int,
  errors: Schema.Int,
  p50: Schema.Finite,
  p99: Schema.Finite
})

/** What `handle` answers with; the same tag as its query. */
export const Answer = Schema.Union([
  Schema.TaggedStruct("metrics", { series: Schema.Array(Series) }),
  Schema.TaggedStruct("traces", { spans: Schema.Array(Span) }),
  Schema.TaggedStruct("traffic", { operations: Schema.Array(OperationStats) })
])
export type Answer = typeof Answer.Type

const misread =
  (what: string) =>
  (error: { readonly message: string }): LabError =>
    labError("CLUSTER_REQUEST_FAILED", { what, why: error.message })

const decodeQuery = Schema.decodeUnknownEffect(Query)
const decodeAnswer = Schema.decodeUnknownEffect(Answer)

/** The serving end: answers a query's JSON with JSON. */
export const handle = (telemetry: Core.Telemetry, query: unknown): Effect.Effect<Answer, LabError> =>
  decodeQuery(query).pipe(
    Effect.mapError(misread("a query of telemetry")),
    Effect.flatMap((decoded): Effect.Effect<Answer, LabError> => {
      switch (decoded._tag) {
        case "metrics":
          return Effect.map(telemetry.metrics(decoded), (series) => ({ _tag: "metrics", series }))
        case "traces":
          return Effect.map(telemetry.traces(decoded), (spans) => ({ _tag: "traces", spans }))
        case "traffic":
          return Effect.map(telemetry.traffic(decoded), (operations) => ({ _tag: "traffic", operations }))
      }
    })
  )

/** The asking end: `send` carries a query to where `handle` is and brings its answer back. */
export const client = (send: (query: Query) => Effect.Effect<unknown, LabError>): Core.Telemetry => {
  const asked = <T extends Answer["_tag"]>(
    query: Query & { readonly _tag: T }
  ): Effect.Effect<Extract<Answer, { readonly _tag: T }>, LabError> =>
    send(query).pipe(
      Effect.flatMap((answer) => Effect.mapError(decodeAnswer(answer), misread("reading telemetry"))),
      Effect.flatMap((answer) =>
        isTagged(answer, query._tag)
          ? Effect.succeed(answer)
          : Effect.fail(misread("reading telemetry")({ message: `${query._tag} was answered with ${answer._tag}` }))
      )
    )
  return {
    metrics: (query) => Effect.map(asked({ _tag: "metrics", ...query }), ({ series }) => series),
    traces: (query) => Effect.map(asked({ _tag: "traces", ...query }), ({ spans }) => spans),
    traffic: (query) => Effect.map(asked({ _tag: "traffic", ...query }), ({ operations }) => operations)
  }
}

const isTagged = <T extends Answer["_tag"]>(answer: Answer, tag: T): answer is Extract<Answer, { readonly _tag: T }> => answer._tag === tag
