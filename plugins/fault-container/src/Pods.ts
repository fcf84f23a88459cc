/** The pods of a service, and how often their containers were started again. */
import * as KubeClient from "@aiopslab/core/KubeClient"
import type { KubeApi, KubeObject, KubeStatus } from "@aiopslab/core/Kubernetes"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"

const Pod = Schema.Struct({
  metadata: Schema.Struct({
    name: Schema.String,
    uid: Schema.String,
    creationTimestamp: Schema.String,
    deletionTimestamp: Schema.optionalKey(Schema.String)
  }),
  status: Schema.optionalKey(
    Schema.Struct({
      containerStatuses: Schema.optionalKey(
        Schema.Array(Schema.Struct({ name: Schema.String, ready: Schema.Boolean, restartCount: Schema.Int }))
      )
    })
  )
})
export type Pod = typeof Pod.Type

const decode = Schema.decodeUnknownOption(Pod)

export interface Selected {
  readonly namespace: string
  readonly pods: Readonly<Record<string, string>>
}

/** Those that nobody is deleting. */
export const of = (api: KubeApi, { namespace, pods }: Selected): Effect.Effect<ReadonlyArray<Pod>, KubeStatus> =>
  KubeClient.list(api, KubeClient.resources.pods, namespace, {
    labelSelector: Object.entries(pods)
      .map(([key, value]) => `${key}=${value}`)
      .join(",")
  }).pipe(
    Effect.map((found) =>
      found
        .flatMap((object: KubeObject) => Option.toArray(decode(object)))
        .filter(({ metadata }) => metadata.deletionTimestamp === undefined)
    )
  )

export const isReady = ({ status }: Pod): boolean => {
  const containers = status?.containerStatuses ?? []
  return containers.length > 0 && containers.every(({ ready }) => ready)
}

export const restartsOf = ({ status }: Pod, container: string): number =>
  status?.containerStatuses?.find(({ name }) => name === container)?.restartCount ?? 0

/** Why the pods don't serve, or undefined. */
export const missing = (pods: ReadonlyArray<Pod>): string | undefined => {
  if (pods.length === 0) return "there are no pods"
  const waiting = pods.find((pod) => !isReady(pod))
  return waiting === undefined ? undefined : `pod ${waiting.metadata.name} is not ready`
}
