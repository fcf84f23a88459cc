/** Whether the suite holds: every difference is listed or counted, and every listed one is still there. */
import { agrees, cells } from "./Agreement.ts"
import type { Counts } from "./Baseline.ts"
import type { Compared } from "./Comparison.ts"
import type { Entry } from "./Known.ts"
import { explain } from "./Known.ts"
import { inSample } from "./Sample.ts"

export interface Verdict {
  readonly counts: Counts
  /** How many steps each entry explains. */
  readonly used: ReadonlyMap<Entry, number>
  readonly listed: ReadonlySet<Compared>
  readonly unexplained: ReadonlySet<Compared>
}

export const judge = (compared: ReadonlyArray<Compared>, entries: ReadonlyArray<Entry>): Verdict => {
  const used = new Map<Entry, number>()
  const listed = new Set<Compared>()
  const unexplained = new Set<Compared>()
  for (const one of compared) {
    if (agrees(one)) continue
    const reasons = explain(entries, one)
    if (reasons === undefined) unexplained.add(one)
    else {
      listed.add(one)
      for (const entry of reasons) used.set(entry, (used.get(entry) ?? 0) + 1)
    }
  }
  const counts = Object.fromEntries(
    cells(compared).flatMap(({ kind, steps, verb }) => {
      const differing = steps.filter((one) => unexplained.has(one))
      const sample = differing.filter(({ scenario, step }) => inSample(scenario, step.name)).length
      return differing.length === 0 ? [] : [[`${kind} ${verb}`, { whole: differing.length, sample }] as const]
    })
  )
  return { counts, used, listed, unexplained }
}

export type Extent = "whole" | "sample"

/** What breaks the suite, in sentences. */
export const complaints = (verdict: Verdict, baseline: Counts, entries: ReadonlyArray<Entry>, extent: Extent): ReadonlyArray<string> => [
  ...[...new Set([...Object.keys(verdict.counts), ...Object.keys(baseline)])].flatMap((cell) => {
    const [found, expected] = [verdict.counts[cell]?.[extent] ?? 0, baseline[cell]?.[extent] ?? 0]
    if (found > expected) return [`${cell}: ${found} steps differ without a listed reason, ${expected} did before`]
    return found < expected
      ? [`${cell}: only ${found} of ${expected} unexplained differences are left: write data/unexplained.json anew`]
      : []
  }),
  ...(extent === "sample"
    ? []
    : entries.filter((entry) => !verdict.used.has(entry)).map((entry) => `listed, and differs no longer: ${JSON.stringify(entry)}`))
]
