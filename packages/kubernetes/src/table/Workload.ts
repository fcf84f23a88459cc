/** The columns of apps, batch and autoscaling. */
import type { KubeObject } from "@aiopslab/core/Kubernetes"
import type { JsonRecord } from "../Json.ts"
import { at, print, record, records, string } from "../Json.ts"
import { age as since, humanDuration, parseTime } from "../Time.ts"
import type { Column } from "./Column.ts"
import { age, condition, containers, count, integer, labelsText, name, path, selectorText, size, text, wide } from "./Column.ts"

const template = ["spec", "template", "spec"]

const readyOf = (object: KubeObject): string => `${count("status", "readyReplicas")(object, 0)}/${count("spec", "replicas")(object, 0)}`

const selector = wide("Selector", (object) => selectorText(at(object, "spec", "selector")))

const replicas: ReadonlyArray<Column> = [
  name,
  integer("Desired", count("spec", "replicas")),
  integer("Current", count("status", "replicas")),
  integer("Ready", count("status", "readyReplicas")),
  age,
  ...containers(...template)
]

export const deployments: ReadonlyArray<Column> = [
  name,
  text("Ready", readyOf),
  text("Up-to-date", count("status", "updatedReplicas")),
  text("Available", count("status", "availableReplicas")),
  age,
  ...containers(...template),
  selector
]

export const replicaSets: ReadonlyArray<Column> = [...replicas, selector]

export const replicationControllers: ReadonlyArray<Column> = [
  ...replicas,
  wide("Selector", (object) => labelsText(at(object, "spec", "selector")))
]

export const statefulSets: ReadonlyArray<Column> = [name, text("Ready", readyOf), age, ...containers(...template)]

export const scales: ReadonlyArray<Column> = [
  name,
  integer("Desired", count("spec", "replicas")),
  integer("Available", count("status", "replicas")),
  age
]

export const daemonSets: ReadonlyArray<Column> = [
  name,
  integer("Desired", count("status", "desiredNumberScheduled")),
  integer("Current", count("status", "currentNumberScheduled")),
  integer("Ready", count("status", "numberReady")),
  integer("Up-to-date", count("status", "updatedNumberScheduled")),
  integer("Available", count("status", "numberAvailable")),
  text("Node Selector", (object) => labelsText(at(object, ...template, "nodeSelector"))),
  age,
  ...containers(...template),
  selector
]

const jobStatus = (job: KubeObject): string => {
  const holds = (type: string): boolean => condition(job, type)["status"] === "True"
  if (holds("Complete")) return "Complete"
  if (holds("Failed")) return "Failed"
  if (job.metadata.deletionTimestamp !== undefined) return "Terminating"
  if (holds("Suspended")) return "Suspended"
  if (holds("FailureTarget")) return "FailureTarget"
  return holds("SuccessCriteriaMet") ? "SuccessCriteriaMet" : "Running"
}

const completions = (job: KubeObject): string => {
  const succeeded = count("status", "succeeded")(job, 0)
  const wanted = at(job, "spec", "completions")
  if (typeof wanted === "number") return `${succeeded}/${wanted}`
  const parallelism = Number(at(job, "spec", "parallelism") ?? 0)
  return parallelism > 1 ? `${succeeded}/1 of ${parallelism}` : `${succeeded}/1`
}

const duration = (job: KubeObject, now: number): string => {
  const start = parseTime(at(job, "status", "startTime"))
  return start === undefined ? "" : humanDuration((parseTime(at(job, "status", "completionTime")) ?? now) - start)
}

export const jobs: ReadonlyArray<Column> = [
  name,
  text("Status", jobStatus),
  text("Completions", completions),
  text("Duration", duration),
  age,
  ...containers(...template),
  selector
]

const inner = ["spec", "jobTemplate", "spec"]

export const cronJobs: ReadonlyArray<Column> = [
  name,
  text("Schedule", path("", "spec", "schedule")),
  text("Timezone", path("<none>", "spec", "timeZone")),
  { ...text("Suspend", (object) => (at(object, "spec", "suspend") === true ? "True" : "False")), type: "boolean" },
  integer("Active", (object) => size(at(object, "status", "active"))),
  text("Last Schedule", (object, now) => {
    const last = at(object, "status", "lastScheduleTime")
    return last === undefined ? "<none>" : since(last, now)
  }),
  age,
  ...containers(...inner, "template", "spec"),
  wide("Selector", (object) => selectorText(at(object, ...inner, "selector")))
]

const sources: Readonly<Record<string, string>> = {
  Resource: "resource",
  ContainerResource: "containerResource",
  Pods: "pods",
  Object: "object",
  External: "external"
}

const unknown = "<unknown>"

const target = (metric: JsonRecord, current: JsonRecord): string => {
  const key = sources[string(metric["type"]) ?? ""]
  if (key === undefined) return "<unknown type>"
  const source = record(metric[key])
  const { averageUtilization: share, averageValue: average, value } = record(source["target"])
  const now = record(at(current, key, "current"))
  const shown = (found: unknown): string => print(found ?? unknown)
  switch (key) {
    case "pods":
      return `${shown(now["averageValue"])}/${print(average)}`
    case "object":
    case "external":
      return average === undefined ? `${shown(now["value"])}/${print(value)}` : `${shown(now["averageValue"])}/${print(average)} (avg)`
    default: {
      const used = now["averageUtilization"]
      const goal = share === undefined ? "<auto>" : `${print(share)}%`
      const what = print(source["name"])
      return average === undefined
        ? `${what}: ${used === undefined ? unknown : `${print(used)}%`}/${goal}`
        : `${what}: ${shown(now["averageValue"])}/${print(average)}`
    }
  }
}

const targets = (object: KubeObject): string => {
  const metrics = records(at(object, "spec", "metrics"))
  if (metrics.length === 0) return "<none>"
  const current = records(at(object, "status", "currentMetrics"))
  const texts = metrics.map((metric, i) => target(metric, current[i] ?? {}))
  return texts.length <= 2 ? texts.join(", ") : `${texts.slice(0, 2).join(", ")} + ${texts.length - 2} more...`
}

export const podAutoscalers: ReadonlyArray<Column> = [
  name,
  text(
    "Reference",
    (object) => `${print(at(object, "spec", "scaleTargetRef", "kind"))}/${print(at(object, "spec", "scaleTargetRef", "name"))}`
  ),
  text("Targets", targets),
  text("MinPods", path("<unset>", "spec", "minReplicas")),
  text("MaxPods", count("spec", "maxReplicas")),
  text("Replicas", count("status", "currentReplicas")),
  age
]

export const disruptionBudgets: ReadonlyArray<Column> = [
  name,
  text("Min Available", path("N/A", "spec", "minAvailable")),
  text("Max Unavailable", path("N/A", "spec", "maxUnavailable")),
  integer("Allowed Disruptions", count("status", "disruptionsAllowed")),
  age
]

export const controllerRevisions: ReadonlyArray<Column> = [
  name,
  text("Controller", (object) => {
    const owner = object.metadata.ownerReferences?.find((one) => one.controller === true)
    if (owner === undefined) return "<none>"
    const [group = ""] = owner.apiVersion.includes("/") ? owner.apiVersion.split("/") : []
    return `${owner.kind.toLowerCase()}${group === "" ? "" : `.${group}`}/${owner.name}`
  }),
  text("Revision", count("revision")),
  age
]
