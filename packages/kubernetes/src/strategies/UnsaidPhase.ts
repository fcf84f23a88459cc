/**
 * The real server stores a new claim without its phase, and tells readers that it is `Pending`. The first update writes the phase, so
 * that even one that changes nothing is a new version, which watchers see.
 */
import type { KubeObject } from "@aiopslab/core/Kubernetes"
import { ownershipOf } from "../apply/Ownership.ts"
import type { Resource } from "../Scheme.ts"

export const isUnsaid = (resource: Resource, object: KubeObject): boolean =>
  resource.id === "persistentvolumeclaims" && ownershipOf(object)?.written === "created"
