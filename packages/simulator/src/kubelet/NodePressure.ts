/**
 * A node that runs out of memory: its kubelet says so, and evicts pods until there is enough again (pkg/kubelet/eviction). Looked at
 * after a program took memory, and as long as there is pressure.
 */
import { record } from "@aiopslab/kubernetes/Json"
import * as Quantity from "@aiopslab/kubernetes/Quantity"
import { qosClass } from "@aiopslab/kubernetes/defaults/QosClass"
import * as Store from "@aiopslab/kubernetes/Store"
import { kubeTime } from "@aiopslab/kubernetes/Time"
import { footprintOf } from "@aiopslab/telemetry/ContainerSeries"
import type { Container } from "../Container.ts"
import type { Controller } from "../Controller.ts"
import { bits } from "../Draw.ts"
import { disrupted } from "../Disruption.ts"
import * as Events from "../Events.ts"
import * as Heartbeats from "../heartbeats/Heartbeats.ts"
import type { Node, Pod } from "../Kinds.ts"
import { asNode, asPod } from "../Kinds.ts"
import * as Taints from "../scheduler/Taints.ts"
import type { Turn } from "../Turn.ts"
import type { World } from "../World.ts"
import { containersOf } from "../World.ts"
import * as Writers from "../Writers.ts"

const name = "node-pressure"
const type = "MemoryPressure"
const mebi = 1_048_576

/** `memory.available<100Mi`, kubelet's default; Kind's nodes keep to it. */
const threshold = 100 * mebi
/** `evictionPressureTransitionPeriod` */
const transitionMillis = 300_000
/** The eviction manager's round. */
const periodMillis = 10_000
/** What the node's own processes hold. */
const systemBytes = 640 * mebi

export interface Pressure {
  /** When it is looked at next. */
  readonly lookAt: number | undefined
  /** When there was too little memory, the last time. */
  readonly metAt: number | undefined
}

const held = ({ holds, image }: Container): number => holds ?? footprintOf(image).memoryBytes

const usedOn = (world: Pick<World, "containers">, node: string): number => {
  let sum = systemBytes
  for (const one of world.containers.values()) if (one.node === node && one.state._tag === "Running") sum += held(one)
  return sum
}

const capacityOf = (world: Pick<World, "store">, node: string): number => {
  const found = Store.get(world.store, "nodes", "", node)
  // a node that is not there any more sets no limit
  return found === undefined ? Infinity : Quantity.value(record(record(found["status"])["capacity"])["memory"])
}

/** Bytes that are left on a container's node for it, what it holds now included. */
export const left = (turn: Turn, container: Container): number =>
  capacityOf(turn, container.node) - usedOn(turn, container.node) + held(container)

const roundAfter = (turn: Turn, node: string): number =>
  turn.now + periodMillis - ((turn.now - (bits(turn.seed, `eviction ${node}`, 0) % periodMillis)) % periodMillis)

const set = (turn: Turn, node: string, pressure: Pressure): void => {
  turn.pressures = { ...turn.pressures, [node]: pressure }
}

const lookLater = (turn: Turn, node: string): void => {
  const known = turn.pressures[node]
  if (known?.lookAt !== undefined) return
  const lookAt = roundAfter(turn, node)
  set(turn, node, { lookAt, metAt: known?.metAt })
  turn.schedule(lookAt, { _tag: "Requeue", controller: name, key: node })
}

/** A program has taken memory: when too little is left, the kubelet finds out with its next round. */
export const taken = (turn: Turn, node: string): void => {
  if (capacityOf(turn, node) - usedOn(turn, node) < threshold) lookLater(turn, node)
}

const isUnder = (node: Node): boolean => node.status.conditions?.some((one) => one.type === type && one.status === "True") === true

const tell = (turn: Turn, node: Node, is: "insufficient" | "sufficient"): void => {
  const now = kubeTime(turn.now)
  const word = is === "insufficient" ? "Insufficient" : "Sufficient"
  const conditions = (node.status.conditions ?? []).map((one) => ({
    ...one,
    lastHeartbeatTime: now,
    ...(one.type === type
      ? {
          status: is === "insufficient" ? "True" : "False",
          reason: `KubeletHas${word}Memory`,
          message: `kubelet has ${is} memory available`,
          lastTransitionTime: now
        }
      : {})
  }))
  turn.put("nodes", { ...node, status: { ...node.status, conditions } }, Writers.kubelet)
  Heartbeats.reportedNow(turn, node.metadata.name)
  const message = `Node ${node.metadata.name} status is now: NodeHas${word}Memory`
  Events.record(turn, node, { component: "kubelet", host: node.metadata.name }, "Normal", `NodeHas${word}Memory`, message)
}

