/**
 * `kubectl apply --server-side`. An object that was applied on the client's side before is migrated: its annotation gets a manager of its own,
 * what kubectl owned by updating it then owns by applying, and the object is applied once more, which removes what the manifest no longer has.
 */
import { type KubeObject, patchTypes } from "@aiopslab/core/Kubernetes"
import { pathOf } from "@aiopslab/core/KubeClient"
import * as Element from "@aiopslab/kubernetes/apply/Element"
import * as FieldSet from "@aiopslab/kubernetes/apply/FieldSet"
import * as FieldsV1 from "@aiopslab/kubernetes/apply/FieldsV1"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { failure } from "../Failure.ts"
import * as Fields from "../Fields.ts"
import type { Invocation, Problem } from "../Invocation.ts"
import { lastApplied } from "../LastApplied.ts"
import type { Manifest } from "../Manifests.ts"
import { type DryRun, replied, writeQuery } from "../Report.ts"

const advice = `Please review the fields above--they currently have other managers. Here
are the ways you can resolve this warning:
* If you intend to manage all of these fields, please re-run the apply
  command with the \`--force-conflicts\` flag.
* If you do not intend to manage all of the fields, please edit your
  manifest to remove references to the fields that should keep their
  current managers.
* You may co-own fields by updating your manifest to match the existing
  value; in this case, you'll become the manager if the other manager(s)
  stop managing the field (remove it from their configuration).
See https://kubernetes.io/docs/reference/using-api/server-side-apply/#conflicts`

const manager = "kubectl"

interface Entry {
  readonly fields: Fields.Fields
  readonly manager: string
  readonly operation: string
  readonly version: string
  readonly set: FieldSet.FieldSet
}

const annotation = [Element.field("metadata"), Element.field("annotations"), Element.field(lastApplied)]

const entriesOf = (object: KubeObject): ReadonlyArray<Entry> =>
  Fields.list(object, "metadata", "managedFields").map((one) => {
    const set = FieldsV1.decode(Fields.at(one, "fieldsV1"))
    return {
      fields: Fields.record(one),
      manager: Fields.text(one, "manager"),
      // an entry of a subresource is none of apply's
      operation: Fields.text(one, "subresource") === "" ? Fields.text(one, "operation") : "",
      version: Fields.text(one, "apiVersion"),
      set: Result.isSuccess(set) ? set.success : FieldSet.empty
    }
  })

const annotationOwners = (entries: ReadonlyArray<Entry>, operation: "Apply" | "Update"): ReadonlyArray<string> =>
  entries.filter((one) => one.operation === operation && FieldSet.has(one.set, annotation)).map((one) => one.manager)

const upgraded = (entries: ReadonlyArray<Entry>, updater: string): ReadonlyArray<Entry> => {
  const updates = (one: Entry) => one.manager === updater && one.operation === "Update"
  const target = entries.find((one) => one.manager === manager && one.operation === "Apply") ?? entries.find(updates)
  if (target === undefined) return entries
  const other = entries.find((one) => updates(one) && one.version === target.version)
  const set = other === undefined ? target.set : FieldSet.union(target.set, other.set)
  const fields = { ...target.fields, manager, operation: "Apply", fieldsV1: FieldsV1.encode(set) }
  return entries.flatMap((one) => (one === target ? [{ ...one, manager, operation: "Apply", set, fields }] : updates(one) ? [] : [one]))
}

export const applyServerSide = Effect.fnUntraced(function* (
  inv: Invocation,
  { namespace, object, resource }: Manifest,
  { mode, validation }: { readonly mode: DryRun; readonly validation: Readonly<Record<string, string>> }
): Effect.fn.Return<KubeObject, Problem> {
  const path = pathOf(resource, namespace, object.metadata.name, inv.line.text("subresource"))
  const query = writeQuery(inv, mode, manager)
  const patch = (body: unknown, contentType: string, more: Readonly<Record<string, string>>) =>
    Effect.map(inv.api.request({ method: "PATCH", path, body, contentType, query: more }), (reply) => replied(reply.body, object))
  const applying = patch(object, patchTypes.apply, {
    ...query,
    ...validation,
    force: String(inv.line.isSet("force-conflicts"))
  }).pipe(Effect.mapError((status): Problem => (status.reason === "Conflict" ? failure(`${status.message}\n${advice}`) : status)))

  let applied = yield* applying
  const text = Fields.at(applied, "metadata", "annotations", lastApplied)
  if (text === undefined || query["fieldManager"] !== manager) return applied
  const { apiVersion, kind, metadata } = applied
  if (annotationOwners(entriesOf(applied), "Apply").length === 0) {
    const only = { name: metadata.name, ...(metadata.namespace === undefined ? {} : { namespace: metadata.namespace }) }
    const body = { apiVersion, kind, metadata: { ...only, annotations: { [lastApplied]: text } } }
    applied = yield* patch(body, patchTypes.apply, { ...query, fieldManager: "kubectl-last-applied" })
  }
  const entries = entriesOf(applied)
  const after = annotationOwners(entries, "Update").reduce(upgraded, entries)
  if (after === entries) return applied
  yield* patch(
    [
      { op: "replace", path: "/metadata/managedFields", value: after.map(({ fields }) => fields) },
      { op: "replace", path: "/metadata/resourceVersion", value: applied.metadata.resourceVersion }
    ],
    patchTypes.json,
    query
  )
  return yield* applying
})
