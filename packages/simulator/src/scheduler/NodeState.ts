/** A node and the pods that are on it, as one attempt to schedule sees them. */
import * as Store from "@aiopslab/kubernetes/Store"
import { isFinished } from "../controllers/Owned.ts"
import type { Node, Pod } from "../Kinds.ts"
import { asNode, asPod } from "../Kinds.ts"
import type { Turn } from "../Turn.ts"

export interface NodeState {
  readonly node: Node
  readonly pods: ReadonlyArray<Pod>
}

export const priorityOf = (pod: Pod): number => pod.spec.priority ?? 0

/** All nodes. Pods that were promised a node count as on it for others of no higher priority. */
export const snapshot = (turn: Turn, pod: Pod): ReadonlyArray<NodeState> => {
  const byNode = new Map<string, Array<Pod>>()
  for (const one of Store.list(turn.store, "pods")) {
    const other = asPod(one)
    const bound = other.spec.nodeName ?? ""
    const node = bound === "" ? (other.status.nominatedNodeName ?? "") : bound
    if (node === "" || isFinished(other) || other.metadata.uid === pod.metadata.uid) continue
    if (bound === "" && priorityOf(other) < priorityOf(pod)) continue
    const known = byNode.get(node)
    if (known === undefined) byNode.set(node, [other])
    else known.push(other)
  }
  return Store.list(turn.store, "nodes").map((one) => ({ node: asNode(one), pods: byNode.get(one.metadata.name) ?? [] }))
}
