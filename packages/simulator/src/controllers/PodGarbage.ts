/** Pods of nodes that are no more go without anybody to end them: pkg/controller/podgc. */
import * as Store from "@aiopslab/kubernetes/Store"
import type { Controller } from "../Controller.ts"
import { disrupted } from "../Disruption.ts"
import { asPod } from "../Kinds.ts"
import * as Owned from "./Owned.ts"

const name = "podgc"
/** A node that comes back within this time finds its pods again. */
const quarantineMillis = 40_000

export const podGarbage: Controller = {
  name,
  resources: ["nodes"],
  observe: (turn, { object, type }) => {
    if (type === "DELETED") turn.schedule(turn.now + quarantineMillis, { _tag: "Requeue", controller: name, key: object.metadata.name })
  },
  reconcile: (turn, node) => {
    if (turn.get("nodes", "", node) !== undefined) return
    for (const one of Store.list(turn.store, "pods")) {
      const pod = asPod(one)
      if (pod.spec.nodeName !== node) continue
      if (!Owned.isFinished(pod)) {
        const marked = disrupted(turn, pod, { reason: "DeletionByPodGC", message: "PodGC: node no longer exists" })
        turn.put("pods", { ...marked, status: { ...marked.status, phase: "Failed" } })
      }
      turn.remove("pods", pod.metadata.namespace ?? "", pod.metadata.name, { gracePeriodSeconds: 0 })
    }
  }
}
