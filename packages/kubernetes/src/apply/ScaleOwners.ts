/**
 * The subresource `scale` is an object of its own with one field of another: its owners are those of the replicas, and what changes
 * there goes back. Observed on kube-apiserver 1.34: an owner by way of a scale has no time.
 */
import type { Path } from "./Element.ts"
import * as Element from "./Element.ts"
import * as Fields from "./FieldSet.ts"
import type { Entry, Managed } from "./Managed.ts"
import { identity } from "./Managed.ts"

export const apiVersion = "autoscaling/v1"

/** Of the replicas, in a scale and in every kind that has one. */
const path: Path = [Element.field("spec"), Element.field("replicas")]
const replicas = Fields.of([path])

const owns = ({ fields }: Entry): boolean => Fields.has(fields, path)

export const toScale = (managed: Managed): Managed => managed.filter(owns).map((entry) => ({ ...entry, apiVersion, fields: replicas }))

/** The owners of the object after `scale`'s became these. */
export const toParent = (parent: Managed, scale: Managed, parentVersion: string): Managed => {
  const left = new Map(scale.filter(owns).map((entry) => [identity(entry), entry]))
  const kept = parent.flatMap((entry): Managed => {
    if (!owns(entry) || left.delete(identity(entry)) || left.delete(identity({ ...entry, apiVersion }))) return [entry]
    const fields = Fields.difference(entry.fields, replicas)
    return Fields.isEmpty(fields) ? [] : [{ ...entry, fields }]
  })
  return [
    ...kept,
    ...[...left.values()].map((entry): Entry => ({ ...entry, apiVersion: parentVersion, time: undefined, fields: replicas }))
  ]
}
