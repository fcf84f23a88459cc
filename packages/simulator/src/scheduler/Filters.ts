/** Whether a pod can run on a node: the default scheduler's filters in its order. The first that refuses names the reasons. */
import type { Claim, Pod } from "../Kinds.ts"
import type { Turn } from "../Turn.ts"
import * as NodeAffinity from "./NodeAffinity.ts"
import type { NodeState } from "./NodeState.ts"
import * as PodAffinity from "./PodAffinity.ts"
import * as Requests from "./Requests.ts"
import * as Spread from "./Spread.ts"
import * as Taints from "./Taints.ts"
import * as Volumes from "./Volumes.ts"

export interface Refusal {
  readonly reasons: ReadonlyArray<string>
  /** Whether fewer pods on the node could change that. */
  readonly resolvable: boolean
}

/** What was worked out before any node is looked at. */
export interface Attempt {
  readonly turn: Turn
  readonly pod: Pod
  readonly claims: ReadonlyArray<Claim>
  readonly named: ReadonlySet<string> | undefined
  /** Whether another pod has a claim for itself. */
  readonly taken: boolean
}

const refused = (reason: string): Refusal => ({ reasons: [reason], resolvable: false })
const occupied = (reason: string): Refusal => ({ reasons: [reason], resolvable: true })

export const refusal = (attempt: Attempt, state: NodeState, all: ReadonlyArray<NodeState>): Refusal | undefined => {
  const { claims, named, pod, taken, turn } = attempt
  const { node } = state
  const { tolerations } = pod.spec
  if (named !== undefined && !named.has(node.metadata.name)) return refused("node(s) didn't satisfy plugin(s) [NodeAffinity]")
  const cordon = { key: "node.kubernetes.io/unschedulable", effect: "NoSchedule" }
  if (node.spec.unschedulable === true && !Taints.tolerates(tolerations, cordon)) return refused("node(s) were unschedulable")
  // 1.34.3 stopped naming them
  if (Taints.untolerated(tolerations, node) !== undefined) return refused("node(s) had untolerated taint(s)")
  if (!NodeAffinity.matches(pod, node)) return refused("node(s) didn't match Pod's node affinity/selector")
  if (hasPortConflict(pod, state)) return occupied("node(s) didn't have free ports for the requested pod ports")
  const short = insufficient(pod, state)
  if (short !== undefined) return short
  if (taken)
    return occupied("node(s) unavailable due to PersistentVolumeClaim with ReadWriteOncePod access mode already in-use by another pod")
  const volumes = Volumes.refusal(turn, state, claims)
  if (volumes !== undefined) return refused(volumes)
  const other = Spread.refusal(pod, state, all) ?? PodAffinity.refusal(turn, pod, state, all)
  return other === undefined ? undefined : { reasons: [other.reason], resolvable: other.resolvable }
}

const portsOf = (pod: Pod): ReadonlyArray<{ readonly protocol: string; readonly ip: string; readonly port: number }> =>
  [...pod.spec.containers, ...(pod.spec.initContainers ?? []).filter((one) => one.restartPolicy === "Always")].flatMap(({ ports = [] }) =>
    ports.flatMap(({ containerPort, hostIP = "0.0.0.0", hostPort, protocol = "TCP" }) => {
      const port = hostPort ?? (pod.spec.hostNetwork === true ? containerPort : 0)
      return port === 0 ? [] : [{ protocol, ip: hostIP === "" ? "0.0.0.0" : hostIP, port }]
    })
  )

const hasPortConflict = (pod: Pod, { pods }: NodeState): boolean => {
  const wanted = portsOf(pod)
  return (
    wanted.length > 0 &&
    pods
      .flatMap(portsOf)
      .some((used) =>
        wanted.some(
          ({ ip, port, protocol }) =>
            port === used.port && protocol === used.protocol && (ip === used.ip || ip === "0.0.0.0" || used.ip === "0.0.0.0")
        )
      )
  )
}

const insufficient = (pod: Pod, { node, pods }: NodeState): Refusal | undefined => {
  const { allocatable = {} } = node.status
  const wanted = Requests.of(pod)
  const reasons: Array<string> = []
  let resolvable = true
  if (pods.length + 1 > Requests.amount("pods", allocatable["pods"] ?? "0")) reasons.push("Too many pods")
  const used = Requests.total(pods)
  for (const [resource, amount] of Object.entries(wanted)) {
    const has = Requests.amount(resource, allocatable[resource] ?? "0")
    if (amount === 0 || amount <= has - (used[resource] ?? 0)) continue
    reasons.push(`Insufficient ${resource}`)
    if (amount > has) resolvable = false
  }
  return reasons.length === 0 ? undefined : { reasons, resolvable }
}
