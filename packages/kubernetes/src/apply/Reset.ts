/**
 * The fields that an endpoint does not write, whatever is sent to it; so nobody owns them through it. Source: `GetResetFields` of the
 * kinds' strategies in kube-apiserver 1.34.
 */
import type { Resource } from "../Scheme.ts"
import * as Element from "./Element.ts"
import type { FieldSet } from "./FieldSet.ts"
import * as Fields from "./FieldSet.ts"

const set = (...paths: ReadonlyArray<string>): FieldSet => Fields.of(paths.map((path) => path.split(".").map(Element.field)))

const nothing = Fields.empty
const status = set("status")
const spec = set("spec")

/** Fields of metadata that are the server's own. */
export const stripped: FieldSet = set(
  "apiVersion",
  "kind",
  "metadata",
  "metadata.name",
  "metadata.namespace",
  "metadata.creationTimestamp",
  "metadata.selfLink",
  "metadata.uid",
  "metadata.clusterName",
  "metadata.generation",
  "metadata.managedFields",
  "metadata.resourceVersion"
)

/** Of the object's own endpoint, where it is not the status. */
const main: Readonly<Record<string, FieldSet>> = {
  "certificatesigningrequests.certificates.k8s.io": set("spec", "status"),
  "servicecidrs.networking.k8s.io": nothing
}

/** Of the status, where it is not the spec. */
const ofStatus: Readonly<Record<string, FieldSet>> = {
  pods: set("spec", "metadata.deletionTimestamp", "metadata.ownerReferences"),
  "deployments.apps": set("spec", "metadata.labels"),
  "certificatesigningrequests.certificates.k8s.io": set("spec", "status.conditions"),
  "volumeattachments.storage.k8s.io": set("metadata", "spec"),
  "flowschemas.flowcontrol.apiserver.k8s.io": set("metadata", "spec"),
  "prioritylevelconfigurations.flowcontrol.apiserver.k8s.io": set("metadata", "spec"),
  "validatingadmissionpolicies.admissionregistration.k8s.io": set("spec"),
  "customresourcedefinitions.apiextensions.k8s.io": set("metadata", "spec"),
  "apiservices.apiregistration.k8s.io": set("metadata", "spec")
}

/** Of the status: what is kept from the object, although it is not said. */
const keptWithStatus: ReadonlySet<string> = new Set([
  "servicecidrs.networking.k8s.io",
  "resourceclaims.resource.k8s.io",
  "validatingadmissionpolicies.admissionregistration.k8s.io"
])

/** Of other subresources; those not named reset nothing. */
const ofOthers: Readonly<Record<string, FieldSet>> = {
  "namespaces/finalize": status,
  "certificatesigningrequests.certificates.k8s.io/approval": set("spec", "status.certificate")
}

export const resetFields = (resource: Resource, subresource: string): FieldSet => {
  switch (subresource) {
    case "":
      return main[resource.id] ?? (resource.subresources.has("status") ? status : nothing)
    case "status":
      return ofStatus[resource.id] ?? spec
    default:
      return ofOthers[`${resource.id}/${subresource}`] ?? nothing
  }
}

/** The metadata that the endpoint of the status does not write. */
export const metadataKept = (resource: Resource): ReadonlyArray<string> | "all" => {
  if (keptWithStatus.has(resource.id)) return "all"
  // a slip of the real server's: it keeps what is sent
  if (resource.id === "customresourcedefinitions.apiextensions.k8s.io") return []
  const node = Fields.find(resetFields(resource, "status"), Element.field("metadata"))
  return node === undefined
    ? []
    : node.member
      ? "all"
      : node.children.flatMap(({ element }) => (element.kind === "field" ? [element.name] : []))
}
