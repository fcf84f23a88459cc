/** What a job's `podFailurePolicy` and `successPolicy` make of its pods: pkg/controller/job/pod_failure_policy.go, success_policy.go. */
import { number, record, records, string } from "@aiopslab/kubernetes/Json"
import type { Job, Pod } from "../Kinds.ts"
import * as JobIndexes from "./JobIndexes.ts"

export interface Verdict {
  readonly action: "Count" | "FailIndex" | "FailJob" | "Ignore"
  readonly message: string
}

const counts: Verdict = { action: "Count", message: "" }

const exits = (pod: Pod): ReadonlyArray<readonly [name: string, code: number]> =>
  ["initContainerStatuses", "containerStatuses"].flatMap((list) =>
    records(record(pod.status)[list]).flatMap((one) => {
      const code = number(record(record(one["state"])["terminated"])["exitCode"])
      return code === undefined ? [] : [[string(one["name"]) ?? "", code] as const]
    })
  )

/** What the first rule that matches says of a failed pod. */
export const ofFailure = (job: Job, pod: Pod): Verdict => {
  const where = `${pod.metadata.namespace ?? ""}/${pod.metadata.name}`
  for (const [at, { action, onExitCodes, onPodConditions }] of (job.spec.podFailurePolicy?.rules ?? []).entries()) {
    const rule = `matching ${action} rule at index ${at}`
    if (onExitCodes !== undefined) {
      const { containerName, operator, values } = onExitCodes
      const found = exits(pod).find(
        ([name, code]) =>
          code !== 0 && (containerName === undefined || containerName === name) && values.includes(code) === (operator === "In")
      )
      if (found !== undefined) {
        return { action, message: `Container ${found[0]} for pod ${where} failed with exit code ${found[1]} ${rule}` }
      }
    }
    const condition = onPodConditions?.find((wanted) =>
      pod.status.conditions?.some(({ status, type }) => type === wanted.type && status === (wanted.status ?? "True"))
    )
    if (condition !== undefined) return { action, message: `Pod ${where} has condition ${condition.type} ${rule}` }
  }
  return counts
}

/** The first rule of the success policy that the completed indexes meet. */
export const succeeded = (job: Job, completed: ReadonlySet<number>): string | undefined => {
  const at = (job.spec.successPolicy?.rules ?? []).findIndex(({ succeededCount, succeededIndexes }) => {
    const asked = succeededIndexes === undefined ? undefined : JobIndexes.parse(succeededIndexes)
    const met = asked === undefined ? completed.size : [...asked].filter((index) => completed.has(index)).length
    return met >= (succeededCount ?? asked?.size ?? Infinity)
  })
  return at === -1 ? undefined : `Matched rules at index ${at}`
}
