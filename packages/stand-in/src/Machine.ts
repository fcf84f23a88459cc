/** What a stand-in needs of the machine that it runs on. Files and logs are done when the call returns; what takes time is an effect. */
import type { NetworkReply, NetworkRequest } from "@aiopslab/core/Behaviour"
import type { Span } from "@aiopslab/core/Telemetry"
import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import type { Child, Trace } from "./Trace.ts"

/** Somebody calls. */
export interface Arrival {
  readonly request: NetworkRequest
  readonly trace: Trace | undefined
}

export interface Address {
  readonly host: string
  readonly port: number
}

export class Machine extends Context.Service<
  Machine,
  {
    readonly file: (path: string) => string | undefined
    /** Names in a directory, sorted. */
    readonly list: (directory: string) => ReadonlyArray<string>
    readonly isReadOnly: (path: string) => boolean
    readonly data: (path: string) => unknown
    /** `undefined` removes it. */
    readonly write: (path: string, text: string | undefined) => void
    readonly save: (path: string, value: unknown) => void
    readonly log: (stream: "stdout" | "stderr", text: string) => void
    /** Holds this much memory in place of what it held before, in bytes: the kernel counts it. */
    readonly hold: (bytes: number) => void
    /** Answers on a port until the scope closes. Returns once callers get through. */
    readonly listen: (port: number, answer: (arrival: Arrival) => Effect.Effect<NetworkReply>) => Effect.Effect<void, never, Scope.Scope>
    /** A failure is worded as a Go program would; `patience` in milliseconds. */
    readonly ask: (to: Address, request: NetworkRequest, patience: number, trace?: Child) => Effect.Effect<NetworkReply>
    /** Holds a registration at the registry for as long as both live. */
    readonly announce: (registry: Address, name: string, port: number) => Effect.Effect<void>
    /** Who is registered; undefined when the registry does not answer. */
    readonly instances: (registry: Address, name: string) => Effect.Effect<ReadonlyArray<Address> | undefined>
    /** Lets go of a span; a collector may or may not get it. */
    readonly report: (span: Span) => void
  }
>()("@aiopslab/stand-in/Machine") {}
