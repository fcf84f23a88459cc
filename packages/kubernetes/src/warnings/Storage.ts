/** Volumes, claims, classes: drivers that are gone, annotations that became fields. */
import type { KubeObject } from "@aiopslab/core/Kubernetes"
import { at, print, record, records } from "../Json.ts"
import * as Quantity from "../Quantity.ts"
import { text } from "../validation/Value.ts"
import { expressionWarnings, keyWarnings, labelWarning } from "./NodeLabels.ts"

const classKey = "volume.beta.kubernetes.io/storage-class"

const annotated = (object: KubeObject, key: string, why: string): ReadonlyArray<string> =>
  object.metadata.annotations?.[key] === undefined ? [] : [`metadata.annotations[${key}]: ${why}`]

/** In the order in which they are looked for. */
const gone: Readonly<Record<string, string>> = {
  cephfs: "deprecated in v1.28, non-functional in v1.31+",
  photonPersistentDisk: "deprecated in v1.11, non-functional in v1.16+",
  scaleIO: "deprecated in v1.16, non-functional in v1.22+",
  storageos: "deprecated in v1.22, non-functional in v1.25+",
  glusterfs: "deprecated in v1.25, non-functional in v1.26+",
  rbd: "deprecated in v1.28, non-functional in v1.31+"
}

export const volume = (object: KubeObject): ReadonlyArray<string> => {
  const spec = record(object["spec"])
  const terms = records(at(spec, "nodeAffinity", "required", "nodeSelectorTerms"))
  return [
    ...annotated(object, classKey, 'deprecated since v1.8; use "storageClassName" attribute instead'),
    ...annotated(object, "volume.beta.kubernetes.io/mount-options", 'deprecated since v1.31; use "mountOptions" attribute instead'),
    ...(spec["persistentVolumeReclaimPolicy"] === "Recycle"
      ? [
          "spec.persistentVolumeReclaimPolicy: The Recycle reclaim policy is deprecated. Instead, the recommended approach is to use dynamic provisioning."
        ]
      : []),
    ...terms.flatMap((term, i) => expressionWarnings(term, `spec.nodeAffinity.required.nodeSelectorTerms[${i}]`)),
    ...Object.entries(gone).flatMap(([key, why]) =>
      spec[key] === undefined ? [] : [`spec.${key === "storageos" ? "storageOS" : key}: ${why}`]
    )
  ]
}

export const claim = (object: KubeObject): ReadonlyArray<string> => [
  ...annotated(object, classKey, 'deprecated since v1.8; use "storageClassName" attribute instead'),
  ...["requests", "limits"].flatMap((part) => {
    const size = at(object, "spec", "resources", part, "storage")
    return size === undefined || Quantity.isWhole(size)
      ? []
      : [`spec.resources.${part}[storage]: fractional byte value "${print(size)}" is invalid, must be an integer`]
  })
]

export const storageClass = (object: KubeObject): ReadonlyArray<string> =>
  records(object["allowedTopologies"]).flatMap((term, i) =>
    records(term["matchLabelExpressions"]).flatMap((one, j) => {
      const why = labelWarning(text(one["key"]))
      return why === undefined ? [] : [`allowedTopologies[${i}].matchLabelExpressions[${j}].key: ${why}`]
    })
  )

export const csiStorageCapacity = (object: KubeObject): ReadonlyArray<string> => {
  const topology = record(object["nodeTopology"])
  return [
    ...expressionWarnings(topology, "nodeTopology"),
    ...keyWarnings(topology["matchLabels"], (key) => `nodeTopology.matchLabels.${key}`)
  ]
}
