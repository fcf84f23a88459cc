/**
 * What is wrong with an object, field by field, in the words of kube-apiserver 1.34. One table by resource id; kinds not named are
 * checked in their metadata alone. Objects written by controllers of this process are not validated.
 */
import type { Validate } from "./Registry.ts"
import * as Metadata from "./validation/Metadata.ts"
import * as Other from "./validation/Other.ts"
import { Report } from "./validation/Report.ts"
import type { Checks, Rule } from "./validation/Rule.ts"
import { apart, dnsLabel, pathSegment, serviceName, subdomain } from "./validation/Rule.ts"
import { workloads } from "./validation/workload/Kinds.ts"

/** One rule that looks itself whether there was an object before. */
const both = (rule: Rule): Checks => apart(subdomain, [rule], [rule])

/** By resource id. */
const kinds: Readonly<Record<string, Checks>> = {
  ...workloads,
  services: apart(serviceName, [Other.service], [Other.service]),
  namespaces: apart(dnsLabel, [], []),
  configmaps: both(Other.configMap),
  secrets: both(Other.secret),
  persistentvolumes: both(Other.volume),
  persistentvolumeclaims: both(Other.claim),
  "roles.rbac.authorization.k8s.io": apart(pathSegment, [], []),
  "clusterroles.rbac.authorization.k8s.io": apart(pathSegment, [], []),
  "rolebindings.rbac.authorization.k8s.io": apart(pathSegment, [Other.roleBinding], [Other.roleBinding]),
  "clusterrolebindings.rbac.authorization.k8s.io": apart(pathSegment, [Other.roleBinding], [Other.roleBinding]),
  "priorityclasses.scheduling.k8s.io": both(Other.priorityClass)
}

const metadataAlone = apart(subdomain, [], [])
const schemaless = apart(pathSegment, [], [])

export const validate: Validate = (object, previous, resource) => {
  const report = new Report()
  const checks = kinds[resource.id] ?? (resource.type === undefined ? schemaless : metadataAlone)
  if (previous !== undefined) Metadata.commonUpdate(object, previous, report)
  for (const rule of previous === undefined ? checks.create : checks.update) rule(object, previous, report)
  if (previous === undefined && !report.failed) Metadata.common(object, report)
  return report.causes
}
