/**
 * Runs a command's program and ends the process with its exit code: 0 ok, 1 below the threshold or a bug, 2 usage or manifest, 3 environment,
 * 4 budget, 130 interrupted. The first Ctrl-C (or SIGTERM) asks a program that can to stop by itself, else interrupts it; the second
 * interrupts; the third ends the process at once.
 */
import { LabError } from "@aiopslab/core/LabError"
import { ManifestInvalid } from "@aiopslab/core/Manifest"
import * as RuntimeServices from "@aiopslab/runtime/RuntimeServices"
import * as Cause from "effect/Cause"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as References from "effect/References"
import * as Process from "../edge/Process.ts"
import type { Format } from "../Inputs.ts"
import { errorJson, errorText } from "../terminal/Errors.ts"
import { note } from "../terminal/Out.ts"

/** One mistake, all mistakes of a manifest, or those of several. */
export type Failure = LabError | ManifestInvalid | ReadonlyArray<LabError>

export type Program = Effect.Effect<number, Failure, RuntimeServices.RuntimeServices>

const errorsOf = (failure: Failure): ReadonlyArray<LabError> =>
  failure instanceof LabError ? [failure] : failure instanceof ManifestInvalid ? failure.errors : failure

const codes = { usage: 2, environment: 3, budget: 4, defect: 1 } as const

const exitCodeOf = (errors: ReadonlyArray<LabError>): number => (errors[0] === undefined ? 1 : codes[errors[0].blame])

const tell = (failure: Failure, as: "text" | "json"): Effect.Effect<number> => {
  const errors = errorsOf(failure)
  const text = as === "json" ? JSON.stringify({ errors: errors.map(errorJson) }) : errors.map(errorText).join("\n\n")
  return Effect.as(note(text), exitCodeOf(errors))
}

const codeOf = (exit: Exit.Exit<number, Failure>, as: "text" | "json"): Effect.Effect<number> => {
  if (Exit.isSuccess(exit)) return Effect.succeed(exit.value)
  if (Cause.hasInterruptsOnly(exit.cause)) return Effect.succeed(130)
  const failure = Cause.findErrorOption(exit.cause)
  return Option.isSome(failure)
    ? tell(failure.value, as)
    : Effect.as(note(`This is a bug in aiopslab or in a plugin:\n${Cause.pretty(exit.cause)}`), 1)
}

const services = Layer.merge(RuntimeServices.layer, Layer.succeed(References.LogToStderr, true))

/** `stop` completes at the first Ctrl-C; a program that takes it ends by itself then. */
export const launch = ({ json }: Format, program: Program | ((stop: Effect.Effect<void>) => Program)): void => {
  const stop = Deferred.makeUnsafe<void>()
  const graceful = typeof program === "function"
  const main = graceful ? program(Deferred.await(stop)) : program
  const fiber = Effect.runFork(
    main.pipe(
      Effect.provide(services),
      Effect.exit,
      Effect.flatMap((exit) => codeOf(exit, json ? "json" : "text"))
    )
  )
  Process.allowClosedOutput()
  Process.onSignal((count) => {
    if (graceful && count === 1) Deferred.doneUnsafe(stop, Effect.void)
    else if (count <= 2) Effect.runFork(Fiber.interrupt(fiber))
    else Process.abort(130)
  })
  fiber.addObserver((exit) => Process.end(Exit.isSuccess(exit) ? exit.value : 130))
}
