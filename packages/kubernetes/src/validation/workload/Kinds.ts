/** The checks of pods and of the kinds that make pods, by resource id. */
import { pods } from "../pod/Pod.ts"
import { podStatus } from "../pod/PodStatus.ts"
import type { Checks } from "../Rule.ts"
import { controllerRevisions } from "./ControllerRevision.ts"
import { cronJobs } from "./CronJob.ts"
import { daemonSets } from "./DaemonSet.ts"
import { jobs } from "./Job.ts"
import { jobStatus } from "./JobStatus.ts"
import { daemonSetStatus, deploymentStatus, replicaSetStatus, statefulSetStatus } from "./ReplicaStatus.ts"
import { deployments, podTemplates, replicaSets, replicationControllers } from "./Replicas.ts"
import { statefulSets } from "./StatefulSet.ts"

export const workloads: Readonly<Record<string, Checks>> = {
  pods: { ...pods, status: podStatus },
  podtemplates: podTemplates,
  replicationcontrollers: { ...replicationControllers, status: replicaSetStatus },
  "deployments.apps": { ...deployments, status: deploymentStatus },
  "replicasets.apps": { ...replicaSets, status: replicaSetStatus },
  "statefulsets.apps": { ...statefulSets, status: statefulSetStatus },
  "daemonsets.apps": { ...daemonSets, status: daemonSetStatus },
  "controllerrevisions.apps": controllerRevisions,
  "jobs.batch": { ...jobs, status: jobStatus },
  "cronjobs.batch": cronJobs
}
