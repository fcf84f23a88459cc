/** A registry that takes and gives objects in the version that a request names, and stores them in their storage version. */
import type { KubeObject } from "@aiopslab/core/Kubernetes"
import * as Result from "effect/Result"
import type { Write } from "../Host.ts"
import type { Claim, Registry } from "../Registry.ts"
import type { Resource } from "../Scheme.ts"
import { carried } from "../apply/Ownership.ts"

/** A stored object in the form of a version, with its owners. */
export const served = ({ stored }: Resource, object: KubeObject): KubeObject =>
  stored === undefined ? object : carried(object, stored.fromStorage(object))

type Put = (resource: Resource, object: KubeObject, claim?: Claim) => Write<KubeObject>

const converting =
  (put: Put): Put =>
  (resource, object, claim) => {
    const { stored } = resource
    if (stored === undefined) return put(resource, object, claim)
    const write = put(stored.resource, stored.toStorage(object), { ...claim, as: resource })
    return (store, context) => Result.map(write(store, context), ([written, next]) => [served(resource, written), next])
  }

export const registry = (inner: Registry): Registry => ({
  ...inner,
  create: converting(inner.create),
  update: converting(inner.update),
  updateStatus: converting(inner.updateStatus),
  remove: (resource, namespace, name, options) => {
    const { stored } = resource
    if (stored === undefined) return inner.remove(resource, namespace, name, options)
    const write = inner.remove(stored.resource, namespace, name, options)
    return (store, context) =>
      Result.map(write(store, context), ([removed, next]) => [{ ...removed, object: served(resource, removed.object) }, next])
  }
})
