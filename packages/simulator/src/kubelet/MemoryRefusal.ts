/** Which pods a node that is short of memory doesn't begin with (pkg/kubelet/eviction, `Admit`). */
import { qosClass } from "@aiopslab/kubernetes/defaults/QosClass"
import type { Pod } from "../Kinds.ts"
import { asNode } from "../Kinds.ts"
import * as Taints from "../scheduler/Taints.ts"
import type { Turn } from "../Turn.ts"
import { critical } from "./MemoryEviction.ts"
import * as MemoryPressure from "./MemoryPressure.ts"

/** Why a pod may not begin on a node: one that asked for nothing finds no room where memory is short. */
export const of = (turn: Turn, pod: Pod): string | undefined => {
  const found = turn.get("nodes", "", pod.spec.nodeName ?? "")
  if (
    found === undefined ||
    !MemoryPressure.isUnder(asNode(found)) ||
    (pod.spec.priority ?? 0) >= critical ||
    qosClass(pod.spec) !== "BestEffort"
  )
    return undefined
  return Taints.tolerates(pod.spec.tolerations, { key: "node.kubernetes.io/memory-pressure", effect: "NoSchedule" })
    ? undefined
    : `The node had condition: [${MemoryPressure.type}]. `
}
