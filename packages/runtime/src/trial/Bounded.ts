/** A phase of a trial: told when it begins and ends, bounded on the trial's clock, and failing with nothing but a LabError. */
import { type LabError, labError } from "@aiopslab/core/LabError"
import type { EventError, Phase } from "@aiopslab/core/TrialEvent"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Option from "effect/Option"
import { EventSink } from "../EventSink.ts"
import { defectText } from "./DefectText.ts"

/** The typed error of a cause; a defect becomes TRIAL_DEFECT, an interruption TRIAL_INTERRUPTED. */
export const errorOf = (phase: string, cause: Cause.Cause<LabError>): LabError => {
  const failed = Option.getOrUndefined(Cause.findErrorOption(cause))
  if (failed !== undefined) return failed
  if (Cause.hasInterruptsOnly(cause)) return labError("TRIAL_INTERRUPTED", {})
  const defect = cause.reasons.find(Cause.isDieReason)?.defect
  return labError("TRIAL_DEFECT", { phase, why: defectText(defect) })
}

export const eventError = (error: LabError): EventError => ({
  code: error.code,
  blame: error.blame,
  message: error.text,
  hint: error.hint
})

/** Interrupts the work when it takes longer than this on the calling fibre's clock. */
export const within =
  (phase: string, millis: number) =>
  <A, R>(work: Effect.Effect<A, LabError, R>): Effect.Effect<A, LabError, R> =>
    Effect.raceFirst(
      Effect.interruptible(work),
      Effect.interruptible(Effect.sleep(millis)).pipe(
        Effect.flatMap(() => Effect.fail(labError("TRIAL_PHASE_TIMEOUT", { phase, seconds: Math.round(millis / 1000) })))
      )
    )

export const bounded =
  (phase: Phase, millis: number) =>
  <A, R>(work: Effect.Effect<A, LabError, R>): Effect.Effect<A, LabError, R | EventSink> =>
    Effect.flatMap(EventSink, (sink) => {
      sink.emit({ _tag: "PhaseStarted", phase })
      return Effect.onExitPrimitive(within(phase, millis)(work), (exit) => {
        sink.emit(
          Exit.isSuccess(exit)
            ? { _tag: "PhaseEnded", phase }
            : { _tag: "PhaseEnded", phase, error: eventError(errorOf(phase, exit.cause)) }
        )
        return undefined
      }).pipe(Effect.catchDefect((defect) => Effect.fail(errorOf(phase, Cause.die(defect)))))
    })
