/** By `group/Kind`. */
import type { ApiResource } from "../Discovery.ts"
import { namespace, node } from "./Cluster.ts"
import { horizontalPodAutoscaler } from "./Autoscaler.ts"
import type { Describer } from "./Describer.ts"
import { generic } from "./Generic.ts"
import { endpoints, endpointSlice, service } from "./Network.ts"
import { ingress, ingressClass } from "./Ingress.ts"
import { priorityClass, resourceQuota, role, roleBinding, serviceAccount, storageClass } from "./Others.ts"
import { pod } from "./Pod.ts"
import { limitRange, networkPolicy, podDisruptionBudget } from "./Policies.ts"
import { configMap, persistentVolume, persistentVolumeClaim, secret } from "./Storage.ts"
import { cronJob, daemonSet, deployment, job, replicaSet, statefulSet } from "./Workloads.ts"

const rbac = "rbac.authorization.k8s.io"

const known: Readonly<Record<string, Describer>> = {
  "/ConfigMap": configMap,
  "/Endpoints": endpoints,
  "/LimitRange": limitRange,
  "/Namespace": namespace,
  "/Node": node,
  "/PersistentVolume": persistentVolume,
  "/PersistentVolumeClaim": persistentVolumeClaim,
  "/Pod": pod,
  "/ReplicationController": replicaSet,
  "/ResourceQuota": resourceQuota,
  "/Secret": secret,
  "/Service": service,
  "/ServiceAccount": serviceAccount,
  "apps/DaemonSet": daemonSet,
  "apps/Deployment": deployment,
  "apps/ReplicaSet": replicaSet,
  "apps/StatefulSet": statefulSet,
  "autoscaling/HorizontalPodAutoscaler": horizontalPodAutoscaler,
  "batch/CronJob": cronJob,
  "batch/Job": job,
  "discovery.k8s.io/EndpointSlice": endpointSlice,
  "networking.k8s.io/Ingress": ingress,
  "networking.k8s.io/IngressClass": ingressClass,
  "networking.k8s.io/NetworkPolicy": networkPolicy,
  "policy/PodDisruptionBudget": podDisruptionBudget,
  [`${rbac}/ClusterRole`]: role,
  [`${rbac}/ClusterRoleBinding`]: roleBinding,
  [`${rbac}/Role`]: role,
  [`${rbac}/RoleBinding`]: roleBinding,
  "scheduling.k8s.io/PriorityClass": priorityClass,
  "storage.k8s.io/StorageClass": storageClass
}

export const describerOf = (resource: ApiResource): Describer => known[`${resource.group}/${resource.kind}`] ?? generic
