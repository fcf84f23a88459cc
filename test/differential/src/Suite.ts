/** The suite over the kinds asked for. */
import * as Effect from "effect/Effect"
import * as Answered from "./Answered.ts"
import type { Compared } from "./Comparison.ts"
import { compare } from "./Comparison.ts"
import * as Kinds from "./Kinds.ts"
import { scenariosOf } from "./Scenarios.ts"
import * as Seeds from "./Seeds.ts"
import type { Scenario } from "./Step.ts"

export interface Options extends Answered.Options {
  readonly kind: (label: string) => boolean
  readonly scenario: (scenario: Scenario) => Scenario | undefined
}

export interface Outcome {
  readonly compared: ReadonlyArray<Compared>
  /** Served by the real server, and nothing here to ask of them. */
  readonly unseeded: ReadonlyArray<string>
}

export const run = Effect.fnUntraced(function* (options: Options) {
  const real = yield* Answered.make(options)
  const kinds = yield* Kinds.kindsOf(yield* real(Kinds.discovery))
  const scenarios: Array<Scenario> = options.kind(Kinds.discovery.kind) ? [Kinds.discovery] : []
  const unseeded: Array<string> = []
  for (const kind of kinds) {
    if (!options.kind(kind.label)) continue
    const seeds = yield* Seeds.read(kind.label)
    if (seeds === undefined) unseeded.push(kind.label)
    else scenarios.push(...scenariosOf({ kind, seeds }))
  }
  const compared = yield* Effect.forEach(scenarios, (all) => {
    const scenario = options.scenario(all)
    return scenario === undefined ? Effect.succeed([]) : Effect.flatMap(real(scenario), (answers) => compare(scenario, answers))
  })
  const outcome: Outcome = { compared: compared.flat(), unseeded }
  return outcome
})
