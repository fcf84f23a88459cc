/** Runs pods to completion: pkg/controller/job. Failed pods are tried again after 10 s, doubling to 10 min, until `backoffLimit`. */
import { kubeTime, parseTime } from "@aiopslab/kubernetes/Time"
import * as Store from "@aiopslab/kubernetes/Store"
import * as Result from "effect/Result"
import type { Controller } from "../Controller.ts"
import { keyOf, parseKey } from "../Controller.ts"
import * as Events from "../Events.ts"
import type { Condition, Job, Pod } from "../Kinds.ts"
import { asJob, asPod } from "../Kinds.ts"
import type { Turn } from "../Turn.ts"
import * as JobCount from "./JobCount.ts"
import * as JobIndexes from "./JobIndexes.ts"
import * as Owned from "./Owned.ts"
import { createPod, deletePod, isTerminating } from "./PodTemplate.ts"

const name = "job"
const component = "job-controller"
const resource = "jobs.batch"
const firstDelay = 10_000
const mostDelay = 600_000

/** Keys are `namespace/name` of jobs, and `pod:namespace/name` of pods whose job is gone. */
export const jobs: Controller = {
  name,
  resources: [resource, "pods"],
  observe: (turn, { object, resource: changed, type }) => {
    if (changed === "pods") {
      Owned.enqueueOwner(turn, name, "Job", object)
      if (type !== "DELETED" && JobCount.isTracked(asPod(object))) turn.enqueue(name, `pod:${keyOf(object)}`)
    } else if (type !== "DELETED") turn.enqueue(name, keyOf(object))
    else for (const { object: pod } of Store.dependents(turn.store, object.metadata.uid ?? "")) turn.enqueue(name, `pod:${keyOf(pod)}`)
  },
  reconcile: (turn, key) => {
    if (key.startsWith("pod:")) return letGo(turn, parseKey(key.slice(4)))
    const found = turn.get(resource, ...parseKey(key))
    if (found === undefined) return
    const job = asJob(found)
    if (job.metadata.deletionTimestamp !== undefined) return release(turn, job)
    if ((job.spec.managedBy ?? component) !== component && job.spec.managedBy !== "kubernetes.io/job-controller") return
    if (isFinished(job)) expire(turn, job)
    else run(turn, job)
  }
}

/** A pod whose job is gone waits for nobody. */
const letGo = (turn: Turn, [namespace, podName]: readonly [string, string]): void => {
  const found = turn.get("pods", namespace, podName)
  if (found === undefined) return
  const owner = Owned.controllerOf(found)
  const job = owner?.kind === "Job" ? turn.get(resource, namespace, owner.name) : undefined
  if (job === undefined || job.metadata.uid !== owner?.uid) JobCount.untrack(turn, asPod(found))
}

const release = (turn: Turn, job: Job): void => {
  for (const pod of Owned.of(turn, job, "pods")) JobCount.untrack(turn, asPod(pod))
}

const isTrue = (job: Job, type: string): Condition | undefined =>
  job.status.conditions?.find((one) => one.type === type && one.status === "True")

const isFinished = (job: Job): boolean => (isTrue(job, "Complete") ?? isTrue(job, "Failed")) !== undefined

const expire = (turn: Turn, job: Job): void => {
  const ttl = job.spec.ttlSecondsAfterFinished
  if (ttl === undefined) return
  const ended = (isTrue(job, "Complete") ?? isTrue(job, "Failed"))?.lastTransitionTime
  const at = (parseTime(ended) ?? turn.now) + ttl * 1000
  if (at <= turn.now) turn.remove(resource, job.metadata.namespace ?? "", job.metadata.name, { propagationPolicy: "Foreground" })
  else turn.schedule(at, { _tag: "Requeue", controller: name, key: keyOf(job) })
}

/** Why a job is to end, in the words of its conditions. */
interface End {
  readonly type: "FailureTarget" | "SuccessCriteriaMet"
  readonly reason: string
  readonly message: string
}

