/** A container as its node sees it: the program that plays it, its files, its log. Immutable; the world holds the present one. */
import type { Behaviour, NetworkRequest, Program } from "@aiopslab/core/Behaviour"
import type { LogFile } from "./kubelet/LogFile.ts"

/** One line of a container's log; the lines before it hang on it. `sequence` orders lines of one instant over the whole world. */
export interface LogLine {
  readonly at: number
  readonly sequence: number
  readonly stream: "stdout" | "stderr"
  readonly line: string
  readonly ending?: "none"
  readonly before: LogLine | undefined
}

/** A line as it was written: the last one may lack its end. */
export const withEnd = ({ ending, line }: { readonly line: string; readonly ending?: "none" | undefined }): string =>
  ending === "none" ? line : `${line}\n`

/** One run of a container, from start to end. */
export interface Instance {
  /** 0 for the first; equals the restart count when it started. */
  readonly number: number
  readonly id: string
  readonly startedAt: number
  readonly endedAt: number | undefined
  /** Those of the present file, newest first. */
  readonly log: LogLine | undefined
  /** Those of the file that was put aside last; there may be readers who haven't got to its end. */
  readonly rotated: LogLine | undefined
  /** Where its newest lines are. */
  readonly file: LogFile
}

/** Where a volume shows in a container's file system. */
export interface Mount {
  readonly path: string
  readonly source:
    /** Content that outlives the container: a key of `World.volumes`. */
    | { readonly _tag: "Volume"; readonly volume: string; readonly subPath: string; readonly writable: "yes" | "no" }
    /** A part of a ConfigMap or the like as it was when the container started: updates don't reach it. */
    | { readonly _tag: "Fixed"; readonly files: Readonly<Record<string, string>> }
}

/** What a container can be doing. Reasons and messages are the kubelet's; times are milliseconds since the epoch. */
export type ContainerState =
  | { readonly _tag: "Waiting"; readonly reason: string; readonly message?: string }
  | { readonly _tag: "Running"; readonly startedAt: number }
  | {
      readonly _tag: "Terminated"
      readonly exitCode: number
      readonly reason: string
      readonly message?: string
      readonly startedAt: number
      readonly finishedAt: number
      readonly id: string
    }

/** A call of a program under way. */
export interface PendingCall {
  readonly id: string
  readonly host: string
  readonly port: number
  readonly request: NetworkRequest
}

export interface Container {
  /** `podUid/name`. */
  readonly key: string
  readonly namespace: string
  readonly pod: string
  readonly podUid: string
  readonly podIp: string
  readonly node: string
  readonly name: string
  readonly image: string
  readonly behaviour: Behaviour | undefined
  readonly argv: ReadonlyArray<string>
  readonly env: Readonly<Record<string, string>>
  readonly state: ContainerState
  readonly last: ContainerState | undefined
  /** Runs, and its startup probe has succeeded if it has one. */
  readonly started: boolean
  readonly ready: boolean
  /** Probes of its pod want to know when it changes. */
  readonly probed: boolean
  readonly restarts: number
  /** The program that runs; undefined unless running. */
  readonly program: Program | undefined
  /** The program's own state. */
  readonly memory: unknown
  /** Bytes of memory that the program said it holds. */
  readonly holds: number | undefined
  readonly listening: ReadonlyArray<number>
  /** Names under which it announced itself to the app's service discovery. */
  readonly registered: ReadonlyArray<{ readonly name: string; readonly port: number }>
  /** Files whose next text is a timer's occasion. */
  readonly watched: ReadonlyArray<{ readonly path: string; readonly timer: string }>
  /** What somebody who attaches may write to. */
  readonly input: "pipe" | "terminal" | undefined
  /** The container's own layer: gone with the container's instance. */
  readonly files: Readonly<Record<string, string | undefined>>
  readonly data: Readonly<Record<string, unknown>>
  /** Its root is read-only but for these files. */
  readonly lockedExcept: ReadonlyArray<string> | undefined
  readonly mounts: ReadonlyArray<Mount>
  readonly instance: Instance | undefined
  readonly previous: Instance | undefined
  /** The sequence under which each named timer was last set; another one's firing is stale. */
  readonly timers: Readonly<Record<string, number>>
}
