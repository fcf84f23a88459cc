/**
 * The clock of a cluster that lives by the machine's, `rate` times as fast: a second of the cluster is `1000 / rate` milliseconds of ours.
 */
import type * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import { clockOf } from "@aiopslab/core/ClockOf"
import { machineClock } from "@aiopslab/core/WallClock"

/** At the machine's `wall` the cluster's clock showed `cluster`; both in milliseconds since the epoch. */
export interface Origin {
  readonly wall: number
  readonly cluster: number
}

/** Without an origin the two clocks agree at the moment of the call. */
export const make = (rate: number, origin?: Origin): Clock.Clock => {
  if (rate === 1 && origin === undefined) return machineClock
  const began = machineClock.currentTimeMillisUnsafe()
  const from = origin ?? { wall: began, cluster: began }
  return clockOf(
    () => from.cluster + (machineClock.currentTimeMillisUnsafe() - from.wall) * rate,
    (duration) => machineClock.sleep(Duration.millis(Duration.toMillis(duration) / rate))
  )
}