const run = (turn: Turn, job: Job): void => {
  const pods = Owned.of(turn, job, "pods").map(asPod)
  const count = JobCount.of(turn, job, pods)
  for (const pod of count.counted) JobCount.untrack(turn, pod)
  const startTime = job.status.startTime ?? (job.spec.suspend === true ? undefined : kubeTime(turn.now))
  const active = pods.filter(Owned.isActive)
  const end = endOf(turn, job, count, pods, active, startTime)
  if (end !== undefined) {
    for (const pod of active) {
      deletePod(turn, job, component, pod)
      // who isn't needed any more has not failed
      if (end.type === "SuccessCriteriaMet") JobCount.untrack(turn, pod)
    }
    if (active.length > 0) return report(turn, job, count, [], pods, startTime, concluded(turn, job, end))
    return finish(turn, job, count, pods, startTime, end)
  }
  const suspended = job.spec.suspend === true
  if (suspended) for (const pod of active) deletePod(turn, job, component, pod)
  const kept = suspended ? [] : trim(turn, job, count, active)
  const created = suspended ? 0 : start(turn, job, count, pods, kept)
  const resumed = note(turn, job, suspended ? "Suspended" : "Resumed")
  report(turn, job, count, kept, pods, resumed.changed && !suspended ? kubeTime(turn.now) : startTime, resumed.conditions, created)
}

const endOf = (
  turn: Turn,
  job: Job,
  count: JobCount.Count,
  pods: ReadonlyArray<Pod>,
  active: ReadonlyArray<Pod>,
  startTime: string | undefined
): End | undefined => {
  for (const type of ["FailureTarget", "SuccessCriteriaMet"] as const) {
    const known = isTrue(job, type)
    if (known !== undefined) return { type, reason: known.reason ?? "", message: known.message ?? "" }
  }
  const fails = (reason: string, message: string): End => ({ type: "FailureTarget", reason, message })
  const limit = job.spec.backoffLimit ?? 6
  const { activeDeadlineSeconds, completions, maxFailedIndexes } = job.spec
  if (count.failJob !== undefined) return fails("PodFailurePolicy", count.failJob)
  const restarts = job.spec.template.spec.restartPolicy === "OnFailure" ? restartsOf(active) : 0
  if (count.failed > limit || (limit === 0 ? restarts > 0 : restarts >= limit)) {
    return fails("BackoffLimitExceeded", "Job has reached the specified backoff limit")
  }
  if (activeDeadlineSeconds !== undefined && job.spec.suspend !== true) {
    const deadline = (parseTime(startTime) ?? turn.now) + activeDeadlineSeconds * 1000
    if (turn.now >= deadline) return fails("DeadlineExceeded", "Job was active longer than specified deadline")
    turn.schedule(deadline, { _tag: "Requeue", controller: name, key: keyOf(job) })
  }
  if (count.failedIndexes !== undefined) {
    if (maxFailedIndexes !== undefined && count.failedIndexes.size > maxFailedIndexes)
      return fails("MaxFailedIndexesExceeded", "Job has exceeded the specified maximal number of failed indexes")
    if (count.failedIndexes.size > 0 && count.failedIndexes.size + count.succeeded >= (completions ?? 0))
      return fails("FailedIndexes", "Job has failed indexes")
  }
  if (count.policyMet !== undefined) return { type: "SuccessCriteriaMet", reason: "SuccessPolicy", message: count.policyMet }
  const enough = completions === undefined ? count.succeeded > 0 : count.succeeded >= completions
  return enough && active.length === 0
    ? { type: "SuccessCriteriaMet", reason: "CompletionsReached", message: "Reached expected number of succeeded pods" }
    : undefined
}

const restartsOf = (pods: ReadonlyArray<Pod>): number =>
  pods
    .flatMap(({ status }) => [...(status.initContainerStatuses ?? []), ...(status.containerStatuses ?? [])])
    .reduce((sum, { restartCount }) => sum + restartCount, 0)

