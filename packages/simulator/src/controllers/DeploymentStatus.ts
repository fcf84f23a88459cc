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
  const wanted = deployment.spec.replicas ?? 1
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
      conditions: conditionsOf(turn, controller, deployment, newest, counts, conditions, wanted, {
        updated: current.updatedReplicas ?? 0,
        ready: current.readyReplicas ?? 0,
        available: current.availableReplicas ?? 0,
        replicas: current.replicas ?? 0
      })
    }
  })
}

const set = (
  now: string,
  conditions: ReadonlyArray<Condition>,
  next: { readonly type: string; readonly status: "True" | "False"; readonly reason: string; readonly message: string },
  touch: "touch" | "keep"
): ReadonlyArray<Condition> => {
  const before = conditions.find(({ type }) => type === next.type)
  if (before?.status === next.status && before.reason === next.reason && touch === "keep") return conditions
  const condition: Condition = {
    ...next,
    lastUpdateTime: now,
    lastTransitionTime: before?.status === next.status ? (before.lastTransitionTime ?? now) : now
  }
  return [...conditions.filter(({ type }) => type !== next.type), condition]
}

const conditionsOf = (
  turn: Turn,
  controller: string,
  deployment: Deployment,
  newest: ReplicaSet | undefined,
  counts: Counts,
  previous: ReadonlyArray<Condition>,
  wanted: number,
  before: Counts
): ReadonlyArray<Condition> => {
  const now = kubeTime(turn.now)
  const least = wanted - (deployment.spec.strategy?.type === "Recreate" ? wanted : bounds(deployment).maxUnavailable)
  const enough = deployment.spec.strategy?.type === "Recreate" ? counts.available >= wanted : counts.available >= least
  const available = enough
    ? ({ type: "Available", status: "True", reason: "MinimumReplicasAvailable", message: "Deployment has minimum availability." } as const)
    : ({
        type: "Available",
        status: "False",
        reason: "MinimumReplicasUnavailable",
        message: "Deployment does not have minimum availability."
      } as const)
  const progress = previous.find(({ type }) => type === "Progressing")
  const what = newest === undefined ? `Deployment "${deployment.metadata.name}"` : `ReplicaSet "${newest.metadata.name}"`
  const progressing = (status: "True" | "False", reason: string, message: string, touch: "touch" | "keep") =>
    set(now, set(now, previous, available, "keep"), { type: "Progressing", status, reason, message }, touch)
  const complete = counts.updated === wanted && counts.replicas === wanted && counts.available === wanted && newest !== undefined
  if (complete)
    return progressing(
      "True",
      "NewReplicaSetAvailable",
      `${what} has successfully progressed.`,
      progress?.message?.startsWith(what) === true ? "keep" : "touch"
    )
  if (newest === undefined) return set(now, previous, available, "keep")
  if (progress === undefined)
    return progressing("True", "NewReplicaSetCreated", `Created new replica set "${newest.metadata.name}"`, "keep")
  const moved =
    counts.updated !== before.updated ||
    counts.ready > before.ready ||
    counts.available > before.available ||
    counts.replicas - counts.updated < before.replicas - before.updated
  const isNew = progress.message?.includes(`"${newest.metadata.name}"`) !== true
  if (moved || isNew) return progressing("True", "ReplicaSetUpdated", `${what} is progressing.`, "touch")
  // a deployment that completed once is not timed again until something rolls out
  if (progress.reason === "NewReplicaSetAvailable" || progress.reason === "ProgressDeadlineExceeded")
    return set(now, previous, available, "keep")
  const deadline = (parseTime(progress.lastUpdateTime) ?? turn.now) + (deployment.spec.progressDeadlineSeconds ?? 600) * 1000
  if (turn.now >= deadline) return progressing("False", "ProgressDeadlineExceeded", `${what} has timed out progressing.`, "keep")
  turn.schedule(deadline, { _tag: "Requeue", controller, key: keyOf(deployment) })
  return set(now, previous, available, "keep")
}
