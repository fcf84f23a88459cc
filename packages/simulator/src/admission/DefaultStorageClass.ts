/** A claim that names no class gets the default one; of several, the youngest: plugin/pkg/admission/storage/storageclass/setdefault. */
import type { KubeObject } from "@aiopslab/core/Kubernetes"
import type { Admit } from "@aiopslab/kubernetes/Registry"
import * as Store from "@aiopslab/kubernetes/Store"
import * as Result from "effect/Result"

export const isDefaultClass = "storageclass.kubernetes.io/is-default-class"

export const defaultStorageClass: Admit = (object, previous, resource, store) => {
  if (resource.id !== "persistentvolumeclaims" || previous !== undefined) return Result.succeed(object)
  const spec: unknown = object["spec"]
  if (typeof spec !== "object" || spec === null || "storageClassName" in spec) return Result.succeed(object)
  const found = Store.list(store, "storageclasses.storage.k8s.io").find(isDefault)
  return Result.succeed(found === undefined ? object : { ...object, spec: { ...spec, storageClassName: found.metadata.name } })
}

const isDefault = (object: KubeObject): boolean => object.metadata.annotations?.[isDefaultClass] === "true"
