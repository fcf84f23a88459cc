/**
 * The defaults of every kind that has some, in one table. `spec` and other fields a user writes; what a new object's `status` begins
 * with is in `Strategies.ts`.
 */
import type { KubeObject } from "@aiopslab/core/Kubernetes"
import type { JsonRecord } from "./Json.ts"
import type { Fill } from "./defaults/Fill.ts"
import { all, ensured, field, missing } from "./defaults/Fill.ts"
import * as Cluster from "./defaults/Cluster.ts"
import * as Extension from "./defaults/Extension.ts"
import * as Network from "./defaults/Network.ts"
import { statusDefaults } from "./defaults/Status.ts"
import * as Storage from "./defaults/Storage.ts"
import { claimSpec, podSpec, templateSpec } from "./defaults/Pod.ts"
import * as Workload from "./defaults/Workload.ts"

/** By resource id. */
const defaults: Readonly<Record<string, Fill>> = {
  pods: ensured("spec", podSpec),
  podtemplates: ensured("template", all(missing({ metadata: {} }), ensured("spec", templateSpec))),
  replicationcontrollers: Workload.replicationController,
  services: Network.service,
  namespaces: Cluster.namespace,
  secrets: Cluster.secret,
  persistentvolumes: Storage.persistentVolume,
  persistentvolumeclaims: field("spec", claimSpec),
  limitranges: Cluster.limitRange,
  resourcequotas: Cluster.resourceQuota,
  endpoints: Network.endpoints,
  events: Cluster.event,
  "deployments.apps": Workload.deployment,
  "replicasets.apps": Workload.replicaSet,
  "statefulsets.apps": Workload.statefulSet,
  "daemonsets.apps": Workload.daemonSet,
  "jobs.batch": Workload.job,
  "cronjobs.batch": Workload.cronJob,
  "horizontalpodautoscalers.autoscaling": Cluster.podAutoscaler,
  "networkpolicies.networking.k8s.io": Network.networkPolicy,
  "storageclasses.storage.k8s.io": Storage.storageClass,
  "rolebindings.rbac.authorization.k8s.io": Cluster.roleBinding,
  "clusterrolebindings.rbac.authorization.k8s.io": Cluster.roleBinding,
  "priorityclasses.scheduling.k8s.io": Cluster.priorityClass,
  "endpointslices.discovery.k8s.io": Network.endpointSlice,
  nodes: Cluster.node,
  "leases.coordination.k8s.io": Cluster.lease,
  serviceaccounts: Cluster.serviceAccount,
  "roles.rbac.authorization.k8s.io": Cluster.role,
  "clusterroles.rbac.authorization.k8s.io": Cluster.role,
  "ingressclasses.networking.k8s.io": Network.ingressClass,
  "csidrivers.storage.k8s.io": Storage.csiDriver,
  "csinodes.storage.k8s.io": Storage.csiNode,
  "mutatingwebhookconfigurations.admissionregistration.k8s.io": Extension.mutatingWebhooks,
  "validatingwebhookconfigurations.admissionregistration.k8s.io": Extension.validatingWebhooks,
  "validatingadmissionpolicies.admissionregistration.k8s.io": Extension.admissionPolicy,
  "validatingadmissionpolicybindings.admissionregistration.k8s.io": Extension.admissionPolicyBinding,
  "flowschemas.flowcontrol.apiserver.k8s.io": Extension.flowSchema,
  "prioritylevelconfigurations.flowcontrol.apiserver.k8s.io": Extension.priorityLevel,
  "apiservices.apiregistration.k8s.io": Extension.apiService,
  "customresourcedefinitions.apiextensions.k8s.io": Extension.customResource,
  "deviceclasses.resource.k8s.io": Extension.deviceClass,
  "resourceslices.resource.k8s.io": Extension.resourceSlice,
  "resourceclaims.resource.k8s.io": Extension.resourceClaim,
  "resourceclaimtemplates.resource.k8s.io": Extension.resourceClaimTemplate
}

/** The same of what is written to the status' endpoint. */
export const applyStatus = (resource: string, object: KubeObject): KubeObject => {
  const whole = statusDefaults[resource]?.(object)
  return whole === undefined || whole === object ? object : { ...object, status: whole["status"] }
}

/** The object itself when nothing is missing. */
export function apply<A extends JsonRecord>(resource: string, object: A): A
export function apply(resource: string, object: JsonRecord): JsonRecord {
  return defaults[resource]?.(object) ?? object
}
