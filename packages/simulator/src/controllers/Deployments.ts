/** Rolls deployments out: one replica set for each template, scaled up and down within the strategy's bounds. pkg/controller/deployment. */
import * as Selector from "@aiopslab/kubernetes/Selector"
import * as Store from "@aiopslab/kubernetes/Store"
import { parseTime } from "@aiopslab/kubernetes/Time"
import * as Result from "effect/Result"
import type { Controller } from "../Controller.ts"
import { keyOf, parseKey } from "../Controller.ts"
import * as Events from "../Events.ts"
import type { Deployment, ReplicaSet } from "../Kinds.ts"
import { asDeployment, asPod, asReplicaSet } from "../Kinds.ts"
import type { Turn } from "../Turn.ts"
import * as Annotations from "./DeploymentAnnotations.ts"
import * as DeploymentScaling from "./DeploymentScaling.ts"
import * as DeploymentStatus from "./DeploymentStatus.ts"
import * as Owned from "./Owned.ts"
import { hash, hashLabel, isTerminating, sameTemplate } from "./PodTemplate.ts"

const name = "deployment"
const component = "deployment-controller"
const sets = "replicasets.apps"

export const deployments: Controller = {
  name,
  resources: ["deployments.apps", sets, "pods"],
  observe: (turn, { object, resource, type }) => {
    if (resource === "deployments.apps") return type === "DELETED" ? undefined : turn.enqueue(name, keyOf(object))
    if (resource === sets) {
      Owned.enqueueOwner(turn, name, "Deployment", object)
      return
    }
    // `Recreate` waits for the last old pod
    if (type !== "DELETED") return
    const owner = Owned.controllerOf(object)
    const set = owner?.kind === "ReplicaSet" ? turn.get(sets, object.metadata.namespace ?? "", owner.name) : undefined
    if (set !== undefined) Owned.enqueueOwner(turn, name, "Deployment", set)
  },
  reconcile: (turn, key) => {
    const found = turn.get("deployments.apps", ...parseKey(key))
    if (found === undefined) return
    const deployment = asDeployment(found)
    if (deployment.metadata.deletionTimestamp === undefined) roll(turn, deployment)
    DeploymentStatus.report(turn, name, deployment, newSetOf(turn, deployment))
  }
}

const setsOf = (turn: Turn, deployment: Deployment): ReadonlyArray<ReplicaSet> => Owned.of(turn, deployment, sets).map(asReplicaSet)

const oldest = (a: ReplicaSet, b: ReplicaSet): number =>
  (parseTime(a.metadata.creationTimestamp) ?? 0) - (parseTime(b.metadata.creationTimestamp) ?? 0) ||
  Annotations.revisionOf(a) - Annotations.revisionOf(b)

const newSetOf = (turn: Turn, deployment: Deployment): ReplicaSet | undefined =>
  [...setsOf(turn, deployment)].sort(oldest).find((set) => sameTemplate(set.spec.template, deployment.spec.template))

/** Replica sets without a controller that the selector matches: left behind by a deployment of that name. */
const adoptSets = (turn: Turn, deployment: Deployment): void => {
  for (const set of Store.list(turn.store, sets, deployment.metadata.namespace ?? "")) {
    if (Owned.controllerOf(set) !== undefined || set.metadata.deletionTimestamp !== undefined) continue
    if (!Selector.matches(Selector.fromLabelSelector(deployment.spec.selector), set.metadata.labels)) continue
    turn.put(sets, {
      ...set,
      metadata: { ...set.metadata, ownerReferences: [...(set.metadata.ownerReferences ?? []), Owned.reference(deployment)] }
    })
  }
}

const roll = (turn: Turn, deployment: Deployment): void => {
  adoptSets(turn, deployment)
  const paused = deployment.spec.paused === true
  notePause(turn, deployment)
  const recreate = deployment.spec.strategy?.type === "Recreate"
  const old = (): ReadonlyArray<ReplicaSet> => {
    const all = [...setsOf(turn, deployment)].sort(oldest)
    const newest = all.find((set) => sameTemplate(set.spec.template, deployment.spec.template))
    return all.filter((set) => set !== newest)
  }
  if (paused || DeploymentScaling.isDue(deployment, setsOf(turn, deployment))) return scaleInPlace(turn, deployment)
  if (recreate) {
    const before = old()
    for (const set of before) scaleSet(turn, deployment, set, 0)
    if (before.some((set) => hasRunningPods(turn, set))) return
    const set = ensureNewSet(turn, deployment)
    if (set !== undefined) scaleSet(turn, deployment, set, deployment.spec.replicas ?? 1)
  } else {
    const set = ensureNewSet(turn, deployment)
    if (set === undefined) return
    rollUp(turn, deployment, set, old())
    rollDown(turn, deployment, asReplicaSet(turn.get(sets, set.metadata.namespace ?? "", set.metadata.name) ?? set), old())
  }
  forgetOld(turn, deployment, old())
}

