/**
 * Which containers a `ContainerKill` ends now. Kills are due when the object came and every so often after that; a container that started
 * later than the last of these instants is let off until the next. So nothing has to be remembered. Pure.
 */
import type { ContainerKillSpec } from "@aiopslab/core/ContainerKill"
import type { KubeObject } from "@aiopslab/core/Kubernetes"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"

const Status = Schema.Struct({
  containerStatuses: Schema.Array(
    Schema.Struct({
      name: Schema.String,
      containerID: Schema.optionalKey(Schema.String),
      state: Schema.Struct({ running: Schema.optionalKey(Schema.Struct({ startedAt: Schema.String })) })
    })
  )
})
const decode = Schema.decodeUnknownOption(Status)

/** Without the runtime's name before it. */
const idOf = (containerId: string): string => containerId.slice(containerId.indexOf("//") + 2)

/** Milliseconds since the epoch: when the last kill was due. */
const lastDue = (created: number, everyMillis: number, now: number): number =>
  created + Math.floor(Math.max(0, now - created) / everyMillis) * everyMillis

/** Ids of containers, as their runtime has them. `created` is the object's creationTimestamp. */
export const due = (
  { container, everyMillis }: ContainerKillSpec,
  created: string,
  pods: ReadonlyArray<KubeObject>,
  now: number
): ReadonlyArray<string> => {
  const last = lastDue(Date.parse(created), everyMillis, now)
  return pods.flatMap(({ status }) => {
    const found = Option.getOrUndefined(decode(status))?.containerStatuses.find(({ name }) => name === container)
    const startedAt = found?.state.running?.startedAt
    return found?.containerID === undefined || startedAt === undefined || Date.parse(startedAt) >= last ? [] : [idOf(found.containerID)]
  })
}
