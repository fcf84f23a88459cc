/** Waits for something on the API by asking again; the pauses grow from 50 ms to 1 s, so that a short wait is short and a long one cheap. */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"

/** False when it did not happen within this time. */
export const poll = Effect.fnUntraced(function* <E>(done: Effect.Effect<boolean, E>, timeoutMillis: number): Effect.fn.Return<boolean, E> {
  const end = (yield* Clock.currentTimeMillis) + timeoutMillis
  for (let pause = 50; ; pause = Math.min(1000, pause * 2)) {
    if (yield* done) return true
    const left = end - (yield* Clock.currentTimeMillis)
    if (left <= 0) return false
    yield* Effect.sleep(Math.min(pause, left))
  }
})