/** Pods beyond what is wanted go: the youngest first. */
const trim = (turn: Turn, job: Job, count: JobCount.Count, active: ReadonlyArray<Pod>): ReadonlyArray<Pod> => {
  const wanted = wantedOf(job, count, active.length)
  if (active.length <= wanted) return active
  const sorted = [...active].sort(
    (a, b) =>
      Number(Owned.isReady(b)) - Number(Owned.isReady(a)) ||
      (a.metadata.creationTimestamp ?? "").localeCompare(b.metadata.creationTimestamp ?? "")
  )
  for (const pod of sorted.slice(wanted)) deletePod(turn, job, component, pod)
  return sorted.slice(0, wanted)
}

const wantedOf = (job: Job, count: JobCount.Count, active: number): number => {
  const parallelism = job.spec.parallelism ?? 1
  if (job.spec.completions === undefined) return count.succeeded > 0 ? active : parallelism
  return Math.max(0, Math.min(parallelism, job.spec.completions - count.succeeded - (count.failedIndexes?.size ?? 0)))
}

/** Creates what is missing and gives how many that were. */
const start = (turn: Turn, job: Job, count: JobCount.Count, pods: ReadonlyArray<Pod>, active: ReadonlyArray<Pod>): number => {
  const held = job.spec.podReplacementPolicy === "Failed" ? count.terminating : 0
  const room = active.length + Owned.room(turn, pods)
  const missing = Math.min(wantedOf(job, count, active.length), room) - active.length - held
  if (missing <= 0) return 0
  const template = { ...job.spec.template }
  const finalizers = [JobCount.finalizer]
  const one = (names: { readonly generateName: string }, more: object): boolean => {
    const made = createPod(turn, job, component, template, names, { ...more, finalizers })
    if (Result.isSuccess(made)) {
      turn.forgive(name, keyOf(job))
      return true
    }
    if (!isTerminating(made.failure)) turn.retry(name, keyOf(job))
    return false
  }
  let created = 0
  if (!JobIndexes.isIndexed(job)) {
    if (!mayStart(turn, job, pods)) return 0
    while (created < missing && one({ generateName: `${job.metadata.name}-` }, {})) created++
    return created
  }
  const taken = new Set([...active.map(JobIndexes.indexOf), ...count.completedIndexes, ...(count.failedIndexes ?? [])])
  if (job.spec.backoffLimitPerIndex === undefined && !mayStart(turn, job, pods)) return 0
  for (let index = 0; created < missing && index < (job.spec.completions ?? 0); index++) {
    if (taken.has(index)) continue
    const failures = pods.filter((pod) => JobIndexes.indexOf(pod) === index && JobCount.hasFailed(job, pod))
    if (job.spec.backoffLimitPerIndex !== undefined && !mayStart(turn, job, failures)) continue
    const before = failures.reduce((most, pod) => Math.max(most, JobIndexes.failuresBefore(pod) + 1), 0)
    const { generateName, ...more } = JobIndexes.podOf(job, index, before)
    if (!one({ generateName }, more)) break
    created++
  }
  return created
}

/** Each failure since the last success doubles the wait for the next pod. */
const mayStart = (turn: Turn, job: Job, pods: ReadonlyArray<Pod>): boolean => {
  const success = pods.filter(({ status }) => status.phase === "Succeeded").reduce((latest, pod) => Math.max(latest, finishedAt(pod)), 0)
  const failures = pods.filter((pod) => JobCount.hasFailed(job, pod) && finishedAt(pod) > success)
  if (failures.length === 0) return true
  const last = failures.reduce((latest, pod) => Math.max(latest, finishedAt(pod)), 0)
  const at = last + Math.min(firstDelay * 2 ** (failures.length - 1), mostDelay)
  if (turn.now >= at) return true
  turn.schedule(at, { _tag: "Requeue", controller: name, key: keyOf(job) })
  return false
}

