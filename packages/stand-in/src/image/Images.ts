/** The images of an application. Pure. */
import type { KubeObject } from "@aiopslab/core/Kubernetes"
import { record, records, string } from "@aiopslab/kubernetes/Json"

const templateOf = (object: KubeObject): unknown => {
  const spec = record(object["spec"])
  if (object.kind === "Pod") return spec
  return record(record(object.kind === "CronJob" ? record(record(spec["jobTemplate"])["spec"])["template"] : spec["template"])["spec"])
}

/** As the manifests name them, each once. */
export const imagesOf = (manifests: ReadonlyArray<KubeObject>): ReadonlyArray<string> => [
  ...new Set(
    manifests.flatMap((object) => {
      const spec = record(templateOf(object))
      return ["initContainers", "containers"].flatMap((list) => records(spec[list]).flatMap(({ image }) => string(image) ?? []))
    })
  )
]
