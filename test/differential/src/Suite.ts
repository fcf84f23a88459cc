/** The suite over the kinds asked for. */
import * as Effect from "effect/Effect"
import * as Answered from "./Answered.ts"
import type { Compared } from "./Comparison.ts"
import { compare } from "./Comparison.ts"
import * as Kinds from "./Kinds.ts"
import { unseeded } from "./generate/Unseeded.ts"
import { scenariosOf } from "./Scenarios.ts"
import * as Seeds from "./Seeds.ts"
import type { Scenario } from "./Step.ts"

export interface Options extends Answered.Options {
  /** `record` asks the real server alone. */
  readonly purpose: "compare" | "record"
  readonly kind: (label: string) => boolean
  readonly scenario: (scenario: Scenario) => Scenario | undefined
}

export interface Outcome {
  readonly compared: ReadonlyArray<Compared>
  /** Scenarios that could not be played, each with the reason. */
  readonly broken: ReadonlyArray<string>
}

export const run = Effect.fnUntraced(function* (options: Options) {
  const real = yield* Answered.make(options)
  const kinds = yield* Kinds.kindsOf(yield* real(Kinds.discovery))
  const scenarios: Array<Scenario> = options.kind(Kinds.discovery.kind) ? [Kinds.discovery] : []
  for (const kind of kinds) {
    if (!options.kind(kind.label)) continue
    const seeds = yield* Seeds.read(kind.label)
    scenarios.push(...(seeds === undefined ? [unseeded(kind)] : scenariosOf({ kind, seeds })))
  }
  const broken: Array<string> = []
  const compared = yield* Effect.forEach(
    scenarios,
    (all) => {
      const scenario = options.scenario(all)
      if (scenario === undefined) return Effect.succeed([])
      return Effect.flatMap(real(scenario), (answers) =>
        options.purpose === "record" ? Effect.succeed([]) : compare(scenario, answers)
      ).pipe(
        Effect.catchTag(["SetupRefused", "Unsettled"], ({ message }) => {
          broken.push(`${scenario.name}: ${message}`)
          return Effect.succeed([])
        })
      )
    },
    { concurrency: 4 }
  )
  const outcome: Outcome = { compared: compared.flat(), broken }
  return outcome
})
