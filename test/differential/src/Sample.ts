/** The part of the suite that takes a few minutes: an object's life and one run of applies of each kind, and every so many-th of the rest. */
import { createHash } from "node:crypto"
import type { Scenario } from "./Step.ts"

const oneIn = 25

const chosen = (text: string): boolean => (createHash("sha256").update(text).digest()[0] ?? 0) % oneIn === 0

export const inSample = (scenario: string, step: string): boolean =>
  scenario.endsWith("/life") ||
  scenario.endsWith("/apply0") ||
  scenario.endsWith("/read") ||
  (!/\/apply\d$/.test(scenario) && chosen(`${scenario} ${step}`))

export const sampled = (scenario: Scenario): Scenario | undefined => {
  const steps = scenario.steps.filter(({ name }) => inSample(scenario.name, name))
  return steps.length === 0 ? undefined : { ...scenario, steps }
}
