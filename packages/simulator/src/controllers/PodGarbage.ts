/** Pods of nodes that are no more go without anybody to end them: pkg/controller/podgc. */
import * as Store from "@aiopslab/kubernetes/Store"
import { kubeTime } from "@aiopslab/kubernetes/Time"
import type { Controller } from "../Controller.ts"
import type { Condition } from "../Kinds.ts"
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
      const condition: Condition = {
        type: "DisruptionTarget",
        status: "True",
        lastProbeTime: null,
        lastTransitionTime: kubeTime(turn.now),
        reason: "DeletionByPodGC",
        message: "PodGC: node no longer exists"
      }
      if (!Owned.isFinished(pod)) {
        const others = (pod.status.conditions ?? []).filter(({ type }) => type !== condition.type)
        turn.put("pods", { ...pod, status: { ...pod.status, phase: "Failed", conditions: [...others, condition] } })
      }
      turn.remove("pods", pod.metadata.namespace ?? "", pod.metadata.name, { gracePeriodSeconds: 0 })
    }
  }
}
