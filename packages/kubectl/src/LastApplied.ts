/** What `apply` was given last, remembered in an annotation of the object. */
import type { KubeObject } from "@aiopslab/core/Kubernetes"
import * as Fields from "./Fields.ts"
import { mapJson, structJson } from "./output/Json.ts"
import type { Held } from "./output/Printer.ts"

export const lastApplied = "kubectl.kubernetes.io/last-applied-configuration"

/** The manifest as it is remembered: itself, without the annotation, in one line. */
const remembered = (object: KubeObject, held: Held): string => {
  const { [lastApplied]: _, ...annotations } = object.metadata.annotations ?? {}
  // a struct has no empty map
  if (held === "as struct" && Object.keys(annotations).length === 0) return `${structJson(object)}\n`
  const bare = { ...object, metadata: { ...object.metadata, annotations } }
  return `${held === "as struct" ? structJson(bare) : mapJson(bare)}\n`
}

export const withLastApplied = (object: KubeObject, held: Held = "as map"): KubeObject =>
  Fields.withMetadata(object, {
    annotations: { ...Fields.record(object, "metadata", "annotations"), [lastApplied]: remembered(object, held) }
  })
