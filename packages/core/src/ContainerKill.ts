/**
 * Kills the first process of containers, again and again while it exists: an object of the hidden group, interpreted by the simulator and by
 * the agents on a real cluster's nodes. Nobody can do it through the Kubernetes API: the first process of a container has its own namespace of
 * processes, and the kernel keeps a SIGKILL that comes from within away from it.
 */
import * as Schema from "effect/Schema"

export const ContainerKillSpec = Schema.Struct({
  namespace: Schema.String,
  /** The labels of the pods. */
  pods: Schema.Record(Schema.String, Schema.String),
  container: Schema.String,
  /** From one kill to the next; a container that doesn't run then is let off. The first comes with the object. */
  everyMillis: Schema.Finite.check(Schema.isGreaterThanOrEqualTo(1_000))
})
export type ContainerKillSpec = typeof ContainerKillSpec.Type

/** What its interpreter tells of it. */
export const ContainerKillStatus = Schema.Struct({
  /** Milliseconds since the epoch. */
  lastAt: Schema.Finite,
  /** Containers killed so far. */
  kills: Schema.Int
})
export type ContainerKillStatus = typeof ContainerKillStatus.Type
