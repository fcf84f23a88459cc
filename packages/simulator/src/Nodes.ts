/** Switches a node off and on again. Its kubelet and its containers stop at once; the rest of the cluster has to find out. */
import * as Store from "@aiopslab/kubernetes/Store"
import { kubeTime } from "@aiopslab/kubernetes/Time"
import { change } from "./Advance.ts"
import { conditions, ready } from "./Boot.ts"
import * as NodeLifecycle from "./controllers/NodeLifecycle.ts"
import * as Events from "./Events.ts"
import * as Heartbeats from "./heartbeats/Heartbeats.ts"
import { asNode, asPod } from "./Kinds.ts"
import { renew } from "./kubelet/Kubelet.ts"
import * as Program from "./kubelet/Program.ts"
import type { Turn } from "./Turn.ts"
import type { World } from "./World.ts"
import * as Writers from "./Writers.ts"

/** What a container's end is called when nobody saw it. */
const unseen = 255

export const stop = (turn: Turn, node: string): void => {
  if (node in turn.stopped || turn.get("nodes", "", node) === undefined) return
  turn.stopped = { ...turn.stopped, [node]: turn.now }
  for (const container of turn.containers.values()) {
    if (container.node === node && container.state._tag === "Running") Program.end(turn, container, unseen, "Unknown")
  }
  turn.relevant = true
  NodeLifecycle.expect(turn, node)
}

export const start = (turn: Turn, node: string): void => {
  if (!(node in turn.stopped)) return
  const { [node]: _, ...stopped } = turn.stopped
  turn.stopped = stopped
  const found = turn.get("nodes", "", node)
  if (found === undefined) return
  const before = asNode(found).status.conditions
  const now = kubeTime(turn.now)
  const next = conditions(now).map((one) => {
    const same = before?.find(({ status, type }) => type === one.type && status === one.status)
    return same === undefined ? one : { ...one, lastTransitionTime: same.lastTransitionTime }
  })
  turn.put("nodes", { ...found, status: { ...asNode(found).status, conditions: next } }, Writers.kubelet)
  Heartbeats.beginNode(turn, node)
  if (before?.find(({ type }) => type === ready)?.status !== "True") {
    const message = `Node ${node} status is now: NodeReady`
    Events.record(turn, found, { component: "kubelet", host: node }, "Normal", "NodeReady", message)
  }
  for (const one of Store.list(turn.store, "pods")) {
    const pod = asPod(one)
    if (pod.spec.nodeName !== node) continue
    const { name, namespace = "", uid = "" } = pod.metadata
    const runtime = turn.pods.get(uid)
    if (runtime !== undefined && pod.metadata.deletionTimestamp === undefined) renew(turn, pod, runtime)
    turn.enqueue("kubelet", `${namespace}/${name}/${uid}`)
  }
  turn.relevant = true
}

/** The world in which a node has just been switched off; the same one when there is no such node. */
export const stopNode = (world: World, node: string): World => change(world, (turn) => stop(turn, node))[1]

export const startNode = (world: World, node: string): World => change(world, (turn) => start(turn, node))[1]
