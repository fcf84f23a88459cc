/** Every controller of a cluster, in the order in which they see a change. */
import type { Controller } from "../Controller.ts"
import { eventTtl } from "../Events.ts"
import { kubelet } from "../kubelet/Kubelet.ts"
import { memoryPressure } from "../kubelet/MemoryPressure.ts"
import { scheduler } from "../scheduler/Scheduler.ts"
import { apiEndpoints } from "./ApiEndpoints.ts"
import { autoscalers } from "./Autoscalers.ts"
import { budgets } from "./Budgets.ts"
import { clusterRoles } from "./ClusterRoles.ts"
import { containerKiller } from "./ContainerKills.ts"
import { cronJobs } from "./CronJobs.ts"
import { daemonSets } from "./DaemonSets.ts"
import { deployments } from "./Deployments.ts"
import { endpointMirror } from "./EndpointMirror.ts"
import { endpoints } from "./EndpointObjects.ts"
import { ephemeralVolumes } from "./EphemeralVolumes.ts"
import { garbage } from "./Garbage.ts"
import { impairments } from "./Impairments.ts"
import { jobs } from "./Jobs.ts"
import { namespaces, serviceAccounts } from "./Namespaces.ts"
import { nodeLifecycle } from "./NodeLifecycle.ts"
import { podGarbage } from "./PodGarbage.ts"
import { quotas } from "./Quotas.ts"
import { replicaSets, replicationControllers } from "./ReplicaSets.ts"
import { statefulSets } from "./StatefulSets.ts"
import { taintEviction } from "./TaintEviction.ts"
import { tokenSecrets } from "./TokenSecrets.ts"
import { localPath, volumeBinding } from "./Volumes.ts"

export const controllers: ReadonlyArray<Controller> = [
  apiEndpoints,
  podGarbage,
  serviceAccounts,
  tokenSecrets,
  clusterRoles,
  volumeBinding,
  localPath,
  deployments,
  replicaSets,
  replicationControllers,
  statefulSets,
  daemonSets,
  cronJobs,
  jobs,
  budgets,
  autoscalers,
  ephemeralVolumes,
  scheduler,
  nodeLifecycle,
  taintEviction,
  kubelet,
  memoryPressure,
  endpoints,
  endpointMirror,
  quotas,
  containerKiller,
  impairments,
  garbage,
  namespaces,
  eventTtl
]
