/** Whom the kubelet evicts from a node that is short of memory (pkg/kubelet/eviction). */
import * as Quantity from "@aiopslab/kubernetes/Quantity"
import { disrupted } from "../Disruption.ts"
import * as Events from "../Events.ts"
import type { Pod } from "../Kinds.ts"
import { asPod } from "../Kinds.ts"
import type { Turn } from "../Turn.ts"
import { containersOf } from "../World.ts"
import * as Writers from "../Writers.ts"
import * as MemoryUse from "./MemoryUse.ts"

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
export const critical = 2_000_000_000

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
        used: running.reduce((sum, one) => sum + MemoryUse.of(turn, one), 0),
        requested: pod.spec.containers.reduce((sum, one) => sum + requestOf(pod, one.name), 0)
      }
    ]
  })

/** Who takes more than was asked for goes first, then who matters less, then who takes the most beyond its request. */
const before = (a: Candidate, b: Candidate): number =>
  Number(b.used > b.requested) - Number(a.used > a.requested) ||
  (a.pod.spec.priority ?? 0) - (b.pod.spec.priority ?? 0) ||
  b.used - b.requested - (a.used - a.requested)

/** The first in line goes. Amounts in bytes. */
export const evict = (turn: Turn, node: string, threshold: number, available: number): void => {
  const [first] = candidates(turn, node).toSorted(before)
  const runtime = first === undefined ? undefined : turn.pods.get(first.pod.metadata.uid ?? "")
  if (first === undefined || runtime === undefined) return
  const { pod } = first
  const fat = containersOf(turn, runtime.uid).filter(
    (one) => one.state._tag === "Running" && MemoryUse.of(turn, one) > requestOf(pod, one.name)
  )
  const message = [
    `The node was low on resource: memory. Threshold quantity: ${binary(threshold)}, available: ${binary(available)}. `,
    ...fat.map(
      (one) =>
        `Container ${one.name} was using ${binary(MemoryUse.of(turn, one))}, request is ${binary(requestOf(pod, one.name))}, has larger consumption of memory. `
    )
  ].join("")
  Events.record(turn, pod, { component: "kubelet", host: node }, "Warning", "Evicted", message)
  turn.put("pods", disrupted(turn, pod, { reason: "TerminationByKubelet", message }), Writers.kubelet)
  turn.setPod({ ...runtime, evicted: message })
  turn.enqueue("kubelet", `${runtime.namespace}/${runtime.name}/${runtime.uid}`)
}
