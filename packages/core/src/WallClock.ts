/**
 * The machine's clock, for transports and run deadlines only; everything else lives by Effect's `Clock`, which in a trial is the trial's.
 * Work of the real world (a subprocess, a socket, a model call) is done under `hold`: the trial's time stands still meanwhile.
 */
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import type * as Duration from "effect/Duration"
import type * as Effect from "effect/Effect"
import type * as Option from "effect/Option"

export class WallClock extends Context.Service<
  WallClock,
  {
    /** Milliseconds since the epoch. */
    readonly now: Effect.Effect<number>
    /** Runs work of the real world; virtual time stands still until it ends. A no-op where the trial's clock is the wall's. */
    readonly hold: <A, E, R>(work: Effect.Effect<A, E, R>) => Effect.Effect<A, E, R>
    /** The work's result, or none when it took longer than this by the machine's clock; then it has been interrupted. */
    readonly within: (limit: Duration.Input) => <A, E, R>(work: Effect.Effect<A, E, R>) => Effect.Effect<Option.Option<A>, E, R>
  }
>()("@aiopslab/core/WallClock") {}

/** Effect's own clock, whatever clock the calling fibre has been given. */
export const machineClock: Clock.Clock = Context.get(Context.empty(), Clock.Clock)
