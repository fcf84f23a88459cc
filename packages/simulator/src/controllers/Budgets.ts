/** How many pods each disruption budget lets go: pkg/controller/disruption. */
import * as IntOrPercent from "@aiopslab/kubernetes/IntOrPercent"
import * as Selector from "@aiopslab/kubernetes/Selector"
import * as Store from "@aiopslab/kubernetes/Store"
import { kubeTime, parseTime } from "@aiopslab/kubernetes/Time"
import * as Result from "effect/Result"
import type { Controller } from "../Controller.ts"
import { keyOf, parseKey } from "../Controller.ts"
import * as Events from "../Events.ts"
import type { Condition, Pod } from "../Kinds.ts"
import type { DisruptionBudget } from "../PolicyKinds.ts"
import { asPod, asReplicaSet } from "../Kinds.ts"
import { asBudget } from "../PolicyKinds.ts"
import type { Turn } from "../Turn.ts"
import * as Owned from "./Owned.ts"

const name = "disruption"
const component = "controllermanager"
const resource = "poddisruptionbudgets.policy"
/** An eviction that hasn't deleted its pod by then doesn't count any more. */
const evictionMillis = 120_000

const owners = ["deployments.apps", "replicasets.apps", "statefulsets.apps", "replicationcontrollers"]

export const budgets: Controller = {
  name,
  resources: [resource, "pods", ...owners],
  observe: (turn, { object, previous, resource: changed, type }) => {
    if (changed === resource) return type === "DELETED" ? undefined : turn.enqueue(name, keyOf(object))
    if (changed !== "pods" && previous?.["spec"] === object["spec"]) return
    for (const one of Store.list(turn.store, resource, object.metadata.namespace ?? "")) {
      if (changed !== "pods" || selects(asBudget(one), object) || (previous !== undefined && selects(asBudget(one), previous)))
        turn.enqueue(name, keyOf(one))
    }
  },
  reconcile: (turn, key) => {
    const found = turn.get(resource, ...parseKey(key))
    if (found !== undefined && found.metadata.deletionTimestamp === undefined) look(turn, asBudget(found))
  }
}

const selects = ({ spec }: DisruptionBudget, { metadata }: Pick<Pod, "metadata">): boolean =>
  spec.selector !== undefined && Selector.matches(Selector.fromLabelSelector(spec.selector), metadata.labels)

const look = (turn: Turn, budget: DisruptionBudget): void => {
  const pods = Store.list(turn.store, "pods", budget.metadata.namespace ?? "")
    .map(asPod)
    .filter((pod) => selects(budget, pod))
  if (pods.length === 0) Events.record(turn, budget, { component }, "Normal", "NoPods", "No matching pods found")
  const expected = expectedOf(turn, budget, pods)
  if (Result.isFailure(expected)) {
    const message = `Failed to calculate the number of expected pods: ${expected.failure}`
    Events.record(turn, budget, { component }, "Warning", "CalculateExpectedPodCountFailed", message)
    const conditions = conditionsOf(turn, budget, "False", "SyncFailed", expected.failure)
    turn.put(resource, { ...budget, status: { ...budget.status, disruptionsAllowed: 0, conditions } })
    return
  }
  const disruptedPods = disrupted(turn, budget, pods)
  const healthy = pods.filter(
    (pod) => pod.metadata.deletionTimestamp === undefined && !(pod.metadata.name in disruptedPods) && Owned.isReady(pod)
  ).length
  const { desired, total } = expected.success
  const allowed = total <= 0 ? 0 : Math.max(0, healthy - desired)
  turn.put(resource, {
    ...budget,
    status: {
      conditions: conditionsOf(turn, budget, allowed > 0 ? "True" : "False", allowed > 0 ? "SufficientPods" : "InsufficientPods", ""),
      currentHealthy: healthy,
      desiredHealthy: desired,
      ...(Object.keys(disruptedPods).length === 0 ? {} : { disruptedPods }),
      disruptionsAllowed: allowed,
      expectedPods: total,
      observedGeneration: budget.metadata.generation ?? 1
    }
  })
}

const conditionsOf = (
  turn: Turn,
  budget: DisruptionBudget,
  status: "True" | "False",
  reason: string,
  message: string
): ReadonlyArray<Condition> => {
  const before = budget.status.conditions?.find(({ type }) => type === "DisruptionAllowed")
  const lastTransitionTime = before?.status === status ? (before.lastTransitionTime ?? null) : kubeTime(turn.now)
  const condition = {
    type: "DisruptionAllowed",
    status,
    observedGeneration: budget.metadata.generation ?? 1,
    lastTransitionTime,
    reason,
    message
  }
  const others = (budget.status.conditions ?? []).filter(({ type }) => type !== "DisruptionAllowed")
  return [...others, condition]
}

interface Expected {
  readonly total: number
  readonly desired: number
}

const expectedOf = (turn: Turn, budget: DisruptionBudget, pods: ReadonlyArray<Pod>): Result.Result<Expected, string> => {
  const { maxUnavailable, minAvailable } = budget.spec
  if (typeof minAvailable === "number") return Result.succeed({ total: pods.length, desired: minAvailable })
  if (minAvailable === undefined && maxUnavailable === undefined) return Result.succeed({ total: 0, desired: 0 })
  return Result.map(scaleOf(turn, pods), (total) => ({
    total,
    desired:
      maxUnavailable === undefined
        ? IntOrPercent.scaled(minAvailable, total, "up")
        : Math.max(0, total - IntOrPercent.scaled(maxUnavailable, total, "up"))
  }))
}

const kinds: Readonly<Record<string, string>> = {
  ReplicaSet: "replicasets.apps",
  StatefulSet: "statefulsets.apps",
  ReplicationController: "replicationcontrollers",
  Deployment: "deployments.apps"
}

/** How many pods the owners of these want together. */
const scaleOf = (turn: Turn, pods: ReadonlyArray<Pod>): Result.Result<number, string> => {
  const scales = new Map<string, number>()
  for (const pod of pods) {
    let owner = Owned.controllerOf(pod)
    let found: ReturnType<typeof turn.get>
    let replicas = 0
    while (owner !== undefined) {
      const kind = kinds[owner.kind]
      if (kind === undefined) {
        const group = owner.apiVersion.includes("/") ? `.${owner.apiVersion.split("/")[0] ?? ""}` : ""
        return Result.fail(`${owner.kind.toLowerCase()}s${group} does not implement the scale subresource`)
      }
      const next = turn.get(kind, pod.metadata.namespace ?? "", owner.name)
      if (next === undefined || next.metadata.uid !== owner.uid) break
      found = next
      replicas = asReplicaSet(next).spec.replicas ?? 1
      owner = Owned.controllerOf(next)
    }
    if (found !== undefined) scales.set(found.metadata.uid ?? "", replicas)
  }
  return Result.succeed([...scales.values()].reduce((sum, one) => sum + one, 0))
}

/** Evictions that were granted and whose pods aren't deleted yet. */
const disrupted = (turn: Turn, budget: DisruptionBudget, pods: ReadonlyArray<Pod>): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(budget.status.disruptedPods ?? {}).filter(([pod, time]) => {
      const until = (parseTime(time) ?? 0) + evictionMillis
      const pending = pods.some(({ metadata }) => metadata.name === pod && metadata.deletionTimestamp === undefined) && until > turn.now
      if (pending) turn.schedule(until, { _tag: "Requeue", controller: name, key: keyOf(budget) })
      return pending
    })
  )
