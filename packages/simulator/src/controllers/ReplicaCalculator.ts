/** How many replicas bring a metric to its target: pkg/controller/podautoscaler/replica_calculator.go. */
import { parseTime } from "@aiopslab/kubernetes/Time"
import * as Result from "effect/Result"
import type { Pod } from "../Kinds.ts"
import * as Requests from "../scheduler/Requests.ts"
import type { ContainerUsage } from "@aiopslab/kubernetes/server/ResourceMetrics"
import { windowMillis } from "../traffic/PodMetrics.ts"
import * as Owned from "./Owned.ts"

const tolerance = 0.1
const initialisationMillis = 300_000
const initialReadinessMillis = 30_000

export interface Measure {
  readonly resource: "cpu" | "memory"
  /** Of one container in each pod; of all when undefined. */
  readonly container: string | undefined
  /** Per cent of what is requested, or units per pod. */
  readonly target: { readonly _tag: "Utilization" | "AverageValue"; readonly value: number }
}

export interface Wanted {
  readonly replicas: number
  /** Per pod, in units of the resource. */
  readonly average: number
  /** Per cent, when that is the target. */
  readonly utilization: number | undefined
}

/** Pods that have just begun say nothing of the load to come. */
const isUnready = (pod: Pod, resource: "cpu" | "memory", now: number): boolean => {
  if (pod.status.phase === "Pending") return true
  if (resource !== "cpu") return false
  const ready = pod.status.conditions?.find(({ type }) => type === "Ready")
  const started = parseTime(pod.status.startTime)
  const changed = parseTime(ready?.lastTransitionTime)
  if (ready === undefined || started === undefined || changed === undefined) return true
  if (started + initialisationMillis > now) return ready.status === "False" || now < changed + windowMillis
  return ready.status === "False" && started + initialReadinessMillis > changed
}

const requestOf = (pod: Pod, { container, resource }: Measure): Result.Result<number, string> => {
  let sum = 0
  for (const one of pod.spec.containers) {
    if (container !== undefined && one.name !== container) continue
    const asked = one.resources?.requests?.[resource]
    if (asked === undefined) return Result.fail(`missing request for ${resource} in container ${one.name} of Pod ${pod.metadata.name}`)
    sum += Requests.amount(resource, asked)
  }
  return Result.succeed(sum)
}

/** Values of what is measured, and of what is requested, by pod. */
type Amounts = ReadonlyMap<Pod, number>

const totalOf = (amounts: Amounts): number => [...amounts.values()].reduce((sum, one) => sum + one, 0)

export const calculate = (
  pods: ReadonlyArray<Pod>,
  metrics: ReadonlyMap<string, ReadonlyArray<ContainerUsage>>,
  measure: Measure,
  current: number,
  now: number
): Result.Result<Wanted, string> => {
  const { container, resource, target } = measure
  const counted = pods.filter(({ metadata, status }) => metadata.deletionTimestamp === undefined && status.phase !== "Failed")
  const unready = counted.filter((pod) => isUnready(pod, resource, now))
  const usage = new Map<Pod, number>()
  const missing: Array<Pod> = []
  for (const pod of counted) {
    const found = metrics.get(pod.metadata.uid ?? "")?.filter(({ name }) => container === undefined || name === container)
    if (unready.includes(pod)) continue
    if (found === undefined || found.length === 0) missing.push(pod)
    else
      usage.set(
        pod,
        found.reduce((sum, one) => sum + one[resource], 0)
      )
  }
  const none = `unable to get metrics for resource ${resource}: no metrics returned from resource metrics API`
  if (metrics.size === 0) return Result.fail(none)
  if (usage.size === 0) return Result.fail("did not receive metrics for targeted pods (pods might be unready)")
  const requests = new Map<Pod, number>()
  if (target._tag === "Utilization") {
    for (const pod of counted.filter((one) => !Owned.isFinished(one))) {
      const asked = requestOf(pod, measure)
      if (Result.isFailure(asked)) return Result.fail(asked.failure)
      requests.set(pod, asked.success)
    }
  }
  const ratioOf = (amounts: Amounts): number =>
    target._tag === "AverageValue"
      ? totalOf(amounts) / amounts.size / target.value
      : Math.floor((100 * totalOf(amounts)) / [...amounts.keys()].reduce((sum, pod) => sum + (requests.get(pod) ?? 0), 0)) / target.value
  const ratio = ratioOf(usage)
  const average = Math.floor(totalOf(usage) / usage.size)
  const utilization = target._tag === "Utilization" ? Math.floor(ratio * target.value + 0.5) : undefined
  const answer = (replicas: number) => Result.succeed({ replicas, average, utilization })
  const near = (one: number): boolean => Math.abs(1 - one) <= tolerance
  const hold = unready.length > 0 && ratio > 1
  if (!hold && missing.length === 0) return answer(near(ratio) ? current : Math.ceil(ratio * usage.size))
  // the cautious assumption: who isn't heard uses nothing when there is too much load, and all it may when there is too little
  const whole = new Map(usage)
  const full = (pod: Pod): number =>
    target._tag === "AverageValue" ? target.value : (Math.max(100, target.value) * (requests.get(pod) ?? 0)) / 100
  for (const pod of missing) whole.set(pod, ratio < 1 ? full(pod) : 0)
  if (hold) for (const pod of unready) whole.set(pod, 0)
  const next = ratioOf(whole)
  if (near(next) || ratio < 1 !== next < 1) return answer(current)
  const replicas = Math.ceil(next * whole.size)
  return answer((next < 1 && replicas > current) || (next > 1 && replicas < current) ? current : replicas)
}
