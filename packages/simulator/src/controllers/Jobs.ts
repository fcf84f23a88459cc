/** Runs pods to completion: pkg/controller/job. Failed pods are tried again after 10 s, doubling to 10 min, until `backoffLimit`. */
import * as Store from "@aiopslab/kubernetes/Store"
import { kubeTime, parseTime } from "@aiopslab/kubernetes/Time"
import type { Controller } from "../Controller.ts"
import { keyOf, parseKey } from "../Controller.ts"
import * as Events from "../Events.ts"
import type { Condition, Job, Pod } from "../Kinds.ts"
import { asJob, asPod } from "../Kinds.ts"
import type { Turn } from "../Turn.ts"
import * as Owned from "./Owned.ts"
import { createPod, deletePod } from "./PodTemplate.ts"

const name = "job"
const component = "job-controller"
const resource = "jobs.batch"
const firstDelay = 10_000
const mostDelay = 600_000

export const jobs: Controller = {
  name,
  resources: [resource, "pods"],
  observe: (turn, change) => {
    if (change.resource === "pods") Owned.enqueueOwner(turn, name, "Job", change.object)
    else if (change.type !== "DELETED") turn.enqueue(name, keyOf(change.object))
  },
  reconcile: (turn, key) => {
    const found = turn.get(resource, ...parseKey(key))
    if (found === undefined || found.metadata.deletionTimestamp !== undefined) return
    const job = asJob(found)
    if (isFinished(job)) expire(turn, job)
    else run(turn, job)
  }
}

const isFinished = (job: Job): boolean =>
  job.status.conditions?.some(({ status, type }) => (type === "Complete" || type === "Failed") && status === "True") === true

const expire = (turn: Turn, job: Job): void => {
  const ttl = job.spec.ttlSecondsAfterFinished
  if (ttl === undefined) return
  const ended = job.status.conditions?.find(({ type }) => type === "Complete" || type === "Failed")?.lastTransitionTime
  const at = (parseTime(ended) ?? turn.now) + ttl * 1000
  if (at <= turn.now) turn.remove(resource, job.metadata.namespace ?? "", job.metadata.name, { propagationPolicy: "Foreground" })
  else turn.schedule(at, { _tag: "Requeue", controller: name, key: keyOf(job) })
}

const run = (turn: Turn, job: Job): void => {
  const pods = Owned.of(turn, job, "pods").map(asPod)
  const succeeded = pods.filter((pod) => pod.status.phase === "Succeeded").length
  const failures = pods.filter((pod) => pod.status.phase === "Failed")
  // restarts in place count as failures as well
  const restarts =
    job.spec.template.spec.restartPolicy === "OnFailure"
      ? pods.reduce((sum, pod) => sum + (pod.status.containerStatuses ?? []).reduce((most, { restartCount }) => most + restartCount, 0), 0)
      : 0
  const active = pods.filter(Owned.isActive)
  const limit = job.spec.backoffLimit ?? 6
  const wanted = job.spec.completions ?? 1
  const startTime = job.status.startTime ?? kubeTime(turn.now)
  const deadline =
    job.spec.activeDeadlineSeconds === undefined ? Infinity : (parseTime(startTime) ?? turn.now) + job.spec.activeDeadlineSeconds * 1000
  if (failures.length > limit || (restarts > 0 && restarts >= limit)) {
    return stop(
      turn,
      job,
      active,
      startTime,
      { succeeded, failed: failures.length + (restarts >= limit && restarts > 0 ? active.length : 0) },
      "BackoffLimitExceeded",
      "Job has reached the specified backoff limit"
    )
  }
  if (turn.now >= deadline) {
    return stop(
      turn,
      job,
      active,
      startTime,
      { succeeded, failed: failures.length + active.length },
      "DeadlineExceeded",
      "Job was active longer than specified deadline"
    )
  }
  if (deadline !== Infinity) turn.schedule(deadline, { _tag: "Requeue", controller: name, key: keyOf(job) })
  if (succeeded >= wanted && active.length === 0) return complete(turn, job, startTime, succeeded, failures.length)
  const suspended = job.spec.suspend === true
  const missing = suspended
    ? 0
    : Math.min(job.spec.parallelism ?? 1, wanted - succeeded, active.length + Owned.room(turn, pods)) - active.length
  const created = missing > 0 && mayStart(turn, job, failures) ? start(turn, job, missing) : 0
  if (suspended) for (const pod of active) deletePod(turn, job, component, pod)
  const nowActive = suspended ? [] : active
  report(
    turn,
    job,
    {
      active: nowActive.length + created,
      ready: nowActive.filter(Owned.isReady).length,
      succeeded,
      failed: failures.length,
      startTime
    },
    job.status.conditions
  )
}

