/** What `apply` was given last, remembered in an annotation of the object. */
import type { KubeObject } from "@aiopslab/core/Kubernetes"
import * as Fields from "./Fields.ts"
import { goJson } from "./output/Json.ts"

export const lastApplied = "kubectl.kubernetes.io/last-applied-configuration"

/** The manifest as it is remembered: itself, without the annotation, keys in order, in one line. */
const remembered = (object: KubeObject): string => {
  const { [lastApplied]: _, ...annotations } = Fields.record(object, "metadata", "annotations")
  return `${goJson({ ...object, metadata: { ...object.metadata, annotations } })}\n`
}

export const withLastApplied = (object: KubeObject): KubeObject =>
  Fields.withMetadata(object, { annotations: { ...Fields.record(object, "metadata", "annotations"), [lastApplied]: remembered(object) } })
