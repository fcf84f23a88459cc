/**
 * Kinds that are served in more than one version over one stored object: how each version's form becomes the stored one and back. A resource
 * that is not named here is stored as it is served. Source: the API's reference of both versions, and the annotations by which
 * `autoscaling/v1` carries what it has no field for (observed on kube-apiserver 1.34).
 */
import type { KubeObject } from "@aiopslab/core/Kubernetes"
import * as EventForms from "./EventForms.ts"
import * as ScalerForms from "./ScalerForms.ts"

export interface Conversion {
  /** The resource that is stored. */
  readonly storage: { readonly group: string; readonly version: string; readonly plural: string }
  readonly toStorage: (object: KubeObject) => KubeObject
  readonly fromStorage: (object: KubeObject) => KubeObject
}

const conversions: Readonly<Record<string, Conversion>> = {
  "autoscaling/v1/horizontalpodautoscalers": {
    storage: { group: "autoscaling", version: "v2", plural: "horizontalpodautoscalers" },
    toStorage: ScalerForms.toSecond,
    fromStorage: ScalerForms.toFirst
  },
  "events.k8s.io/v1/events": {
    storage: { group: "", version: "v1", plural: "events" },
    toStorage: EventForms.toCore,
    fromStorage: EventForms.toEvents
  }
}

export const conversionOf = (group: string, version: string, plural: string): Conversion | undefined =>
  conversions[`${group}/${version}/${plural}`]
