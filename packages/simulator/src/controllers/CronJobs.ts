/** Creates jobs by schedule: pkg/controller/cronjob. */
import type { KubeObject } from "@aiopslab/core/Kubernetes"
import { kubeTime, parseTime } from "@aiopslab/kubernetes/Time"
import * as Result from "effect/Result"
import type { Controller } from "../Controller.ts"
import { keyOf, parseKey } from "../Controller.ts"
import * as Events from "../Events.ts"
import type { Job } from "../Kinds.ts"
import type { CronJob } from "../PolicyKinds.ts"
import { asJob } from "../Kinds.ts"
import { asCronJob } from "../PolicyKinds.ts"
import type { Turn } from "../Turn.ts"
import type { CronSchedule } from "./CronSchedule.ts"
import * as Schedule from "./CronSchedule.ts"
import * as Owned from "./Owned.ts"
import { isTerminating } from "./PodTemplate.ts"

const name = "cronjob"
const component = "cronjob-controller"
const resource = "cronjobs.batch"
const jobs = "jobs.batch"
/** The real controller looks a little after the minute. */
const lateMillis = 100
const mostMissed = 100

export const cronJobs: Controller = {
  name,
  resources: [resource, jobs],
  observe: (turn, { object, resource: changed, type }) => {
    if (changed === jobs) Owned.enqueueOwner(turn, name, "CronJob", object)
    else if (type !== "DELETED") turn.enqueue(name, keyOf(object))
  },
  reconcile: (turn, key) => {
    const found = turn.get(resource, ...parseKey(key))
    if (found === undefined) return
    const own = Owned.of(turn, found, jobs).map(asJob)
    settle(turn, asCronJob(found), own)
    forgetOld(turn, asCronJob(found), own)
    const now = turn.get(resource, ...parseKey(key))
    if (now === undefined || now.metadata.deletionTimestamp !== undefined) return
    const schedule = scheduleOf(turn, asCronJob(now))
    if (schedule === undefined || asCronJob(now).spec.suspend === true) return
    run(turn, asCronJob(now), schedule)
    turn.schedule(schedule.next(turn.now) + lateMillis, { _tag: "Requeue", controller: name, key })
  }
}

const tell = (turn: Turn, cron: CronJob, type: "Normal" | "Warning", reason: string, message: string): void =>
  Events.record(turn, cron, { component }, type, reason, message)

const scheduleOf = (turn: Turn, cron: CronJob): CronSchedule | undefined => {
  const { schedule, timeZone } = cron.spec
  const parsed = Schedule.parse(schedule, timeZone)
  if (Result.isSuccess(parsed)) return parsed.success
  tell(turn, cron, "Warning", "UnparseableSchedule", `unparseable schedule: ${JSON.stringify(schedule)} : ${parsed.failure}`)
  return undefined
}

const endOf = ({ status }: Job) =>
  status.conditions?.find((one) => (one.type === "Complete" || one.type === "Failed") && one.status === "True")

const statusOf = (turn: Turn, cron: CronJob): CronJob["status"] =>
  asCronJob(turn.get(resource, cron.metadata.namespace ?? "", cron.metadata.name) ?? cron).status

const putStatus = (turn: Turn, cron: CronJob, status: CronJob["status"]): void => {
  const stored = turn.get(resource, cron.metadata.namespace ?? "", cron.metadata.name)
  const { active = [], ...rest } = status
  if (stored !== undefined) turn.put(resource, { ...stored, status: active.length === 0 ? rest : { active, ...rest } })
}

/** Takes jobs that have ended or gone off the list of those that run. */
const settle = (turn: Turn, cron: CronJob, own: ReadonlyArray<Job>): void => {
  let { lastSuccessfulTime } = cron.status
  const active = (cron.status.active ?? []).filter((one) => {
    const job = own.find(({ metadata }) => metadata.uid === one.uid)
    if (job === undefined) {
      tell(turn, cron, "Normal", "MissingJob", `Active job went missing: ${one.name ?? ""}`)
      return false
    }
    const end = endOf(job)
    if (end === undefined) return true
    tell(turn, cron, "Normal", "SawCompletedJob", `Saw completed job: ${job.metadata.name}, condition: ${end.type}`)
    const completed = job.status["completionTime"]
    if (end.type === "Complete" && typeof completed === "string" && completed > (lastSuccessfulTime ?? "")) lastSuccessfulTime = completed
    return false
  })
  putStatus(turn, cron, { ...cron.status, active, ...(lastSuccessfulTime === undefined ? {} : { lastSuccessfulTime }) })
}

