/** One pod on every node that lets it, given its node by the scheduler: pkg/controller/daemon. */
import * as IntOrPercent from "@aiopslab/kubernetes/IntOrPercent"
import * as Store from "@aiopslab/kubernetes/Store"
import * as Result from "effect/Result"
import type { Controller } from "../Controller.ts"
import { keyOf, parseKey } from "../Controller.ts"
import * as Events from "../Events.ts"
import type { DaemonSet, Node, Pod, PodSpec, Toleration } from "../Kinds.ts"
import { asDaemonSet, asNode, asPod } from "../Kinds.ts"
import * as NodeAffinity from "../scheduler/NodeAffinity.ts"
import * as Taints from "../scheduler/Taints.ts"
import type { Turn } from "../Turn.ts"
import * as Owned from "./Owned.ts"
import { createPod, deletePod, isTerminating } from "./PodTemplate.ts"
import type { Revision } from "./Revisions.ts"
import * as Revisions from "./Revisions.ts"

const name = "daemonset"
const component = "daemonset-controller"
const resource = "daemonsets.apps"
const { revisionLabel } = Revisions

export const daemonSets: Controller = {
  name,
  resources: [resource, "pods", "nodes"],
  observe: (turn, { object, previous, resource: changed, type }) => {
    if (changed === "pods") Owned.enqueueOwner(turn, name, "DaemonSet", object)
    else if (changed !== "nodes") {
      if (type !== "DELETED") turn.enqueue(name, keyOf(object))
    } else if (previous?.["spec"] !== object["spec"] || previous?.metadata.labels !== object.metadata.labels || type === "DELETED") {
      for (const one of Store.list(turn.store, resource)) turn.enqueue(name, keyOf(one))
    }
  },
  reconcile: (turn, key) => {
    const found = turn.get(resource, ...parseKey(key))
    if (found === undefined || found.metadata.deletionTimestamp !== undefined) return
    const set = asDaemonSet(found)
    const revision = Revisions.update(turn, set, set.spec.template)
    manage(turn, set, revision)
    update(turn, set, revision)
    const pods = podsOf(turn, set)
    Revisions.forget(turn, set, new Set([revision.hash, ...pods.flatMap(({ metadata }) => metadata.labels?.[revisionLabel] ?? [])]))
    report(turn, set, revision)
  }
}

const podsOf = (turn: Turn, set: DaemonSet): ReadonlyArray<Pod> => Owned.pods(turn, set, set.spec.selector)

/** What a node's own conditions are tolerated by: daemons run where others don't. */
const always: ReadonlyArray<Toleration> = [
  { key: "node.kubernetes.io/not-ready", operator: "Exists", effect: "NoExecute" },
  { key: "node.kubernetes.io/unreachable", operator: "Exists", effect: "NoExecute" },
  { key: "node.kubernetes.io/disk-pressure", operator: "Exists", effect: "NoSchedule" },
  { key: "node.kubernetes.io/memory-pressure", operator: "Exists", effect: "NoSchedule" },
  { key: "node.kubernetes.io/pid-pressure", operator: "Exists", effect: "NoSchedule" },
  { key: "node.kubernetes.io/unschedulable", operator: "Exists", effect: "NoSchedule" }
]

const tolerationsOf = ({ hostNetwork, tolerations = [] }: PodSpec): ReadonlyArray<Toleration> => {
  const network: Toleration = { key: "node.kubernetes.io/network-unavailable", operator: "Exists", effect: "NoSchedule" }
  const added = hostNetwork === true ? [...always, network] : always
  return [...tolerations, ...added.filter((one) => !tolerations.some(({ effect, key }) => key === one.key && effect === one.effect))]
}

/** The template's spec, for one node by name. */
const specFor = (spec: PodSpec, node: string): Partial<PodSpec> => {
  const field = { key: "metadata.name", operator: "In", values: [node] } as const
  const required = spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms
  const nodeSelectorTerms = (required ?? [{}]).map((term) => ({ ...term, matchFields: [field] }))
  return {
    affinity: {
      ...spec.affinity,
      nodeAffinity: { ...spec.affinity?.nodeAffinity, requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms } }
    },
    tolerations: tolerationsOf(spec)
  }
}

