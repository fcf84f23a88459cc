/** The pods of a service that nobody is deleting. */
import * as KubeClient from "@aiopslab/core/KubeClient"
import type { KubeApi, KubeObject, KubeStatus } from "@aiopslab/core/Kubernetes"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"

const Status = Schema.Struct({
  containerStatuses: Schema.optionalKey(Schema.Array(Schema.Struct({ ready: Schema.Boolean })))
})
const decode = Schema.decodeUnknownOption(Status)

export const ofService = (
  api: KubeApi,
  namespace: string,
  labels: Readonly<Record<string, string>>
): Effect.Effect<ReadonlyArray<KubeObject>, KubeStatus> =>
  KubeClient.list(api, KubeClient.resources.pods, namespace, {
    labelSelector: Object.entries(labels)
      .map(([key, value]) => `${key}=${value}`)
      .join(",")
  }).pipe(Effect.map((pods) => pods.filter(({ metadata }) => metadata.deletionTimestamp === undefined)))

export const isReady = ({ status }: KubeObject): boolean => {
  const containers = Option.getOrUndefined(decode(status))?.containerStatuses ?? []
  return containers.length > 0 && containers.every(({ ready }) => ready)
}
