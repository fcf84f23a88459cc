/**
 * What clients are told of a write that is carried out: deprecated fields, values without effect. One table by resource id. Objects of
 * controllers in this process are not looked at.
 */
import type { KubeObject } from "@aiopslab/core/Kubernetes"
import type { Resource } from "./Scheme.ts"
import * as Core from "./warnings/Core.ts"
import * as Network from "./warnings/Network.ts"
import * as Storage from "./warnings/Storage.ts"

/** The texts in the order of the real server; `previous` is absent on creation. */
export type Warn = (object: KubeObject, previous: KubeObject | undefined) => ReadonlyArray<string>

const warns: Readonly<Record<string, Warn>> = {
  services: Network.service,
  endpoints: Network.endpoints,
  secrets: Core.secret,
  serviceaccounts: Core.serviceAccount,
  nodes: Core.node,
  persistentvolumes: Storage.volume,
  persistentvolumeclaims: Storage.claim,
  "storageclasses.storage.k8s.io": Storage.storageClass,
  "csistoragecapacities.storage.k8s.io": Storage.csiStorageCapacity,
  "ingresses.networking.k8s.io": Network.ingress,
  "networkpolicies.networking.k8s.io": Network.networkPolicy,
  "endpointslices.discovery.k8s.io": Network.endpointSlice,
  "runtimeclasses.node.k8s.io": Core.runtimeClass
}

export const warnings = (resource: Resource, object: KubeObject, previous: KubeObject | undefined): ReadonlyArray<string> =>
  warns[resource.id]?.(object, previous) ?? []
