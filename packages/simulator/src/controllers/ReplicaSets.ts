/** Keeps as many pods as a ReplicaSet wants: pkg/controller/replicaset. */
import * as Selector from "@aiopslab/kubernetes/Selector"
import * as Store from "@aiopslab/kubernetes/Store"
import { parseTime } from "@aiopslab/kubernetes/Time"
import type { Controller } from "../Controller.ts"
import { keyOf, parseKey } from "../Controller.ts"
import type { Pod, ReplicaSet } from "../Kinds.ts"
import { asPod, asReplicaSet } from "../Kinds.ts"
import type { Turn } from "../Turn.ts"
import * as Owned from "./Owned.ts"
import { createPod, deletePod } from "./PodTemplate.ts"

const name = "replicaset"
const component = "replicaset-controller"

export const replicaSets: Controller = {
  name,
  resources: ["replicasets.apps", "pods"],
  observe: (turn, { object, previous, resource, type }) => {
    if (resource === "replicasets.apps") return type === "DELETED" ? undefined : turn.enqueue(name, keyOf(object))
    if (previous !== undefined && Owned.controllerOf(previous)?.uid !== Owned.controllerOf(object)?.uid) {
      Owned.enqueueOwner(turn, name, "ReplicaSet", previous)
    }
    if (Owned.enqueueOwner(turn, name, "ReplicaSet", object) || type === "DELETED" || Owned.controllerOf(object) !== undefined) return
    for (const one of Store.list(turn.store, "replicasets.apps", object.metadata.namespace ?? "")) {
      if (Selector.matches(Selector.fromLabelSelector(asReplicaSet(one).spec.selector), object.metadata.labels))
        turn.enqueue(name, keyOf(one))
    }
  },
  reconcile: (turn, key) => {
    const found = turn.get("replicasets.apps", ...parseKey(key))
    if (found === undefined) return
    const set = asReplicaSet(found)
    if (set.metadata.deletionTimestamp === undefined) scale(turn, set)
    report(turn, set)
  }
}

const retryMillis = 10_000

const scale = (turn: Turn, set: ReplicaSet): void => {
  const wanted = set.spec.replicas ?? 1
  // its own pods would be strangers to it, and it would create more for ever
  if (!Selector.matches(Selector.fromLabelSelector(set.spec.selector), set.spec.template.metadata?.labels)) return
  adoptOrphans(turn, set)
  const active = Owned.pods(turn, set, set.spec.selector).filter(Owned.isActive)
  const most = Math.min(wanted, active.length + Owned.room(turn, active))
  let count = active.length
  while (count < most && createPod(turn, set, component, set.spec.template, { generateName: `${set.metadata.name}-` }) !== undefined)
    count++
  if (count < wanted) {
    turn.schedule(count < most ? turn.now + retryMillis : Owned.nextSecond(turn), { _tag: "Requeue", controller: name, key: keyOf(set) })
  }
  if (active.length > wanted) {
    for (const pod of [...active].sort(byCost).slice(0, active.length - wanted)) deletePod(turn, set, component, pod)
  }
}

const adoptOrphans = (turn: Turn, set: ReplicaSet): void => {
  const selector = Selector.fromLabelSelector(set.spec.selector)
  for (const pod of Store.list(turn.store, "pods", set.metadata.namespace ?? "")) {
    if (Owned.controllerOf(pod) === undefined && Selector.matches(selector, pod.metadata.labels))
      Owned.adopt(turn, set, set.spec.selector, pod)
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

const report = (turn: Turn, set: ReplicaSet): void => {
  const stored = turn.get("replicasets.apps", set.metadata.namespace ?? "", set.metadata.name)
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
    else turn.schedule(at, { _tag: "Requeue", controller: name, key: keyOf(set) })
  }
  turn.put("replicasets.apps", {
    ...stored,
    status: {
      replicas,
      ...(replicas === 0 ? {} : { fullyLabeledReplicas: replicas }),
      ...(ready === 0 ? {} : { readyReplicas: ready }),
      ...(available === 0 ? {} : { availableReplicas: available }),
      ...(terminating === 0 ? {} : { terminatingReplicas: terminating }),
      observedGeneration: set.metadata.generation ?? 1
    }
  })
}
