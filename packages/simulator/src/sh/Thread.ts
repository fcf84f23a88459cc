/** One thread of control of a script: what is left to do, as frames on a stack, and what it sees. Values all through, so that worlds can be forked. */
import type { AndOr, Command, Pipeline, Script } from "./Syntax.ts"

/** Where output goes. */
export type Sink =
  | { readonly _tag: "Log"; readonly stream: "stdout" | "stderr" }
  | { readonly _tag: "File"; readonly path: string }
  | { readonly _tag: "Nowhere" }
  | { readonly _tag: "Buffer"; readonly id: number }

export type Frame =
  | { readonly _tag: "Script"; readonly script: Script; readonly at: number }
  | { readonly _tag: "AndOr"; readonly node: AndOr; readonly at: number }
  | { readonly _tag: "Not" }
  | { readonly _tag: "Command"; readonly command: Command }
  | { readonly _tag: "Clause"; readonly node: Extract<Command, { readonly _tag: "If" }>; readonly at: number }
  | { readonly _tag: "Loop"; readonly node: Extract<Command, { readonly _tag: "Loop" }>; readonly part: "condition" | "body" }
  | {
      readonly _tag: "For"
      readonly node: Extract<Command, { readonly _tag: "For" }>
      readonly words: ReadonlyArray<string>
      readonly at: number
    }
  /** The next command of a pipeline reads what the one before it wrote. */
  | {
      readonly _tag: "Pipe"
      readonly node: Pipeline
      readonly at: number
      readonly buffer: number
      readonly out: Sink
      readonly stdin: string
    }
  | { readonly _tag: "Restore"; readonly out: Sink; readonly err: Sink; readonly stdin: string }
  /** A function or a trap ends here. */
  | { readonly _tag: "Return"; readonly positional: ReadonlyArray<string> }

export interface Stack {
  readonly frame: Frame
  readonly below: Stack | undefined
}

/** What a thread waits for. */
export type Wait =
  | { readonly _tag: "Timer"; readonly name: string }
  | { readonly _tag: "Reply"; readonly id: string; readonly argv: ReadonlyArray<string> }
  | { readonly _tag: "Children" }
  | { readonly _tag: "Program" }
  | { readonly _tag: "Forever" }

export interface Thread {
  readonly id: number
  readonly stack: Stack | undefined
  readonly variables: Readonly<Record<string, string>>
  readonly functions: Readonly<Record<string, Script>>
  readonly positional: ReadonlyArray<string>
  readonly status: number
  readonly out: Sink
  readonly err: Sink
  readonly stdin: string
  readonly cwd: string
  readonly exits: "at an error" | "at its end"
  readonly wait: Wait | undefined
}

export const push = (stack: Stack | undefined, ...frames: ReadonlyArray<Frame>): Stack | undefined => {
  let out = stack
  for (const frame of frames) out = { frame, below: out }
  return out
}
