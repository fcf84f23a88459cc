/**
 * The defaults of every kind that has some, in one table. `spec` and other fields a user writes; what a new object's `status` begins
 * with is in `Strategies.ts`.
 */
import type { JsonRecord } from "./Json.ts"
import type { Fill } from "./defaults/Fill.ts"
import { all, ensured, field, missing } from "./defaults/Fill.ts"
import * as Other from "./defaults/Other.ts"
import { claimSpec, podSpec, templateSpec } from "./defaults/Pod.ts"
import * as Workload from "./defaults/Workload.ts"

/** By resource id. */
const defaults: Readonly<Record<string, Fill>> = {
  pods: ensured("spec", podSpec),
  podtemplates: ensured("template", all(missing({ metadata: {} }), ensured("spec", templateSpec))),
  replicationcontrollers: Workload.replicationController,
  services: Other.service,
  namespaces: Other.namespace,
  secrets: Other.secret,
  persistentvolumes: Other.persistentVolume,
  persistentvolumeclaims: field("spec", claimSpec),
  limitranges: Other.limitRange,
  endpoints: Other.endpoints,
  events: Other.event,
  "deployments.apps": Workload.deployment,
  "replicasets.apps": Workload.replicaSet,
  "statefulsets.apps": Workload.statefulSet,
  "daemonsets.apps": Workload.daemonSet,
  "jobs.batch": Workload.job,
  "cronjobs.batch": Workload.cronJob,
  "horizontalpodautoscalers.autoscaling": Workload.podAutoscaler,
  "networkpolicies.networking.k8s.io": Other.networkPolicy,
  "ingresses.networking.k8s.io": Other.ingress,
  "storageclasses.storage.k8s.io": Other.storageClass,
  "rolebindings.rbac.authorization.k8s.io": Other.roleBinding,
  "clusterrolebindings.rbac.authorization.k8s.io": Other.roleBinding,
  "priorityclasses.scheduling.k8s.io": Other.priorityClass,
  "endpointslices.discovery.k8s.io": Other.endpointSlice
}

/** The object itself when nothing is missing. */
export function apply<A extends JsonRecord>(resource: string, object: A): A
export function apply(resource: string, object: JsonRecord): JsonRecord {
  return defaults[resource]?.(object) ?? object
}
