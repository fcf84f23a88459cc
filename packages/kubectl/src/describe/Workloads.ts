/** Deployments, replica sets, stateful sets, daemon sets, jobs, cron jobs. */
import { sortedWhole } from "@aiopslab/kubernetes/GoEncoder"
import { pathOf, resources } from "@aiopslab/core/KubeClient"
import * as Effect from "effect/Effect"
import * as Duration from "../Duration.ts"
import * as Fields from "../Fields.ts"
import type { Invocation } from "../Invocation.ts"
import { selectorText } from "../verbs/Containers.ts"
import { controller, type Describer, items, plain, type Subject } from "./Describer.ts"
import type { Page } from "./Page.ts"
import { podTemplate } from "./PodTemplate.ts"

const time = (value: unknown): string => {
  const millis = Fields.time(value)
  return millis === undefined ? "<unset>" : Duration.rfc1123(millis)
}

const selector = ({ object }: Subject): string => {
  const of = Fields.at(object, "spec", "selector")
  return selectorText(object.kind === "ReplicationController" ? { matchLabels: of } : of)
}

const template = (page: Page, of: unknown): void => {
  page.line(0, "Pod Template:")
  podTemplate(page, of)
}

const replicaSetText = (of: unknown): string => {
  const [name, made, wanted] = [
    Fields.text(of, "metadata", "name"),
    Fields.number(of, "status", "replicas"),
    Fields.number(of, "spec", "replicas")
  ]
  return `${name} (${made}/${wanted} replicas created)`
}

/** A template without the label that the controller adds. */
const bare = (of: unknown): string => {
  const metadata = Fields.record(of, "metadata")
  const { "pod-template-hash": _, ...labels } = Fields.record(metadata, "labels")
  return JSON.stringify(sortedWhole({ ...Fields.record(of), metadata: { ...metadata, labels, creationTimestamp: undefined } }))
}

export const deployment: Describer = {
  events: true,
  write: Effect.fnUntraced(function* (page, subject) {
    const { inv, namespace, object } = subject
    const [spec, status] = [Fields.at(object, "spec"), Fields.at(object, "status")]
    const count = (key: string) => Fields.number(status, key)
    page.head(object)
    page.field(0, "CreationTimestamp", time(object.metadata.creationTimestamp))
    page.labels(object)
    page.annotations(object)
    page.field(0, "Selector", selector(subject))
    page.field(
      0,
      "Replicas",
      `${Fields.number(spec, "replicas")} desired | ${count("updatedReplicas")} updated | ${count("replicas")} total | ${count("availableReplicas")} available | ${count("unavailableReplicas")} unavailable`
    )
    page.field(0, "StrategyType", Fields.text(spec, "strategy", "type"))
    page.field(0, "MinReadySeconds", String(Fields.number(spec, "minReadySeconds")))
    const rolling = Fields.at(spec, "strategy", "rollingUpdate")
    if (rolling !== undefined)
      page.field(
        0,
        "RollingUpdateStrategy",
        `${Fields.text(rolling, "maxUnavailable")} max unavailable, ${Fields.text(rolling, "maxSurge")} max surge`
      )
    template(page, Fields.at(spec, "template"))
    const conditions = Fields.list(status, "conditions")
    if (conditions.length > 0) {
      page.line(0, "Conditions:")
      page.line(1, "Type", "Status", "Reason")
      page.line(1, "----", "------", "------")
      for (const one of conditions) page.line(1, `${Fields.text(one, "type")} `, Fields.text(one, "status"), Fields.text(one, "reason"))
    }
    const owned = (yield* items(inv, pathOf(resources.replicaSets, namespace), { labelSelector: selector(subject) })).filter((one) =>
      Fields.list(one, "metadata", "ownerReferences").some((owner) => Fields.text(owner, "uid") === object.metadata.uid)
    )
    if (owned.length === 0) return
    const wanted = bare(Fields.at(spec, "template"))
    const newest = owned.find((one) => bare(Fields.at(one, "spec", "template")) === wanted)
    const old = owned
      .filter((one) => one !== newest)
      .sort((a, b) => (Fields.time(a, "metadata", "creationTimestamp") ?? 0) - (Fields.time(b, "metadata", "creationTimestamp") ?? 0))
    page.field(0, "OldReplicaSets", old.length === 0 ? "<none>" : old.map(replicaSetText).join(", "))
    page.field(0, "NewReplicaSet", newest === undefined ? "<none>" : replicaSetText(newest))
  })
}

