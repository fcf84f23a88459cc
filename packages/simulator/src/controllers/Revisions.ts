/** The templates that a set had, kept as ControllerRevisions: pkg/controller/history. */
import type { KubeObject } from "@aiopslab/core/Kubernetes"
import { at } from "@aiopslab/kubernetes/Json"
import * as Result from "effect/Result"
import type { PodTemplate } from "../Kinds.ts"
import { asRevision } from "../PolicyKinds.ts"
import type { Turn } from "../Turn.ts"
import * as Owned from "./Owned.ts"
import { hash, sameTemplate } from "./PodTemplate.ts"

const resource = "controllerrevisions.apps"

/** The label of a pod that names its revision. */
export const revisionLabel = "controller-revision-hash"

export interface Revision {
  readonly name: string
  readonly hash: string
  readonly revision: number
  readonly template: PodTemplate
}

const read = (object: KubeObject): Revision => {
  const { data, metadata, revision } = asRevision(object)
  const { $patch: _, ...template } = data.spec.template
  return { name: metadata.name, hash: metadata.labels?.[revisionLabel] ?? "", revision, template }
}

/** Oldest first. */
export const all = (turn: Turn, owner: KubeObject): ReadonlyArray<Revision> =>
  Owned.of(turn, owner, resource)
    .map(read)
    .sort((a, b) => a.revision - b.revision)

/** The revision of the present template: an earlier one of the same content becomes the newest again. */
export const update = (turn: Turn, owner: KubeObject, template: PodTemplate): Revision => {
  const known = all(turn, owner)
  const next = (known.at(-1)?.revision ?? 0) + 1
  const same = known.findLast((one) => sameTemplate(one.template, template))
  const namespace = owner.metadata.namespace ?? ""
  if (same !== undefined) {
    const stored = turn.get(resource, namespace, same.name)
    if (same.revision === next - 1 || stored === undefined) return same
    turn.put(resource, { ...stored, revision: next })
    return { ...same, revision: next }
  }
  const mark = hash(template, 0)
  const created = turn.create(resource, {
    apiVersion: "apps/v1",
    kind: "ControllerRevision",
    metadata: {
      name: `${owner.metadata.name}-${mark}`,
      namespace,
      labels: { ...template.metadata?.labels, [revisionLabel]: mark },
      ...(owner.metadata.annotations === undefined ? {} : { annotations: owner.metadata.annotations }),
      ownerReferences: [Owned.reference(owner)]
    },
    data: { spec: { template: { ...template, $patch: "replace" } } },
    revision: next
  })
  return Result.isSuccess(created)
    ? read(created.success)
    : { name: `${owner.metadata.name}-${mark}`, hash: mark, revision: next, template }
}

/** Beyond the history's length the oldest go that no pod has. */
export const forget = (turn: Turn, owner: KubeObject, used: ReadonlySet<string>): void => {
  const limit = at(owner, "spec", "revisionHistoryLimit")
  const idle = all(turn, owner).filter((one) => !used.has(one.name) && !used.has(one.hash))
  const surplus = idle.length - (typeof limit === "number" ? limit : 10)
  for (const { name } of idle.slice(0, Math.max(0, surplus))) turn.remove(resource, owner.metadata.namespace ?? "", name)
}
