/** The bounds of a trial's phases, in one table: milliseconds on the trial's clock. A problem's `spec.deadlines` overrides them. */
import type { Deadlines as Overrides } from "@aiopslab/core/Problem"
import * as Duration from "effect/Duration"

export interface Deadlines {
  readonly provision: number
  /** Until the application is ready. */
  readonly install: number
  /** How long the healthy traffic of the baseline is watched. */
  readonly baseline: number
  /** Until all symptoms of the faults are there. */
  readonly verify: number
  /** Until no rollout is under way; the kubelet's back-off alone reaches 5 minutes. */
  readonly settle: number
  /** How long traffic must be healthy in a row. */
  readonly sustained: number
  /** Until all faults are recovered and verified so. */
  readonly recover: number
  readonly release: number
  /** Between two calls of a fault's `keep`. */
  readonly keepEvery: number
}

const minute = 60_000

export const defaults: Deadlines = {
  provision: 10 * minute,
  install: 10 * minute,
  baseline: minute,
  verify: 6 * minute,
  settle: 6 * minute,
  sustained: minute,
  recover: 10 * minute,
  release: 2 * minute,
  keepEvery: 5_000
}

/** Until the environment is as it was: it settles and serves its users, is put back, and does so again. */
export const restore = ({ settle, sustained }: Deadlines): number => 4 * settle + 4 * sustained

export const resolve = (overrides: typeof Overrides.Type | undefined): Deadlines => {
  if (overrides === undefined) return defaults
  const given = (key: keyof typeof Overrides.Type) => {
    const duration = overrides[key]
    return duration === undefined ? defaults[key] : Duration.toMillis(duration)
  }
  return {
    ...defaults,
    install: given("install"),
    baseline: given("baseline"),
    verify: given("verify"),
    settle: given("settle"),
    sustained: given("sustained"),
    recover: given("recover")
  }
}
