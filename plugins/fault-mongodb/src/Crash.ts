/** Whether the containers of a pod run, or have ended with an error. */
import type { KubeObject } from "@aiopslab/core/Kubernetes"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"

const State = Schema.Struct({
  waiting: Schema.optionalKey(Schema.Struct({ reason: Schema.optionalKey(Schema.String) })),
  running: Schema.optionalKey(Schema.Struct({})),
  terminated: Schema.optionalKey(Schema.Struct({ exitCode: Schema.Int }))
})
const Status = Schema.Struct({
  containerStatuses: Schema.optionalKey(Schema.Array(Schema.Struct({ state: State, lastState: Schema.optionalKey(State) })))
})
type Status = typeof Status.Type

const decodeStatus = Schema.decodeUnknownOption(Status)

const statusOf = (pod: KubeObject): Status => Option.getOrElse(decodeStatus(pod.status), (): Status => ({}))

/** Whether a program runs in it that somebody could exec beside. */
export const isRunning = (pod: KubeObject): boolean =>
  (statusOf(pod).containerStatuses ?? []).some(({ state }) => state.running !== undefined)

/** A container ended with an error, now or before its restart. */
export const hasCrashed = (pod: KubeObject): boolean =>
  (statusOf(pod).containerStatuses ?? []).some(
    ({ lastState, state }) =>
      state.waiting?.reason === "CrashLoopBackOff" ||
      (state.terminated !== undefined && state.terminated.exitCode !== 0) ||
      (lastState?.terminated !== undefined && lastState.terminated.exitCode !== 0)
  )
