/** The checks of pods and of the kinds that make pods, by resource id. */
import { pods } from "../pod/Pod.ts"
import type { Checks } from "../Rule.ts"
import { controllerRevisions } from "./ControllerRevision.ts"
import { cronJobs } from "./CronJob.ts"
import { daemonSets } from "./DaemonSet.ts"
import { jobs } from "./Job.ts"
import { deployments, podTemplates, replicaSets, replicationControllers } from "./Replicas.ts"
import { statefulSets } from "./StatefulSet.ts"

export const workloads: Readonly<Record<string, Checks>> = {
  pods,
  podtemplates: podTemplates,
  replicationcontrollers: replicationControllers,
  "deployments.apps": deployments,
  "replicasets.apps": replicaSets,
  "statefulsets.apps": statefulSets,
  "daemonsets.apps": daemonSets,
  "controllerrevisions.apps": controllerRevisions,
  "jobs.batch": jobs,
  "cronjobs.batch": cronJobs
}
