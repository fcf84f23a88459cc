/** A deployment's status and conditions: pkg/controller/deployment/sync.go and progress.go. */
import { kubeTime, parseTime } from "@aiopslab/kubernetes/Time"
import { keyOf } from "../Controller.ts"
import type { Condition, Deployment, ReplicaSet } from "../Kinds.ts"
import { asDeployment, asReplicaSet } from "../Kinds.ts"
import type { Turn } from "../Turn.ts"
import * as Owned from "./Owned.ts"

const scaledBy = (value: number | string | undefined, replicas: number, round: (share: number) => number): number =>
  typeof value === "number"
    ? value
    : value === undefined
      ? 0
      : value.endsWith("%")
        ? round((Number(value.slice(0, -1)) * replicas) / 100)
        : Number(value)

/** How many pods more, and how many fewer, than wanted. Both zero would mean no progress: then one may be missing. */
export const bounds = (deployment: Deployment): { readonly maxSurge: number; readonly maxUnavailable: number } => {
  if (deployment.spec.strategy?.type === "Recreate") return { maxSurge: 0, maxUnavailable: 0 }
  const replicas = deployment.spec.replicas ?? 1
  const { maxSurge = "25%", maxUnavailable = "25%" } = deployment.spec.strategy?.rollingUpdate ?? {}
  const surge = scaledBy(maxSurge, replicas, Math.ceil)
  const unavailable = scaledBy(maxUnavailable, replicas, Math.floor)
  return { maxSurge: surge, maxUnavailable: surge === 0 && unavailable === 0 ? 1 : Math.min(unavailable, replicas) }
}

interface Counts {
  readonly replicas: number
  readonly updated: number
  readonly ready: number
  readonly available: number
}

const countsOf = (all: ReadonlyArray<ReplicaSet>, newest: ReplicaSet | undefined): Counts => ({
  replicas: all.reduce((sum, { status }) => sum + (status.replicas ?? 0), 0),
  updated: newest?.status.replicas ?? 0,
  ready: all.reduce((sum, { status }) => sum + (status.readyReplicas ?? 0), 0),
  available: all.reduce((sum, { status }) => sum + (status.availableReplicas ?? 0), 0)
})

export const report = (turn: Turn, controller: string, deployment: Deployment, newest: ReplicaSet | undefined): void => {
  const stored = turn.get("deployments.apps", deployment.metadata.namespace ?? "", deployment.metadata.name)
  if (stored === undefined) return
  const all = Owned.of(turn, deployment, "replicasets.apps").map(asReplicaSet)
  const counts = countsOf(all, newest)
  const unavailable = Math.max(0, all.reduce((sum, set) => sum + (set.spec.replicas ?? 0), 0) - counts.available)
  const terminating = all.reduce((sum, { status }) => sum + (status.terminatingReplicas ?? 0), 0)
  const current = asDeployment(stored).status
  const { collisionCount, conditions = [] } = current
  turn.put("deployments.apps", {
    ...stored,
    status: {
      observedGeneration: stored.metadata.generation ?? 1,
      ...(counts.replicas === 0 ? {} : { replicas: counts.replicas }),
      ...(counts.updated === 0 ? {} : { updatedReplicas: counts.updated }),
      ...(counts.ready === 0 ? {} : { readyReplicas: counts.ready }),
      ...(counts.available === 0 ? {} : { availableReplicas: counts.available }),
      ...(unavailable === 0 ? {} : { unavailableReplicas: unavailable }),
      ...(terminating === 0 ? {} : { terminatingReplicas: terminating }),
      ...(collisionCount === undefined ? {} : { collisionCount }),
      conditions: conditionsOf(turn, controller, deployment, all, newest, counts, conditions, {
        updated: current.updatedReplicas ?? 0,
        ready: current.readyReplicas ?? 0,
        available: current.availableReplicas ?? 0,
        replicas: current.replicas ?? 0
      })
    }
  })
}

/** A condition whose status or reason changes goes to the end. */
const set = (
  now: string,
  conditions: ReadonlyArray<Condition>,
  next: Pick<Condition, "type" | "status" | "reason" | "message">
): ReadonlyArray<Condition> => {
  const before = conditions.find(({ type }) => type === next.type)
  if (before?.status === next.status && before.reason === next.reason) return conditions
  const condition: Condition = {
    ...next,
    lastUpdateTime: now,
    lastTransitionTime: before?.status === next.status ? (before.lastTransitionTime ?? now) : now
  }
  return [...without(conditions, next.type), condition]
}

const without = (conditions: ReadonlyArray<Condition>, type: string): ReadonlyArray<Condition> =>
  conditions.filter((one) => one.type !== type)

