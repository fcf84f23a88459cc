import type * as Clock from "effect/Clock"
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"

/** A clock whose every reading follows from one: milliseconds since the epoch, with a fraction. It never goes back, so it is monotonic, too. */
export const clockOf = (now: () => number, sleep: (duration: Duration.Duration) => Effect.Effect<void>): Clock.Clock => {
  const nanos = (): bigint => {
    const millis = now()
    const whole = Math.floor(millis)
    return BigInt(whole) * 1_000_000n + BigInt(Math.round((millis - whole) * 1e6))
  }
  return {
    currentTimeMillisUnsafe: now,
    currentTimeMillis: Effect.sync(now),
    currentTimeNanosUnsafe: nanos,
    currentTimeNanos: Effect.sync(nanos),
    monotonicTimeNanosUnsafe: nanos,
    monotonicTimeNanos: Effect.sync(nanos),
    sleep
  }
}