/** In the largest unit that leaves nothing over. */
const binary = (bytes: number): string => {
  const units = ["", "Ki", "Mi", "Gi"]
  let [amount, unit] = [bytes, 0]
  while (amount !== 0 && amount % 1024 === 0 && unit < units.length - 1) [amount, unit] = [amount / 1024, unit + 1]
  return `${amount}${units[unit] ?? ""}`
}

interface Candidate {
  readonly pod: Pod
  readonly used: number
  readonly requested: number
}

/** `system-cluster-critical` */
const critical = 2_000_000_000

const requestOf = ({ spec }: Pod, container: string): number => {
  const request = spec.containers.find((one) => one.name === container)?.resources?.requests?.["memory"]
  return request === undefined ? 0 : Quantity.value(request)
}

const candidates = (turn: Turn, node: string): ReadonlyArray<Candidate> =>
  turn.pods.valuesArray().flatMap((runtime): ReadonlyArray<Candidate> => {
    const found = turn.get("pods", runtime.namespace, runtime.name)
    if (runtime.node !== node || runtime.ending !== undefined || runtime.evicted !== undefined || found?.metadata.uid !== runtime.uid)
      return []
    const pod = asPod(found)
    if ((pod.spec.priority ?? 0) >= critical) return []
    const running = containersOf(turn, runtime.uid).filter(({ state }) => state._tag === "Running")
    return [
      {
        pod,
        used: running.reduce((sum, one) => sum + held(one), 0),
        requested: pod.spec.containers.reduce((sum, one) => sum + requestOf(pod, one.name), 0)
      }
    ]
  })

/** Who takes more than was asked for goes first, then who matters less, then who takes the most beyond its request. */
const before = (a: Candidate, b: Candidate): number =>
  Number(b.used > b.requested) - Number(a.used > a.requested) ||
  (a.pod.spec.priority ?? 0) - (b.pod.spec.priority ?? 0) ||
  b.used - b.requested - (a.used - a.requested)

const evict = (turn: Turn, node: string, available: number): void => {
  const [first] = candidates(turn, node).toSorted(before)
  const runtime = first === undefined ? undefined : turn.pods.get(first.pod.metadata.uid ?? "")
  if (first === undefined || runtime === undefined) return
  const { pod } = first
  const fat = containersOf(turn, runtime.uid).filter((one) => one.state._tag === "Running" && held(one) > requestOf(pod, one.name))
  const message = [
    `The node was low on resource: memory. Threshold quantity: ${binary(threshold)}, available: ${binary(available)}. `,
    ...fat.map(
      (one) =>
        `Container ${one.name} was using ${binary(held(one))}, request is ${binary(requestOf(pod, one.name))}, has larger consumption of memory. `
    )
  ].join("")
  Events.record(turn, pod, { component: "kubelet", host: node }, "Warning", "Evicted", message)
  turn.put("pods", disrupted(turn, pod, { reason: "TerminationByKubelet", message }), Writers.kubelet)
  turn.setPod({ ...runtime, evicted: message })
  turn.enqueue("kubelet", `${runtime.namespace}/${runtime.name}/${runtime.uid}`)
}

/** Why a pod may not begin on a node: one that asked for nothing finds no room where memory is short. */
export const refusal = (turn: Turn, pod: Pod): string | undefined => {
  const found = turn.get("nodes", "", pod.spec.nodeName ?? "")
  if (found === undefined || !isUnder(asNode(found)) || (pod.spec.priority ?? 0) >= critical || qosClass(pod.spec) !== "BestEffort")
    return undefined
  return Taints.tolerates(pod.spec.tolerations, { key: "node.kubernetes.io/memory-pressure", effect: "NoSchedule" })
    ? undefined
    : `The node had condition: [${type}]. `
}

export const nodePressure: Controller = {
  name,
  resources: [],
  observe: () => undefined,
  reconcile: (turn, key) => {
    const found = turn.get("nodes", "", key)
    const known = turn.pressures[key]
    if (known?.lookAt === undefined || known.lookAt > turn.now) return
    if (found === undefined || key in turn.stopped) return set(turn, key, { lookAt: undefined, metAt: undefined })
    const node = asNode(found)
    const available = capacityOf(turn, key) - usedOn(turn, key)
    const isMet = available < threshold
    set(turn, key, { lookAt: undefined, metAt: isMet ? turn.now : known.metAt })
    if (isMet) {
      Events.record(turn, node, { component: "kubelet", host: key }, "Warning", "EvictionThresholdMet", "Attempting to reclaim memory")
      if (!isUnder(node)) tell(turn, node, "insufficient")
      evict(turn, key, available)
    } else if (isUnder(node) && turn.now >= (known.metAt ?? 0) + transitionMillis) tell(turn, node, "sufficient")
    if (isMet || isUnder(asNode(turn.get("nodes", "", key) ?? found))) lookLater(turn, key)
  }
}
