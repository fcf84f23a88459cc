/** Pods with names and claims of their own, one after the other: pkg/controller/statefulset. */
import type { KubeObject } from "@aiopslab/core/Kubernetes"
import type { Controller } from "../Controller.ts"
import { keyOf, parseKey } from "../Controller.ts"
import type { Pod, StatefulSet } from "../Kinds.ts"
import { asPod, asStatefulSet } from "../Kinds.ts"
import type { Turn } from "../Turn.ts"
import * as Owned from "./Owned.ts"
import { createPod, deletePod, hash } from "./PodTemplate.ts"

const name = "statefulset"
const component = "statefulset-controller"
const resource = "statefulsets.apps"
const revisionLabel = "controller-revision-hash"

export const statefulSets: Controller = {
  name,
  resources: [resource, "pods"],
  observe: (turn, { object, resource: changed, type }) => {
    if (changed === "pods") Owned.enqueueOwner(turn, name, "StatefulSet", object)
    else if (type !== "DELETED") turn.enqueue(name, keyOf(object))
  },
  reconcile: (turn, key) => {
    const found = turn.get(resource, ...parseKey(key))
    if (found === undefined) return
    const set = asStatefulSet(found)
    if (set.metadata.deletionTimestamp === undefined) scale(turn, set)
    report(turn, set)
  }
}

const revisionOf = (set: StatefulSet): string => `${set.metadata.name}-${hash(set.spec.template, 0)}`

const ordinalOf = (pod: KubeObject): number => Number(pod.metadata.name.slice(pod.metadata.name.lastIndexOf("-") + 1))

const podsOf = (turn: Turn, set: StatefulSet): ReadonlyArray<Pod> =>
  Owned.of(turn, set, "pods")
    .map(asPod)
    .sort((a, b) => ordinalOf(a) - ordinalOf(b))

const scale = (turn: Turn, set: StatefulSet): void => {
  const wanted = set.spec.replicas ?? 1
  const parallel = set.spec.podManagementPolicy === "Parallel"
  const pods = podsOf(turn, set)
  const byOrdinal = new Map(pods.map((pod) => [ordinalOf(pod), pod]))
  for (let ordinal = 0; ordinal < wanted; ordinal++) {
    const pod = byOrdinal.get(ordinal)
    if (pod === undefined) {
      create(turn, set, ordinal)
      if (!parallel) return
    } else if (Owned.isFinished(pod)) {
      if (pod.metadata.deletionTimestamp === undefined) deletePod(turn, set, component, pod)
      return
    } else if (!parallel && (pod.metadata.deletionTimestamp !== undefined || !Owned.isReady(pod))) return replaceStuck(turn, set, pod)
  }
  const extra = pods.filter((pod) => ordinalOf(pod) >= wanted)
  for (const pod of [...extra].reverse()) {
    if (pod.metadata.deletionTimestamp === undefined) deletePod(turn, set, component, pod)
    if (!parallel) return
  }
  update(turn, set, pods)
}

/** From the last pod to the first, one at a time, down to the partition. */
const update = (turn: Turn, set: StatefulSet, pods: ReadonlyArray<Pod>): void => {
  if (set.spec.updateStrategy?.type === "OnDelete") return
  const revision = revisionOf(set)
  const partition = set.spec.updateStrategy?.rollingUpdate?.partition ?? 0
  if (pods.some((pod) => pod.metadata.deletionTimestamp !== undefined)) return
  for (const pod of [...pods].reverse()) {
    if (ordinalOf(pod) < partition) return
    if (pod.metadata.labels?.[revisionLabel] !== revision) return deletePod(turn, set, component, pod)
    if (!Owned.isReady(pod)) return
  }
}

/** A pod of an old revision that never became ready is replaced once it is out of the way of nothing. */
const replaceStuck = (turn: Turn, set: StatefulSet, pod: Pod): void => {
  if (pod.metadata.deletionTimestamp !== undefined || set.spec.updateStrategy?.type === "OnDelete") return
  if (pod.metadata.labels?.[revisionLabel] !== revisionOf(set) && pod.status.phase === "Pending") deletePod(turn, set, component, pod)
}

const create = (turn: Turn, set: StatefulSet, ordinal: number): void => {
  const podName = `${set.metadata.name}-${ordinal}`
  const namespace = set.metadata.namespace ?? ""
  const templates = set.spec.volumeClaimTemplates ?? []
  for (const template of templates) {
    const claim = `${template.metadata.name}-${podName}`
    if (turn.get("persistentvolumeclaims", namespace, claim) !== undefined) continue
    turn.create("persistentvolumeclaims", {
      apiVersion: "v1",
      kind: "PersistentVolumeClaim",
      metadata: { ...template.metadata, name: claim, namespace, labels: { ...template.metadata.labels, ...set.spec.selector.matchLabels } },
      spec: template["spec"]
    })
  }
  const own = templates.map(({ metadata }) => ({
    name: metadata.name,
    persistentVolumeClaim: { claimName: `${metadata.name}-${podName}` }
  }))
  const others = (set.spec.template.spec.volumes ?? []).filter(({ name: volume }) => !own.some((one) => one.name === volume))
  createPod(
    turn,
    set,
    component,
    set.spec.template,
    { name: podName },
    {
      labels: {
        [revisionLabel]: revisionOf(set),
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
}

const report = (turn: Turn, set: StatefulSet): void => {
  const stored = turn.get(resource, set.metadata.namespace ?? "", set.metadata.name)
  if (stored === undefined) return
  const pods = podsOf(turn, set).filter((pod) => !Owned.isFinished(pod))
  const revision = revisionOf(set)
  const ready = pods.filter((pod) => Owned.isReady(pod) && pod.metadata.deletionTimestamp === undefined)
  const updated = pods.filter((pod) => pod.metadata.labels?.[revisionLabel] === revision)
  const wanted = set.spec.replicas ?? 1
  const done = updated.length === wanted && ready.length === wanted && pods.length === wanted
  const currentRevision = done || set.status.currentRevision === undefined ? revision : set.status.currentRevision
  const current = pods.filter((pod) => pod.metadata.labels?.[revisionLabel] === currentRevision)
  turn.put(resource, {
    ...stored,
    status: {
      observedGeneration: stored.metadata.generation ?? 1,
      replicas: pods.length,
      ...(ready.length === 0 ? {} : { readyReplicas: ready.length }),
      ...(current.length === 0 ? {} : { currentReplicas: current.length }),
      ...(updated.length === 0 ? {} : { updatedReplicas: updated.length }),
      currentRevision,
      updateRevision: revision,
      collisionCount: 0,
      availableReplicas: ready.length
    }
  })
}
