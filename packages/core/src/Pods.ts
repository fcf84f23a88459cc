/** The pods of a service, and whether they serve. */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import * as KubeClient from "./KubeClient.ts"
import type { KubeApi, KubeObject, KubeStatus } from "./Kubernetes.ts"

export type Labels = Readonly<Record<string, string>>

const Status = Schema.Struct({
  containerStatuses: Schema.optionalKey(Schema.Array(Schema.Struct({ ready: Schema.Boolean })))
})
const decode = Schema.decodeUnknownOption(Status)

/** As in a query. */
export const selectorOf = (labels: Labels): string =>
  Object.entries(labels)
    .map(([key, value]) => `${key}=${value}`)
    .join(",")

/** Those with all of the labels that nobody is deleting. */
export const living = (api: KubeApi, namespace: string, labels: Labels): Effect.Effect<ReadonlyArray<KubeObject>, KubeStatus> =>
  KubeClient.list(api, KubeClient.resources.pods, namespace, { labelSelector: selectorOf(labels) }).pipe(
    Effect.map((pods) => pods.filter(({ metadata }) => metadata.deletionTimestamp === undefined))
  )

export const isReady = ({ status }: KubeObject): boolean => {
  const containers = Option.getOrUndefined(decode(status))?.containerStatuses ?? []
  return containers.length > 0 && containers.every(({ ready }) => ready)
}

/** Why the pods don't all serve, or undefined. */
export const waiting = (pods: ReadonlyArray<KubeObject>): string | undefined => {
  const found = pods.find((pod) => !isReady(pod))
  return found === undefined ? undefined : `pod ${found.metadata.name} is not ready`
}

/** Deletes them; their controllers make new ones. */
export const remove = (api: KubeApi, namespace: string, pods: ReadonlyArray<KubeObject>): Effect.Effect<void, KubeStatus> =>
  Effect.forEach(pods, ({ metadata }) => KubeClient.remove(api, KubeClient.resources.pods, namespace, metadata.name), { discard: true })

/** Deletes those that are not ready: a pod that is new starts at once, one that failed often waits up to five minutes. */
export const removeUnready = (api: KubeApi, namespace: string, labels: Labels): Effect.Effect<void, KubeStatus> =>
  Effect.flatMap(living(api, namespace, labels), (pods) =>
    remove(
      api,
      namespace,
      pods.filter((pod) => !isReady(pod))
    )
  )