/** The node that a pod is on or is meant for. */
const nodeOf = (pod: Pod): string => {
  if ((pod.spec.nodeName ?? "") !== "") return pod.spec.nodeName ?? ""
  return [...(NodeAffinity.named(pod) ?? [])][0] ?? ""
}

const byNode = (pods: ReadonlyArray<Pod>): ReadonlyMap<string, ReadonlyArray<Pod>> => {
  const out = new Map<string, Array<Pod>>()
  for (const pod of pods) out.set(nodeOf(pod), [...(out.get(nodeOf(pod)) ?? []), pod])
  return out
}

/** Whether a daemon belongs on a node, and whether one that is there may stay. */
const fits = (set: DaemonSet, node: Node): { readonly run: boolean; readonly stay: boolean } => {
  const { spec } = set.spec.template
  const template = asPod({ ...set, spec })
  const tolerations = tolerationsOf(spec)
  if ((spec.nodeName ?? node.metadata.name) !== node.metadata.name || !NodeAffinity.matches(template, node))
    return { run: false, stay: false }
  const hard = (node.spec.taints ?? []).filter((taint) => taint.effect !== "PreferNoSchedule" && !Taints.tolerates(tolerations, taint))
  return { run: hard.length === 0, stay: hard.every(({ effect }) => effect !== "NoExecute") }
}

const manage = (turn: Turn, set: DaemonSet, revision: Revision): void => {
  const there = byNode(podsOf(turn, set))
  const nodes = Store.list(turn.store, "nodes").map(asNode)
  const known = new Set(nodes.map(({ metadata }) => metadata.name))
  const missing: Array<string> = []
  for (const node of nodes) {
    const { run, stay } = fits(set, node)
    const pods = there.get(node.metadata.name) ?? []
    if (!stay) {
      for (const pod of pods) if (pod.metadata.deletionTimestamp === undefined) deletePod(turn, set, component, pod)
      continue
    }
    const alive: Array<Pod> = []
    for (const pod of pods) {
      if (pod.metadata.deletionTimestamp !== undefined) continue
      if (Owned.isFinished(pod)) {
        const { phase } = pod.status
        const message = `Found ${phase === "Failed" ? "failed" : "succeeded"} daemon pod ${keyOf(pod)} on node ${node.metadata.name}, will try to ${phase === "Failed" ? "kill" : "delete"} it`
        Events.record(
          turn,
          set,
          { component },
          phase === "Failed" ? "Warning" : "Normal",
          phase === "Failed" ? "FailedDaemonPod" : "SucceededDaemonPod",
          message
        )
        deletePod(turn, set, component, pod)
      } else alive.push(pod)
    }
    if (run && pods.length === 0) missing.push(node.metadata.name)
    if (surgeOf(set, nodes.length) === 0 && alive.length > 1) {
      const [, ...extra] = [...alive].sort(
        (a, b) => Number(Owned.isReady(b)) - Number(Owned.isReady(a)) || (a.metadata.name < b.metadata.name ? -1 : 1)
      )
      for (const pod of extra) deletePod(turn, set, component, pod)
    }
  }
  for (const [node, pods] of there) {
    if (!known.has(node)) for (const pod of pods) if (pod.metadata.deletionTimestamp === undefined) deletePod(turn, set, component, pod)
  }
  create(turn, set, revision, missing)
}

const create = (turn: Turn, set: DaemonSet, revision: Revision, nodes: ReadonlyArray<string>): void => {
  const { template } = set.spec
  for (const node of nodes) {
    const labels = { [revisionLabel]: revision.hash }
    const names = { generateName: `${set.metadata.name}-` }
    const made = createPod(turn, set, component, template, names, { labels, spec: { ...specFor(template.spec, node) } })
    if (Result.isSuccess(made)) continue
    if (!isTerminating(made.failure)) turn.retry(name, keyOf(set))
    return
  }
  turn.forgive(name, keyOf(set))
}

