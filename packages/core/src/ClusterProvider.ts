/** Makes clusters: one pool for a whole run (in each worker), one lease for each trial. */
import type * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import type * as Schema from "effect/Schema"
import type * as Scope from "effect/Scope"
import type { Installation } from "./App.ts"
import type { Cluster, ClusterTime } from "./Cluster.ts"
import type { Json } from "./Kubernetes.ts"
import type { LabError } from "./LabError.ts"
import type { Playbook } from "./Playbook.ts"
import type { WallClock } from "./WallClock.ts"
import { erased } from "./internal/erased.ts"

export interface ClusterPool {
  readonly time: ClusterTime
  /** How many trials may hold a cluster at once; undefined: any number. */
  readonly capacity: number | undefined
  /** A clean cluster until the scope closes. Runs under the trial's clock. */
  readonly lease: Effect.Effect<Context.Service.Shape<typeof Cluster>, LabError, Scope.Scope>
}

/** How time passes on a served cluster: like the wall's, faster, or only when a client says so. */
export type ServedTime = { readonly _tag: "wall"; readonly rate: number } | { readonly _tag: "virtual" }

export interface ServeOptions {
  readonly time: ServedTime
  /** 0 chooses a free one. */
  readonly port: number
  /** Installed and ready before clients are let in. */
  readonly app: Installation | undefined
  readonly seed: string
}

/** A cluster that other processes reach until the scope closes. */
export interface ServedCluster {
  readonly url: string
  /** YAML text of an administrator's kubeconfig. */
  readonly kubeconfig: string
}

export interface ClusterProvider {
  readonly _tag: "ClusterProvider"
  readonly name: string
  readonly summary: string
  readonly config: Schema.Codec<unknown, unknown>
  readonly open: (config: unknown, playbook: Playbook) => Effect.Effect<ClusterPool, LabError, Scope.Scope | WallClock>
  /** Finds a cluster again by its attachment, for recovery. */
  readonly attach: (attachment: Json) => Effect.Effect<Context.Service.Shape<typeof Cluster>, LabError, Scope.Scope | WallClock>
  /** Only providers that make clusters of their own can serve one. */
  readonly serve?: (config: unknown, playbook: Playbook, options: ServeOptions) => Effect.Effect<ServedCluster, LabError, Scope.Scope>
}

export const make = <C, E>(of: {
  readonly name: string
  readonly summary: string
  readonly config: Schema.Codec<C, E>
  readonly open: (config: C, playbook: Playbook) => Effect.Effect<ClusterPool, LabError, Scope.Scope | WallClock>
  readonly attach: ClusterProvider["attach"]
  readonly serve?: (config: C, playbook: Playbook, options: ServeOptions) => Effect.Effect<ServedCluster, LabError, Scope.Scope>
}): ClusterProvider => erased({ _tag: "ClusterProvider", ...of })
