/**
 * A kubelet that has two reports for the API server sends the later one only, and a busy machine gives it two more often: a run there may
 * lack a whole report of the recorded ones, never the last word on anything. Source: pkg/kubelet/status/status_manager.go, which keeps one
 * status per pod.
 */
import type { PodStory, Story } from "./Story.ts"

/** What a fact is a word on: only another word on the same can come in its place. */
const subjectOf = (fact: string): string => {
  const [, container, state] = /^(\S+) (?:(running|waiting|terminated)|(?:not )?ready$)/u.exec(fact) ?? []
  if (container !== undefined) return `${container} ${state === undefined ? "ready" : "state"}`
  const [, condition] = /^(\S+) (?:True|False|Unknown)(?: |$)/u.exec(fact) ?? []
  return condition ?? (fact.startsWith("phase ") ? "phase" : fact)
}

/** With the reports of `recorded` put in that `pod` passes over: each just before the first later word on one of its facts. */
const completedBy = (recorded: PodStory, pod: PodStory): PodStory => {
  const known = new Set(pod.moments.flat())
  const moments = [...pod.moments]
  for (const [i, moment] of recorded.moments.entries()) {
    const unsaid = moment.filter((fact) => !known.has(fact))
    const before = new Set(recorded.moments.slice(0, i + 1).flat())
    const overtaken = (fact: string) =>
      moments.findIndex((facts) => facts.some((one) => !before.has(one) && subjectOf(one) === subjectOf(fact)))
    const places = unsaid.map(overtaken)
    if (unsaid.length === 0 || places.includes(-1)) continue
    moments.splice(Math.min(...places), 0, unsaid)
    for (const fact of unsaid) known.add(fact)
  }
  return { of: pod.of, moments }
}

const lacking = (these: ReadonlyArray<string>, those: ReadonlyArray<string>): number => those.filter((fact) => !these.includes(fact)).length

const distance = (a: PodStory, b: PodStory): number =>
  lacking(a.moments.flat(), b.moments.flat()) + lacking(b.moments.flat(), a.moments.flat())

/** The run as it would have been told without reports passed over, where a recorded run has a pod that shows which. */
export const completed = (recorded: ReadonlyArray<Story>, run: Story): Story => ({
  ...run,
  pods: run.pods.map(
    (pod) =>
      recorded
        .flatMap(({ pods }) => pods.filter(({ of }) => of === pod.of))
        .reduce(
          (best, one) => {
            const candidate = completedBy(one, pod)
            const off = distance(candidate, one)
            return off < best.off ? { pod: candidate, off } : best
          },
          { pod, off: Infinity }
        ).pod
  )
})
