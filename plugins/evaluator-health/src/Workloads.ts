/** Pods and who they belong to. Looked up from the pod upwards, so that a status that somebody wrote says nothing. */
import { resources } from "@aiopslab/core/KubeClient"
import type { KubeObject, ObjectMeta, OwnerReference } from "@aiopslab/core/Kubernetes"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import type { Objects } from "./Look.ts"

const Pod = Schema.Struct({
  status: Schema.optionalKey(
    Schema.Struct({
      phase: Schema.optionalKey(Schema.String),
      conditions: Schema.optionalKey(Schema.Array(Schema.Struct({ type: Schema.String, status: Schema.String }))),
      containerStatuses: Schema.optionalKey(
        Schema.Array(
          Schema.Struct({
            name: Schema.String,
            state: Schema.optionalKey(
              Schema.Struct({
                waiting: Schema.optionalKey(Schema.Struct({ reason: Schema.optionalKey(Schema.String) })),
                terminated: Schema.optionalKey(Schema.Struct({ reason: Schema.optionalKey(Schema.String) }))
              })
            )
          })
        )
      )
    })
  )
})

const decodePod = Schema.decodeUnknownOption(Pod)

/** What was made of a version of an object is kept with its metadata, which every write makes anew; polls mostly see what they saw before. */
const remembered = <A>(make: (object: KubeObject) => A): ((object: KubeObject) => A) => {
  const known = new WeakMap<ObjectMeta, { readonly value: A }>()
  return (object) => {
    const found = known.get(object.metadata)
    if (found !== undefined) return found.value
    const value = make(object)
    known.set(object.metadata, { value })
    return value
  }
}

export interface Owned {
  /** `pods/namespace/name`. */
  readonly key: string
  readonly name: string
  /** The workload on top, `Deployment/geo`; a pod of its own is `Pod/name`. */
  readonly owner: string
  readonly ready: boolean
  /** Why it isn't at rest: `CrashLoopBackOff`, `terminating`; undefined when it is. */
  readonly unsettled: string | undefined
}

const controllerOf = (object: KubeObject): OwnerReference | undefined =>
  object.metadata.ownerReferences?.find(({ controller }) => controller === true)

const ownerOf = (pod: KubeObject, replicaSets: Objects): string => {
  const controller = controllerOf(pod)
  if (controller === undefined) return `Pod/${pod.metadata.name}`
  const replicaSet =
    controller.kind === "ReplicaSet" ? replicaSets.get(`replicasets.apps/${pod.metadata.namespace ?? ""}/${controller.name}`) : undefined
  const above = replicaSet === undefined ? undefined : controllerOf(replicaSet)
  return above === undefined ? `${controller.kind}/${controller.name}` : `${above.kind}/${above.name}`
}

const conditionOf = remembered((pod): Pick<Owned, "ready" | "unsettled"> => {
  const terminating = pod.metadata.deletionTimestamp !== undefined
  const status = Option.getOrUndefined(decodePod(pod))?.status
  const ready = status?.conditions?.some((condition) => condition.type === "Ready" && condition.status === "True") ?? false
  return {
    ready: ready && !terminating,
    unsettled: terminating ? "terminating" : (waitsFor(status) ?? (ready || status?.phase === "Succeeded" ? undefined : "not ready"))
  }
})

/** Why its containers don't run; a pod that has done its work waits for nothing. */
const waitsFor = (status: (typeof Pod.Type)["status"]): string | undefined => {
  for (const { state } of status?.containerStatuses ?? []) {
    const reason = state?.waiting?.reason ?? state?.terminated?.reason
    if (reason !== undefined && reason !== "Completed") return reason
  }
  return status?.phase === "Running" || status?.phase === "Succeeded" ? undefined : (status?.phase ?? "Pending")
}

/** The pods among these objects, whose replica sets are there, too. */
export const podsOf = (objects: Objects): ReadonlyArray<Owned> => {
  const out: Array<Owned> = []
  for (const [key, object] of objects) {
    if (!key.startsWith(`${resources.pods.plural}/`)) continue
    out.push({ key, name: object.metadata.name, owner: ownerOf(object, objects), ...conditionOf(object) })
  }
  return out
}

/** Kinds whose objects run a number of pods, by resource. */
export const workloadKinds: Readonly<Record<string, string>> = {
  "deployments.apps": "Deployment",
  "statefulsets.apps": "StatefulSet",
  "daemonsets.apps": "DaemonSet"
}

const Replicas = Schema.Struct({
  metadata: Schema.Struct({ generation: Schema.optionalKey(Schema.Finite) }),
  spec: Schema.Struct({ replicas: Schema.optionalKey(Schema.Finite) }),
  status: Schema.optionalKey(
    Schema.Struct({
      observedGeneration: Schema.optionalKey(Schema.Finite),
      replicas: Schema.optionalKey(Schema.Finite),
      updatedReplicas: Schema.optionalKey(Schema.Finite),
      readyReplicas: Schema.optionalKey(Schema.Finite),
      desiredNumberScheduled: Schema.optionalKey(Schema.Finite),
      updatedNumberScheduled: Schema.optionalKey(Schema.Finite),
      numberReady: Schema.optionalKey(Schema.Finite)
    })
  )
})

const decodeReplicas = Schema.decodeUnknownOption(Replicas)

/** How many pods a workload wants and has. */
export interface Size {
  readonly desired: number
  readonly existing: number
  readonly updated: number
  readonly ready: number
  /** Whether its controller has seen its newest spec. */
  readonly observed: boolean
}

/** Undefined for what isn't a workload. */
export const sizeOf = remembered((object): Size | undefined => {
  const found = Option.getOrUndefined(decodeReplicas(object))
  if (found === undefined) return undefined
  const { metadata, spec, status } = found
  const desired = spec.replicas ?? status?.desiredNumberScheduled ?? 1
  return {
    desired,
    existing: status?.replicas ?? status?.desiredNumberScheduled ?? 0,
    updated: status?.updatedReplicas ?? status?.updatedNumberScheduled ?? 0,
    ready: status?.readyReplicas ?? status?.numberReady ?? 0,
    observed: (status?.observedGeneration ?? 0) >= (metadata.generation ?? 0)
  }
})
