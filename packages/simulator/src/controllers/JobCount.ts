/**
 * Counts a job's pods. A pod that has ended is counted once and then loses the finalizer that held it: pkg/controller/job,
 * `trackJobStatusAndRemoveFinalizers`.
 */
import type { Job, Pod } from "../Kinds.ts"
import type { Turn } from "../Turn.ts"
import * as JobIndexes from "./JobIndexes.ts"
import * as JobPolicies from "./JobPolicies.ts"
import * as Owned from "./Owned.ts"

export const finalizer = "batch.kubernetes.io/job-tracking"

export interface Count {
  readonly succeeded: number
  readonly failed: number
  readonly terminating: number
  readonly completedIndexes: ReadonlySet<number>
  /** Of jobs with `backoffLimitPerIndex` only. */
  readonly failedIndexes: ReadonlySet<number> | undefined
  /** What the failure policy says when it ends the job. */
  readonly failJob: string | undefined
  readonly policyMet: string | undefined
  /** Pods that are counted in this and were not before. */
  readonly counted: ReadonlyArray<Pod>
}

export const isTracked = ({ metadata }: Pod): boolean => metadata.finalizers?.includes(finalizer) === true

export const untrack = (turn: Turn, pod: Pod): void => {
  const stored = turn.get("pods", pod.metadata.namespace ?? "", pod.metadata.name)
  if (stored === undefined || stored.metadata.finalizers?.includes(finalizer) !== true) return
  const { finalizers = [], ...metadata } = stored.metadata
  const left = finalizers.filter((one) => one !== finalizer)
  turn.update("pods", { ...stored, metadata: left.length === 0 ? metadata : { ...metadata, finalizers: left } })
}

/** A pod in deletion counts as failed unless the job waits for its end. */
export const hasFailed = (job: Job, { metadata, status }: Pod): boolean =>
  status.phase === "Failed" ||
  (metadata.deletionTimestamp !== undefined && status.phase !== "Succeeded" && job.spec.podReplacementPolicy !== "Failed")

export const of = (turn: Turn, job: Job, known: ReadonlyArray<Pod>): Count => {
  const pods = known.flatMap(({ metadata }) => Owned.present(turn, metadata))
  const fresh = pods.filter((pod) => isTracked(pod) && (pod.status.phase === "Succeeded" || hasFailed(job, pod)))
  const indexed = JobIndexes.isIndexed(job)
  const completions = job.spec.completions ?? 0
  const perIndex = job.spec.backoffLimitPerIndex
  const completed = new Set(JobIndexes.parse(job.status["completedIndexes"]))
  const failedIndexes = perIndex === undefined ? undefined : new Set(JobIndexes.parse(job.status["failedIndexes"]))
  let succeeded = job.status.succeeded ?? 0
  let failed = job.status.failed ?? 0
  let failJob: string | undefined
  for (const pod of fresh) {
    const index = JobIndexes.indexOf(pod)
    if (indexed && (index < 0 || index >= completions)) continue
    if (pod.status.phase === "Succeeded") {
      succeeded++
      completed.add(index)
      continue
    }
    const { action, message } = JobPolicies.ofFailure(job, pod)
    if (action === "Ignore") continue
    failed++
    if (action === "FailJob") failJob ??= message
    if (perIndex !== undefined && (action === "FailIndex" || JobIndexes.failuresBefore(pod) >= perIndex)) failedIndexes?.add(index)
  }
  for (const index of completed) failedIndexes?.delete(index)
  return {
    succeeded: indexed ? completed.size : succeeded,
    failed,
    terminating: pods.filter((pod) => pod.metadata.deletionTimestamp !== undefined && !Owned.isFinished(pod)).length,
    completedIndexes: indexed ? completed : new Set(),
    failedIndexes,
    failJob,
    policyMet: indexed ? JobPolicies.succeeded(job, completed) : undefined,
    counted: fresh
  }
}
