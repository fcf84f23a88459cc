/** The revisions of a workload: a deployment's replica sets, or the controller revisions of a stateful or daemon set. */
import type { KubeObject } from "@aiopslab/core/Kubernetes"
import { pathOf } from "@aiopslab/core/KubeClient"
import * as Effect from "effect/Effect"
import { failure } from "../../Failure.ts"
import * as Fields from "../../Fields.ts"
import { type Invocation, type Problem, resourceNamed } from "../../Invocation.ts"
import type { Selected } from "../../Selection.ts"
import { selectorText } from "../Containers.ts"

export interface Revision {
  readonly number: number
  readonly changeCause: string
  readonly object: KubeObject
  /** The pod template of this revision. */
  readonly template: Fields.Fields
}

const numberOf = (object: KubeObject): number =>
  object.kind === "ControllerRevision"
    ? Fields.number(object, "revision")
    : Number(Fields.text(object, "metadata", "annotations", "deployment.kubernetes.io/revision") || "0")

/** Oldest first. */
export const revisions = Effect.fnUntraced(function* (inv: Invocation, of: Selected): Effect.fn.Return<ReadonlyArray<Revision>, Problem> {
  const { kind } = of.resource
  if (kind !== "Deployment" && kind !== "StatefulSet" && kind !== "DaemonSet")
    return yield* failure(`no history viewer has been implemented for ${JSON.stringify(kind)}`)
  const resource = yield* resourceNamed(inv, kind === "Deployment" ? "replicasets.apps" : "controllerrevisions.apps")
  const reply = yield* inv.api.request({
    method: "GET",
    path: pathOf(resource, of.namespace),
    query: { labelSelector: selectorText(Fields.at(of.object, "spec", "selector")) }
  })
  const uid = of.object.metadata.uid
  return Fields.list(reply.body, "items")
    .map((item) => ({ kind: resource.kind, apiVersion: "apps/v1", ...Fields.record(item) }))
    .filter(Fields.isObject)
    .filter((item) => (item.metadata.ownerReferences ?? []).some((owner) => owner.uid === uid && owner.controller === true))
    .map((object) => ({
      number: numberOf(object),
      changeCause: Fields.text(object, "metadata", "annotations", "kubernetes.io/change-cause") || "<none>",
      object,
      template:
        object.kind === "ControllerRevision" ? Fields.record(object, "data", "spec", "template") : Fields.record(object, "spec", "template")
    }))
    .filter((revision) => revision.number > 0)
    .sort((a, b) => a.number - b.number)
})
