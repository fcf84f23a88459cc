/** A claim for each volume that lives as long as its pod: pkg/controller/volume/ephemeral. */
import { record } from "@aiopslab/kubernetes/Json"
import * as Result from "effect/Result"
import type { Controller } from "../Controller.ts"
import { keyOf, parseKey } from "../Controller.ts"
import * as Events from "../Events.ts"
import { asPod } from "../Kinds.ts"
import * as Owned from "./Owned.ts"

const name = "ephemeral-volume"
const claims = "persistentvolumeclaims"

export const ephemeralVolumes: Controller = {
  name,
  resources: ["pods"],
  observe: (turn, { object, type }) => {
    if (type === "ADDED" && asPod(object).spec.volumes?.some(({ ephemeral }) => ephemeral !== undefined) === true)
      turn.enqueue(name, keyOf(object))
  },
  reconcile: (turn, key) => {
    const found = turn.get("pods", ...parseKey(key))
    if (found === undefined || found.metadata.deletionTimestamp !== undefined) return
    const pod = asPod(found)
    const namespace = pod.metadata.namespace ?? ""
    for (const { ephemeral, name: volume } of pod.spec.volumes ?? []) {
      const template = ephemeral?.volumeClaimTemplate
      const claim = `${pod.metadata.name}-${volume}`
      if (template === undefined) continue
      const known = turn.get(claims, namespace, claim)
      const created =
        known === undefined
          ? turn.create(claims, {
              apiVersion: "v1",
              kind: "PersistentVolumeClaim",
              metadata: {
                ...template.metadata,
                name: claim,
                namespace,
                ownerReferences: [Owned.reference(pod)]
              },
              spec: record(template.spec)
            })
          : undefined
      const why =
        created !== undefined && Result.isFailure(created)
          ? `ephemeral volume controller: create PVC ${claim}: ${created.failure.message}`
          : known !== undefined && Owned.controllerOf(known)?.uid !== pod.metadata.uid
            ? `PVC "${namespace}/${claim}" was not created for pod "${keyOf(pod)}" (pod is not owner)`
            : undefined
      if (why === undefined) continue
      Events.record(turn, pod, { component: "ephemeral_volume" }, "Warning", "FailedBinding", why)
      turn.retry(name, key)
      return
    }
    turn.forgive(name, key)
  }
}
