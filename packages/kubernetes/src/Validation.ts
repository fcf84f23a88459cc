/**
 * What is wrong with an object, field by field, in the words of kube-apiserver 1.34. One table by resource id; kinds not named are
 * checked in their metadata alone. Objects written by controllers of this process are not validated.
 */
import type { KubeObject } from "@aiopslab/core/Kubernetes"
import type { Validate } from "./Registry.ts"
import { metadata } from "./validation/Metadata.ts"
import * as Other from "./validation/Other.ts"
import { Report } from "./validation/Report.ts"
import * as Workload from "./validation/Workload.ts"

type Rule = (object: KubeObject, previous: KubeObject | undefined, report: Report) => void

const rules: Readonly<Record<string, Rule>> = {
  pods: Other.pod,
  services: Other.service,
  configmaps: Other.configMap,
  secrets: Other.secret,
  persistentvolumes: Other.volume,
  persistentvolumeclaims: Other.claim,
  "deployments.apps": Workload.deployment,
  "replicasets.apps": Workload.replicaSet,
  "statefulsets.apps": Workload.statefulSet,
  "daemonsets.apps": Workload.daemonSet,
  "jobs.batch": Workload.job,
  "rolebindings.rbac.authorization.k8s.io": Other.roleBinding,
  "clusterrolebindings.rbac.authorization.k8s.io": Other.roleBinding,
  "priorityclasses.scheduling.k8s.io": Other.priorityClass
}

export const validate: Validate = (object, previous, resource) => {
  const report = new Report()
  metadata(object, previous, resource, report)
  rules[resource.id]?.(object, previous, report)
  return report.causes
}
