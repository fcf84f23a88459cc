/** What a deletion makes of an object that it does not remove at once. */
import type { KubeObject, ObjectMeta } from "@aiopslab/core/Kubernetes"
import type { WriteContext } from "../Host.ts"
import { at } from "../Json.ts"
import type { RemoveOptions } from "../Registry.ts"
import type { Resource } from "../Scheme.ts"
import * as Strategies from "../Strategies.ts"
import { kubeTime, parseTime } from "../Time.ts"

const collectors: ReadonlyArray<string> = ["orphan", "foregroundDeletion"]

export const finalizersFor = (resource: Resource, metadata: ObjectMeta, options: RemoveOptions): ReadonlyArray<string> => {
  const present = metadata.finalizers ?? []
  if (!Strategies.isCollected(resource)) return present
  const policy =
    options.propagationPolicy ??
    (Strategies.orphansByDefault(resource) && !present.some((one) => collectors.includes(one)) ? "Orphan" : undefined)
  if (policy === undefined) return present
  const others = present.filter((one) => !collectors.includes(one))
  return policy === "Orphan" ? [...others, "orphan"] : policy === "Foreground" ? [...others, "foregroundDeletion"] : others
}

/** A pod that never ran or has ended goes at once; the kubelet of any other ends it within this many seconds. */
export const graceOf = (pod: KubeObject, options: RemoveOptions): number => {
  const phase = at(pod, "status", "phase")
  if ((at(pod, "spec", "nodeName") ?? "") === "" || phase === "Succeeded" || phase === "Failed") return 0
  const asked = options.gracePeriodSeconds ?? at(pod, "spec", "terminationGracePeriodSeconds")
  const grace = typeof asked === "number" ? (asked < 0 ? 1 : asked) : 30
  const { deletionGracePeriodSeconds } = pod.metadata
  if (deletionGracePeriodSeconds === undefined) return grace
  // under way already: only a shorter period changes anything
  return options.gracePeriodSeconds === undefined ? deletionGracePeriodSeconds : Math.min(grace, deletionGracePeriodSeconds)
}

export const marked = (
  resource: Resource,
  object: KubeObject,
  grace: number,
  finalizers: ReadonlyArray<string>,
  context: WriteContext
): KubeObject => {
  const { metadata } = object
  const before = metadata.deletionGracePeriodSeconds
  const began = parseTime(metadata.deletionTimestamp)
  const { finalizers: _, ...rest } = metadata
  const held = finalizers.length === 0 ? {} : { finalizers }
  if (began !== undefined && before !== undefined) {
    const deletionTimestamp = grace === 0 && before > 0 ? context.now : began + (grace - before) * 1000
    return {
      ...object,
      metadata: { ...rest, ...held, deletionTimestamp: kubeTime(deletionTimestamp), deletionGracePeriodSeconds: grace }
    }
  }
  return {
    ...object,
    metadata: {
      ...rest,
      ...held,
      ...((metadata.generation ?? 0) > 0 ? { generation: (metadata.generation ?? 0) + 1 } : {}),
      deletionTimestamp: kubeTime(context.now + grace * 1000),
      deletionGracePeriodSeconds: grace
    }
  }
}
