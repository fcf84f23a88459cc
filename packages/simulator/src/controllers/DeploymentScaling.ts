/** How a change of size is shared among the replica sets of a rollout under way: pkg/controller/deployment/sync.go, `scale`. */
import { parseTime } from "@aiopslab/kubernetes/Time"
import type { Deployment, ReplicaSet } from "../Kinds.ts"

const desiredKey = "deployment.kubernetes.io/desired-replicas"
const mostKey = "deployment.kubernetes.io/max-replicas"

const sizeOf = ({ spec }: ReplicaSet): number => spec.replicas ?? 0

const active = (all: ReadonlyArray<ReplicaSet>): ReadonlyArray<ReplicaSet> => all.filter((set) => sizeOf(set) > 0)

/** Whether the deployment's size isn't the one that its replica sets were last told. */
export const isDue = (deployment: Deployment, all: ReadonlyArray<ReplicaSet>): boolean =>
  active(all).some(({ metadata }) => {
    const told = metadata.annotations?.[desiredKey]
    return told !== undefined && Number(told) !== (deployment.spec.replicas ?? 1)
  })

const createdAt = ({ metadata }: ReplicaSet): number => parseTime(metadata.creationTimestamp) ?? 0

/** Sizes that replica sets get; those not named keep theirs. `all` is in order of age. */
export const sizes = (
  deployment: Deployment,
  newest: ReplicaSet | undefined,
  all: ReadonlyArray<ReplicaSet>,
  maxSurge: number
): ReadonlyMap<ReplicaSet, number> => {
  const wanted = deployment.spec.replicas ?? 1
  const busy = active(all)
  const only = busy.length === 0 ? (newest ?? all.at(-1)) : busy.length === 1 ? busy[0] : undefined
  if (only !== undefined) return new Map([[only, wanted]])
  if (busy.length === 0) return new Map()
  const saturated = newest !== undefined && sizeOf(newest) === wanted && newest.status.availableReplicas === wanted
  if (saturated && Number(newest.metadata.annotations?.[desiredKey]) === wanted) {
    return new Map(busy.filter((set) => set !== newest).map((set) => [set, 0]))
  }
  if (deployment.spec.strategy?.type === "Recreate") return new Map()
  return shared(wanted, wanted > 0 ? wanted + maxSurge : 0, busy)
}

/** In proportion to what each has; what rounding leaves over goes to the largest. */
const shared = (wanted: number, allowed: number, busy: ReadonlyArray<ReplicaSet>): ReadonlyMap<ReplicaSet, number> => {
  const total = busy.reduce((sum, set) => sum + sizeOf(set), 0)
  const more = allowed - total
  const newer = more > 0 ? 1 : -1
  const sorted = [...busy].sort((a, b) => sizeOf(b) - sizeOf(a) || newer * (createdAt(b) - createdAt(a)))
  const out = new Map<ReplicaSet, number>()
  let added = 0
  for (const set of sorted) {
    const most = Number(set.metadata.annotations?.[mostKey] ?? total)
    const share = wanted === 0 ? -sizeOf(set) : Math.round((sizeOf(set) * allowed) / (most === 0 ? total : most)) - sizeOf(set)
    const part = more === 0 ? 0 : more > 0 ? Math.min(Math.max(share, 0), more - added) : Math.max(Math.min(share, 0), more - added)
    added += part
    out.set(set, Math.max(0, sizeOf(set) + part))
  }
  const [largest] = sorted
  if (largest !== undefined && added !== more) out.set(largest, Math.max(0, (out.get(largest) ?? 0) + more - added))
  return out
}