/** `2 Running / 0 Waiting / 0 Succeeded / 0 Failed` of the pods that the object controls. */
const podsStatus = (inv: Invocation, subject: Subject) =>
  Effect.map(items(inv, pathOf(resources.pods, subject.namespace), { labelSelector: selector(subject) }), (pods) => {
    const own = pods.filter((pod) =>
      Fields.list(pod, "metadata", "ownerReferences").some((owner) => Fields.text(owner, "uid") === subject.object.metadata.uid)
    )
    const count = (phase: string) => own.filter((pod) => Fields.text(pod, "status", "phase") === phase).length
    return `${count("Running")} Running / ${count("Pending")} Waiting / ${count("Succeeded")} Succeeded / ${count("Failed")} Failed`
  })

export const replicaSet: Describer = {
  events: true,
  write: Effect.fnUntraced(function* (page, subject) {
    const { inv, object } = subject
    page.head(object)
    page.field(0, "Selector", selector(subject))
    page.labels(object)
    page.annotations(object)
    const owner = controller(object)
    if (owner !== undefined) page.field(0, "Controlled By", owner)
    page.field(
      0,
      "Replicas",
      `${Fields.number(object, "status", "replicas")} current / ${Fields.number(object, "spec", "replicas")} desired`
    )
    page.field(0, "Pods Status", yield* podsStatus(inv, subject))
    template(page, Fields.at(object, "spec", "template"))
    const conditions = Fields.list(object, "status", "conditions")
    if (conditions.length > 0) {
      page.line(0, "Conditions:")
      page.line(1, "Type", "Status", "Reason")
      page.line(1, "----", "------", "------")
      for (const one of conditions) page.line(1, `${Fields.text(one, "type")} `, Fields.text(one, "status"), Fields.text(one, "reason"))
    }
  })
}

const claim = (page: Page, of: unknown): void => {
  page.field(1, "Name", Fields.text(of, "metadata", "name"))
  page.field(1, "StorageClass", Fields.text(of, "spec", "storageClassName"))
  page.map(1, "Labels", Fields.record(of, "metadata", "labels"))
  page.map(1, "Annotations", Fields.record(of, "metadata", "annotations"), ": ")
  page.field(1, "Capacity", Fields.text(of, "spec", "resources", "requests", "storage") || "<default>")
  page.field(1, "Access Modes", `[${Fields.list(of, "spec", "accessModes").map(String).join(" ")}]`)
}

export const statefulSet: Describer = {
  events: true,
  write: Effect.fnUntraced(function* (page, subject) {
    const { inv, object } = subject
    const spec = Fields.at(object, "spec")
    page.head(object)
    page.field(0, "CreationTimestamp", time(object.metadata.creationTimestamp))
    page.field(0, "Selector", selector(subject))
    page.labels(object)
    page.annotations(object)
    page.field(0, "Replicas", `${Fields.number(spec, "replicas")} desired | ${Fields.number(object, "status", "replicas")} total`)
    page.field(0, "Update Strategy", Fields.text(spec, "updateStrategy", "type"))
    const rolling = Fields.at(spec, "updateStrategy", "rollingUpdate")
    if (rolling !== undefined) page.field(1, "Partition", String(Fields.number(rolling, "partition")))
    page.field(0, "Pods Status", yield* podsStatus(inv, subject))
    template(page, Fields.at(spec, "template"))
    const claims = Fields.list(spec, "volumeClaimTemplates")
    page.line(0, ...(claims.length === 0 ? ["Volume Claims:", "<none>"] : ["Volume Claims:"]))
    for (const one of claims) claim(page, one)
  })
}

export const daemonSet: Describer = {
  events: true,
  write: Effect.fnUntraced(function* (page, subject) {
    const { inv, object } = subject
    const count = (key: string) => Fields.number(object, "status", key)
    page.head(object)
    page.field(0, "Selector", selector(subject))
    page.field(
      0,
      "Node-Selector",
      Fields.sorted(Fields.record(object, "spec", "template", "spec", "nodeSelector"))
        .map(([key, value]) => `${key}=${String(value)}`)
        .join(",") || "<none>"
    )
    page.labels(object)
    page.annotations(object)
    page.line(0, `Desired Number of Nodes Scheduled: ${count("desiredNumberScheduled")}`)
    page.line(0, `Current Number of Nodes Scheduled: ${count("currentNumberScheduled")}`)
    page.line(0, `Number of Nodes Scheduled with Up-to-date Pods: ${count("updatedNumberScheduled")}`)
    page.line(0, `Number of Nodes Scheduled with Available Pods: ${count("numberAvailable")}`)
    page.line(0, `Number of Nodes Misscheduled: ${count("numberMisscheduled")}`)
    page.field(0, "Pods Status", yield* podsStatus(inv, subject))
    template(page, Fields.at(object, "spec", "template"))
  })
}

