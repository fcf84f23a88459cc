/** All of a container's scripts between two moments. */
import type { Program } from "@aiopslab/core/Behaviour"
import type { Thread } from "./Thread.ts"

/** A program of the image that a script runs, or became. */
export interface Nested {
  readonly thread: number
  /** Whether it took the shell's place: then signals are its own. */
  readonly place: "shell's" | "child's"
  readonly argv: ReadonlyArray<string>
  readonly program: Program
  readonly memory: unknown
}

export interface Server {
  readonly port: number
  /** `undefined`: says nothing. */
  readonly home: string | undefined
}

/** The container's standard input. */
export interface Input {
  /** What nobody has read yet. */
  readonly text: string
  /** At a terminal, the line that is being typed. */
  readonly line: string
  readonly is: "open" | "ended"
}

export interface State {
  /** The first is the first process: with it all ends. */
  readonly threads: ReadonlyArray<Thread>
  /** Of threads, timers, buffers. */
  readonly count: number
  readonly traps: Readonly<Record<string, string>>
  readonly pending: ReadonlyArray<string>
  readonly servers: ReadonlyArray<Server>
  readonly nested: ReadonlyArray<Nested>
  readonly buffers: Readonly<Record<number, string>>
  /** What was written to the log without an end of line. */
  readonly partial: Readonly<Record<"stdout" | "stderr", string>>
  readonly input: Input
  /** Statuses of children that ended. */
  readonly children: Readonly<Record<number, number>>
  readonly ended: number | undefined
  /** Whether the first thread is the container's first process. */
  readonly place: "first" | "beside"
  /** Sent to the container's first process from beside it. */
  readonly signals: ReadonlyArray<string>
}

export const initial: State = {
  threads: [],
  count: 1,
  traps: {},
  pending: [],
  servers: [],
  nested: [],
  buffers: {},
  partial: { stdout: "", stderr: "" },
  input: { text: "", line: "", is: "ended" },
  children: {},
  ended: undefined,
  place: "first",
  signals: []
}
