/** The resources of an embedded cluster's server: Kubernetes' own and the hidden group. */
import { planeGroup } from "@aiopslab/core/Workload"
import * as Scheme from "@aiopslab/kubernetes/Scheme"

export const scheme: Scheme.Scheme = Scheme.make([
  { group: planeGroup, version: "v1", kind: "Traffic", plural: "traffics", namespaced: true, hidden: true }
])

/** The key of `Traffic` objects in the store. */
export const traffics = Scheme.resourceId(planeGroup, "traffics")
