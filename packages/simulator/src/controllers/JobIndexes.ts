/** The completion indexes of an indexed job: pkg/controller/job/indexed_job_utils.go. */
import type { Job, Pod } from "../Kinds.ts"

const indexKey = "batch.kubernetes.io/job-completion-index"
const failuresKey = "batch.kubernetes.io/job-index-failure-count"

export const isIndexed = (job: Job): boolean => job.spec.completionMode === "Indexed"

/** `1,3-5` as a set. */
export const parse = (text: unknown): ReadonlySet<number> => {
  const out = new Set<number>()
  if (typeof text !== "string" || text === "") return out
  for (const part of text.split(",")) {
    const [from = 0, to = from] = part.split("-").map(Number)
    for (let index = from; index <= to; index++) out.add(index)
  }
  return out
}

/** The reverse: two in a row are a list, three a range. */
export const print = (indexes: ReadonlySet<number>): string => {
  const runs: Array<[number, number]> = []
  for (const index of [...indexes].sort((a, b) => a - b)) {
    const last = runs.at(-1)
    if (last !== undefined && last[1] === index - 1) last[1] = index
    else runs.push([index, index])
  }
  return runs.map(([from, to]) => (from === to ? String(from) : to === from + 1 ? `${from},${to}` : `${from}-${to}`)).join(",")
}

export const indexOf = (pod: Pod): number => Number(pod.metadata.annotations?.[indexKey] ?? "-1")

/** How often the index had failed when this pod was made. */
export const failuresBefore = (pod: Pod): number => Number(pod.metadata.annotations?.[failuresKey] ?? "0")

/** What a pod of an index has that others haven't. */
export const podOf = (job: Job, index: number, failures: number) => {
  const { containers, initContainers } = job.spec.template.spec
  const variable = {
    name: "JOB_COMPLETION_INDEX",
    valueFrom: { fieldRef: { apiVersion: "v1", fieldPath: `metadata.labels['${indexKey}']` } }
  }
  const withIndex = (all: typeof containers) => all.map((one) => ({ ...one, env: [...(one.env ?? []), variable] }))
  return {
    generateName: `${job.metadata.name}-${index}-`,
    labels: { [indexKey]: String(index) },
    annotations: {
      [indexKey]: String(index),
      ...(job.spec.backoffLimitPerIndex === undefined ? {} : { [failuresKey]: String(failures) })
    },
    spec: {
      hostname: `${job.metadata.name}-${index}`,
      containers: withIndex(containers),
      ...(initContainers === undefined ? {} : { initContainers: withIndex(initContainers) })
    }
  }
}
