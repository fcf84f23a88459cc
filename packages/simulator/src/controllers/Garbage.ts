/** Objects whose owners are gone go too, and owners that wait for their dependents are let go: pkg/controller/garbagecollector. */
import type { KubeObject, OwnerReference } from "@aiopslab/core/Kubernetes"
import * as Store from "@aiopslab/kubernetes/Store"
import type { Controller } from "../Controller.ts"
import { schemeAt } from "../Plane.ts"
import type { Turn } from "../Turn.ts"

const name = "garbage"

/** Keys are `resource namespace name`. */
const keyFor = (resource: string, object: KubeObject): string => `${resource} ${object.metadata.namespace ?? ""} ${object.metadata.name}`

export const garbage: Controller = {
  name,
  resources: ["*"],
  observe: (turn, { object, resource, type }) => {
    if (resource === "events") return
    const { deletionTimestamp, finalizers, ownerReferences, uid = "" } = object.metadata
    if (type === "DELETED") {
      for (const dependent of Store.dependents(turn.store, uid)) turn.enqueue(name, keyFor(dependent.resource, dependent.object))
      // an owner in foreground deletion waits for this
      for (const owner of ownerReferences ?? []) enqueueOwner(turn, owner, object.metadata.namespace)
      return
    }
    if (ownerReferences !== undefined && type === "ADDED") turn.enqueue(name, keyFor(resource, object))
    if (deletionTimestamp !== undefined && finalizers?.some((one) => one === "foregroundDeletion" || one === "orphan") === true) {
      turn.enqueue(name, keyFor(resource, object))
    }
  },
  reconcile: (turn, key) => {
    const [resource = "", namespace = "", object = ""] = key.split(" ")
    const found = turn.get(resource, namespace, object)
    if (found === undefined) return
    if (found.metadata.deletionTimestamp !== undefined) {
      if (found.metadata.finalizers?.includes("orphan") === true) return orphan(turn, resource, found)
      if (found.metadata.finalizers?.includes("foregroundDeletion") === true) return foreground(turn, resource, found)
      return
    }
    collect(turn, resource, found)
  }
}

const resourceOf = (turn: Turn, reference: OwnerReference) => schemeAt(turn.store).byKind.get(`${reference.apiVersion}/${reference.kind}`)

const ownerOf = (turn: Turn, reference: OwnerReference, namespace: string | undefined): KubeObject | undefined => {
  const resource = resourceOf(turn, reference)
  if (resource === undefined) return undefined
  const found = turn.get(resource.id, resource.namespaced ? (namespace ?? "") : "", reference.name)
  return found?.metadata.uid === reference.uid ? found : undefined
}

const enqueueOwner = (turn: Turn, reference: OwnerReference, namespace: string | undefined): void => {
  const owner = ownerOf(turn, reference, namespace)
  const resource = resourceOf(turn, reference)
  if (owner?.metadata.deletionTimestamp !== undefined && resource !== undefined) turn.enqueue(name, keyFor(resource.id, owner))
}

const isWaiting = (owner: KubeObject | undefined): boolean =>
  owner?.metadata.deletionTimestamp !== undefined && owner.metadata.finalizers?.includes("foregroundDeletion") === true

const collect = (turn: Turn, resource: string, object: KubeObject): void => {
  const references = object.metadata.ownerReferences ?? []
  if (references.length === 0) return
  const owners = references.map((reference) => ({ reference, owner: ownerOf(turn, reference, object.metadata.namespace) }))
  const solid = owners.filter(({ owner }) => owner !== undefined && !isWaiting(owner))
  const { name: named, namespace = "", uid } = object.metadata
  if (solid.length === 0) {
    const waiting = owners.some(({ owner }) => isWaiting(owner))
    turn.remove(resource, namespace, named, {
      ...(uid === undefined ? {} : { uid }),
      propagationPolicy: waiting && Store.dependents(turn.store, uid ?? "").length > 0 ? "Foreground" : "Background"
    })
  } else if (solid.length < references.length) {
    turn.put(resource, { ...object, metadata: { ...object.metadata, ownerReferences: solid.map(({ reference }) => reference) } })
  }
}

const orphan = (turn: Turn, resource: string, owner: KubeObject): void => {
  for (const dependent of Store.dependents(turn.store, owner.metadata.uid ?? "")) {
    const { ownerReferences = [], ...metadata } = dependent.object.metadata
    const left = ownerReferences.filter(({ uid }) => uid !== owner.metadata.uid)
    turn.put(dependent.resource, { ...dependent.object, metadata: left.length === 0 ? metadata : { ...metadata, ownerReferences: left } })
  }
  letGo(turn, resource, owner, "orphan")
}

const foreground = (turn: Turn, resource: string, owner: KubeObject): void => {
  const dependents = Store.dependents(turn.store, owner.metadata.uid ?? "")
  const blocking = dependents.filter(
    ({ object }) =>
      object.metadata.ownerReferences?.some(({ blockOwnerDeletion, uid }) => uid === owner.metadata.uid && blockOwnerDeletion === true) ===
      true
  )
  for (const dependent of dependents) {
    if (dependent.object.metadata.deletionTimestamp === undefined) turn.enqueue(name, keyFor(dependent.resource, dependent.object))
  }
  if (blocking.length === 0) letGo(turn, resource, owner, "foregroundDeletion")
}

const letGo = (turn: Turn, resource: string, owner: KubeObject, finalizer: string): void => {
  const { finalizers = [], ...metadata } = owner.metadata
  const left = finalizers.filter((one) => one !== finalizer)
  turn.update(resource, { ...owner, metadata: left.length === 0 ? metadata : { ...metadata, finalizers: left } })
}