const deleteJob = (turn: Turn, cron: CronJob, job: Job): void => {
  turn.remove(jobs, job.metadata.namespace ?? "", job.metadata.name, { propagationPolicy: "Background" })
  tell(turn, cron, "Normal", "SuccessfulDelete", `Deleted job ${job.metadata.name}`)
}

const forgetOld = (turn: Turn, cron: CronJob, own: ReadonlyArray<Job>): void => {
  for (const [type, limit] of [
    ["Complete", cron.spec.successfulJobsHistoryLimit ?? 3],
    ["Failed", cron.spec.failedJobsHistoryLimit ?? 1]
  ] as const) {
    const ended = own
      .filter((job) => endOf(job)?.type === type && job.metadata.deletionTimestamp === undefined)
      .sort((a, b) => ((a.status.startTime ?? "") < (b.status.startTime ?? "") ? -1 : 1))
    for (const job of ended.slice(0, Math.max(0, ended.length - limit))) deleteJob(turn, cron, job)
  }
}

/** The time a job is due for: the last one that passed since the last job, if any. */
const due = (turn: Turn, cron: CronJob, schedule: CronSchedule): number | undefined => {
  const { startingDeadlineSeconds } = cron.spec
  const since = parseTime(cron.status.lastScheduleTime) ?? parseTime(cron.metadata.creationTimestamp) ?? turn.now
  const earliest = startingDeadlineSeconds === undefined ? since : Math.max(since, turn.now - startingDeadlineSeconds * 1000)
  let at = schedule.next(earliest)
  if (at > turn.now) return undefined
  let missed = 0
  for (let next = schedule.next(at); next <= turn.now && missed <= mostMissed; next = schedule.next(at)) {
    at = next
    missed++
  }
  if (missed <= mostMissed) return at
  const message = "too many missed start times. Set or decrease .spec.startingDeadlineSeconds or check clock skew"
  tell(turn, cron, "Warning", "TooManyMissedTimes", message)
  return schedule.last(turn.now) ?? at
}

const run = (turn: Turn, cron: CronJob, schedule: CronSchedule): void => {
  const at = due(turn, cron, schedule)
  if (at === undefined) return
  const { concurrencyPolicy, startingDeadlineSeconds } = cron.spec
  if (startingDeadlineSeconds !== undefined && at + startingDeadlineSeconds * 1000 < turn.now) {
    const time = new Date(at).toUTCString().replace("GMT", "+0000")
    return tell(turn, cron, "Warning", "MissSchedule", `Missed scheduled time to start a job: ${time}`)
  }
  const { active = [] } = cron.status
  if (concurrencyPolicy === "Forbid" && active.length > 0) {
    const message = "Not starting job because prior execution is running and concurrency policy is Forbid"
    return tell(turn, cron, "Normal", "JobAlreadyActive", message)
  }
  if (concurrencyPolicy === "Replace") {
    for (const one of active) {
      const job = turn.get(jobs, one.namespace ?? "", one.name ?? "")
      if (job !== undefined) deleteJob(turn, cron, asJob(job))
    }
  }
  const kept = concurrencyPolicy === "Replace" ? [] : active
  const created = turn.create(jobs, jobOf(cron, at))
  if (Result.isFailure(created)) {
    if (created.failure.reason !== "AlreadyExists" && !isTerminating(created.failure))
      tell(turn, cron, "Warning", "FailedCreate", `Error creating job: ${created.failure.message}`)
    return
  }
  const { apiVersion, kind, metadata } = created.success
  tell(turn, cron, "Normal", "SuccessfulCreate", `Created job ${metadata.name}`)
  const reference = {
    apiVersion,
    kind,
    name: metadata.name,
    ...(metadata.namespace === undefined ? {} : { namespace: metadata.namespace }),
    ...(metadata.uid === undefined ? {} : { uid: metadata.uid }),
    ...(metadata.resourceVersion === undefined ? {} : { resourceVersion: metadata.resourceVersion })
  }
  putStatus(turn, cron, { ...statusOf(turn, cron), active: [...kept, reference], lastScheduleTime: kubeTime(at) })
}

const jobOf = (cron: CronJob, at: number): KubeObject => {
  const { metadata = {}, spec } = cron.spec.jobTemplate
  return {
    apiVersion: "batch/v1",
    kind: "Job",
    metadata: {
      name: `${cron.metadata.name}-${Math.floor(at / 60_000)}`,
      namespace: cron.metadata.namespace ?? "",
      ...(metadata.labels === undefined ? {} : { labels: metadata.labels }),
      annotations: { ...metadata.annotations, "batch.kubernetes.io/cronjob-scheduled-timestamp": kubeTime(at) },
      ownerReferences: [Owned.reference(cron)]
    },
    spec
  }
}
