/** Pods with names and claims of their own, one after the other: pkg/controller/statefulset. */
import type { KubeObject } from "@aiopslab/core/Kubernetes"
import * as Result from "effect/Result"
import type { Controller } from "../Controller.ts"
import { keyOf, parseKey } from "../Controller.ts"
import * as Events from "../Events.ts"
import type { Pod, StatefulSet } from "../Kinds.ts"
import { asPod, asStatefulSet } from "../Kinds.ts"
import type { Turn } from "../Turn.ts"
import * as Owned from "./Owned.ts"
import { createPod, isTerminating } from "./PodTemplate.ts"
import type { Revision } from "./Revisions.ts"
import * as Revisions from "./Revisions.ts"
import * as StatefulClaims from "./StatefulClaims.ts"

const name = "statefulset"
const component = "statefulset-controller"
const resource = "statefulsets.apps"
const { revisionLabel } = Revisions

export const statefulSets: Controller = {
  name,
  resources: [resource, "pods"],
  observe: (turn, { object, resource: changed, type }) => {
    if (changed === "pods") Owned.enqueueOwner(turn, name, "StatefulSet", object)
    else if (type !== "DELETED") turn.enqueue(name, keyOf(object))
  },
  reconcile: (turn, key) => {
    const found = turn.get(resource, ...parseKey(key))
    if (found === undefined || found.metadata.deletionTimestamp !== undefined) return
    const set = asStatefulSet(found)
    const next = Revisions.update(turn, set, set.spec.template)
    const current = Revisions.all(turn, set).find((one) => one.name === set.status.currentRevision) ?? next
    StatefulClaims.own(turn, set)
    scale(turn, set, current, next)
    const used = podsOf(turn, set).flatMap(({ metadata }) => metadata.labels?.[revisionLabel] ?? [])
    report(turn, set, current, next)
    Revisions.forget(turn, set, new Set([current.name, next.name, ...used]))
  }
}

const ordinalOf = (pod: KubeObject): number => Number(pod.metadata.name.slice(pod.metadata.name.lastIndexOf("-") + 1))

const podsOf = (turn: Turn, set: StatefulSet): ReadonlyArray<Pod> =>
  Owned.pods(turn, set, set.spec.selector)
    .filter(({ metadata }) => new RegExp(`^${set.metadata.name}-\\d+$`, "u").test(metadata.name))
    .sort((a, b) => ordinalOf(a) - ordinalOf(b))

const revisionOf = (pod: Pod): string => pod.metadata.labels?.[revisionLabel] ?? ""

const isRunning = (pod: Pod): boolean => pod.status.phase === "Running" && Owned.isReady(pod)

const isAvailable = (turn: Turn, set: StatefulSet, pod: Pod): boolean => {
  const at = isRunning(pod) ? Owned.availableAt(pod, set.spec.minReadySeconds ?? 0) : undefined
  if (at !== undefined && at > turn.now) turn.schedule(at, { _tag: "Requeue", controller: name, key: keyOf(set) })
  return at !== undefined && at <= turn.now
}

/** Brings pods up in order, down in reverse order, then replaces what is old. In parallel nothing waits but updates. */
const scale = (turn: Turn, set: StatefulSet, current: Revision, next: Revision): void => {
  const first = set.spec.ordinals?.start ?? 0
  const end = first + (set.spec.replicas ?? 1)
  const ordered = set.spec.podManagementPolicy !== "Parallel"
  const byOrdinal = new Map(podsOf(turn, set).map((pod) => [ordinalOf(pod), pod]))
  for (let ordinal = first; ordinal < end; ordinal++) {
    const pod = byOrdinal.get(ordinal)
    if (pod === undefined) {
      if (!create(turn, set, ordinal, needsCurrent(set, ordinal) ? current : next) || ordered) return
    } else if (Owned.isFinished(pod)) {
      if (pod.metadata.deletionTimestamp === undefined) {
        const failed = pod.status.phase === "Failed"
        const message = `StatefulSet ${keyOf(set)} is recreating ${failed ? "failed" : "terminated"} Pod ${pod.metadata.name}`
        tell(turn, set, failed ? "Warning" : "Normal", failed ? "RecreatingFailedPod" : "RecreatingTerminatedPod", message)
        remove(turn, set, pod)
      }
      return
    } else if (ordered && (pod.metadata.deletionTimestamp !== undefined || !isAvailable(turn, set, pod))) return
  }
  const extra = [...byOrdinal].filter(([ordinal]) => ordinal < first || ordinal >= end).map(([, pod]) => pod)
  for (const pod of extra.reverse()) {
    StatefulClaims.condemn(turn, set, pod)
    if (pod.metadata.deletionTimestamp === undefined) remove(turn, set, pod)
    if (ordered) return
  }
  update(turn, set, next, first, end)
}

