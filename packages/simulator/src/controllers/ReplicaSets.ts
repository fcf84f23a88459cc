/** Keeps as many pods as a ReplicaSet or a ReplicationController wants: pkg/controller/replicaset. */
import { stringRecord } from "@aiopslab/kubernetes/Json"
import * as Selector from "@aiopslab/kubernetes/Selector"
import * as Store from "@aiopslab/kubernetes/Store"
import { kubeTime, parseTime } from "@aiopslab/kubernetes/Time"
import * as Result from "effect/Result"
import type { Controller } from "../Controller.ts"
import { keyOf, parseKey } from "../Controller.ts"
import type { Condition, LabelSelector, Pod, ReplicaSet } from "../Kinds.ts"
import { asPod, asReplicaSet } from "../Kinds.ts"
import type { Turn } from "../Turn.ts"
import * as Owned from "./Owned.ts"
import { createPod, deletePod, isTerminating } from "./PodTemplate.ts"

/** A replica set and a replication controller differ in their names and in how they select. */
interface Kind {
  readonly name: string
  readonly component: string
  readonly resource: string
  readonly kind: string
  readonly selectorOf: (set: ReplicaSet) => LabelSelector
}

const make = (of: Kind): Controller => ({
  name: of.name,
  resources: [of.resource, "pods"],
  observe: (turn, { object, previous, resource, type }) => {
    if (resource === of.resource) return type === "DELETED" ? undefined : turn.enqueue(of.name, keyOf(object))
    if (previous !== undefined && Owned.controllerOf(previous)?.uid !== Owned.controllerOf(object)?.uid) {
      Owned.enqueueOwner(turn, of.name, of.kind, previous)
    }
    if (Owned.enqueueOwner(turn, of.name, of.kind, object) || type === "DELETED" || Owned.controllerOf(object) !== undefined) return
    for (const one of Store.list(turn.store, of.resource, object.metadata.namespace ?? "")) {
      if (Selector.matches(Selector.fromLabelSelector(of.selectorOf(asReplicaSet(one))), object.metadata.labels))
        turn.enqueue(of.name, keyOf(one))
    }
  },
  reconcile: (turn, key) => {
    const found = turn.get(of.resource, ...parseKey(key))
    if (found === undefined) return
    const set = asReplicaSet(found)
    const failure = set.metadata.deletionTimestamp === undefined ? scale(turn, of, set) : undefined
    report(turn, of, set, failure)
    if (failure === undefined) turn.forgive(of.name, key)
    else turn.retry(of.name, key)
  }
})

/** Why a pod couldn't be created. Pods are created one, two, four … at a time, until some of them fail. */
const scale = (turn: Turn, of: Kind, set: ReplicaSet): string | undefined => {
  const wanted = set.spec.replicas ?? 1
  const selector = of.selectorOf(set)
  // its own pods would be strangers to it, and it would create more for ever
  if (!Selector.matches(Selector.fromLabelSelector(selector), set.spec.template.metadata?.labels)) return undefined
  adoptOrphans(turn, set, selector)
  const active = Owned.pods(turn, set, selector).filter(Owned.isActive)
  if (active.length > wanted) {
    for (const pod of [...active].sort(byCost).slice(0, active.length - wanted)) deletePod(turn, set, of.component, pod)
    return undefined
  }
  const most = Math.min(wanted, active.length + Owned.room(turn, active))
  for (let count = active.length, batch = 1; count < most; count += batch, batch = Math.min(batch * 2, most - count)) {
    let failure: string | undefined
    for (let i = 0; i < batch; i++) {
      const created = createPod(turn, set, of.component, set.spec.template, { generateName: `${set.metadata.name}-` })
      if (Result.isSuccess(created)) continue
      if (isTerminating(created.failure)) return undefined
      failure = created.failure.message
    }
    if (failure !== undefined) return failure
  }
  if (most < wanted) turn.schedule(Owned.nextSecond(turn), { _tag: "Requeue", controller: of.name, key: keyOf(set) })
  return undefined
}

