/** The pods and other objects that a controller object owns. */
import type { KubeObject, ObjectMeta, OwnerReference } from "@aiopslab/core/Kubernetes"
import * as Selector from "@aiopslab/kubernetes/Selector"
import * as Store from "@aiopslab/kubernetes/Store"
import { kubeTime, parseTime } from "@aiopslab/kubernetes/Time"
import type { LabelSelector, Pod } from "../Kinds.ts"
import { asPod } from "../Kinds.ts"
import type { Turn } from "../Turn.ts"

export const controllerOf = (object: KubeObject): OwnerReference | undefined =>
  object.metadata.ownerReferences?.find(({ controller }) => controller === true)

export const reference = (owner: KubeObject): OwnerReference => ({
  apiVersion: owner.apiVersion,
  kind: owner.kind,
  name: owner.metadata.name,
  uid: owner.metadata.uid ?? "",
  controller: true,
  blockOwnerDeletion: true
})

const ownedBy = (object: KubeObject, owner: KubeObject): boolean => controllerOf(object)?.uid === owner.metadata.uid

/** The objects of a resource that this one controls, in order of name. */
export const of = (turn: Turn, owner: KubeObject, resource: string): ReadonlyArray<KubeObject> => {
  const out: Array<KubeObject> = []
  for (const dependent of Store.dependents(turn.store, owner.metadata.uid ?? "")) {
    if (dependent.resource === resource && ownedBy(dependent.object, owner)) out.push(dependent.object)
  }
  return out
}

/** Its pods, after it has let go of those that its selector no longer matches and adopted those without a controller that it does. */
export const pods = (turn: Turn, owner: KubeObject, labelSelector: LabelSelector): ReadonlyArray<Pod> => {
  const selector = Selector.fromLabelSelector(labelSelector)
  for (const pod of of(turn, owner, "pods")) {
    if (!Selector.matches(selector, pod.metadata.labels)) release(turn, owner, pod)
  }
  return of(turn, owner, "pods").map(asPod)
}

const release = (turn: Turn, owner: KubeObject, pod: KubeObject): void => {
  const left = (pod.metadata.ownerReferences ?? []).filter(({ uid }) => uid !== owner.metadata.uid)
  const { ownerReferences: _, ...metadata } = pod.metadata
  turn.put("pods", { ...pod, metadata: left.length === 0 ? metadata : { ...metadata, ownerReferences: left } })
}

/** A pod without a controller that this owner's selector matches becomes its own. */
export const adopt = (turn: Turn, owner: KubeObject, labelSelector: LabelSelector, pod: KubeObject): boolean => {
  if (owner.metadata.deletionTimestamp !== undefined || pod.metadata.deletionTimestamp !== undefined) return false
  if (controllerOf(pod) !== undefined || !Selector.matches(Selector.fromLabelSelector(labelSelector), pod.metadata.labels)) return false
  turn.put("pods", { ...pod, metadata: { ...pod.metadata, ownerReferences: [...(pod.metadata.ownerReferences ?? []), reference(owner)] } })
  return true
}

/** The pod as it is now, in a list of at most one. */
export const present = (turn: Turn, { name, namespace = "", uid }: ObjectMeta): ReadonlyArray<Pod> => {
  const found = turn.get("pods", namespace, name)
  return found === undefined || found.metadata.uid !== uid ? [] : [asPod(found)]
}

export const isFinished = (pod: Pod): boolean => pod.status.phase === "Succeeded" || pod.status.phase === "Failed"

/** Neither ended nor on its way out. */
export const isActive = (pod: Pod): boolean => !isFinished(pod) && pod.metadata.deletionTimestamp === undefined

export const isReady = (pod: Pod): boolean =>
  pod.status.conditions?.some(({ status, type }) => type === "Ready" && status === "True") === true

/** When the pod will have been ready for long enough, milliseconds since the epoch; undefined while it isn't ready. */
export const availableAt = (pod: Pod, minReadySeconds: number): number | undefined => {
  const ready = pod.status.conditions?.find(({ status, type }) => type === "Ready" && status === "True")
  const since = parseTime(ready?.lastTransitionTime)
  return since === undefined ? undefined : since + minReadySeconds * 1000
}

/** How many pods a controller creates in a second: nobody floods the world with a large number. */
const perSecond = 500

/** How many more of an owner's pods may be created in this second. */
export const room = (turn: Turn, pods: ReadonlyArray<Pod>): number => {
  const now = kubeTime(turn.now)
  return Math.max(0, perSecond - pods.filter(({ metadata }) => metadata.creationTimestamp === now).length)
}

/** The beginning of the next second. */
export const nextSecond = (turn: Turn): number => (Math.floor(turn.now / 1000) + 1) * 1000

/** Enqueues the controller's object that a changed pod belongs to. */
export const enqueueOwner = (turn: Turn, controller: string, kind: string, object: KubeObject): boolean => {
  const owner = controllerOf(object)
  if (owner?.kind !== kind) return false
  turn.enqueue(controller, `${object.metadata.namespace ?? ""}/${owner.name}`)
  return true
}
