/** Pods that somebody is about to end say so (pkg/util/pod: `DisruptionTarget`). */
import { kubeTime } from "@aiopslab/kubernetes/Time"
import type { Condition, Pod } from "./Kinds.ts"
import type { Turn } from "./Turn.ts"

/** The pod with the condition, which stands last. */
export const disrupted = (turn: Turn, pod: Pod, { message, reason }: { readonly reason: string; readonly message: string }): Pod => {
  const condition: Condition = {
    type: "DisruptionTarget",
    ...(pod.metadata.generation === undefined ? {} : { observedGeneration: pod.metadata.generation }),
    status: "True",
    lastProbeTime: null,
    lastTransitionTime: kubeTime(turn.now),
    reason,
    message
  }
  const others = (pod.status.conditions ?? []).filter(({ type }) => type !== condition.type)
  return { ...pod, status: { ...pod.status, conditions: [...others, condition] } }
}