const adoptOrphans = (turn: Turn, set: ReplicaSet, labelSelector: LabelSelector): void => {
  const selector = Selector.fromLabelSelector(labelSelector)
  for (const pod of Store.list(turn.store, "pods", set.metadata.namespace ?? "")) {
    if (Owned.controllerOf(pod) === undefined && Selector.matches(selector, pod.metadata.labels)) Owned.adopt(turn, set, labelSelector, pod)
  }
}

const rank = (pod: Pod): number =>
  (pod.spec.nodeName ?? "") === ""
    ? 0
    : pod.status.phase === "Pending"
      ? 1
      : pod.status.phase === "Unknown"
        ? 2
        : Owned.isReady(pod)
          ? 4
          : 3

const restarts = (pod: Pod): number =>
  (pod.status.containerStatuses ?? []).reduce((sum, { restartCount }) => Math.max(sum, restartCount), 0)

/** Which pod is missed least: not scheduled, pending, not ready, many restarts, young. */
const byCost = (a: Pod, b: Pod): number =>
  rank(a) - rank(b) ||
  restarts(b) - restarts(a) ||
  (parseTime(b.metadata.creationTimestamp) ?? 0) - (parseTime(a.metadata.creationTimestamp) ?? 0) ||
  (a.metadata.name < b.metadata.name ? -1 : 1)

/** One condition at most: that pods can't be created, since when and why at first. */
const conditionsOf = (turn: Turn, set: ReplicaSet, failure: string | undefined): ReadonlyArray<Condition> => {
  const { conditions = [] } = set.status
  if (failure === undefined) return conditions.filter(({ type }) => type !== "ReplicaFailure")
  if (conditions.some(({ type }) => type === "ReplicaFailure")) return conditions
  const condition = { type: "ReplicaFailure", status: "True", reason: "FailedCreate", message: failure } as const
  return [...conditions, { ...condition, lastTransitionTime: kubeTime(turn.now) }]
}

const report = (turn: Turn, of: Kind, set: ReplicaSet, failure: string | undefined): void => {
  const stored = turn.get(of.resource, set.metadata.namespace ?? "", set.metadata.name)
  if (stored === undefined) return
  const minReady = set.spec.minReadySeconds ?? 0
  let replicas = 0
  let ready = 0
  let available = 0
  let terminating = 0
  for (const one of Owned.of(turn, set, "pods")) {
    const pod = asPod(one)
    if (Owned.isFinished(pod)) continue
    if (!Owned.isActive(pod)) {
      terminating++
      continue
    }
    replicas++
    const at = Owned.availableAt(pod, minReady)
    if (at === undefined) continue
    ready++
    if (at <= turn.now) available++
    else turn.schedule(at, { _tag: "Requeue", controller: of.name, key: keyOf(set) })
  }
  const conditions = conditionsOf(turn, asReplicaSet(stored), failure)
  turn.put(of.resource, {
    ...stored,
    status: {
      replicas,
      ...(replicas === 0 ? {} : { fullyLabeledReplicas: replicas }),
      ...(ready === 0 ? {} : { readyReplicas: ready }),
      ...(available === 0 ? {} : { availableReplicas: available }),
      ...(terminating === 0 || of.kind !== "ReplicaSet" ? {} : { terminatingReplicas: terminating }),
      ...(conditions.length === 0 ? {} : { conditions }),
      observedGeneration: set.metadata.generation ?? 1
    }
  })
}

export const replicaSets = make({
  name: "replicaset",
  component: "replicaset-controller",
  resource: "replicasets.apps",
  kind: "ReplicaSet",
  selectorOf: ({ spec }) => spec.selector
})

export const replicationControllers = make({
  name: "replicationcontroller",
  component: "replication-controller",
  resource: "replicationcontrollers",
  kind: "ReplicationController",
  selectorOf: ({ spec }) => ({ matchLabels: stringRecord(spec.selector) })
})