/** Pods below the partition stay as they were. */
const needsCurrent = (set: StatefulSet, ordinal: number): boolean => {
  const { rollingUpdate, type } = set.spec.updateStrategy ?? {}
  return type !== "OnDelete" && ordinal < (set.spec.ordinals?.start ?? 0) + (rollingUpdate?.partition ?? 0)
}

/** From the last pod to the first, one at a time, down to the partition. */
const update = (turn: Turn, set: StatefulSet, next: Revision, first: number, end: number): void => {
  if (set.spec.updateStrategy?.type === "OnDelete") return
  const least = first + (set.spec.updateStrategy?.rollingUpdate?.partition ?? 0)
  for (const pod of [...podsOf(turn, set)].reverse()) {
    if (ordinalOf(pod) < least || ordinalOf(pod) >= end) continue
    if (revisionOf(pod) !== next.name && pod.metadata.deletionTimestamp === undefined) return remove(turn, set, pod)
    if (pod.metadata.deletionTimestamp !== undefined || !isAvailable(turn, set, pod)) return
  }
}

const tell = (turn: Turn, set: StatefulSet, type: "Normal" | "Warning", reason: string, message: string): void =>
  Events.record(turn, set, { component }, type, reason, message)

const remove = (turn: Turn, set: StatefulSet, pod: Pod): void => {
  turn.remove("pods", pod.metadata.namespace ?? "", pod.metadata.name)
  tell(turn, set, "Normal", "SuccessfulDelete", `delete Pod ${pod.metadata.name} in StatefulSet ${set.metadata.name} successful`)
}

/** Whether the pod could be created. */
const create = (turn: Turn, set: StatefulSet, ordinal: number, revision: Revision): boolean => {
  const podName = `${set.metadata.name}-${ordinal}`
  const fails = (what: string, failure: Result.Failure<unknown, { readonly message: string }>["failure"]): boolean => {
    tell(turn, set, "Warning", "FailedCreate", `create ${what} in StatefulSet ${set.metadata.name} failed error: ${failure.message}`)
    turn.retry(name, keyOf(set))
    return false
  }
  for (const { claim, result } of StatefulClaims.create(turn, set, ordinal)) {
    if (Result.isFailure(result)) return fails(`Claim ${claim} Pod ${podName}`, result.failure)
    tell(turn, set, "Normal", "SuccessfulCreate", `create Claim ${claim} Pod ${podName} in StatefulSet ${set.metadata.name} success`)
  }
  const own = StatefulClaims.volumes(set, ordinal)
  const others = (revision.template.spec.volumes ?? []).filter(({ name: volume }) => !own.some((one) => one.name === volume))
  const made = createPod(
    turn,
    set,
    component,
    revision.template,
    { name: podName },
    {
      quiet: true,
      labels: {
        [revisionLabel]: revision.name,
        "statefulset.kubernetes.io/pod-name": podName,
        "apps.kubernetes.io/pod-index": String(ordinal)
      },
      spec: {
        hostname: podName,
        ...(set.spec.serviceName === undefined ? {} : { subdomain: set.spec.serviceName }),
        ...(own.length + others.length === 0 ? {} : { volumes: [...own, ...others] })
      }
    }
  )
  if (Result.isFailure(made)) return isTerminating(made.failure) ? false : fails(`Pod ${podName}`, made.failure)
  turn.forgive(name, keyOf(set))
  tell(turn, set, "Normal", "SuccessfulCreate", `create Pod ${podName} in StatefulSet ${set.metadata.name} successful`)
  return true
}

const report = (turn: Turn, set: StatefulSet, current: Revision, next: Revision): void => {
  const stored = turn.get(resource, set.metadata.namespace ?? "", set.metadata.name)
  if (stored === undefined) return
  const pods = podsOf(turn, set)
  const ready = pods.filter(isRunning)
  const available = ready.filter((pod) => isAvailable(turn, set, pod))
  const of = (revision: string) =>
    pods.filter((pod) => revisionOf(pod) === revision && pod.metadata.deletionTimestamp === undefined).map(asPod).length
  const updated = of(next.name)
  const done = set.spec.updateStrategy?.type !== "OnDelete" && updated === pods.length && ready.length === pods.length
  const currentRevision = done ? next.name : current.name
  const still = of(currentRevision)
  turn.put(resource, {
    ...stored,
    status: {
      observedGeneration: stored.metadata.generation ?? 1,
      replicas: pods.length,
      ...(ready.length === 0 ? {} : { readyReplicas: ready.length }),
      ...(still === 0 ? {} : { currentReplicas: still }),
      ...(updated === 0 ? {} : { updatedReplicas: updated }),
      currentRevision,
      updateRevision: next.name,
      collisionCount: 0,
      availableReplicas: available.length
    }
  })
}
