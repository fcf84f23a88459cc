/** `settled`: the application comes to rest. */
import * as Evaluator from "@aiopslab/core/Evaluator"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { settle, settleFields } from "./Settle.ts"
import * as Verdict from "./Verdict.ts"

const name = "settled"
const verdicts = Verdict.of(name)

export const settled = Evaluator.make({
  name,
  summary: "No rollout under way, no pod of the application pending, terminating or crash-looping",
  config: Schema.Struct(settleFields),
  evaluate: (config) =>
    Effect.map(settle(config), ({ moving, seconds }) => {
      const measurements = { seconds, moving: moving.length }
      return moving.length === 0
        ? verdicts.pass(`Everything was at rest after ${seconds} s.`, measurements)
        : verdicts.fail(`After ${seconds} s ${Verdict.several(moving)}.`, measurements)
    })
})
