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

const pathOf = (names: ReadonlyArray<string>): Path => names.map(Element.field)

const replicas = pathOf(["spec", "replicas"])

const owners = (managed: Managed, path: Path): Managed => managed.filter(({ fields }) => Fields.has(fields, path))

/** `place` is where the object has its replicas. */
export const toScale = (managed: Managed, place: ReadonlyArray<string>): Managed =>
  owners(managed, pathOf(place)).map((entry) => ({ ...entry, apiVersion, fields: Fields.of([replicas]) }))

/** The owners of the object after `scale`'s became these. */
export const toParent = (parent: Managed, scale: Managed, parentVersion: string, place: ReadonlyArray<string>): Managed => {
  const path = pathOf(place)
  const own = Fields.of([path])
  const left = new Map(owners(scale, replicas).map((entry) => [identity(entry), entry]))
  const kept = parent.flatMap((entry): Managed => {
    if (!Fields.has(entry.fields, path) || left.delete(identity(entry))) return [entry]
    const fields = Fields.difference(entry.fields, own)
    return Fields.isEmpty(fields) ? [] : [{ ...entry, fields }]
  })
  return [...kept, ...[...left.values()].map((entry): Entry => ({ ...entry, apiVersion: parentVersion, time: undefined, fields: own }))]
}