const notePause = (turn: Turn, deployment: Deployment): void => {
  const progress = deployment.status.conditions?.find(({ type }) => type === "Progressing")?.reason
  if (progress === "ProgressDeadlineExceeded") return
  const paused = deployment.spec.paused === true
  if (paused && progress !== "DeploymentPaused")
    DeploymentStatus.note(turn, deployment, "Unknown", "DeploymentPaused", "Deployment is paused")
  if (!paused && progress === "DeploymentPaused") {
    DeploymentStatus.note(turn, deployment, "Unknown", "DeploymentResumed", "Deployment is resumed")
  }
}

/** Pods that may still hold what the new ones need. */
const hasRunningPods = (turn: Turn, set: ReplicaSet): boolean =>
  Owned.of(turn, set, "pods")
    .map(asPod)
    .some((pod) => !Owned.isFinished(pod))

/** A change of size comes before a rollout goes on. */
const scaleInPlace = (turn: Turn, deployment: Deployment): void => {
  const all = [...setsOf(turn, deployment)].sort(oldest)
  const newest = all.find((set) => sameTemplate(set.spec.template, deployment.spec.template))
  const sizes = DeploymentScaling.sizes(deployment, newest, all, DeploymentStatus.bounds(deployment).maxSurge)
  for (const [set, replicas] of sizes) scaleSet(turn, deployment, set, replicas)
}

const ensureNewSet = (turn: Turn, deployment: Deployment): ReplicaSet | undefined => {
  const all = setsOf(turn, deployment)
  const found = newSetOf(turn, deployment)
  const others = all.filter((set) => set.metadata.uid !== found?.metadata.uid)
  const latest = others.reduce((most, set) => Math.max(most, Annotations.revisionOf(set)), 0)
  const revision = found === undefined ? latest + 1 : Math.max(Annotations.revisionOf(found), latest + 1)
  const set =
    found === undefined
      ? createSet(turn, deployment, revision)
      : annotated(turn, found, Annotations.ofExisting(deployment, found, revision))
  if (set !== undefined && deployment.metadata.annotations?.[Annotations.revisionKey] !== String(revision)) {
    const stored = turn.get("deployments.apps", deployment.metadata.namespace ?? "", deployment.metadata.name) ?? deployment
    turn.put("deployments.apps", {
      ...stored,
      metadata: { ...stored.metadata, annotations: { ...stored.metadata.annotations, [Annotations.revisionKey]: String(revision) } }
    })
  }
  return set
}

const annotated = (turn: Turn, set: ReplicaSet, annotations: Annotations.Annotations | undefined): ReplicaSet => {
  if (annotations === undefined) return set
  turn.put(sets, { ...set, metadata: { ...set.metadata, annotations } })
  return asReplicaSet(turn.get(sets, set.metadata.namespace ?? "", set.metadata.name) ?? set)
}

const createSet = (turn: Turn, deployment: Deployment, revision: number): ReplicaSet | undefined => {
  const { template } = deployment.spec
  const mark = hash(template, deployment.status.collisionCount ?? 0)
  const labels = { ...template.metadata?.labels, [hashLabel]: mark }
  const { maxSurge } = DeploymentStatus.bounds(deployment)
  const others = setsOf(turn, deployment).reduce((sum, set) => sum + (set.spec.replicas ?? 0), 0)
  const wanted = deployment.spec.replicas ?? 1
  const replicas = deployment.spec.strategy?.type === "Recreate" ? wanted : Math.max(0, Math.min(wanted, wanted + maxSurge - others))
  const result = turn.create(sets, {
    apiVersion: "apps/v1",
    kind: "ReplicaSet",
    metadata: {
      name: `${deployment.metadata.name}-${mark}`,
      namespace: deployment.metadata.namespace ?? "",
      labels,
      annotations: Annotations.ofNew(deployment, revision),
      ownerReferences: [Owned.reference(deployment)]
    },
    spec: {
      replicas,
      ...(deployment.spec.minReadySeconds === undefined ? {} : { minReadySeconds: deployment.spec.minReadySeconds }),
      selector: {
        ...deployment.spec.selector,
        matchLabels: { ...deployment.spec.selector.matchLabels, [hashLabel]: mark }
      },
      template: { ...template, metadata: { ...template.metadata, labels } }
    }
  })
  if (Result.isFailure(result)) {
    if (result.failure.reason === "AlreadyExists") collide(turn, deployment)
    else if (!isTerminating(result.failure)) {
      const message = `Failed to create new replica set "${deployment.metadata.name}-${mark}": ${result.failure.message}`
      DeploymentStatus.note(turn, deployment, "False", "ReplicaSetCreateError", message)
      Events.record(turn, deployment, { component }, "Warning", "ReplicaSetCreateError", message)
      turn.retry(name, keyOf(deployment))
    }
    return undefined
  }
  turn.forgive(name, keyOf(deployment))
  const set = asReplicaSet(result.success)
  if (replicas > 0) scaled(turn, deployment, set, 0, replicas)
  DeploymentStatus.note(turn, deployment, "True", "NewReplicaSetCreated", `Created new replica set "${set.metadata.name}"`)
  return set
}

