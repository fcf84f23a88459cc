/** Phase recover: every fault that was planned is undone and verified so, the last first. */
import type { InstalledApp } from "@aiopslab/core/App"
import { Cluster } from "@aiopslab/core/Cluster"
import type { LabError } from "@aiopslab/core/LabError"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import { EventSink } from "../EventSink.ts"
import { around, guarded } from "../Failpoint.ts"
import type { FaultJournal } from "../FaultJournal.ts"
import type { ActiveFault } from "./BreakThings.ts"

/** One fault that can't be recovered does not keep the others from it; the first failure is the phase's. */
export const mend = (
  active: ReadonlyArray<ActiveFault>,
  journal: FaultJournal
): Effect.Effect<void, LabError, Cluster | InstalledApp | EventSink> =>
  Effect.gen(function* () {
    const sink = yield* EventSink
    const cluster = yield* Cluster
    let failure: Exit.Exit<void, LabError> = Exit.void
    for (const { of, plan } of active.toReversed()) {
      const { fault, index } = of
      const exit = yield* Effect.exit(
        Effect.gen(function* () {
          yield* around("recover")(Effect.provideService(fault.recover(plan), Cluster, guarded(cluster, "recover-write")))
          sink.emit({ _tag: "FaultPhase", fault: fault.name, index, phase: "recovered" })
          yield* fault.verifyRecovered(plan)
          yield* journal.write({ _tag: "Recovered", index })
          sink.emit({ _tag: "FaultPhase", fault: fault.name, index, phase: "verified-recovered" })
        })
      )
      if (Exit.isSuccess(failure) && Exit.isFailure(exit)) failure = exit
    }
    return yield* failure
  })
