/** How a process of ours ends: with its program's exit code, or with what went wrong. */
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import { writeSync } from "node:fs"

/** EX_SOFTWARE of sysexits.h. */
const broken = 70

/** Somebody has told the process to end. */
export const terminated = Effect.callback<void>((resume) => {
  process.once("SIGTERM", () => resume(Effect.void))
})

/** What was written last has left the process when it ends: writes are done when they return. */
export const endWith = (program: Effect.Effect<number, unknown>): void => {
  Effect.runFork(
    program.pipe(
      Effect.catchCause((cause) =>
        Effect.sync(() => {
          writeSync(2, `${Cause.pretty(cause)}\n`)
          return broken
        })
      ),
      Effect.map((code) => process.exit(code))
    )
  )
}
