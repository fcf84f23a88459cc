/** Scales workloads by what their pods use, every 15 seconds: pkg/controller/podautoscaler. */
import * as Quantity from "@aiopslab/kubernetes/Quantity"
import * as Selector from "@aiopslab/kubernetes/Selector"
import * as Store from "@aiopslab/kubernetes/Store"
import { kubeTime } from "@aiopslab/kubernetes/Time"
import * as Result from "effect/Result"
import type { Controller } from "../Controller.ts"
import { keyOf, parseKey } from "../Controller.ts"
import * as Events from "../Events.ts"
import type { Condition, ReplicaSet } from "../Kinds.ts"
import type { Autoscaler, MetricSpec } from "../PolicyKinds.ts"
import { asPod, asReplicaSet } from "../Kinds.ts"
import { asAutoscaler } from "../PolicyKinds.ts"
import { podMetrics } from "../traffic/PodMetrics.ts"
import type { Turn } from "../Turn.ts"
import * as AutoscaleRules from "./AutoscaleRules.ts"
import type { Measure } from "./ReplicaCalculator.ts"
import { calculate } from "./ReplicaCalculator.ts"

const name = "horizontalpodautoscaler"
const component = "horizontal-pod-autoscaler"
const resource = "horizontalpodautoscalers.autoscaling"
const periodMillis = 15_000

export const autoscalers: Controller = {
  name,
  resources: [resource],
  observe: (turn, { object, previous, type }) => {
    if (type === "DELETED") AutoscaleRules.forget(turn, object.metadata.uid ?? "")
    else if (previous?.["spec"] !== object["spec"]) turn.enqueue(name, keyOf(object))
  },
  reconcile: (turn, key) => {
    const found = turn.get(resource, ...parseKey(key))
    if (found === undefined || found.metadata.deletionTimestamp !== undefined) return
    const scaler = asAutoscaler(found)
    const due = AutoscaleRules.due(turn, scaler, periodMillis)
    if (due > turn.now) return
    turn.schedule(turn.now + periodMillis, { _tag: "Requeue", controller: name, key })
    look(turn, scaler)
  }
}

const kinds: Readonly<Record<string, string>> = {
  Deployment: "deployments.apps",
  ReplicaSet: "replicasets.apps",
  StatefulSet: "statefulsets.apps",
  ReplicationController: "replicationcontrollers"
}

type Say = (type: string, status: "True" | "False", reason: string, message: string) => void

const look = (turn: Turn, scaler: Autoscaler): void => {
  let conditions = scaler.status.conditions ?? []
  const say: Say = (type, status, reason, message) => {
    const before = conditions.find((one) => one.type === type)
    const lastTransitionTime = before?.status === status ? (before.lastTransitionTime ?? null) : kubeTime(turn.now)
    const next: Condition = { type, status, lastTransitionTime, reason, message }
    conditions = before === undefined ? [...conditions, next] : conditions.map((one) => (one === before ? next : one))
  }
  const { scaleTargetRef } = scaler.spec
  const kind = kinds[scaleTargetRef.kind]
  const target = kind === undefined ? undefined : turn.get(kind, scaler.metadata.namespace ?? "", scaleTargetRef.name)
  if (kind === undefined || target === undefined) {
    const missing = `${kind ?? `${scaleTargetRef.kind.toLowerCase()}s`} "${scaleTargetRef.name}" not found`
    tell(turn, scaler, "Warning", "FailedGetScale", missing)
    say("AbleToScale", "False", "FailedGetScale", `the HPA controller was unable to get the target's current scale: ${missing}`)
    turn.put(resource, { ...scaler, status: { ...scaler.status, conditions } })
    return
  }
  say("AbleToScale", "True", "SucceededGetScale", "the HPA controller was able to get the target's current scale")
  const workload = asReplicaSet(target)
  const current = workload.spec.replicas ?? 1
  AutoscaleRules.begin(turn, scaler, current)
  const proposal = propose(turn, scaler, workload, current, say)
  const desired = proposal?.replicas ?? current
  let { lastScaleTime } = scaler.status
  if (proposal !== undefined && desired !== current) {
    turn.update(kind, { ...target, spec: { ...workload.spec, replicas: desired } })
    tell(turn, scaler, "Normal", "SuccessfulRescale", `New size: ${desired}; reason: ${proposal.reason}`)
    say("AbleToScale", "True", "SucceededRescale", `the HPA controller was able to update the target scale to ${desired}`)
    AutoscaleRules.scaled(turn, scaler, desired - current)
    lastScaleTime = kubeTime(turn.now)
  }
  turn.put(resource, {
    ...scaler,
    status: {
      ...(scaler.metadata.generation === undefined ? {} : { observedGeneration: scaler.metadata.generation }),
      ...(lastScaleTime === undefined ? {} : { lastScaleTime }),
      currentReplicas: current,
      desiredReplicas: desired,
      currentMetrics: proposal?.metrics ?? scaler.status.currentMetrics ?? null,
      conditions
    }
  })
}

const tell = (turn: Turn, scaler: Autoscaler, type: "Normal" | "Warning", reason: string, message: string): void =>
  Events.record(turn, scaler, { component }, type, reason, message)

interface Proposal {
  readonly replicas: number
  readonly reason: string
  readonly metrics: ReadonlyArray<unknown> | undefined
}

