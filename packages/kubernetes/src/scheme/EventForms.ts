/** Events as `v1` (stored) and as `events.k8s.io/v1`: the same facts under other names. */
import type { KubeObject } from "@aiopslab/core/Kubernetes"

/** The stored name of each field that has another one in the newer version. */
const renamed: ReadonlyArray<readonly [stored: string, served: string]> = [
  ["involvedObject", "regarding"],
  ["message", "note"],
  ["reportingComponent", "reportingController"],
  ["source", "deprecatedSource"],
  ["firstTimestamp", "deprecatedFirstTimestamp"],
  ["lastTimestamp", "deprecatedLastTimestamp"],
  ["count", "deprecatedCount"]
]

const toServed: ReadonlyMap<string, string> = new Map(renamed)
const toStored: ReadonlyMap<string, string> = new Map(renamed.map(([stored, served]) => [served, stored]))

const renaming =
  (names: ReadonlyMap<string, string>, apiVersion: string) =>
  (object: KubeObject): KubeObject => {
    const out: Record<string, unknown> = {}
    for (const key of Object.keys(object)) out[names.get(key) ?? key] = object[key]
    return { ...out, apiVersion, kind: object.kind, metadata: object.metadata }
  }

export const toCore = renaming(toStored, "v1")

/** The older version has these always; the newer one leaves out what is empty. */
const omitted: ReadonlyArray<string> = ["reportingController", "reportingInstance"]

export const toEvents = (object: KubeObject): KubeObject => {
  const served: Record<string, unknown> = { ...renaming(toServed, "events.k8s.io/v1")(object) }
  for (const key of omitted) if (served[key] === "") delete served[key]
  return { ...served, apiVersion: "events.k8s.io/v1", kind: object.kind, metadata: object.metadata }
}
