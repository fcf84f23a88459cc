/** Deletes pods from nodes whose NoExecute taints they don't tolerate, or not any longer: pkg/controller/tainteviction. */
import * as Store from "@aiopslab/kubernetes/Store"
import type { Controller } from "../Controller.ts"
import { keyOf, parseKey } from "../Controller.ts"
import { disrupted } from "../Disruption.ts"
import * as Events from "../Events.ts"
import type { Pod, Taint } from "../Kinds.ts"
import { asNode, asPod } from "../Kinds.ts"
import * as Taints from "../scheduler/Taints.ts"
import type { Turn } from "../Turn.ts"

const name = "taint-eviction"
const component = "taint-eviction-controller"

export const taintEviction: Controller = {
  name,
  resources: ["nodes", "pods"],
  observe: (turn, { object, previous, resource, type }) => {
    if (type === "DELETED") {
      if ((object.metadata.uid ?? "") in turn.evictions) forget(turn, object.metadata.uid ?? "")
    } else if (resource === "nodes") {
      if (
        executing(asNode(object).spec.taints).length === 0 &&
        (previous === undefined || executing(asNode(previous).spec.taints).length === 0)
      )
        return
      for (const one of Store.list(turn.store, "pods")) {
        if (asPod(one).spec.nodeName === object.metadata.name) turn.enqueue(name, keyOf(one))
      }
    } else if (previous?.["spec"] !== object["spec"] && hasTaints(turn, asPod(object))) turn.enqueue(name, keyOf(object))
  },
  reconcile: (turn, key) => {
    const found = turn.get("pods", ...parseKey(key))
    if (found !== undefined && found.metadata.deletionTimestamp === undefined) look(turn, asPod(found))
  }
}

const executing = (taints: ReadonlyArray<Taint> | undefined): ReadonlyArray<Taint> =>
  (taints ?? []).filter(({ effect }) => effect === "NoExecute")

const taintsOf = (turn: Turn, { spec }: Pod): ReadonlyArray<Taint> => {
  const node = spec.nodeName === undefined ? undefined : turn.get("nodes", "", spec.nodeName)
  return node === undefined ? [] : executing(asNode(node).spec.taints)
}

const hasTaints = (turn: Turn, pod: Pod): boolean => taintsOf(turn, pod).length > 0

/** How long the pod bears the taints, in milliseconds. */
const patienceOf = (pod: Pod, taints: ReadonlyArray<Taint>): number =>
  Math.min(
    ...taints.map((taint) => {
      const tolerating = (pod.spec.tolerations ?? []).filter((one) => Taints.tolerates([one], taint))
      if (tolerating.length === 0) return 0
      const seconds = tolerating.flatMap(({ tolerationSeconds }) => tolerationSeconds ?? [])
      return seconds.length === 0 ? Infinity : Math.max(0, Math.min(...seconds)) * 1000
    })
  )

const look = (turn: Turn, pod: Pod): void => {
  const uid = pod.metadata.uid ?? ""
  const patience = patienceOf(pod, taintsOf(turn, pod))
  const since = turn.evictions[uid]
  if (patience === Infinity) {
    if (since === undefined) return
    forget(turn, uid)
    return Events.record(turn, pod, { component }, "Normal", "TaintManagerEviction", `Cancelling deletion of Pod ${keyOf(pod)}`)
  }
  const end = (since ?? turn.now) + patience
  if (since === undefined && patience > 0) turn.evictions = { ...turn.evictions, [uid]: turn.now }
  if (end > turn.now) {
    turn.schedule(end, { _tag: "Requeue", controller: name, key: keyOf(pod) })
    return
  }
  forget(turn, uid)
  const why = { reason: "DeletionByTaintManager", message: "Taint manager: deleting due to NoExecute taint" }
  turn.put("pods", disrupted(turn, pod, why))
  turn.remove("pods", pod.metadata.namespace ?? "", pod.metadata.name)
  Events.record(turn, pod, { component }, "Normal", "TaintManagerEviction", `Marking for deletion Pod ${keyOf(pod)}`)
}

const forget = (turn: Turn, uid: string): void => {
  const { [uid]: _, ...others } = turn.evictions
  turn.evictions = others
}
