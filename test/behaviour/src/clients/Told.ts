/** How a script went, for people: each command that differs, with what both printed. */
import type { Outcome } from "aiopslab-test-differential/clients/Play"
import type { Verdict } from "./Verdict.ts"

export const shown = (outcome: Outcome | undefined): string =>
  outcome === undefined ? "not recorded" : `(${outcome.code})\n${outcome.stdout}${outcome.stderr}`

/** Nothing when all agree. */
export const differences = (topic: string, { idle, open }: Verdict): ReadonlyArray<string> => [
  ...[...open].map(([name, { ours, real }]) => `${topic}: ${name}\n  ours ${shown(ours)}\n  real ${shown(real)}`),
  ...idle.map((name) => `${topic}: accepted or recorded, and is no more: ${name}`)
]