/** Another deployment's replica set has that name: the next look takes another hash. */
const collide = (turn: Turn, deployment: Deployment): void => {
  turn.put("deployments.apps", {
    ...deployment,
    status: { ...deployment.status, collisionCount: (deployment.status.collisionCount ?? 0) + 1 }
  })
}

const scaled = (turn: Turn, deployment: Deployment, set: ReplicaSet, from: number, to: number): void =>
  Events.record(
    turn,
    deployment,
    { component },
    "Normal",
    "ScalingReplicaSet",
    `Scaled ${to > from ? "up" : "down"} replica set ${set.metadata.name} from ${from} to ${to}`
  )

const scaleSet = (turn: Turn, deployment: Deployment, set: ReplicaSet, replicas: number): void => {
  const from = set.spec.replicas ?? 1
  const annotations = { ...set.metadata.annotations, ...Annotations.sizes(deployment) }
  if (from === replicas) {
    turn.put(sets, { ...set, metadata: { ...set.metadata, annotations } })
    return
  }
  turn.put(sets, {
    ...set,
    metadata: { ...set.metadata, annotations, generation: (set.metadata.generation ?? 1) + 1 },
    spec: { ...set.spec, replicas }
  })
  scaled(turn, deployment, set, from, replicas)
}

const total = (all: ReadonlyArray<ReplicaSet>): number => all.reduce((sum, set) => sum + (set.spec.replicas ?? 0), 0)

const rollUp = (turn: Turn, deployment: Deployment, set: ReplicaSet, old: ReadonlyArray<ReplicaSet>): void => {
  const wanted = deployment.spec.replicas ?? 1
  const has = set.spec.replicas ?? 0
  if (has >= wanted) return scaleSet(turn, deployment, set, wanted)
  const room = wanted + DeploymentStatus.bounds(deployment).maxSurge - total(old) - has
  scaleSet(turn, deployment, set, room <= 0 ? has : Math.min(wanted, has + room))
}

const rollDown = (turn: Turn, deployment: Deployment, set: ReplicaSet, old: ReadonlyArray<ReplicaSet>): void => {
  if (total(old) === 0) return
  const wanted = deployment.spec.replicas ?? 1
  const least = wanted - DeploymentStatus.bounds(deployment).maxUnavailable
  const newUnavailable = Math.max(0, (set.spec.replicas ?? 0) - (set.status.availableReplicas ?? 0))
  let removable = total(old) + (set.spec.replicas ?? 0) - least - newUnavailable
  if (removable <= 0) return
  // pods that don't serve go first: nobody misses them
  const sizesOf = new Map(old.map((one) => [one, one.spec.replicas ?? 0]))
  for (const one of old) {
    const has = sizesOf.get(one) ?? 0
    const unhealthy = Math.min(removable, Math.max(0, has - (one.status.availableReplicas ?? 0)))
    sizesOf.set(one, has - unhealthy)
    removable -= unhealthy
  }
  const available =
    old.reduce((sum, one) => sum + Math.min(sizesOf.get(one) ?? 0, one.status.availableReplicas ?? 0), 0) +
    (set.status.availableReplicas ?? 0)
  let spare = available - least
  for (const one of old) {
    const has = sizesOf.get(one) ?? 0
    const down = Math.max(0, Math.min(has, spare))
    sizesOf.set(one, has - down)
    spare -= down
  }
  for (const one of old) scaleSet(turn, deployment, one, sizesOf.get(one) ?? 0)
}

/** Old replica sets beyond the history's length go, once they are empty and the rollout is complete. */
const forgetOld = (turn: Turn, deployment: Deployment, old: ReadonlyArray<ReplicaSet>): void => {
  const limit = deployment.spec.revisionHistoryLimit ?? 10
  const empty = old.filter(
    (set) => (set.spec.replicas ?? 0) === 0 && (set.status.replicas ?? 0) === 0 && set.metadata.deletionTimestamp === undefined
  )
  for (const set of [...empty]
    .sort((a, b) => Annotations.revisionOf(a) - Annotations.revisionOf(b))
    .slice(0, Math.max(0, empty.length - limit))) {
    turn.remove(sets, set.metadata.namespace ?? "", set.metadata.name)
  }
}