const finishedAt = (pod: Pod): number =>
  parseTime(pod.status.conditions?.find(({ type }) => type === "Ready")?.lastTransitionTime) ??
  parseTime(pod.metadata.deletionTimestamp) ??
  parseTime(pod.metadata.creationTimestamp) ??
  0

const condition = (turn: Turn, type: string, status: "True" | "False", reason: string, message: string): Condition => {
  const now = kubeTime(turn.now)
  return { type, status, lastProbeTime: now, lastTransitionTime: now, reason, message }
}

const concluded = (turn: Turn, job: Job, { message, reason, type }: End): ReadonlyArray<Condition> => {
  const { conditions = [] } = job.status
  return isTrue(job, type) === undefined ? [...conditions, condition(turn, type, "True", reason, message)] : conditions
}

/** Says that a job is held or let go on, once each time. */
const note = (
  turn: Turn,
  job: Job,
  what: "Resumed" | "Suspended"
): { readonly conditions: ReadonlyArray<Condition>; readonly changed: boolean } => {
  const { conditions = [] } = job.status
  const known = conditions.find(({ type }) => type === "Suspended")
  const status = what === "Suspended" ? "True" : "False"
  if (known?.status === status || (known === undefined && status === "False")) return { conditions, changed: false }
  const message = `Job ${what.toLowerCase()}`
  Events.record(turn, job, { component }, "Normal", what, message)
  const next = condition(turn, "Suspended", status, `Job${what}`, message)
  return { conditions: known === undefined ? [...conditions, next] : conditions.map((one) => (one === known ? next : one)), changed: true }
}

/** A job has ended when its last pod has. */
const finish = (turn: Turn, job: Job, count: JobCount.Count, pods: ReadonlyArray<Pod>, startTime: string | undefined, end: End): void => {
  const target = concluded(turn, job, end)
  if (count.terminating > 0) return report(turn, job, count, [], pods, startTime, target)
  const { message, reason } = end
  if (end.type === "SuccessCriteriaMet") {
    report(turn, job, count, [], pods, startTime, [...target, condition(turn, "Complete", "True", reason, message)], 0, kubeTime(turn.now))
    Events.record(turn, job, { component }, "Normal", "Completed", "Job completed")
  } else {
    report(turn, job, count, [], pods, startTime, [...target, condition(turn, "Failed", "True", reason, message)])
    Events.record(turn, job, { component }, "Warning", reason, message)
  }
}

const report = (
  turn: Turn,
  job: Job,
  count: JobCount.Count,
  active: ReadonlyArray<Pod>,
  pods: ReadonlyArray<Pod>,
  startTime: string | undefined,
  conditions: ReadonlyArray<Condition>,
  created = 0,
  completionTime?: string
): void => {
  const stored = turn.get(resource, job.metadata.namespace ?? "", job.metadata.name)
  if (stored === undefined) return
  const running = active.length + created
  const going = pods.filter(({ metadata: { namespace = "", name: pod } }) => {
    const now = turn.get("pods", namespace, pod)
    return now?.metadata.deletionTimestamp !== undefined && !Owned.isFinished(asPod(now))
  }).length
  const { completedIndexes, failed, failedIndexes, succeeded } = count
  turn.put(resource, {
    ...stored,
    status: {
      ...(running === 0 ? {} : { active: running }),
      ...(completedIndexes.size === 0 ? {} : { completedIndexes: JobIndexes.print(completedIndexes) }),
      ...(completionTime === undefined ? {} : { completionTime }),
      ...(conditions.length === 0 ? {} : { conditions }),
      ...(failed === 0 ? {} : { failed }),
      ...(failedIndexes === undefined ? {} : { failedIndexes: JobIndexes.print(failedIndexes) }),
      ready: active.filter(Owned.isReady).length,
      ...(startTime === undefined ? {} : { startTime }),
      ...(succeeded === 0 ? {} : { succeeded }),
      terminating: going,
      uncountedTerminatedPods: {}
    }
  })
}
