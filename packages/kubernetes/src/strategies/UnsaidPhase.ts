/**
 * The real server stores a new claim without its phase, and tells readers that it is `Pending`. The first update writes the phase, so
 * that even one that changes nothing is a new version, which watchers see.
 */
import type { KubeObject } from "@aiopslab/core/Kubernetes"
import type { Resource } from "../Scheme.ts"

/** By identity, as the store keeps them. */
const unsaid = new WeakSet<KubeObject>()

export const noteCreated = (resource: Resource, object: KubeObject): void => {
  if (resource.id === "persistentvolumeclaims") unsaid.add(object)
}

export const isUnsaid = (object: KubeObject): boolean => unsaid.has(object)
