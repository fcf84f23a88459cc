/** Whether everything that was rolled out runs. */
import { list, resources } from "@aiopslab/core/KubeClient"
import type { KubeApi, KubeObject } from "@aiopslab/core/Kubernetes"
import type { LabError } from "@aiopslab/core/LabError"
import { refused } from "@aiopslab/core/Looking"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as Option from "effect/Option"

/** What Deployments and StatefulSets have in common; absent numbers are zero on the wire, but `spec.replicas` defaults to 1. */
const Rollout = Schema.Struct({
  spec: Schema.Struct({ replicas: Schema.optionalKey(Schema.Int) }),
  status: Schema.optionalKey(
    Schema.Struct({
      observedGeneration: Schema.optionalKey(Schema.Int),
      replicas: Schema.optionalKey(Schema.Int),
      updatedReplicas: Schema.optionalKey(Schema.Int),
      readyReplicas: Schema.optionalKey(Schema.Int)
    })
  )
})

const decode = Schema.decodeUnknownOption(Rollout)

const sentences = new WeakMap<KubeObject, { readonly waiting: string | undefined }>()

/** What an object says does not change: it is worked out once for each version of it. */
const sentence = (object: KubeObject): string | undefined => {
  const known = sentences.get(object)
  if (known !== undefined) return known.waiting
  const waiting = sentenceOf(object)
  sentences.set(object, { waiting })
  return waiting
}

const sentenceOf = (object: KubeObject): string | undefined => {
  const decoded = Option.getOrUndefined(decode(object))
  const name = `${object.kind.toLowerCase()}/${object.metadata.name}`
  if (decoded === undefined) return `${name} has no spec`
  const wanted = decoded.spec.replicas ?? 1
  const { observedGeneration = 0, readyReplicas = 0, replicas = 0, updatedReplicas = 0 } = decoded.status ?? {}
  if (observedGeneration < (object.metadata.generation ?? 0)) return `${name} has not been looked at by its controller`
  if (readyReplicas < wanted) return `${name} has ${readyReplicas} of ${wanted} replicas`
  if (updatedReplicas < wanted || replicas > wanted) return `${name} is still rolling out`
  return undefined
}

/** The first thing that is not ready, in a few words; undefined when all is. */
export const notReady = (api: KubeApi, namespace: string): Effect.Effect<string | undefined, LabError> =>
  Effect.gen(function* () {
    for (const resource of [resources.deployments, resources.statefulSets]) {
      const objects = yield* list(api, resource, namespace).pipe(Effect.mapError(refused(`Listing ${resource.plural}`)))
      for (const object of objects) {
        const waiting = sentence(object)
        if (waiting !== undefined) return waiting
      }
    }
    return undefined
  })
