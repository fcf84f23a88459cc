/** The manifest `kind: Problem`. What a component's `with` holds is decoded by the component when the problem is planned. */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { DurationText } from "./DurationText.ts"

/** The apiVersion of every manifest. */
export const manifestVersion = "aiopslab.dev/v1"

const Json = Schema.Unknown

/** A DNS-1123 label: names of problems, suites and matrices. */
export const Name = Schema.String.check(
  Schema.isPattern(/^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/u, { message: "must be lower case letters, digits and dashes" }),
  Schema.isMaxLength(63)
)

/** A classic id such as `revoke_auth_mongodb-mitigation-1`. */
export const TaskId = Schema.String.check(
  Schema.isPattern(/^[A-Za-z0-9][-_.A-Za-z0-9]*$/u, { message: "must be letters, digits, dashes and underscores" })
)

/** `use: name` or `use: plugin/name`, and what that component takes. */
export const Use = Schema.Struct({ use: Schema.String, with: Schema.optionalKey(Json) })
export type Use = typeof Use.Type

export const FaultUse = Schema.Struct({
  use: Schema.String,
  with: Schema.optionalKey(Json),
  /** Healthy traffic before it, from the end of the baseline. */
  after: Schema.optionalKey(DurationText)
})

/** An entry under `tasks`: the task's own fields beside these two, decoded by the task. */
export const TaskEntry = Schema.StructWithRest(
  Schema.Struct({ id: Schema.optionalKey(TaskId), evaluators: Schema.optionalKey(Schema.Array(Use)) }),
  [Schema.Record(Schema.String, Json)]
)
export type TaskEntry = typeof TaskEntry.Type

/** Bounds of the phases of a trial, on the trial's clock. Defaults in `runtime/Deadlines`. */
export const Deadlines = Schema.Struct({
  install: Schema.optionalKey(DurationText),
  baseline: Schema.optionalKey(DurationText),
  verify: Schema.optionalKey(DurationText),
  settle: Schema.optionalKey(DurationText),
  sustained: Schema.optionalKey(DurationText),
  recover: Schema.optionalKey(DurationText)
})

const metadata = Schema.Struct({
  name: Name,
  title: Schema.optionalKey(Schema.String),
  description: Schema.optionalKey(Schema.String),
  labels: Schema.Record(Schema.String, Schema.String).pipe(Schema.withDecodingDefaultKey(Effect.succeed({})))
})

export const Problem = Schema.Struct({
  apiVersion: Schema.Literal(manifestVersion),
  kind: Schema.Literal("Problem"),
  metadata,
  spec: Schema.Struct({
    app: Use,
    workload: Schema.optionalKey(Use),
    faults: Schema.Array(FaultUse).pipe(Schema.withDecodingDefaultKey(Effect.succeed([]))),
    tasks: Schema.Record(Schema.String, TaskEntry),
    deadlines: Schema.optionalKey(Deadlines),
    /** Shell commands that `oracle` plays for the mitigation. */
    solution: Schema.Array(Schema.String).pipe(Schema.withDecodingDefaultKey(Effect.succeed([])))
  })
})
export type Problem = typeof Problem.Type
