/**
 * Whether a run could be one of the recorded ones: pods with the same facts, in an order that keeps to what came before what in every
 * recorded run; the same events; the same ends. Where the recorded runs differ from one another, either is right.
 */
import type { PodStory, Story } from "./Story.ts"

type Facts = ReadonlySet<string>

interface Class {
  readonly of: string
  readonly facts: ReadonlyArray<string>
}

/** Pods of one owner that saw the same facts are one class. */
const classOf = ({ moments, of }: PodStory): Class => ({ of, facts: moments.flat().sort() })

const named = ({ facts, of }: Class, open: Facts = new Set()): string => `${of}: ${facts.filter((fact) => !open.has(fact)).join(", ")}`

const positions = ({ moments }: PodStory): ReadonlyMap<string, number> =>
  new Map(moments.flatMap((facts, i) => facts.map((fact) => [fact, i] as const)))

const isBefore = (at: ReadonlyMap<string, number>, a: string, b: string): boolean => (at.get(a) ?? Infinity) < (at.get(b) ?? -Infinity)

/** Pairs `a before b` that hold in all of these pods. */
const order = (pods: ReadonlyArray<PodStory>): ReadonlyArray<readonly [string, string]> => {
  const [first, ...others] = pods.map(positions)
  if (first === undefined) return []
  const facts = [...first.keys()]
  return facts.flatMap((a) => facts.flatMap((b) => ([first, ...others].every((one) => isBefore(one, a, b)) ? [[a, b] as const] : [])))
}

const counted = (lines: ReadonlyArray<string>): ReadonlyMap<string, number> => {
  const out = new Map<string, number>()
  for (const line of lines) out.set(line, (out.get(line) ?? 0) + 1)
  return out
}

/** Lines of `a` that `b` lacks, or has fewer times. */
const missing = (a: ReadonlyArray<string>, b: ReadonlyArray<string>): ReadonlyArray<string> => {
  const other = counted(b)
  return [...counted(a)].flatMap(([line, count]) => Array.from({ length: Math.max(0, count - (other.get(line) ?? 0)) }, () => line))
}

const sides = (what: string, recorded: ReadonlyArray<string>, ours: ReadonlyArray<string>): ReadonlyArray<string> => [
  ...new Set([
    ...missing(recorded, ours).map((line) => `${what} only on Kind: ${line}`),
    ...missing(ours, recorded).map((line) => `${what} only here: ${line}`)
  ])
]

const fewest = (all: ReadonlyArray<ReadonlyArray<string>>): ReadonlyArray<string> =>
  all.reduce((best, one) => (one.length < best.length ? one : best), all[0] ?? [])

const pairs = <A>(all: ReadonlyArray<A>): ReadonlyArray<readonly [A, A]> =>
  all.flatMap((a, i) => all.slice(i + 1).map((b) => [a, b] as const))

/** What one run says of an owner's pods and another doesn't: the pods that have none like them there, by turns. */
const openFacts = (runs: ReadonlyArray<Story>): ReadonlyMap<string, Facts> => {
  const out = new Map<string, Set<string>>()
  const all = runs.map(({ pods }) => pods.map(classOf))
  for (const [a, b] of pairs(all)) {
    const left = (these: ReadonlyArray<Class>, those: ReadonlyArray<Class>) => {
      const lacking = [
        ...missing(
          these.map((one) => named(one)),
          those.map((one) => named(one))
        )
      ]
      return these.filter((one) => {
        const at = lacking.indexOf(named(one))
        if (at >= 0) lacking.splice(at, 1)
        return at >= 0
      })
    }
    const [onlyA, onlyB] = [left(a, b), left(b, a)]
    for (const of of new Set(onlyA.map((one) => one.of))) {
      const theirs = onlyB.filter((one) => one.of === of)
      for (const [i, { facts }] of onlyA.filter((one) => one.of === of).entries()) {
        const other = theirs[i]?.facts
        if (other === undefined) continue
        const open = out.get(of) ?? new Set()
        for (const fact of [...facts, ...other]) if (!facts.includes(fact) || !other.includes(fact)) open.add(fact)
        out.set(of, open)
      }
    }
  }
  return out
}

const podDifferences = (recorded: ReadonlyArray<Story>, ours: Story): ReadonlyArray<string> => {
  const open = openFacts(recorded)
  const nameOf = (pod: PodStory): string => named(classOf(pod), open.get(pod.of))
  const differ = fewest(recorded.map(({ pods }) => sides("pod", pods.map(nameOf), ours.pods.map(nameOf))))
  const all = recorded.flatMap(({ pods }) => pods)
  const disorder = ours.pods.flatMap((pod) => {
    const at = positions(pod)
    return order(all.filter((one) => nameOf(one) === nameOf(pod)))
      .filter(([a, b]) => isBefore(at, b, a))
      .map(([a, b]) => `order of ${pod.of}: on Kind ${a} comes before ${b}`)
  })
  return [...new Set([...differ, ...disorder])]
}

/** What all recorded runs have and ours hasn't; what ours has and none of them. */
const linesDiffer = (what: string, recorded: ReadonlyArray<ReadonlyArray<string>>, ours: ReadonlyArray<string>): ReadonlyArray<string> => {
  const [first = [], ...others] = recorded
  return [
    ...first
      .filter((line) => others.every((one) => one.includes(line)) && !ours.includes(line))
      .map((line) => `${what} only on Kind: ${line}`),
    ...ours.filter((line) => !recorded.some((one) => one.includes(line))).map((line) => `${what} only here: ${line}`)
  ]
}

/** An event that comes once in one run and again in another is the same event. */
const eventsDiffer = (recorded: ReadonlyArray<Story>, { events }: Story): ReadonlyArray<string> => {
  const again = / \(again\)$/u
  const known = new Set(recorded.flatMap((run) => run.events))
  const either = (line: string): string =>
    known.has(line.replace(again, "")) && known.has(`${line.replace(again, "")} (again)`) ? line.replace(again, "") : line
  return linesDiffer(
    "event",
    recorded.map((run) => run.events.map(either)),
    events.map(either)
  )
}

const endLines = ({ ends }: Story): ReadonlyMap<string, string> =>
  new Map(Object.entries(ends).flatMap(([name, end]) => (end.length === 0 ? [] : [[name, `${name}: ${end.join("; ")}`] as const])))

const endsDiffer = (recorded: ReadonlyArray<Story>, ours: Story): ReadonlyArray<string> => {
  const runs = recorded.map(endLines)
  const here = endLines(ours)
  return [...new Set([...runs.flatMap((run) => [...run.keys()]), ...here.keys()])].flatMap((name) => {
    const theirs = new Set(runs.map((run) => run.get(name)))
    const line = here.get(name)
    if (theirs.has(line)) return []
    return [
      ...[...theirs].slice(0, 1).flatMap((one) => (one === undefined ? [] : [`end only on Kind: ${one}`])),
      ...(line === undefined ? [] : [`end only here: ${line}`])
    ]
  })
}

/** Empty when the run could be a recorded one. */
export const differences = (recorded: ReadonlyArray<Story>, ours: Story): ReadonlyArray<string> => [
  ...podDifferences(recorded, ours),
  ...eventsDiffer(recorded, ours),
  ...endsDiffer(recorded, ours)
]
