/** A conformance suite is a list of checks: a test runner runs them, and so may anything else. */
import { describe, it } from "vitest"

export interface Check {
  readonly name: string
  /** Rejects when the component does not conform. */
  readonly run: () => Promise<void>
}

export const suite = (name: string, checks: ReadonlyArray<Check>, timeout: number): void => {
  describe(name, () => {
    for (const check of checks) it(check.name, { timeout }, check.run)
  })
}
