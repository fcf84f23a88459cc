/** A workload is data: an object of the hidden group `plane.aiopslab.dev`, interpreted by the simulator or by a generator in the cluster. */
import * as Schema from "effect/Schema"
import type { Installation } from "./App.ts"
import type { KubeObject } from "./Kubernetes.ts"
import type { LabError } from "./LabError.ts"
import { erased } from "./internal/erased.ts"

/** The hidden group. Only `system:masters` can see that it exists. */
export const planeGroup = "plane.aiopslab.dev"
export const planeVersion = `${planeGroup}/v1`
/** The namespace of the framework's own objects; invisible to agents. */
export const planeNamespace = "aiopslab-plane"

/** The spec of a `Traffic` object: open loop, requests arrive whether or not earlier ones were answered. */
export const TrafficSpec = Schema.Struct({
  namespace: Schema.String,
  app: Schema.String,
  /** Requests per second. */
  rate: Schema.Finite,
  arrivals: Schema.Literals(["constant", "exponential"]),
  /** Weights by operation; they need not sum to anything. */
  mix: Schema.Record(Schema.String, Schema.Finite)
})
export type TrafficSpec = typeof TrafficSpec.Type

/** A mistake in a config that only the application can tell; `path` leads to it from the config's root. */
export interface WorkloadMistake {
  readonly path: ReadonlyArray<string | number>
  readonly error: LabError
}

export interface Workload {
  readonly _tag: "Workload"
  readonly name: string
  readonly summary: string
  readonly config: Schema.Codec<unknown, unknown>
  /** All mistakes at once. Asked when a problem is planned, before `objects`. */
  readonly check: (config: unknown, app: Installation) => ReadonlyArray<WorkloadMistake>
  readonly objects: (config: unknown, app: Installation) => ReadonlyArray<KubeObject>
}

export const make = <C, E>(of: {
  readonly name: string
  readonly summary: string
  readonly config: Schema.Codec<C, E>
  /** Default: nothing is wrong. */
  readonly check?: (config: C, app: Installation) => ReadonlyArray<WorkloadMistake>
  readonly objects: (config: C, app: Installation) => ReadonlyArray<KubeObject>
}): Workload => erased({ _tag: "Workload", check: () => [], ...of })
