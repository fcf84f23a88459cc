/** A conformance suite is a list of checks: a test runner runs them, and so may anything else. */
import { describe, it } from "vitest"

export interface Check {
  readonly name: string
  /** Rejects when the component does not conform. */
  readonly run: () => Promise<void>
}

export const suite = (name: string, checks: ReadonlyArray<Check>, timeout: number): void => {
  // oxlint-disable-next-line vitest/valid-title -- its caller names it
  describe(name, () => {
    for (const check of checks) {
      // oxlint-disable-next-line vitest/valid-title, vitest/expect-expect -- a check names itself and holds its assertions
      it(check.name, { timeout }, check.run)
    }
  })
}
