/** The refusal of what RBAC does not allow. */
import type { Identity, KubeStatus } from "@aiopslab/core/Kubernetes"
import type { Attributes } from "./Rbac.ts"
import * as Status from "./Status.ts"

export const forbidden = (identity: Identity, attributes: Attributes): KubeStatus => {
  if (attributes.kind === "path") return Status.forbiddenPath(identity.user, attributes.verb, attributes.path)
  const { group, name, namespace, resource, subresource, verb } = attributes
  const what = subresource === "" ? resource : `${resource}/${subresource}`
  const where = namespace === "" ? "at the cluster scope" : `in the namespace ${JSON.stringify(namespace)}`
  return Status.forbidden(
    { group, plural: resource, kind: "" },
    name,
    `User ${JSON.stringify(identity.user)} cannot ${verb} resource ${JSON.stringify(what)} in API group ${JSON.stringify(group)} ${where}`
  )
}