/** Undefined when there is nothing to go by. */
const propose = (turn: Turn, scaler: Autoscaler, workload: ReplicaSet, current: number, say: Say): Proposal | undefined => {
  const { maxReplicas, minReplicas = 1 } = scaler.spec
  if (current === 0 && minReplicas !== 0) {
    say("ScalingActive", "False", "ScalingDisabled", "scaling is disabled since the replica count of the target is zero")
    return { replicas: 0, reason: "", metrics: undefined }
  }
  const fixed = (replicas: number, reason: string): Proposal => ({ replicas, reason, metrics: undefined })
  if (current > maxReplicas) return fixed(maxReplicas, "Current number of replicas above Spec.MaxReplicas")
  if (current < minReplicas) return fixed(minReplicas, "Current number of replicas below Spec.MinReplicas")
  const found = measure(turn, scaler, workload, current, say)
  if (found === undefined) return undefined
  const replicas = AutoscaleRules.limited(turn, scaler, current, found.replicas, say)
  const reason = replicas > current ? `${found.name} above target` : "All metrics below target"
  return { replicas, reason, metrics: found.metrics }
}

interface Found {
  readonly replicas: number
  readonly name: string
  readonly metrics: ReadonlyArray<unknown>
}

/** Each metric's wish; the largest counts. A metric that can't be had keeps a workload from shrinking. */
const measure = (turn: Turn, scaler: Autoscaler, workload: ReplicaSet, current: number, say: Say): Found | undefined => {
  const selector = Selector.fromLabelSelector(
    workload.kind === "ReplicationController" ? { matchLabels: workload.spec.selector } : workload.spec.selector
  )
  const pods = Store.list(turn.store, "pods", scaler.metadata.namespace ?? "")
    .map(asPod)
    .filter(({ metadata }) => Selector.matches(selector, metadata.labels))
  const specs = scaler.spec.metrics ?? []
  const used = podMetrics(turn, scaler.metadata.namespace ?? "")
  let best: { readonly replicas: number; readonly name: string } | undefined
  const metrics: Array<unknown> = []
  const problems: Array<{ readonly reason: string; readonly message: string; readonly whole: string }> = []
  for (const spec of specs) {
    const asked = measureOf(spec)
    if (asked === undefined) {
      const reason = `FailedGet${spec.type === "Pods" ? "Pods" : spec.type}Metric`
      const message = `unable to get metric ${spec.pods?.metric.name ?? spec.object?.metric.name ?? spec.external?.metric.name ?? ""}: unable to fetch metrics from ${spec.type === "External" ? "external" : "custom"} metrics API: no known available metric versions found`
      problems.push({ reason, message, whole: `failed to get ${spec.type.toLowerCase()} metric value: ${message}` })
      continue
    }
    const result = calculate(pods, used, asked, current, turn.now)
    if (Result.isFailure(result)) {
      const what =
        asked.target._tag === "Utilization" ? `failed to get ${asked.resource} utilization` : `failed to get ${asked.resource} usage`
      const message = `${what}: ${result.failure}`
      const reason = spec.type === "Resource" ? "FailedGetResourceMetric" : "FailedGetContainerResourceMetric"
      problems.push({
        reason,
        message,
        whole: `failed to get ${asked.resource} ${spec.type === "Resource" ? "resource" : "container resource"} metric value: ${message}`
      })
      continue
    }
    const { average, replicas, utilization } = result.success
    metrics.push(statusOf(spec, asked, average, utilization))
    if (best === undefined || replicas > best.replicas) best = { replicas, name: nameOf(spec, asked) }
  }
  for (const { message, reason } of problems) tell(turn, scaler, "Warning", reason, message)
  const [first] = problems
  if (first !== undefined && (best === undefined || best.replicas < current)) {
    const message = `invalid metrics (${problems.length} invalid out of ${specs.length}), first error is: ${first.whole}`
    tell(turn, scaler, "Warning", "FailedComputeMetricsReplicas", message)
    say("ScalingActive", "False", first.reason, `the HPA was unable to compute the replica count: ${first.message}`)
    return undefined
  }
  if (best === undefined) return undefined
  say("ScalingActive", "True", "ValidMetricFound", `the HPA was able to successfully calculate a replica count from ${best.name}`)
  return { ...best, metrics }
}

const isMeasured = (resourceName: string): resourceName is "cpu" | "memory" => resourceName === "cpu" || resourceName === "memory"

const measureOf = ({ containerResource, resource: whole }: MetricSpec): Measure | undefined => {
  const source = whole ?? containerResource
  if (source === undefined || !isMeasured(source.name)) return undefined
  const { averageUtilization, averageValue } = source.target
  const unit = source.name === "cpu" ? Quantity.milliValue : Quantity.value
  return {
    resource: source.name,
    container: containerResource?.container,
    target:
      averageUtilization === undefined
        ? { _tag: "AverageValue", value: unit(averageValue ?? "0") }
        : { _tag: "Utilization", value: averageUtilization }
  }
}

const nameOf = ({ containerResource }: MetricSpec, { resource: measured, target }: Measure): string => {
  const what = containerResource === undefined ? `${measured} resource` : `${measured} container resource`
  return target._tag === "Utilization" ? `${what} utilization (percentage of request)` : what
}

const statusOf = (spec: MetricSpec, { resource: measured }: Measure, average: number, utilization: number | undefined): unknown => {
  const averageValue = Quantity.canonical(measured === "cpu" ? `${average}m` : String(average)) ?? "0"
  const current = utilization === undefined ? { averageValue } : { averageUtilization: utilization, averageValue }
  return spec.containerResource === undefined
    ? { type: "Resource", resource: { name: measured, current } }
    : { type: "ContainerResource", containerResource: { name: measured, container: spec.containerResource.container, current } }
}
