/** What `kubectl rollout status` says about a workload, and whether it is done. */
import type { KubeObject } from "@aiopslab/core/Kubernetes"
import * as Result from "effect/Result"
import { type Failure, failure } from "../../Failure.ts"
import * as Fields from "../../Fields.ts"

export interface Progress {
  readonly text: string
  readonly done: boolean
}

const observed = (object: KubeObject): boolean => Fields.number(object, "status", "observedGeneration") >= (object.metadata.generation ?? 0)

const progress = (text: string, done = false): Progress => ({ text, done })

const deployment = (object: KubeObject, wantedRevision: number): Result.Result<Progress, Failure> => {
  const revision = Number(Fields.text(object, "metadata", "annotations", "deployment.kubernetes.io/revision") || "0")
  if (wantedRevision > 0 && revision !== wantedRevision)
    return Result.fail(failure(`desired revision (${wantedRevision}) is different from the running revision (${revision})`))
  const quoted = JSON.stringify(object.metadata.name)
  if (!observed(object)) return Result.succeed(progress("Waiting for deployment spec update to be observed..."))
  const exceeded = Fields.list(object, "status", "conditions").some(
    (one) => Fields.text(one, "type") === "Progressing" && Fields.text(one, "reason") === "ProgressDeadlineExceeded"
  )
  if (exceeded) return Result.fail(failure(`deployment ${quoted} exceeded its progress deadline`))
  const count = (field: string) => Fields.number(object, "status", field)
  const wanted = Fields.number(object, "spec", "replicas")
  const [replicas, updated, available] = [count("replicas"), count("updatedReplicas"), count("availableReplicas")]
  const waiting = (what: string) => Result.succeed(progress(`Waiting for deployment ${quoted} rollout to finish: ${what}...`))
  if (updated < wanted) return waiting(`${updated} out of ${wanted} new replicas have been updated`)
  if (replicas > updated) return waiting(`${replicas - updated} old replicas are pending termination`)
  if (available < updated) return waiting(`${available} of ${updated} updated replicas are available`)
  return Result.succeed(progress(`deployment ${quoted} successfully rolled out`, true))
}

const daemonSet = (object: KubeObject): Progress => {
  const quoted = JSON.stringify(object.metadata.name)
  if (!observed(object)) return progress("Waiting for daemon set spec update to be observed...")
  const count = (field: string) => Fields.number(object, "status", field)
  const [desired, updated, available] = [count("desiredNumberScheduled"), count("updatedNumberScheduled"), count("numberAvailable")]
  if (updated < desired)
    return progress(`Waiting for daemon set ${quoted} rollout to finish: ${updated} out of ${desired} new pods have been updated...`)
  if (available < desired)
    return progress(`Waiting for daemon set ${quoted} rollout to finish: ${available} of ${desired} updated pods are available...`)
  return progress(`daemon set ${quoted} successfully rolled out`, true)
}

const statefulSet = (object: KubeObject): Progress => {
  if (!observed(object)) return progress("Waiting for statefulset spec update to be observed...")
  const count = (field: string) => Fields.number(object, "status", field)
  const replicas = Fields.number(object, "spec", "replicas")
  const updated = count("updatedReplicas")
  if (count("readyReplicas") < replicas) return progress(`Waiting for ${replicas - count("readyReplicas")} pods to be ready...`)
  const rolling = Fields.at(object, "spec", "updateStrategy", "rollingUpdate")
  if (rolling !== undefined) {
    const partition = Fields.number(rolling, "partition")
    if (updated < replicas - partition)
      return progress(`Waiting for partitioned roll out to finish: ${updated} out of ${replicas - partition} new pods have been updated...`)
    return progress(`partitioned roll out complete: ${updated} new pods have been updated...`, true)
  }
  const [next, current] = [Fields.text(object, "status", "updateRevision"), Fields.text(object, "status", "currentRevision")]
  if (next !== current) return progress(`waiting for statefulset rolling update to complete ${updated} pods at revision ${next}...`)
  return progress(`statefulset rolling update complete ${count("currentReplicas")} pods at revision ${current}...`, true)
}

/** `revision`: the one that has to be running; 0 is any. */
export const statusOf = (object: KubeObject, revision: number): Result.Result<Progress, Failure> => {
  if (object.kind === "Deployment") return deployment(object, revision)
  if (object.kind === "DaemonSet") return Result.succeed(daemonSet(object))
  if (object.kind === "StatefulSet") {
    return Fields.text(object, "spec", "updateStrategy", "type") === "RollingUpdate"
      ? Result.succeed(statefulSet(object))
      : Result.fail(failure("rollout status is only available for RollingUpdate strategy type"))
  }
  return Result.fail(failure(`no status viewer has been implemented for ${object.kind}`))
}
