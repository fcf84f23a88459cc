/** One pod on every node that lets it: pkg/controller/daemon. Updates replace pods one node at a time. */
import * as Selector from "@aiopslab/kubernetes/Selector"
import * as Store from "@aiopslab/kubernetes/Store"
import type { Controller } from "../Controller.ts"
import { keyOf, parseKey } from "../Controller.ts"
import type { DaemonSet, Node, Pod } from "../Kinds.ts"
import { asDaemonSet, asNode, asPod } from "../Kinds.ts"
import type { Turn } from "../Turn.ts"
import * as Owned from "./Owned.ts"
import { createPod, deletePod, hash } from "./PodTemplate.ts"

const name = "daemonset"
const component = "daemonset-controller"
const resource = "daemonsets.apps"
const hashLabel = "controller-revision-hash"

export const daemonSets: Controller = {
  name,
  resources: [resource, "pods", "nodes"],
  observe: (turn, { object, resource: changed, type }) => {
    if (changed === "pods") Owned.enqueueOwner(turn, name, "DaemonSet", object)
    else if (changed === "nodes") for (const one of Store.list(turn.store, resource)) turn.enqueue(name, keyOf(one))
    else if (type !== "DELETED") turn.enqueue(name, keyOf(object))
  },
  reconcile: (turn, key) => {
    const found = turn.get(resource, ...parseKey(key))
    if (found === undefined) return
    const set = asDaemonSet(found)
    const nodes = Store.list(turn.store, "nodes")
      .map(asNode)
      .filter((node) => runsOn(set, node))
    if (set.metadata.deletionTimestamp === undefined) place(turn, set, nodes)
    report(turn, set, nodes)
  }
}

/** A daemon tolerates a node's own conditions, but not the taints that people put on it. */
const runsOn = (set: DaemonSet, node: Node): boolean => {
  const { nodeSelector, tolerations } = set.spec.template.spec
  const selected = Selector.matches(Selector.fromLabels(nodeSelector), node.metadata.labels)
  return (
    selected &&
    (node.spec.taints ?? []).every(
      (taint) =>
        taint.effect === "PreferNoSchedule" ||
        taint.key.startsWith("node.kubernetes.io/") ||
        tolerations?.some(
          (one) => (one.key === undefined || one.key === taint.key) && (one.effect === undefined || one.effect === taint.effect)
        ) === true
    )
  )
}

const place = (turn: Turn, set: DaemonSet, nodes: ReadonlyArray<Node>): void => {
  const mark = hash(set.spec.template, 0)
  const pods = Owned.of(turn, set, "pods").map(asPod)
  const wanted = new Set(nodes.map(({ metadata }) => metadata.name))
  const on = new Map<string, Pod>()
  for (const pod of pods) {
    const node = pod.spec.nodeName ?? ""
    if (!wanted.has(node) || Owned.isFinished(pod)) {
      if (pod.metadata.deletionTimestamp === undefined) deletePod(turn, set, component, pod)
    }
    on.set(node, pod)
  }
  for (const { metadata } of nodes) {
    if (on.has(metadata.name)) continue
    createPod(
      turn,
      set,
      component,
      set.spec.template,
      { generateName: `${set.metadata.name}-` },
      {
        labels: { [hashLabel]: mark },
        spec: { nodeName: metadata.name }
      }
    )
  }
  const old = pods.find((pod) => pod.metadata.labels?.[hashLabel] !== mark)
  const settled = pods.every((pod) => pod.metadata.deletionTimestamp === undefined && (pod === old || Owned.isReady(pod)))
  if (old !== undefined && settled && set.spec.updateStrategy?.type !== "OnDelete") deletePod(turn, set, component, old)
}

const report = (turn: Turn, set: DaemonSet, nodes: ReadonlyArray<Node>): void => {
  const stored = turn.get(resource, set.metadata.namespace ?? "", set.metadata.name)
  if (stored === undefined) return
  const mark = hash(set.spec.template, 0)
  const pods = Owned.of(turn, set, "pods")
    .map(asPod)
    .filter((pod) => !Owned.isFinished(pod))
  const ready = pods.filter(Owned.isReady).length
  const updated = pods.filter((pod) => pod.metadata.labels?.[hashLabel] === mark).length
  turn.put(resource, {
    ...stored,
    status: {
      currentNumberScheduled: pods.length,
      numberMisscheduled: 0,
      desiredNumberScheduled: nodes.length,
      numberReady: ready,
      observedGeneration: stored.metadata.generation ?? 1,
      ...(updated === 0 ? {} : { updatedNumberScheduled: updated }),
      ...(ready === 0 ? {} : { numberAvailable: ready }),
      ...(nodes.length === ready ? {} : { numberUnavailable: nodes.length - ready })
    }
  })
}
