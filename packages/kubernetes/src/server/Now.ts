/** The cluster's clock, which only a write sees: a write that changes nothing. */
import type { KubeStatus } from "@aiopslab/core/Kubernetes"
import type * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import type { Call } from "./Call.ts"

/** Milliseconds since the epoch. */
export const now = (call: Call): Effect.Effect<number, KubeStatus> =>
  call.host.write(call.identity, (store, context) => Result.succeed([context.now, store] as const))
