/** The columns of pods: READY, STATUS and RESTARTS are worked out as the API server does. */
import type { KubeObject } from "@aiopslab/core/Kubernetes"
import type { JsonRecord } from "../Json.ts"
import { at, print, record, records, string } from "../Json.ts"
import { humanDuration, parseTime } from "../Time.ts"
import type { Column } from "./Column.ts"
import { age, condition, name, path, text, wide } from "./Column.ts"

interface Summary {
  readonly ready: string
  readonly status: string
  readonly restarts: string
}

const ended = (terminated: JsonRecord): string => {
  if (string(terminated["reason"])) return print(terminated["reason"])
  const signal = terminated["signal"]
  return typeof signal === "number" && signal !== 0 ? `Signal:${signal}` : `ExitCode:${Number(terminated["exitCode"] ?? 0)}`
}

const state = (status: JsonRecord, key: string): JsonRecord | undefined => {
  const value = at(status, "state", key)
  return value === undefined ? undefined : record(value)
}

const restartable = (pod: KubeObject): ReadonlySet<unknown> =>
  new Set(
    records(at(pod, "spec", "initContainers"))
      .filter((one) => one["restartPolicy"] === "Always")
      .map((one) => one["name"])
  )

/** What an init container that is not done makes of the pod's status; `undefined` when it is done. */
const initializing = (status: JsonRecord, index: number, total: number, sidecars: ReadonlySet<unknown>): string | undefined => {
  const terminated = state(status, "terminated")
  if (terminated !== undefined && Number(terminated["exitCode"] ?? 0) === 0) return undefined
  if (sidecars.has(status["name"]) && status["started"] === true) return undefined
  if (terminated !== undefined) return `Init:${ended(terminated)}`
  const reason = string(state(status, "waiting")?.["reason"]) ?? ""
  return reason !== "" && reason !== "PodInitializing" ? `Init:${reason}` : `Init:${index}/${total}`
}

const summary = (pod: KubeObject, now: number): Summary => {
  const { reason: podReason } = record(pod["status"])
  const phase = string(at(pod, "status", "phase")) ?? ""
  const sidecars = restartable(pod)
  const inits = records(at(pod, "spec", "initContainers"))
  const total = records(at(pod, "spec", "containers")).length + sidecars.size
  let status = string(podReason) || phase
  if (condition(pod, "PodScheduled")["reason"] === "SchedulingGated") status = "SchedulingGated"
  let ready = 0
  let restarts = 0
  let sidecarRestarts = 0
  let last = 0
  let pending = false
  const count = (container: JsonRecord): number => {
    last = Math.max(last, parseTime(at(container, "lastState", "terminated", "finishedAt")) ?? 0)
    return Number(container["restartCount"] ?? 0)
  }
  for (const [i, container] of records(at(pod, "status", "initContainerStatuses")).entries()) {
    const sidecar = sidecars.has(container["name"])
    const restarted = count(container)
    restarts += restarted
    if (sidecar) sidecarRestarts += restarted
    const found = initializing(container, i, inits.length, sidecars)
    if (found === undefined) {
      if (sidecar && container["ready"] === true) ready++
      continue
    }
    status = found
    pending = true
    break
  }
  if (!pending || condition(pod, "Initialized")["status"] === "True") {
    restarts = sidecarRestarts
    let running = false
    for (const container of records(at(pod, "status", "containerStatuses")).toReversed()) {
      restarts += count(container)
      const waiting = string(state(container, "waiting")?.["reason"]) ?? ""
      const terminated = state(container, "terminated")
      if (waiting !== "") status = waiting
      else if (terminated !== undefined) status = ended(terminated)
      else if (container["ready"] === true && state(container, "running") !== undefined) {
        running = true
        ready++
      }
    }
    if (status === "Completed" && running) status = condition(pod, "Ready")["status"] === "True" ? "Running" : "NotReady"
  }
  if (pod.metadata.deletionTimestamp !== undefined) {
    if (podReason === "NodeLost") status = "Unknown"
    else if (phase !== "Succeeded" && phase !== "Failed") status = "Terminating"
  }
  return {
    ready: `${ready}/${total}`,
    status,
    restarts: restarts > 0 && last > 0 ? `${restarts} (${humanDuration(now - last)} ago)` : print(restarts)
  }
}

/** The word under STATUS. */
export const statusOf = (pod: KubeObject): string => summary(pod, 0).status

const gates = (pod: KubeObject): string => {
  const list = records(at(pod, "spec", "readinessGates"))
  if (list.length === 0) return "<none>"
  const open = list.filter((gate) => condition(pod, string(gate["conditionType"]) ?? "")["status"] === "True")
  return `${open.length}/${list.length}`
}

export const columns: ReadonlyArray<Column> = [
  name,
  text("Ready", (pod, now) => summary(pod, now).ready),
  text("Status", (pod, now) => summary(pod, now).status),
  text("Restarts", (pod, now) => summary(pod, now).restarts),
  age,
  wide("IP", (pod) => string(at(pod, "status", "podIP")) ?? "<none>"),
  wide("Node", path("<none>", "spec", "nodeName")),
  wide("Nominated Node", path("<none>", "status", "nominatedNodeName")),
  wide("Readiness Gates", gates)
]
