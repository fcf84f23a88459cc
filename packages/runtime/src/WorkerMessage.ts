/** What a run and its worker threads say to each other: plain JSON. */
import { LabError } from "@aiopslab/core/LabError"
import { TrialSpec } from "@aiopslab/core/TrialSpec"
import * as Schema from "effect/Schema"
import type { EventLine } from "./EventSink.ts"
import { PluginSource } from "./PluginSource.ts"
import { TrialRecord } from "./TrialRecord.ts"

/** Given to a worker at its start. */
export const WorkerSetup = Schema.Struct({
  dir: Schema.String,
  sources: Schema.Array(PluginSource),
  versions: Schema.Record(Schema.String, Schema.String),
  /** As in the environment variable AIOPSLAB_FAILPOINT. */
  failpoint: Schema.optionalKey(Schema.String)
})
export type WorkerSetup = typeof WorkerSetup.Type

export const ToWorker = Schema.Union([
  Schema.TaggedStruct("Run", { spec: TrialSpec }),
  /** The trial recovers, writes, and answers with its record. */
  Schema.TaggedStruct("Interrupt", { id: Schema.String }),
  Schema.TaggedStruct("Close", {})
])
export type ToWorker = typeof ToWorker.Encoded

export const FromWorker = Schema.Union([
  Schema.TaggedStruct("Ended", { id: Schema.String, record: TrialRecord }),
  Schema.TaggedStruct("Failed", { id: Schema.String, error: LabError })
])

/** Events go by as they are: they were made from typed values on the other side of the thread and are read by reporters only. */
export interface EventsMessage {
  readonly _tag: "Events"
  readonly id: string
  readonly events: ReadonlyArray<EventLine>
}
export type FromWorker = typeof FromWorker.Encoded | EventsMessage
