/**
 * A behaviour plays the programs of container images: what a container does when it starts, is called, is waited for or is exec'd into.
 * A program is a pure step over an immutable state, so the simulator can fork it and the stand-in image can drive the very same steps.
 * An image that no behaviour knows fails to pull, as a real one would.
 */
import type * as Effect from "effect/Effect"
import type { Json } from "./Kubernetes.ts"
import type { LabError } from "./LabError.ts"
import { erased } from "./internal/erased.ts"

/** What a container asks of another address: an RPC, a query, an HTTP request. */
export interface NetworkRequest {
  readonly protocol: "http" | "grpc" | "mongodb" | "memcached" | "redis" | "sql" | "tcp"
  /** `GET /hotels`, `geo.Geo/Nearby`, `find geo-db.geo`. */
  readonly operation: string
  readonly payload?: Json
  readonly credentials?: { readonly user: string; readonly password: string; readonly database?: string }
}

/** What came back. A `failure` never reached a program: it is the network's. */
export type NetworkReply =
  | { readonly _tag: "ok"; readonly payload?: Json }
  /** The program answered with an error: `code` as its protocol has it (`Unauthorized`, `503`), `message` as the real program words it. */
  | { readonly _tag: "error"; readonly code: string; readonly message: string }
  | { readonly _tag: "failure"; readonly failure: "no-such-host" | "refused" | "timeout" | "reset"; readonly message: string }

/** What a program knows of the container it runs in. */
export interface ProgramContext {
  /** Milliseconds since the epoch on the cluster's clock. */
  readonly now: number
  readonly namespace: string
  readonly pod: string
  readonly podIp: string
  readonly node: string
  readonly container: string
  readonly image: string
  /** Command and arguments, resolved as the kubelet does (`command` else the image's entry point, then `args`). */
  readonly argv: ReadonlyArray<string>
  readonly env: Readonly<Record<string, string>>
  /** How often this container has been restarted. */
  readonly restarts: number
  /** Text of a file in the image, the container's layer or a mounted volume. */
  readonly file: (path: string) => string | undefined
  /** Names in a directory of them, sorted; empty when there is none. */
  readonly list: (directory: string) => ReadonlyArray<string>
  /** Whether nothing can be written there: a read-only volume, or a read-only root. */
  readonly isReadOnly: (path: string) => boolean
  /** A value that an earlier step saved under this path; in a volume it outlives the container. */
  readonly data: (path: string) => unknown
  /** Uniform in [0, 1), from the cluster's seeded state. */
  readonly random: () => number
  /** What its standard input is, when somebody may attach to it. Default: there is none, and it ends at once. */
  readonly input?: "pipe" | "terminal"
}

export type ProgramInput =
  | { readonly _tag: "Start" }
  | { readonly _tag: "Timer"; readonly name: string }
  /** The answer to a `Call` of this program. */
  | { readonly _tag: "Reply"; readonly id: string; readonly reply: NetworkReply }
  /** Somebody calls; answer with an `Answer` in the same step. */
  | { readonly _tag: "Request"; readonly request: NetworkRequest }
  /** One of the behaviour's executables is run in the container; answer with an `Output` in the same step. */
  | { readonly _tag: "Exec"; readonly argv: ReadonlyArray<string>; readonly stdin: string }
  | { readonly _tag: "Signal"; readonly signal: "SIGTERM" }
  /** Somebody who is attached has typed this: into a terminal, keys. */
  | { readonly _tag: "Input"; readonly text: string; readonly then: "more" | "end" }

export type ProgramEffect =
  /** `ending`: what a program wrote last may lack the line's end. */
  | { readonly _tag: "Log"; readonly stream: "stdout" | "stderr"; readonly line: string; readonly ending?: "none" }
  | { readonly _tag: "Listen"; readonly port: number }
  /** Ends a `Listen`. */
  | { readonly _tag: "Close"; readonly port: number }
  /** Announces this instance under a name to the app's own service discovery (Consul). */
  | { readonly _tag: "Register"; readonly name: string; readonly port: number }
  | { readonly _tag: "Call"; readonly id: string; readonly host: string; readonly port: number; readonly request: NetworkRequest }
  /** Setting a timer again under the same name moves it. */
  | { readonly _tag: "Timer"; readonly name: string; readonly afterMillis: number }
  /** From now on a timer of this name fires when the kubelet has put another text into a file of a ConfigMap's or Secret's volume. */
  | { readonly _tag: "Watch"; readonly path: string; readonly timer: string }
  /** `undefined` removes it. */
  | { readonly _tag: "WriteFile"; readonly path: string; readonly text: string | undefined }
  /** What the program holds from now on, in bytes. More than the container's limit, and the kernel kills it (OOMKilled). */
  | { readonly _tag: "Memory"; readonly bytes: number }
  | { readonly _tag: "SaveData"; readonly path: string; readonly value: unknown }
  | { readonly _tag: "Answer"; readonly reply: NetworkReply }
  | { readonly _tag: "Output"; readonly stdout: string; readonly stderr: string; readonly exitCode: number }
  | { readonly _tag: "Exit"; readonly code: number }

export interface Step<S> {
  readonly state: S
  readonly effects: ReadonlyArray<ProgramEffect>
}

/** A program of an image. Total: whatever the input, it answers with a step. Never mutates its state. */
export interface Program<S = unknown> {
  readonly initial: S
  readonly step: (state: S, input: ProgramInput, context: ProgramContext) => Step<S>
}

export interface Behaviour {
  readonly _tag: "Behaviour"
  readonly name: string
  readonly summary: string
  /** The repositories it plays, without tag (`mongo`, `yinfangchen/hotelreservation`), or with one to play that tag only. */
  readonly images: ReadonlyArray<string>
  /** ENTRYPOINT and CMD of the image, when the pod names no command. */
  readonly command: ReadonlyArray<string>
  /** Whether the first word of `command` is an ENTRYPOINT, which stays when the pod gives arguments. Default `first`. */
  readonly entrypoint?: "first" | "none"
  /** Size by which pulls take their time, in MiB. */
  readonly sizeMiB: number
  /** The program that an argv starts, or undefined: then the runtime reports `executable file not found in $PATH`. */
  readonly program: (argv: ReadonlyArray<string>) => Program | undefined
  /** Under which names it starts its programs, beside the first word of `command`: the stand-in image puts them on its PATH. */
  readonly programs?: ReadonlyArray<string>
  /** Names on the PATH that `Exec` understands beside the shell's own tools (`mongo`, `mongosh`). */
  readonly executables: ReadonlyArray<string>
  /**
   * `none` for images without a shell: `exec … sh` fails as it does there. In others a container's command may be a script or one of a
   * shell's tools, too; it may run the image's own programs.
   */
  readonly shell: "sh" | "bash" | "none"
  /** Files of the image that somebody may look at. */
  readonly files: Readonly<Record<string, string>>
  /** Loads what the steps need (an interpreter), once per process, before the first step of any of its programs. */
  readonly prepare: Effect.Effect<void, LabError>
}

/** Hides the state type of a program; its state only ever meets its own step. */
export const program = <S>(of: Program<S>): Program => erased(of)

export const make = (of: Omit<Behaviour, "_tag">): Behaviour => ({ _tag: "Behaviour", ...of })
