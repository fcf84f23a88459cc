/** Both servers' answers to the steps of scenarios, side by side. */
import { admin } from "@aiopslab/core/Kubernetes"
import * as MemoryHost from "@aiopslab/kubernetes/MemoryHost"
import * as Server from "@aiopslab/kubernetes/Server"
import * as Effect from "effect/Effect"
import type { Difference } from "./Difference.ts"
import { differences } from "./Difference.ts"
import { normal } from "./Normal.ts"
import type { Answers } from "./Perform.ts"
import { perform } from "./Perform.ts"
import type { Scenario, Step } from "./Step.ts"

export interface Compared {
  readonly scenario: string
  readonly kind: string
  readonly step: Step
  readonly answers: { readonly ours: unknown; readonly real: unknown }
  /** Of status code, body and warnings. */
  readonly differences: ReadonlyArray<Difference>
  /** Of managedFields. */
  readonly managed: ReadonlyArray<Difference>
}

/** The administrator as the real server's authentication has it. */
export const identity = { ...admin, uid: admin.user, groups: [...admin.groups, "system:authenticated"] }

/** In process events come within so many turns, whatever the machine does besides. */
const patience = Effect.repeat(Effect.yieldNow, { times: 500 }).pipe(Effect.asVoid)

/** Ours does at once all that a write leads to. */
const atOnce = () => Effect.void

/** As it would be on the wire. */
const sent = (value: unknown): unknown => (value === undefined ? undefined : JSON.parse(JSON.stringify(value)))

export const compare = Effect.fnUntraced(function* (scenario: Scenario, real: Answers) {
  const host = yield* MemoryHost.make()
  const api = Server.make({ host }).api(identity)
  // ours may store what it should have refused
  const reset = Effect.map(host.store, host.restore)
  const ours = yield* perform(api, scenario, { reset, wanted: () => true, concurrency: 1, patience, settled: atOnce, cached: atOnce })
  return scenario.steps.flatMap((step): ReadonlyArray<Compared> => {
    const [mine, theirs] = [ours.get(step.name), real.get(step.name)]
    if (mine === undefined || theirs === undefined) return []
    const { managed: ourManaged, ...our } = normal({ ...mine, body: sent(mine.body) })
    const { managed: realManaged, ...their } = normal(theirs)
    const found = differences(our, their)
    return [
      {
        scenario: scenario.name,
        kind: scenario.kind,
        step,
        answers: { ours: mine, real: theirs },
        differences: found,
        managed: found.length === 0 ? differences(ourManaged, realManaged, ["managedFields"]) : []
      }
    ]
  })
})
