/** What `kubectl get` shows: the columns of every kind, in one table. Kinds not named show NAME and AGE. */
import type { KubeObject } from "@aiopslab/core/Kubernetes"
import * as Admission from "./table/Admission.ts"
import * as Certificates from "./table/Certificates.ts"
import * as Cluster from "./table/Cluster.ts"
import type { Cell, Column } from "./table/Column.ts"
import { age, name } from "./table/Column.ts"
import * as Devices from "./table/Devices.ts"
import * as FlowControl from "./table/FlowControl.ts"
import * as Network from "./table/Network.ts"
import * as Pod from "./table/Pod.ts"
import * as Storage from "./table/Storage.ts"
import * as Usage from "./table/Usage.ts"
import * as Workload from "./table/Workload.ts"

/** By resource id. */
const tables: Readonly<Record<string, ReadonlyArray<Column>>> = {
  pods: Pod.columns,
  podtemplates: Cluster.podTemplates,
  replicationcontrollers: Workload.replicationControllers,
  services: Network.services,
  endpoints: Network.endpoints,
  configmaps: Cluster.configMaps,
  secrets: Cluster.secrets,
  namespaces: Cluster.namespaces,
  nodes: Cluster.nodes,
  events: Cluster.events,
  "events.events.k8s.io": Cluster.events,
  persistentvolumes: Storage.volumes,
  persistentvolumeclaims: Storage.claims,
  serviceaccounts: Cluster.serviceAccounts,
  resourcequotas: Cluster.quotas,
  limitranges: Cluster.created,
  "deployments.apps": Workload.deployments,
  "replicasets.apps": Workload.replicaSets,
  "statefulsets.apps": Workload.statefulSets,
  "daemonsets.apps": Workload.daemonSets,
  "controllerrevisions.apps": Workload.controllerRevisions,
  "scales.autoscaling": Workload.scales,
  "jobs.batch": Workload.jobs,
  "cronjobs.batch": Workload.cronJobs,
  "horizontalpodautoscalers.autoscaling": Workload.podAutoscalers,
  "poddisruptionbudgets.policy": Workload.disruptionBudgets,
  "endpointslices.discovery.k8s.io": Network.endpointSlices,
  "ingresses.networking.k8s.io": Network.ingresses,
  "ingressclasses.networking.k8s.io": Network.ingressClasses,
  "networkpolicies.networking.k8s.io": Network.networkPolicies,
  "storageclasses.storage.k8s.io": Storage.classes,
  "roles.rbac.authorization.k8s.io": Cluster.created,
  "clusterroles.rbac.authorization.k8s.io": Cluster.created,
  "rolebindings.rbac.authorization.k8s.io": Cluster.bindings,
  "clusterrolebindings.rbac.authorization.k8s.io": Cluster.bindings,
  "leases.coordination.k8s.io": Cluster.leases,
  "priorityclasses.scheduling.k8s.io": Cluster.priorityClasses,
  "runtimeclasses.node.k8s.io": Cluster.runtimeClasses,
  componentstatuses: Cluster.componentStatuses,
  "apiservices.apiregistration.k8s.io": FlowControl.apiServices,
  "certificatesigningrequests.certificates.k8s.io": Certificates.signingRequests,
  "ipaddresses.networking.k8s.io": Network.ipAddresses,
  "servicecidrs.networking.k8s.io": Network.serviceCidrs,
  "csidrivers.storage.k8s.io": Storage.drivers,
  "csinodes.storage.k8s.io": Storage.nodes,
  "csistoragecapacities.storage.k8s.io": Cluster.created,
  "volumeattachments.storage.k8s.io": Storage.attachments,
  "volumeattributesclasses.storage.k8s.io": Storage.attributesClasses,
  "mutatingwebhookconfigurations.admissionregistration.k8s.io": Admission.webhooks,
  "validatingwebhookconfigurations.admissionregistration.k8s.io": Admission.webhooks,
  "validatingadmissionpolicies.admissionregistration.k8s.io": Admission.policies,
  "validatingadmissionpolicybindings.admissionregistration.k8s.io": Admission.policyBindings,
  "customresourcedefinitions.apiextensions.k8s.io": Cluster.created,
  "deviceclasses.resource.k8s.io": Devices.named,
  "resourceclaims.resource.k8s.io": Devices.claims,
  "resourceclaimtemplates.resource.k8s.io": Devices.named,
  "resourceslices.resource.k8s.io": Devices.slices,
  "flowschemas.flowcontrol.apiserver.k8s.io": FlowControl.flowSchemas,
  "prioritylevelconfigurations.flowcontrol.apiserver.k8s.io": FlowControl.priorityLevels,
  "nodes.metrics.k8s.io": Usage.nodes,
  "pods.metrics.k8s.io": Usage.pods
}

/** Flow schemas are printed in the order in which the server tries them; all else as it is listed. */
export const arranged = (resource: string, objects: ReadonlyArray<KubeObject>): ReadonlyArray<KubeObject> =>
  resource === "flowschemas.flowcontrol.apiserver.k8s.io" ? objects.toSorted(FlowControl.byPrecedence) : objects

const generic: ReadonlyArray<Column> = [name, { ...age, type: "date" }]

export const columnsOf = (resource: string): ReadonlyArray<Column> => tables[resource] ?? generic

export interface ColumnDefinition {
  readonly name: string
  readonly type: string
  readonly format: string
  readonly description: string
  readonly priority: number
}

export interface Rendered {
  readonly columns: ReadonlyArray<ColumnDefinition>
  /** One row an object, in their order. */
  readonly rows: ReadonlyArray<ReadonlyArray<Cell>>
}

/** `now` in milliseconds since the epoch, for ages. */
export const render = (resource: string, objects: ReadonlyArray<KubeObject>, now: number): Rendered => {
  const columns = columnsOf(resource)
  return {
    columns: columns
      .filter((column) => column.name !== "")
      .map(({ format, name, priority, type }) => ({ name, type, format, description: "", priority })),
    rows: objects.map((object) => columns.map((column) => column.cell(object, now)))
  }
}
