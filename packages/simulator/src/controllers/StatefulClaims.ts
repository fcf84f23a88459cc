/** The claims of a stateful set's pods, and who they go with: pkg/controller/statefulset/stateful_set_utils.go. */
import type { KubeObject, KubeStatus, OwnerReference } from "@aiopslab/core/Kubernetes"
import { equal } from "@aiopslab/kubernetes/Equal"
import * as Store from "@aiopslab/kubernetes/Store"
import type * as Result from "effect/Result"
import type { Pod, StatefulSet } from "../Kinds.ts"
import type { Turn } from "../Turn.ts"
import * as Owned from "./Owned.ts"

const claims = "persistentvolumeclaims"

const nameOf = (set: StatefulSet, template: KubeObject, ordinal: number): string =>
  `${template.metadata.name}-${set.metadata.name}-${ordinal}`

const templatesOf = (set: StatefulSet): ReadonlyArray<KubeObject> => set.spec.volumeClaimTemplates ?? []

/** Creates those that aren't there. */
export const create = (
  turn: Turn,
  set: StatefulSet,
  ordinal: number
): ReadonlyArray<{ readonly claim: string; readonly result: Result.Result<KubeObject, KubeStatus> }> => {
  const namespace = set.metadata.namespace ?? ""
  return templatesOf(set).flatMap((template) => {
    const claim = nameOf(set, template, ordinal)
    if (turn.get(claims, namespace, claim) !== undefined) return []
    const result = turn.create(claims, {
      apiVersion: "v1",
      kind: "PersistentVolumeClaim",
      metadata: {
        ...template.metadata,
        name: claim,
        namespace,
        labels: { ...template.metadata.labels, ...set.spec.selector.matchLabels },
        ...(keeps(set, "whenDeleted") ? {} : { ownerReferences: [Owned.reference(set)] })
      },
      spec: template["spec"]
    })
    return [{ claim, result }]
  })
}

export const volumes = (set: StatefulSet, ordinal: number) =>
  templatesOf(set).map((template) => ({
    name: template.metadata.name,
    persistentVolumeClaim: { claimName: nameOf(set, template, ordinal) }
  }))

const keeps = (set: StatefulSet, when: "whenDeleted" | "whenScaled"): boolean =>
  set.spec.persistentVolumeClaimRetentionPolicy?.[when] !== "Delete"

/** Claims that go with the set have it as their owner, others have not. */
export const own = (turn: Turn, set: StatefulSet): void => {
  const first = set.spec.ordinals?.start ?? 0
  for (let ordinal = first; ordinal < first + (set.spec.replicas ?? 1); ordinal++) {
    for (const template of templatesOf(set)) {
      const claim = turn.get(claims, set.metadata.namespace ?? "", nameOf(set, template, ordinal))
      if (claim !== undefined) belong(turn, claim, keeps(set, "whenDeleted") ? [] : [Owned.reference(set)], set.metadata.uid)
    }
  }
}

/** The claims of a pod that is scaled away go with it where the set says so. */
export const condemn = (turn: Turn, set: StatefulSet, pod: Pod): void => {
  if (keeps(set, "whenScaled")) return
  const ordinal = Number(pod.metadata.name.slice(pod.metadata.name.lastIndexOf("-") + 1))
  for (const template of templatesOf(set)) {
    const claim = turn.get(claims, set.metadata.namespace ?? "", nameOf(set, template, ordinal))
    if (claim !== undefined) belong(turn, claim, [Owned.reference(pod)], set.metadata.uid)
  }
}

/** Replaces the references to the set and its pods, keeps all others. */
const belong = (turn: Turn, claim: KubeObject, references: ReadonlyArray<OwnerReference>, set: string | undefined): void => {
  const before = claim.metadata.ownerReferences ?? []
  const pods = new Set(Store.dependents(turn.store, set ?? "").map(({ object }) => object.metadata.uid))
  const others = before.filter(({ kind, uid }) => uid !== set && !(kind === "Pod" && pods.has(uid)))
  const after = [...others, ...references]
  if (equal(before, after)) return
  const { ownerReferences: _, ...metadata } = claim.metadata
  turn.put(claims, { ...claim, metadata: after.length === 0 ? metadata : { ...metadata, ownerReferences: after } })
}
