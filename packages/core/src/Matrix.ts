/** The manifests `kind: Suite` (a named list of problems) and `kind: Matrix` (problems × agents × seeds × repeats). */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { DurationText } from "./DurationText.ts"
import { manifestVersion, Name, Use } from "./Problem.ts"

const metadata = Schema.Struct({ name: Name, title: Schema.optionalKey(Schema.String) })

export const Suite = Schema.Struct({
  apiVersion: Schema.Literal(manifestVersion),
  kind: Schema.Literal("Suite"),
  metadata,
  spec: Schema.Struct({ problems: Schema.Array(Schema.String) })
})
export type Suite = typeof Suite.Type

export const Limits = Schema.Struct({
  maxSteps: Schema.optionalKey(Schema.Int.check(Schema.isGreaterThan(0))),
  timeLimit: Schema.optionalKey(DurationText),
  turnLimit: Schema.optionalKey(DurationText)
})

export const Matrix = Schema.Struct({
  apiVersion: Schema.Literal(manifestVersion),
  kind: Schema.Literal("Matrix"),
  metadata,
  spec: Schema.Struct({
    /** Selectors: problems, classic ids, globs, suites, paths. */
    problems: Schema.Array(Schema.String),
    agents: Schema.Array(Use),
    cluster: Schema.optionalKey(Use),
    seeds: Schema.Array(Schema.Int).pipe(Schema.withDecodingDefaultKey(Effect.succeed([0]))),
    repeats: Schema.Int.check(Schema.isGreaterThan(0)).pipe(Schema.withDecodingDefaultKey(Effect.succeed(1))),
    limits: Schema.optionalKey(Limits)
  })
})
export type Matrix = typeof Matrix.Type
