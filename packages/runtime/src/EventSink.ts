/**
 * Where a trial's events go: lines of `events.ndjson`, and whoever listens. `t` is filled in here. Lines wait in memory until a phase ends
 * in which a crash would matter, or until some wall time has passed: a trial of three milliseconds writes once.
 */
import type { TrialEvent } from "@aiopslab/core/TrialEvent"
import type { TrialSpec } from "@aiopslab/core/TrialSpec"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import type * as Clock from "effect/Clock"
import * as fs from "node:fs"
import { machineClock } from "@aiopslab/core/WallClock"

type WithoutTime<E> = E extends TrialEvent ? Omit<E, "t"> : never
/** An event whose time the sink fills in. */
export type Telling = WithoutTime<TrialEvent>

/** What a listener hears; encodable but for the spec of `TrialStarted`, which goes by in its encoded form. */
export type EventLine = Exclude<TrialEvent, { readonly _tag: "TrialStarted" }> | EncodedStart
export type EncodedStart = Omit<Extract<TrialEvent, { readonly _tag: "TrialStarted" }>, "spec"> & {
  readonly spec: typeof TrialSpec.Encoded
}

const flushMillis = 100

export class EventSink extends Context.Service<
  EventSink,
  {
    readonly emit: (event: Exclude<Telling, { readonly _tag: "TrialStarted" }>) => void
    /** Writes what has been told so far. */
    readonly flush: () => void
  }
>()("@aiopslab/runtime/EventSink") {}

/** Rounded to a microsecond, so that sums of fractions print alike. */
const since = (clock: Clock.Clock, began: number): number => Math.round((clock.currentTimeMillisUnsafe() - began) * 1000) / 1000

/**
 * A sink that begins with `TrialStarted` at time 0. `listen` gets the events in order, at once. The file is opened with the first line and
 * replaces what an unfinished earlier trial left.
 */
export const make = (options: {
  readonly file: string
  readonly clock: Clock.Clock
  readonly start: Omit<EncodedStart, "t" | "_tag">
  readonly listen: (event: EventLine) => void
}): Context.Service.Shape<typeof EventSink> & { readonly elapsed: () => number; readonly close: () => void } => {
  const began = options.clock.currentTimeMillisUnsafe()
  let lines = ""
  let descriptor: number | undefined
  let flushed = machineClock.currentTimeMillisUnsafe()
  const flush = () => {
    flushed = machineClock.currentTimeMillisUnsafe()
    if (lines === "") return
    descriptor ??= fs.openSync(options.file, "w")
    fs.writeSync(descriptor, lines)
    lines = ""
  }
  const tell = (event: EventLine) => {
    lines += `${JSON.stringify(event)}\n`
    options.listen(event)
    if (machineClock.currentTimeMillisUnsafe() - flushed > flushMillis) flush()
  }
  tell({ t: 0, _tag: "TrialStarted", ...options.start })
  return {
    emit: (event) => {
      tell({ t: since(options.clock, began), ...event })
    },
    flush,
    elapsed: () => since(options.clock, began),
    close: () => {
      flush()
      if (descriptor !== undefined) fs.closeSync(descriptor)
      descriptor = undefined
    }
  }
}

/** Tells an event in the trial of the calling fibre. */
export const tell = (event: Exclude<Telling, { readonly _tag: "TrialStarted" }>): Effect.Effect<void, never, EventSink> =>
  Effect.map(EventSink, (sink) => sink.emit(event))