/** Each failure in a row doubles the wait for the next pod. */
const mayStart = (turn: Turn, job: Job, failures: ReadonlyArray<Pod>): boolean => {
  if (failures.length === 0) return true
  const last = failures.reduce((latest, pod) => Math.max(latest, finishedAt(pod) ?? 0), 0)
  const at = last + Math.min(firstDelay * 2 ** (failures.length - 1), mostDelay)
  if (turn.now >= at) return true
  turn.schedule(at, { _tag: "Requeue", controller: name, key: keyOf(job) })
  return false
}

const finishedAt = (pod: Pod): number | undefined =>
  parseTime(pod.status.conditions?.find(({ type }) => type === "Ready")?.lastTransitionTime) ?? parseTime(pod.metadata.creationTimestamp)

const start = (turn: Turn, job: Job, count: number): number => {
  let created = 0
  for (; created < count; created++) {
    if (createPod(turn, job, component, job.spec.template, { generateName: `${job.metadata.name}-` }) === undefined) break
  }
  return created
}

const condition = (turn: Turn, type: string, reason: string, message: string): Condition => {
  const now = kubeTime(turn.now)
  return { type, status: "True", lastProbeTime: now, lastTransitionTime: now, reason, message }
}

const complete = (turn: Turn, job: Job, startTime: string, succeeded: number, failed: number): void => {
  const message = "Reached expected number of succeeded pods"
  report(
    turn,
    job,
    { active: 0, ready: 0, succeeded, failed, startTime },
    [condition(turn, "SuccessCriteriaMet", "CompletionsReached", message), condition(turn, "Complete", "CompletionsReached", message)],
    kubeTime(turn.now)
  )
  Events.record(turn, job, { component }, "Normal", "Completed", "Job completed")
}

const stop = (
  turn: Turn,
  job: Job,
  active: ReadonlyArray<Pod>,
  startTime: string,
  counts: { readonly succeeded: number; readonly failed: number },
  reason: string,
  message: string
): void => {
  for (const pod of active) deletePod(turn, job, component, pod)
  report(turn, job, { active: 0, ready: 0, ...counts, startTime }, [
    condition(turn, "FailureTarget", reason, message),
    condition(turn, "Failed", reason, message)
  ])
  Events.record(turn, job, { component }, "Warning", reason, message)
}

const report = (
  turn: Turn,
  job: Job,
  counts: {
    readonly active: number
    readonly ready: number
    readonly succeeded: number
    readonly failed: number
    readonly startTime: string
  },
  conditions: ReadonlyArray<Condition> | undefined,
  completionTime?: string
): void => {
  const stored = Store.get(turn.store, resource, job.metadata.namespace ?? "", job.metadata.name)
  if (stored === undefined) return
  const { active, failed, ready, startTime, succeeded } = counts
  turn.put(resource, {
    ...stored,
    status: {
      ...(active === 0 ? {} : { active }),
      ...(completionTime === undefined ? {} : { completionTime }),
      ...(conditions === undefined ? {} : { conditions }),
      ...(failed === 0 ? {} : { failed }),
      ready,
      startTime,
      ...(succeeded === 0 ? {} : { succeeded }),
      terminating: 0,
      uncountedTerminatedPods: {}
    }
  })
}
