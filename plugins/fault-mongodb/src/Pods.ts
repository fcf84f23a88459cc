/** The pods of a service, and how its containers fare. */
import * as KubeClient from "@aiopslab/core/KubeClient"
import type { KubeApi, KubeObject, KubeStatus } from "@aiopslab/core/Kubernetes"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"

const State = Schema.Struct({
  waiting: Schema.optionalKey(Schema.Struct({ reason: Schema.optionalKey(Schema.String) })),
  running: Schema.optionalKey(Schema.Struct({})),
  terminated: Schema.optionalKey(Schema.Struct({ exitCode: Schema.Int }))
})
const Status = Schema.Struct({
  phase: Schema.optionalKey(Schema.String),
  containerStatuses: Schema.optionalKey(
    Schema.Array(Schema.Struct({ ready: Schema.Boolean, state: State, lastState: Schema.optionalKey(State) }))
  )
})
type Status = typeof Status.Type

const decodeStatus = Schema.decodeUnknownOption(Status)

const statusOf = (pod: KubeObject): Status => Option.getOrElse(decodeStatus(pod.status), (): Status => ({}))

/** Those that nobody is deleting. */
export const ofService = (api: KubeApi, namespace: string, selector: string): Effect.Effect<ReadonlyArray<KubeObject>, KubeStatus> =>
  KubeClient.list(api, KubeClient.resources.pods, namespace, { labelSelector: selector }).pipe(
    Effect.map((pods) => pods.filter(({ metadata }) => metadata.deletionTimestamp === undefined))
  )

/** Whether a program runs in it that somebody could exec beside. */
export const isRunning = (pod: KubeObject): boolean =>
  (statusOf(pod).containerStatuses ?? []).some(({ state }) => state.running !== undefined)

export const isReady = (pod: KubeObject): boolean => {
  const containers = statusOf(pod).containerStatuses ?? []
  return containers.length > 0 && containers.every(({ ready }) => ready)
}

/** A container ended with an error, now or before its restart. */
export const hasCrashed = (pod: KubeObject): boolean =>
  (statusOf(pod).containerStatuses ?? []).some(
    ({ lastState, state }) =>
      state.waiting?.reason === "CrashLoopBackOff" ||
      (state.terminated !== undefined && state.terminated.exitCode !== 0) ||
      (lastState?.terminated !== undefined && lastState.terminated.exitCode !== 0)
  )

export const remove = (api: KubeApi, namespace: string, pods: ReadonlyArray<KubeObject>): Effect.Effect<void, KubeStatus> =>
  Effect.forEach(pods, ({ metadata }) => KubeClient.remove(api, KubeClient.resources.pods, namespace, metadata.name), { discard: true })
