/** The machine's clock. Where a trial lives by it, holding it means nothing. */
import { machineClock, WallClock } from "@aiopslab/core/WallClock"
import type * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"

const elapsed = (limit: Duration.Input): Effect.Effect<Option.Option<never>> =>
  Effect.callback((resume) => {
    const timer = setTimeout(() => resume(Effect.succeed(Option.none())), Duration.toMillis(limit))
    return Effect.sync(() => clearTimeout(timer))
  })

export const wallClockLive: Context.Service.Shape<typeof WallClock> = {
  now: Effect.sync(() => machineClock.currentTimeMillisUnsafe()),
  hold: (work) => work,
  within: (limit) => (work) => Effect.raceFirst(Effect.map(work, Option.some), elapsed(limit))
}

export const layer: Layer.Layer<WallClock> = Layer.succeed(WallClock, wallClockLive)
