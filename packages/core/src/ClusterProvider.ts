/** Makes clusters: one pool for a whole run (in each worker), one lease for each trial. */
import type * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import type { ChildProcessSpawner } from "effect/process/ChildProcessSpawner"
import type * as Schema from "effect/Schema"
import type * as Scope from "effect/Scope"
import type { Installation } from "./App.ts"
import type { Cluster, ClusterTime } from "./Cluster.ts"
import type { Json } from "./Kubernetes.ts"
import type { LabError } from "./LabError.ts"
import type { Playbook, Repertoire } from "./Playbook.ts"
import type { WallClock } from "./WallClock.ts"
import { erased } from "./internal/erased.ts"

export interface ClusterPool {
  readonly time: ClusterTime
  /** How many trials may hold a cluster at once; undefined: any number. */
  readonly capacity: number | undefined
  /** How often a trial may be tried that its environment failed, each time on another cluster; undefined: once. */
  readonly attempts?: number
  /** A clean cluster until the scope closes; one whose scope closes with a failure is not leased again. Runs under the trial's clock. */
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

/** What a provider may use: the machine's clock, and programs to start. */
export type ClusterServices = WallClock | ChildProcessSpawner

/** A cluster that a provider made on this machine. */
export interface ManagedCluster {
  readonly name: string
  /** `held` by a live process, `orphan` of a dead one, or `unknown`: made by somebody else, or on another machine. */
  readonly state: "held" | "orphan" | "unknown"
  /** The process that holds it. */
  readonly pid?: number
}

/** What a provider that makes clusters outside this process can tell of them and do with them, whoever made them. */
export interface ClusterManagement {
  readonly list: Effect.Effect<ReadonlyArray<ManagedCluster>, LabError, ClusterServices>
  /** Fails with CLUSTER_HELD while a live process holds it, and with CLUSTER_UNKNOWN when there is none of this name. */
  readonly delete: (name: string) => Effect.Effect<void, LabError, ClusterServices>
  /** Deletes the clusters of dead runs and gives their names. A live run's are never touched. */
  readonly collect: Effect.Effect<ReadonlyArray<string>, LabError, ClusterServices>
}

/** One thing that a provider needs of the machine, or can make use of. */
export interface Finding {
  readonly name: string
  /** `missing`: without it no cluster can be made. `warn`: clusters can be made, and something will not work or be slow. */
  readonly status: "ok" | "warn" | "missing"
  readonly found: string
  /** What to do; empty where nothing is. */
  readonly advice: string
}

export interface Diagnosis {
  readonly findings: ReadonlyArray<Finding>
  /** How many clusters of the default size the machine can hold at once; 0 when something is missing. */
  readonly clusters: number
}

export interface ClusterProvider {
  readonly _tag: "ClusterProvider"
  readonly name: string
  readonly summary: string
  readonly config: Schema.Codec<unknown, unknown>
  readonly open: (config: unknown, repertoire: Repertoire) => Effect.Effect<ClusterPool, LabError, Scope.Scope | ClusterServices>
  /** Finds a cluster again by its attachment, for recovery; fails with CLUSTER_GONE when it has been deleted. */
  readonly attach: (attachment: Json) => Effect.Effect<Context.Service.Shape<typeof Cluster>, LabError, Scope.Scope | ClusterServices>
  /** Only providers that make clusters of their own can serve one. */
  readonly serve?: (config: unknown, playbook: Playbook, options: ServeOptions) => Effect.Effect<ServedCluster, LabError, Scope.Scope>
  readonly manage?: ClusterManagement
  /** Whether this machine can hold this provider's clusters, and how many. */
  readonly diagnose?: Effect.Effect<Diagnosis, never, ClusterServices>
}

export const make = <C, E>(of: {
  readonly name: string
  readonly summary: string
  readonly config: Schema.Codec<C, E>
  readonly open: (config: C, repertoire: Repertoire) => Effect.Effect<ClusterPool, LabError, Scope.Scope | ClusterServices>
  readonly attach: ClusterProvider["attach"]
  readonly serve?: (config: C, playbook: Playbook, options: ServeOptions) => Effect.Effect<ServedCluster, LabError, Scope.Scope>
  readonly manage?: ClusterManagement
  readonly diagnose?: ClusterProvider["diagnose"]
}): ClusterProvider => erased({ _tag: "ClusterProvider", ...of })
