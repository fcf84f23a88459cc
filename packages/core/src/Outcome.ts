/** How a task ended: a closed union. Environment errors never count against an agent. */
import * as Schema from "effect/Schema"

export const Outcome = Schema.Literals([
  "passed",
  "failed",
  "invalid-answer",
  "no-answer",
  "step-limit",
  "time-limit",
  "budget-limit",
  "agent-error",
  "environment-error"
])
export type Outcome = typeof Outcome.Type
