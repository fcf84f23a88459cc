/**
 * Whether a run could be one of the recorded ones: pods with the same facts, in an order that keeps to what came before what in every
 * recorded run; the same events; the same ends.
 */
import type { PodStory, Story } from "./Story.ts"

/** Pods of one owner that saw the same facts are one class. */
const classOf = ({ moments, of }: PodStory): string => `${of}: ${moments.flat().sort().join(", ")}`

const positions = ({ moments }: PodStory): ReadonlyMap<string, number> =>
  new Map(moments.flatMap((facts, i) => facts.map((fact) => [fact, i] as const)))

/** Pairs `a before b` of a class that hold in all of its recorded pods. */
const order = (pods: ReadonlyArray<PodStory>): ReadonlyArray<readonly [string, string]> => {
  const [first, ...others] = pods.map(positions)
  if (first === undefined) return []
  const facts = [...first.keys()]
  return facts.flatMap((a) =>
    facts.flatMap((b) => ([first, ...others].every((one) => (one.get(a) ?? 0) < (one.get(b) ?? 0)) ? [[a, b] as const] : []))
  )
}

const counted = (lines: ReadonlyArray<string>): ReadonlyMap<string, number> => {
  const out = new Map<string, number>()
  for (const line of lines) out.set(line, (out.get(line) ?? 0) + 1)
  return out
}

const missing = (a: ReadonlyArray<string>, b: ReadonlyArray<string>): ReadonlyArray<string> => {
  const other = counted(b)
  return [...counted(a)].filter(([line, count]) => (other.get(line) ?? 0) < count).map(([line]) => line)
}

const sides = (what: string, recorded: ReadonlyArray<string>, ours: ReadonlyArray<string>): ReadonlyArray<string> => [
  ...missing(recorded, ours).map((line) => `${what} only on Kind: ${line}`),
  ...missing(ours, recorded).map((line) => `${what} only here: ${line}`)
]

const fewest = (all: ReadonlyArray<ReadonlyArray<string>>): ReadonlyArray<string> =>
  all.reduce((best, one) => (one.length < best.length ? one : best), all[0] ?? [])

const podDifferences = (recorded: ReadonlyArray<Story>, ours: Story): ReadonlyArray<string> => {
  const kinds = ours.pods.map(classOf)
  const differ = fewest(recorded.map(({ pods }) => sides("pod", pods.map(classOf), kinds)))
  const all = recorded.flatMap(({ pods }) => pods)
  const disorder = ours.pods.flatMap((pod) => {
    const kind = classOf(pod)
    const at = positions(pod)
    return order(all.filter((one) => classOf(one) === kind))
      .filter(([a, b]) => (at.get(a) ?? 0) > (at.get(b) ?? 0))
      .map(([a, b]) => `order of ${pod.of}: on Kind ${a} comes before ${b}`)
  })
  return [...new Set([...differ, ...disorder])]
}

/** Empty when the run could be a recorded one. */
export const differences = (recorded: ReadonlyArray<Story>, ours: Story): ReadonlyArray<string> => [
  ...podDifferences(recorded, ours),
  ...fewest(recorded.map(({ events }) => sides("event", events, ours.events))),
  ...fewest(
    recorded.map(({ ends }) => {
      const lines = (of: Story["ends"]) =>
        Object.entries(of).flatMap(([name, end]) => (end.length === 0 ? [] : [`${name}: ${end.join("; ")}`]))
      return sides("end", lines(ends), lines(ours.ends))
    })
  )
]