const surgeOf = (set: DaemonSet, nodes: number): number =>
  IntOrPercent.scaled(set.spec.updateStrategy?.rollingUpdate?.maxSurge ?? 0, nodes, "up")

const isAvailable = (turn: Turn, set: DaemonSet, pod: Pod): boolean => {
  const at = Owned.availableAt(pod, set.spec.minReadySeconds ?? 0)
  if (at !== undefined && at > turn.now) turn.schedule(at, { _tag: "Requeue", controller: name, key: keyOf(set) })
  return at !== undefined && at <= turn.now
}

/** Old pods are replaced, as many at a time as may be unavailable or more than one. */
const update = (turn: Turn, set: DaemonSet, revision: Revision): void => {
  const { updateStrategy } = set.spec
  if (updateStrategy?.type === "OnDelete") return
  const nodes = Store.list(turn.store, "nodes")
    .map(asNode)
    .filter((node) => fits(set, node).run)
  const surge = surgeOf(set, nodes.length)
  const { maxUnavailable } = updateStrategy?.rollingUpdate ?? {}
  const most = Math.max(surge === 0 ? 1 : 0, IntOrPercent.scaled(maxUnavailable ?? (surge === 0 ? 1 : 0), nodes.length, "up"))
  const there = byNode(podsOf(turn, set))
  let unavailable = 0
  let surging = 0
  const broken: Array<Pod> = []
  const candidates: Array<Pod> = []
  for (const node of nodes) {
    const pods = (there.get(node.metadata.name) ?? []).filter((pod) => !Owned.isFinished(pod))
    const alive = pods.filter(Owned.isActive)
    const fresh = alive.find(({ metadata }) => metadata.labels?.[revisionLabel] === revision.hash)
    const old = alive.find(({ metadata }) => metadata.labels?.[revisionLabel] !== revision.hash)
    if (surge > 0 && fresh !== undefined && old !== undefined) {
      if (isAvailable(turn, set, fresh)) deletePod(turn, set, component, old)
      else surging++
    } else if (old === undefined) {
      if (fresh === undefined || !isAvailable(turn, set, fresh)) unavailable++
    } else if (isAvailable(turn, set, old)) candidates.push(old)
    else broken.push(old)
  }
  if (surge === 0) {
    for (const pod of [...broken, ...candidates.slice(0, Math.max(0, most - unavailable))]) deletePod(turn, set, component, pod)
  } else create(turn, set, revision, [...broken, ...candidates.slice(0, Math.max(0, surge - surging))].map(nodeOf))
}

const report = (turn: Turn, set: DaemonSet, revision: Revision): void => {
  const stored = turn.get(resource, set.metadata.namespace ?? "", set.metadata.name)
  if (stored === undefined) return
  const there = byNode(podsOf(turn, set))
  let [desired, current, misplaced, ready, available, updated] = [0, 0, 0, 0, 0, 0]
  for (const one of Store.list(turn.store, "nodes")) {
    const pods = (there.get(one.metadata.name) ?? []).filter((pod) => !Owned.isFinished(pod))
    if (!fits(set, asNode(one)).run) {
      if (pods.length > 0) misplaced++
      continue
    }
    desired++
    if (pods.length === 0) continue
    current++
    const shown = pods.find((pod) => Owned.isActive(pod) && Owned.isReady(pod)) ?? pods[0]
    if (shown === undefined) continue
    if (Owned.isReady(shown)) ready++
    if (isAvailable(turn, set, shown)) available++
    if (shown.metadata.labels?.[revisionLabel] === revision.hash) updated++
  }
  turn.put(resource, {
    ...stored,
    status: {
      currentNumberScheduled: current,
      numberMisscheduled: misplaced,
      desiredNumberScheduled: desired,
      numberReady: ready,
      observedGeneration: stored.metadata.generation ?? 1,
      ...(updated === 0 ? {} : { updatedNumberScheduled: updated }),
      ...(available === 0 ? {} : { numberAvailable: available }),
      ...(desired === available ? {} : { numberUnavailable: desired - available })
    }
  })
}
