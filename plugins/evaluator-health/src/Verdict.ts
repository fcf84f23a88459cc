/** Evaluations of one evaluator: a sentence and the figures behind it. */
import type { Evaluation } from "@aiopslab/core/Evaluator"

export type Measurements = Evaluation["measurements"]

export interface Verdicts {
  readonly pass: (reason: string, measurements: Measurements) => Evaluation
  readonly fail: (reason: string, measurements: Measurements) => Evaluation
}

export const of = (evaluator: string): Verdicts => ({
  pass: (reason, measurements) => ({ evaluator, verdict: "pass", reason, measurements }),
  fail: (reason, measurements) => ({ evaluator, verdict: "fail", reason, measurements })
})

/** `a`, `a and b`, `a, b and 3 more`. */
export const several = (items: ReadonlyArray<string>): string => {
  const [first = "", second = "", ...rest] = items
  if (items.length <= 1) return first
  return rest.length === 0 ? `${first} and ${second}` : `${first}, ${second} and ${rest.length} more`
}
