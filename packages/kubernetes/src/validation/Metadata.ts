/** `metadata` of every kind. */
import type { KubeObject } from "@aiopslab/core/Kubernetes"
import { stringRecord } from "../Json.ts"
import type { Resource } from "../Scheme.ts"
import * as Names from "./Names.ts"
import type { Report } from "./Report.ts"

const formats: Readonly<Record<string, (name: string) => ReadonlyArray<string>>> = {
  services: (name) => Names.explain(name, Names.serviceName),
  namespaces: (name) => Names.explain(name, Names.dnsLabel),
  "roles.rbac.authorization.k8s.io": Names.explainPathSegment,
  "rolebindings.rbac.authorization.k8s.io": Names.explainPathSegment,
  "clusterroles.rbac.authorization.k8s.io": Names.explainPathSegment,
  "clusterrolebindings.rbac.authorization.k8s.io": Names.explainPathSegment
}

const explainName = (resource: Resource, name: string): ReadonlyArray<string> =>
  formats[resource.id]?.(name) ?? Names.explain(name, Names.subdomain)

/** Labels at a path: of an object, of a template. */
export const labels = (value: unknown, path: string, report: Report): void => {
  for (const [key, item] of Object.entries(stringRecord(value))) {
    for (const why of Names.explainKey(key)) report.invalid(path, key, why)
    for (const why of Names.explainLabelValue(item)) report.invalid(path, item, why)
  }
}

export const metadata = (object: KubeObject, previous: KubeObject | undefined, resource: Resource, report: Report): void => {
  const { annotations, finalizers = [], labels: own, name } = object.metadata
  if (previous === undefined) {
    if (name === "") report.required("metadata.name", "name or generateName is required")
    else for (const why of explainName(resource, name)) report.invalid("metadata.name", name, why)
  } else if (previous.metadata.deletionTimestamp !== undefined) {
    const known = previous.metadata.finalizers ?? []
    const added = finalizers.filter((one) => !known.includes(one))
    if (added.length > 0) {
      const list = added.map((one) => JSON.stringify(one)).join(", ")
      report.forbidden(
        "metadata.finalizers",
        `no new finalizers can be added if the object is being deleted, found new finalizers []string{${list}}`
      )
    }
  }
  if (own !== previous?.metadata.labels) labels(own, "metadata.labels", report)
  if (annotations !== previous?.metadata.annotations) {
    for (const key of Object.keys(annotations ?? {})) {
      for (const why of Names.explainKey(key.toLowerCase())) report.invalid("metadata.annotations", key, why)
    }
  }
}