const completed = (page: Page, object: unknown): void => {
  const [start, end] = [Fields.time(object, "status", "startTime"), Fields.time(object, "status", "completionTime")]
  if (start !== undefined) page.field(0, "Start Time", Duration.rfc1123(start))
  if (end !== undefined) page.field(0, "Completed At", Duration.rfc1123(end))
  if (start !== undefined && end !== undefined) page.field(0, "Duration", Duration.human(end - start))
}

export const job: Describer = plain((page, subject) => {
  const { object } = subject
  const [spec, status] = [Fields.at(object, "spec"), Fields.at(object, "status")]
  page.head(object)
  page.field(0, "Selector", selector(subject))
  page.labels(object)
  page.annotations(object)
  const owner = controller(object)
  if (owner !== undefined) page.field(0, "Controlled By", owner)
  if (Fields.at(spec, "parallelism") !== undefined) page.field(0, "Parallelism", Fields.text(spec, "parallelism"))
  page.field(0, "Completions", Fields.text(spec, "completions") || "<unset>")
  if (Fields.text(spec, "completionMode") !== "") page.field(0, "Completion Mode", Fields.text(spec, "completionMode"))
  if (Fields.at(spec, "suspend") !== undefined) page.field(0, "Suspend", Fields.text(spec, "suspend"))
  if (Fields.at(spec, "backoffLimit") !== undefined) page.field(0, "Backoff Limit", Fields.text(spec, "backoffLimit"))
  if (Fields.at(spec, "ttlSecondsAfterFinished") !== undefined)
    page.field(0, "TTL Seconds After Finished", Fields.text(spec, "ttlSecondsAfterFinished"))
  completed(page, object)
  if (Fields.at(spec, "activeDeadlineSeconds") !== undefined)
    page.field(0, "Active Deadline Seconds", `${Fields.text(spec, "activeDeadlineSeconds")}s`)
  const count = (key: string) => Fields.number(status, key)
  const ready = Fields.at(status, "ready") === undefined ? "" : ` (${count("ready")} Ready)`
  page.field(0, "Pods Statuses", `${count("active")} Active${ready} / ${count("succeeded")} Succeeded / ${count("failed")} Failed`)
  template(page, Fields.at(spec, "template"))
})

export const cronJob: Describer = plain((page, { object }) => {
  const [spec, jobSpec] = [Fields.at(object, "spec"), Fields.at(object, "spec", "jobTemplate", "spec")]
  const orUnset = (of: unknown, key: string, suffix = ""): string =>
    Fields.at(of, key) === undefined ? "<unset>" : `${Fields.text(of, key)}${suffix}`
  page.head(object)
  page.labels(object)
  page.annotations(object)
  page.field(0, "Schedule", Fields.text(spec, "schedule"))
  page.field(0, "Concurrency Policy", Fields.text(spec, "concurrencyPolicy"))
  page.field(0, "Suspend", Fields.at(spec, "suspend") === true ? "True" : "False")
  page.field(0, "Successful Job History Limit", orUnset(spec, "successfulJobsHistoryLimit"))
  page.field(0, "Failed Job History Limit", orUnset(spec, "failedJobsHistoryLimit"))
  page.field(0, "Starting Deadline Seconds", orUnset(spec, "startingDeadlineSeconds", "s"))
  page.field(0, "Selector", Fields.at(jobSpec, "selector") === undefined ? "<unset>" : selectorText(Fields.at(jobSpec, "selector")))
  page.field(0, "Parallelism", orUnset(jobSpec, "parallelism"))
  page.field(0, "Completions", orUnset(jobSpec, "completions"))
  template(page, Fields.at(jobSpec, "template"))
  page.field(0, "Last Schedule Time", time(Fields.at(object, "status", "lastScheduleTime")))
  const active = Fields.list(object, "status", "active").map((one) => Fields.text(one, "name"))
  page.field(0, "Active Jobs", active.length === 0 ? "<none>" : active.join(", "))
})