const availability = (deployment: Deployment, available: number): Pick<Condition, "type" | "status" | "reason" | "message"> => {
  const wanted = deployment.spec.replicas ?? 1
  return available >= wanted - (wanted === 0 ? 0 : bounds(deployment).maxUnavailable)
    ? { type: "Available", status: "True", reason: "MinimumReplicasAvailable", message: "Deployment has minimum availability." }
    : {
        type: "Available",
        status: "False",
        reason: "MinimumReplicasUnavailable",
        message: "Deployment does not have minimum availability."
      }
}

/** Deadlines of 2^31-1 seconds mean none. */
const hasDeadline = ({ spec }: Deployment): boolean => (spec.progressDeadlineSeconds ?? 600) !== 2_147_483_647

const conditionsOf = (
  turn: Turn,
  controller: string,
  deployment: Deployment,
  all: ReadonlyArray<ReplicaSet>,
  newest: ReplicaSet | undefined,
  counts: Counts,
  previous: ReadonlyArray<Condition>,
  before: Counts
): ReadonlyArray<Condition> => {
  const now = kubeTime(turn.now)
  const available = set(now, previous, availability(deployment, counts.available))
  if (deployment.spec.paused === true) return available
  const progress = previous.find(({ type }) => type === "Progressing")
  const progressing = hasDeadline(deployment)
    ? progressOf(turn, controller, deployment, newest, counts, available, before, progress)
    : without(available, "Progressing")
  const failure = [...(newest === undefined ? [] : [newest]), ...all]
    .flatMap(({ status }) => status.conditions ?? [])
    .find(({ status, type }) => type === "ReplicaFailure" && status === "True")
  if (failure === undefined) return without(progressing, "ReplicaFailure")
  const { reason = "", message = "" } = failure
  return set(now, progressing, { type: "ReplicaFailure", status: "True", reason, message })
}

const progressOf = (
  turn: Turn,
  controller: string,
  deployment: Deployment,
  newest: ReplicaSet | undefined,
  counts: Counts,
  conditions: ReadonlyArray<Condition>,
  before: Counts,
  progress: Condition | undefined
): ReadonlyArray<Condition> => {
  const now = kubeTime(turn.now)
  const wanted = deployment.spec.replicas ?? 1
  const what = newest === undefined ? `Deployment "${deployment.metadata.name}"` : `ReplicaSet "${newest.metadata.name}"`
  const completed = progress?.reason === "NewReplicaSetAvailable"
  // a deployment that completed once is not timed again until something rolls out
  if (completed && counts.replicas === counts.updated) return conditions
  if (counts.updated === wanted && counts.replicas === wanted && counts.available === wanted) {
    const message = `${what} has successfully progressed.`
    return set(now, conditions, { type: "Progressing", status: "True", reason: "NewReplicaSetAvailable", message })
  }
  const moved =
    counts.updated > before.updated ||
    counts.ready > before.ready ||
    counts.available > before.available ||
    counts.replicas - counts.updated < before.replicas - before.updated
  if (moved) {
    const lastTransitionTime = progress?.status === "True" ? (progress.lastTransitionTime ?? now) : now
    const reason = { type: "Progressing", status: "True", lastUpdateTime: now, lastTransitionTime, reason: "ReplicaSetUpdated" } as const
    return [...without(conditions, "Progressing"), { ...reason, message: `${what} is progressing.` }]
  }
  if (progress === undefined || completed || progress.reason === "ProgressDeadlineExceeded") return conditions
  const deadline = (parseTime(progress.lastUpdateTime) ?? turn.now) + (deployment.spec.progressDeadlineSeconds ?? 600) * 1000
  if (turn.now >= deadline) {
    const message = `${what} has timed out progressing.`
    return set(now, conditions, { type: "Progressing", status: "False", reason: "ProgressDeadlineExceeded", message })
  }
  turn.schedule(deadline, { _tag: "Requeue", controller, key: keyOf(deployment) })
  return conditions
}

/** Says at once what happens to the deployment's progress, before anything is counted. */
export const note = (turn: Turn, deployment: Deployment, status: "True" | "False" | "Unknown", reason: string, message: string): void => {
  if (!hasDeadline(deployment)) return
  const stored = turn.get("deployments.apps", deployment.metadata.namespace ?? "", deployment.metadata.name)
  if (stored === undefined) return
  const current = asDeployment(stored).status
  const conditions = set(kubeTime(turn.now), current.conditions ?? [], { type: "Progressing", status, reason, message })
  turn.put("deployments.apps", { ...stored, status: { ...current, conditions } })
}
