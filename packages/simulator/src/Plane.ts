/** The resources of an embedded cluster's server: Kubernetes' own, what a metrics server adds, and the hidden group. */
import { planeGroup } from "@aiopslab/core/Workload"
import * as Schemes from "@aiopslab/kubernetes/custom/Schemes"
import * as Scheme from "@aiopslab/kubernetes/Scheme"
import * as ResourceMetrics from "@aiopslab/kubernetes/server/ResourceMetrics"
import type { Store } from "@aiopslab/kubernetes/Store"

export const scheme: Scheme.Scheme = Scheme.make([
  ...ResourceMetrics.resources,
  { group: planeGroup, version: "v1", kind: "Traffic", plural: "traffics", namespaced: true, hidden: true }
])

/** With the custom resources that a store's definitions declare. */
export const schemeAt = (store: Store): Scheme.Scheme => Schemes.at(scheme, store)

/** The key of `Traffic` objects in the store. */
export const traffics = Scheme.resourceId(planeGroup, "traffics")
