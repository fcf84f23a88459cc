/**
 * What a server needs from whoever owns the state: a bare API server (`MemoryHost`) or the simulator's world. The state is one
 * persistent value; every write is a pure function from one store to the next, so a reader never sees half a write.
 */
import type { Duplex, Identity, KubeStatus } from "@aiopslab/core/Kubernetes"
import type * as Effect from "effect/Effect"
import type * as Result from "effect/Result"
import type * as Scope from "effect/Scope"
import type * as Stream from "effect/Stream"
import type { Change, Store } from "./Store.ts"
import type { Dialled, Posted, WebReply, WebRequest, WebTarget } from "./web/Web.ts"

/** What a write may draw from its surroundings; all of it deterministic. */
export interface WriteContext {
  /** Milliseconds since the epoch on the cluster's clock. */
  readonly now: number
  /** A fresh UUID, from the state's own counter. */
  readonly uid: () => string
  /** The five random characters of `generateName`. */
  readonly suffix: () => string
  readonly identity: Identity
  /** Who writes, as managedFields name it; of a write without a request it follows from the identity. */
  readonly manager?: string
  /** A write that nothing will come of: the keys of the storage that messages name lack their root then. */
  readonly isDry?: boolean
  /** Takes a warning for whoever asked. */
  readonly warn?: (text: string) => void
  /** Calls a webhook, within the cluster or outside of it. Without it none can be reached. */
  readonly post?: (target: WebTarget, request: WebRequest, timeoutSeconds: number) => Posted
}

/** A write: the answer and the next store, or the reason why not. */
export type Write<A> = (store: Store, context: WriteContext) => Result.Result<readonly [A, Store], KubeStatus>

/** A container that a subresource call is about. */
export interface ContainerRef {
  readonly namespace: string
  readonly pod: string
  readonly container: string
}

/** `log` of a pod, decoded from the query. */
export interface LogOptions {
  readonly previous: boolean
  readonly follow: boolean
  readonly timestamps: boolean
  readonly tailLines?: number
  readonly sinceSeconds?: number
  readonly sinceTime?: string
  readonly limitBytes?: number
}

export interface PodRef {
  readonly namespace: string
  readonly pod: string
}

export interface Host {
  /** The store at the present moment of the cluster's clock. */
  readonly store: Effect.Effect<Store>
  /** Runs a write against the present store and publishes the result. Writes are serialised. */
  readonly write: <A>(identity: Identity, write: Write<A>) => Effect.Effect<A, KubeStatus>
  /** Every change after a revision, then those to come. Fails with 410 when the revision was compacted away. */
  readonly changes: (after: number) => Stream.Stream<ReadonlyArray<Change>, KubeStatus>
  readonly log: (container: ContainerRef, options: LogOptions) => Stream.Stream<string, KubeStatus>
  readonly exec: (
    container: ContainerRef,
    argv: ReadonlyArray<string>,
    options: { readonly stdin: boolean; readonly tty: boolean }
  ) => Effect.Effect<Duplex, KubeStatus, Scope.Scope>
  /** The streams of the container's first process. */
  readonly attach: (
    container: ContainerRef,
    options: { readonly stdin: boolean; readonly tty: boolean }
  ) => Effect.Effect<Duplex, KubeStatus, Scope.Scope>
  readonly dial: (pod: PodRef, port: number) => Effect.Effect<Dialled>
  /** What the kubelet of a node answers. */
  readonly kubelet: (node: string, request: WebRequest) => Effect.Effect<WebReply, KubeStatus>
}
