/** The part of the suite that takes a few minutes: each kind's life, subresources and one run of applies, and every so many-th of the rest. */
import { createHash } from "node:crypto"
import type { Scenario } from "./Step.ts"

const oneIn = 25

const chosen = (text: string): boolean => (createHash("sha256").update(text).digest()[0] ?? 0) % oneIn === 0

/** Sequences are played whole or not at all. */
const whole = /\/(life|sub|read|apply0)$/
const left = /\/apply\d$/

export const inSample = (scenario: string, step: string): boolean =>
  whole.test(scenario) || (!left.test(scenario) && chosen(`${scenario} ${step}`))

export const sampled = (scenario: Scenario): Scenario | undefined => {
  const steps = scenario.steps.filter(({ name }) => inSample(scenario.name, name))
  return steps.length === 0 ? undefined : { ...scenario, steps }
}
