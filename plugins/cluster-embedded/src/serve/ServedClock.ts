/**
 * The clock of a served cluster: the machine's, `rate` times as fast, or one that moves only when it is told to. It begins at a chosen
 * moment and can jump ahead (while the application is installed, before anybody watches); it never goes back.
 */
import { clockOf } from "@aiopslab/core/ClockOf"
import type { ServedTime } from "@aiopslab/core/ClusterProvider"
import * as Clock from "effect/Clock"
import * as Deferred from "effect/Deferred"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"

export interface ServedClock {
  readonly clock: Clock.Clock
  /** Moves ahead to this moment, milliseconds since the epoch; wakes who sleeps until then. */
  readonly advanceTo: (moment: number) => Effect.Effect<void>
}

/** From here the virtual kind wakes its sleepers. */
interface Sleeper {
  readonly at: number
  readonly wake: Deferred.Deferred<void>
}

const scaled = (machine: Clock.Clock, rate: number, begin: number): ServedClock => {
  const started = machine.currentTimeMillisUnsafe()
  let base = begin
  const now = () => base + (machine.currentTimeMillisUnsafe() - started) * rate
  return {
    clock: clockOf(now, (duration) => machine.sleep(Duration.millis(Duration.toMillis(duration) / rate))),
    advanceTo: (moment) =>
      Effect.sync(() => {
        base += Math.max(0, moment - now())
      })
  }
}

const virtual = (begin: number): ServedClock => {
  let present = begin
  let sleepers: ReadonlyArray<Sleeper> = []
  return {
    clock: clockOf(
      () => present,
      (duration) =>
        Effect.suspend(() => {
          const sleeper: Sleeper = { at: present + Duration.toMillis(duration), wake: Deferred.makeUnsafe() }
          sleepers = [...sleepers, sleeper]
          return Deferred.await(sleeper.wake).pipe(
            Effect.ensuring(
              Effect.sync(() => {
                sleepers = sleepers.filter((other) => other !== sleeper)
              })
            )
          )
        })
    ),
    advanceTo: (moment) =>
      Effect.suspend(() => {
        present = Math.max(present, moment)
        return Effect.forEach(
          sleepers.filter((sleeper) => sleeper.at <= present),
          (sleeper) => Deferred.succeed(sleeper.wake, undefined),
          {
            discard: true
          }
        )
      })
  }
}

/** `begin` in milliseconds since the epoch. */
export const make = (time: ServedTime, begin: number): Effect.Effect<ServedClock> =>
  Effect.map(Clock.Clock, (machine) => (time._tag === "wall" ? scaled(machine, time.rate, begin) : virtual(begin)))
