/** What these faults read of Deployments and Pods. */
import type { KubeObject } from "@aiopslab/core/Kubernetes"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"

const Containers = Schema.Array(
  Schema.Struct({
    name: Schema.String,
    image: Schema.String,
    command: Schema.optionalKey(Schema.Array(Schema.String))
  })
)

const Deployment = Schema.Struct({
  metadata: Schema.Struct({ generation: Schema.optionalKey(Schema.Int) }),
  spec: Schema.Struct({
    replicas: Schema.optionalKey(Schema.Int),
    selector: Schema.Struct({ matchLabels: Schema.optionalKey(Schema.Record(Schema.String, Schema.String)) }),
    template: Schema.Struct({ spec: Schema.Struct({ containers: Containers }) })
  }),
  status: Schema.optionalKey(
    Schema.Struct({
      observedGeneration: Schema.optionalKey(Schema.Int),
      replicas: Schema.optionalKey(Schema.Int),
      updatedReplicas: Schema.optionalKey(Schema.Int),
      availableReplicas: Schema.optionalKey(Schema.Int)
    })
  )
})
export type Deployment = typeof Deployment.Type

const Pod = Schema.Struct({
  spec: Schema.Struct({ containers: Containers }),
  status: Schema.optionalKey(
    Schema.Struct({
      containerStatuses: Schema.optionalKey(
        Schema.Array(Schema.Struct({ name: Schema.String, ready: Schema.Boolean, image: Schema.String }))
      )
    })
  )
})
export type Pod = typeof Pod.Type

const decodeDeployment = Schema.decodeUnknownOption(Deployment)
const decodePod = Schema.decodeUnknownOption(Pod)

export const asDeployment = (object: KubeObject): Deployment | undefined => Option.getOrUndefined(decodeDeployment(object))
export const asPod = (object: KubeObject): Pod | undefined => Option.getOrUndefined(decodePod(object))

/** Why a rollout is not complete yet, as `kubectl rollout status` counts. */
export const rolling = ({ metadata, spec, status = {} }: Deployment): string | undefined => {
  const wanted = spec.replicas ?? 1
  if ((status.observedGeneration ?? 0) < (metadata.generation ?? 0)) return "its new spec was not observed yet"
  if ((status.updatedReplicas ?? 0) < wanted) return `${status.updatedReplicas ?? 0} of ${wanted} replicas are updated`
  if ((status.replicas ?? 0) > (status.updatedReplicas ?? 0)) return "old replicas are still there"
  if ((status.availableReplicas ?? 0) < wanted) return `${status.availableReplicas ?? 0} of ${wanted} replicas are available`
  return undefined
}
