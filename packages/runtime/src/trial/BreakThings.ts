/** Phase fault: each fault is planned, journaled, injected and verified, in the manifest's order. */
import type { InstalledApp } from "@aiopslab/core/App"
import { Cluster } from "@aiopslab/core/Cluster"
import type { TouchedKey } from "@aiopslab/core/Fault"
import { type LabError, labError } from "@aiopslab/core/LabError"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { EventSink } from "../EventSink.ts"
import { around, guarded } from "../Failpoint.ts"
import type { FaultJournal } from "../FaultJournal.ts"
import type { PlannedFault } from "../TrialPlan.ts"

/** A fault whose plan stands in the journal: from here on it has to be recovered, whether or not it was injected. */
export interface ActiveFault {
  readonly of: PlannedFault
  readonly plan: unknown
}

const encodePlan = ({ fault, index }: PlannedFault, plan: unknown): Effect.Effect<unknown, LabError> =>
  Schema.encodeEffect(fault.planSchema)(plan).pipe(
    Effect.mapError((error) =>
      labError("FAULT_PLAN_FAILED", { fault: fault.name, why: `plan ${index} cannot be written down: ${error.message}` })
    )
  )

/** `active` hears of a fault as soon as its plan is journaled, so that an interruption can't hide it. */
export const breakThings = (
  faults: ReadonlyArray<PlannedFault>,
  journal: FaultJournal,
  active: (fault: ActiveFault) => void
): Effect.Effect<void, LabError, Cluster | InstalledApp | EventSink> =>
  Effect.gen(function* () {
    const sink = yield* EventSink
    const cluster = yield* Cluster
    const began = yield* Clock.currentTimeMillis
    for (const planned of faults.toSorted((a, b) => a.afterMillis - b.afterMillis)) {
      const { fault, index, owner, version } = planned
      const early = began + planned.afterMillis - (yield* Clock.currentTimeMillis)
      if (early > 0) yield* Effect.sleep(early)
      const plan = yield* fault.plan(planned.config)
      const encoded = yield* encodePlan(planned, plan)
      yield* journal.write({ _tag: "Planned", index, fault: owner, version, plan: encoded })
      active({ of: planned, plan })
      sink.emit({ _tag: "FaultPhase", fault: fault.name, index, phase: "planned", plan: encoded })
      yield* around("inject")(Effect.provideService(fault.inject(plan), Cluster, guarded(cluster, "inject-write")))
      yield* journal.write({ _tag: "Injected", index })
      sink.emit({ _tag: "FaultPhase", fault: fault.name, index, phase: "injected" })
      yield* fault.verify(plan)
      sink.emit({ _tag: "FaultPhase", fault: fault.name, index, phase: "verified" })
    }
  })

/** Keeps the faults up for ever. A failing look is not the agent's fault: the next one tries again. */
export const keepBroken = (
  faults: ReadonlyArray<ActiveFault>,
  everyMillis: number,
  touched: (key: TouchedKey) => boolean
): Effect.Effect<never, never, Cluster | InstalledApp | EventSink> =>
  Effect.flatMap(EventSink, (sink) =>
    Effect.forever(
      Effect.andThen(
        Effect.sleep(everyMillis),
        Effect.forEach(
          faults,
          ({ of, plan }) =>
            of.fault.keep(plan, touched).pipe(
              Effect.map((kept) => {
                if (kept === "re-applied") sink.emit({ _tag: "FaultPhase", fault: of.fault.name, index: of.index, phase: "re-applied" })
              }),
              Effect.ignore
            ),
          { discard: true }
        )
      )
    )
  )
