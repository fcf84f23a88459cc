/** A claim grows only where its class allows it: plugin/pkg/admission/storage/persistentvolume/resize. */
import * as Quantity from "@aiopslab/kubernetes/Quantity"
import type { Admit } from "@aiopslab/kubernetes/Registry"
import * as Status from "@aiopslab/kubernetes/Status"
import * as Store from "@aiopslab/kubernetes/Store"
import * as Result from "effect/Result"
import { asClaim } from "../Kinds.ts"

const why = "only dynamically provisioned pvc can be resized and the storageclass that provisions the pvc must support resize"

export const claimResize: Admit = (object, previous, resource, store) => {
  if (resource.id !== "persistentvolumeclaims" || previous === undefined) return Result.succeed(object)
  const claim = asClaim(object)
  const before = asClaim(previous)
  const sizeOf = ({ spec }: typeof claim): unknown => spec.resources?.requests?.["storage"]
  if (before.status.phase !== "Bound" || Quantity.compare(sizeOf(claim), sizeOf(before)) <= 0) return Result.succeed(object)
  const found = Store.get(store, "storageclasses.storage.k8s.io", "", claim.spec.storageClassName ?? "")
  return found?.["allowVolumeExpansion"] === true
    ? Result.succeed(object)
    : Result.fail(Status.forbidden(resource, object.metadata.name, why))
}
