/** What the kubelet of a node remembers of a pod beside the pod's object and its containers. */

/** Where a container is on its way to running. Times are milliseconds since the epoch. */
export type ContainerPhase =
  /** The kubelet decides at its next look. */
  | { readonly _tag: "Idle" }
  | { readonly _tag: "Pulling"; readonly until: number; readonly since: number; readonly waited: number; readonly known: boolean }
  | { readonly _tag: "PullFailed"; readonly at: number }
  | { readonly _tag: "PullBackOff"; readonly until: number }
  /** The image is there; created and started at `at`. */
  | { readonly _tag: "Starting"; readonly at: number }
  | { readonly _tag: "ConfigError"; readonly retryAt: number }
  | { readonly _tag: "Up" }
  /** It ended; the kubelet notices at `noticeAt`. */
  | { readonly _tag: "Ended"; readonly noticeAt: number }
  | { readonly _tag: "CrashBackOff"; readonly until: number }
  /** It ended and is not to be restarted. */
  | { readonly _tag: "Done" }

/** client-go's flowcontrol.Backoff entry: doubling delays, forgotten after twice the maximum. */
export interface BackOff {
  readonly delay: number
  readonly updatedAt: number
}

export interface ContainerRuntime {
  readonly name: string
  readonly init: boolean
  /** The image the kubelet last started: another one in the spec means a restart. */
  readonly image: string
  readonly phase: ContainerPhase
  readonly crash: BackOff | undefined
  readonly pull: BackOff | undefined
}

export interface PodRuntime {
  readonly uid: string
  readonly namespace: string
  readonly name: string
  readonly node: string
  readonly startTime: number
  /** Waiting for volumes: when to try again and how long to wait after that. */
  readonly mount: { readonly _tag: "Waiting"; readonly at: number; readonly delay: number } | { readonly _tag: "Mounted" }
  /** When the sandbox is there; then the pod has its address. */
  readonly sandboxAt: number
  readonly ip: string | undefined
  readonly containers: ReadonlyArray<ContainerRuntime>
  /** Set when the pod is being ended: containers are killed at `killAt`, the object goes at `goneAt`. */
  readonly ending: { readonly killAt: number; readonly goneAt: number | undefined } | undefined
}
