/** An application: what is installed, how its users' requests travel, and where its data lies. */
import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import type * as Schema from "effect/Schema"
import type { Cluster } from "./Cluster.ts"
import type { KubeObject } from "./Kubernetes.ts"
import type { LabError } from "./LabError.ts"
import type { Topology } from "./Topology.ts"
import { erased } from "./internal/erased.ts"

/** An application as configured for one trial. */
export interface Installation {
  readonly app: string
  readonly version: string
  readonly namespace: string
  /** In the order in which they are created; the namespace comes first. */
  readonly manifests: ReadonlyArray<KubeObject>
  readonly topology: Topology
  /** The pod label that holds a service's name (`io.kompose.service`). */
  readonly serviceLabel: string
  /** A paragraph for the agent: what the application is. */
  readonly description: string
  /** A digest of the users' data, equal before and after unless data was lost or changed. */
  readonly digest: Effect.Effect<string, LabError, Cluster>
  /** Puts the data back as it was after installation. Idempotent. */
  readonly resetData: Effect.Effect<void, LabError, Cluster>
}

/** The application of the present trial. */
export class InstalledApp extends Context.Service<InstalledApp, Installation>()("@aiopslab/core/InstalledApp") {}

export interface App {
  readonly _tag: "App"
  readonly name: string
  readonly summary: string
  readonly config: Schema.Codec<unknown, unknown>
  readonly install: (config: unknown) => Installation
}

export const make = <C, E>(of: {
  readonly name: string
  readonly summary: string
  readonly config: Schema.Codec<C, E>
  readonly install: (config: C) => Installation
}): App => erased({ _tag: "App", ...of })
