/** The resources of an embedded cluster's server: Kubernetes' own, what a metrics server adds, and the hidden group. */
import { groupResource, resources } from "@aiopslab/core/KubeClient"
import * as Schemes from "@aiopslab/kubernetes/custom/Schemes"
import * as Scheme from "@aiopslab/kubernetes/Scheme"
import * as ResourceMetrics from "@aiopslab/kubernetes/server/ResourceMetrics"
import type { Store } from "@aiopslab/kubernetes/Store"

export const scheme: Scheme.Scheme = Scheme.make([
  ...ResourceMetrics.resources,
  ...[resources.traffics, resources.networkImpairments, resources.containerKills].map((one) => ({ ...one, hidden: true }))
])

/** With the custom resources that a store's definitions declare. */
export const schemeAt = (store: Store): Scheme.Scheme => Schemes.at(scheme, store)

/** Keys of its objects in the store. */
export const traffics = groupResource(resources.traffics)
export const networkImpairments = groupResource(resources.networkImpairments)
export const containerKills = groupResource(resources.containerKills)
