/** What the kubelet of a node remembers of a pod beside the pod's object and its containers. */

/** A container on its way to its end. Times are milliseconds since the epoch. */
export interface Stop {
  readonly beganAt: number
  readonly graceSeconds: number
  /** Until when its hook before the end runs. */
  readonly hookUntil: number
  /** When SIGTERM was sent; SIGKILL follows at `killAt`. */
  readonly signalledAt: number | undefined
  readonly killAt: number
}

/** Where a container is on its way to running. Times are milliseconds since the epoch. */
export type ContainerPhase =
  /** The kubelet decides at its next look. */
  | { readonly _tag: "Idle" }
  | {
      readonly _tag: "Pulling"
      readonly until: number
      readonly since: number
      readonly waited: number
      readonly failure: string | undefined
    }
  | { readonly _tag: "PullFailed"; readonly at: number }
  | { readonly _tag: "PullBackOff"; readonly until: number }
  /** The image is there; created and started at `at`. */
  | { readonly _tag: "Starting"; readonly at: number }
  | { readonly _tag: "ConfigError"; readonly retryAt: number }
  /** Its hook after the start runs; `failure` is what it will have said. */
  | { readonly _tag: "Hook"; readonly until: number; readonly failure: string | undefined }
  /** The kubelet has seen it since `seenAt`. */
  | { readonly _tag: "Up"; readonly seenAt: number }
  /** The kubelet ends it; afterwards it starts again, or shows what its hook said. */
  | { readonly _tag: "Killing"; readonly stop: Stop; readonly then: "start" | "decide"; readonly failure: string | undefined }
  /** It ended; the kubelet notices at `noticeAt`. */
  | { readonly _tag: "Ended"; readonly noticeAt: number }
  /** The runtime tells of an end twice: the kubelet comes by again at `remindAt`, and says the same. */
  | { readonly _tag: "CrashBackOff"; readonly until: number; readonly remindAt: number | undefined }
  /** It ended and is not to be restarted. */
  | { readonly _tag: "Done" }

/** Phases in which a pod's worker is occupied: it reports nothing and turns to no other container. */
const occupying: ReadonlySet<ContainerPhase["_tag"]> = new Set(["Pulling", "Starting", "Hook", "Killing"])
export const isOccupied = ({ phase }: ContainerRuntime): boolean => occupying.has(phase._tag)

/** client-go's flowcontrol.Backoff entry: doubling delays, forgotten after twice the maximum. */
export interface BackOff {
  readonly delay: number
  readonly updatedAt: number
}

/** `sidecar`: an init container that goes on beside the main ones. */
export type Role = "init" | "sidecar" | "main" | "ephemeral"

export interface ContainerRuntime {
  readonly name: string
  readonly role: Role
  /** The image the kubelet last started: another one in the spec means a restart. */
  readonly image: string
  readonly phase: ContainerPhase
  readonly crash: BackOff | undefined
  readonly pull: BackOff | undefined
}

/** A pod on its way to its end: all containers stop, then the sandbox goes, then the object if it was deleted. */
export interface Ending {
  readonly why: "deleted" | "done" | "deadline" | "evicted"
  /** By container's name. */
  readonly stops: Readonly<Record<string, Stop>>
  readonly downAt: number | undefined
  readonly goneAt: number | undefined
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
  /** When changed ConfigMaps and Secrets will show in its volumes. */
  readonly refreshAt: number | undefined
  /** When its use of the node's disk is looked at, for pods whose limits speak of it. */
  readonly evictAt: number | undefined
  /** Why it has to leave its node. */
  readonly evicted: string | undefined
  readonly ending: Ending | undefined
}

export const isDown = ({ ending }: PodRuntime, now: number): boolean => ending?.downAt !== undefined && now >= ending.downAt
