/** What one process measures: a line of JSON from `measure.ts` to `main.ts`. */
import * as Schema from "effect/Schema"

export const Measured = Schema.Struct({
  /** Milliseconds from the request for the first trial until the app was ready: booting the cluster included, loading modules not. */
  coldReadyMillis: Schema.Finite,
  coldReadyCpuMillis: Schema.Finite,
  coldTrialMillis: Schema.Finite,
  /** One for each measured trial: its provision and install phases, and the whole. */
  forkMillis: Schema.Array(Schema.Finite),
  trialMillis: Schema.Array(Schema.Finite),
  /** Of each measured trial: until its first phase begins, its phases, and what comes after the last: files. */
  pieces: Schema.Record(Schema.String, Schema.Array(Schema.Finite)),
  /** On a processor, by the thread that runs the trials: their mean. */
  trialCpuMillis: Schema.Finite,
  trialsPerSecond: Schema.Finite,
  memoryPerTrialMiB: Schema.Finite,
  virtualMs: Schema.Finite,
  /** SHA-256 of the first, cold trial's events without their wall times, and of a forked one's with the same seed. */
  coldEvents: Schema.String,
  forkedEvents: Schema.String,
  /** Milliseconds for a folder and three files of a trial's lengths, again and again: what the file system needs for them. */
  filesMillis: Schema.Array(Schema.Finite),
  /** Milliseconds of a fixed computation, again and again: how evenly the machine runs. */
  yardstickMillis: Schema.Array(Schema.Finite)
})
export type Measured = typeof Measured.Type
