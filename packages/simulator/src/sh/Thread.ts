/** One thread of control of a script: what is left to do, as frames on a stack, and what it sees. Values all through, so that worlds can be forked. */
import type { AndOr, Command, Pipeline, Script } from "./Syntax.ts"

/** Where output goes. */
export type Sink =
  | { readonly _tag: "Log"; readonly stream: "stdout" | "stderr" }
  | { readonly _tag: "File"; readonly path: string }
  | { readonly _tag: "Nowhere" }
  | { readonly _tag: "Buffer"; readonly id: number }

type Node<K extends Command["_tag"]> = Extract<Command, { readonly _tag: K }>

export type Frame =
  | { readonly _tag: "Script"; readonly script: Script; readonly at: number }
  /** `ran`: the pipeline that ran last. */
  | { readonly _tag: "AndOr"; readonly node: AndOr; readonly at: number; readonly ran: number }
  | { readonly _tag: "Not" }
  /** `given`: what its substitutions have printed so far, in order. */
  | { readonly _tag: "Command"; readonly command: Command; readonly given: ReadonlyArray<string> }
  | { readonly _tag: "Clause"; readonly node: Node<"If">; readonly at: number }
  | { readonly _tag: "Loop"; readonly node: Node<"Loop">; readonly part: "condition" | "body"; readonly status: number }
  | { readonly _tag: "For"; readonly node: Node<"For">; readonly words: ReadonlyArray<string>; readonly at: number }
  /** The next command of a pipeline reads what the one before it wrote. */
  | { readonly _tag: "Pipe"; readonly node: Pipeline; readonly at: number; readonly buffer: number }
  | { readonly _tag: "Restore"; readonly out: Sink; readonly err: Sink; readonly stdin: string | undefined }
  /** A function, a trap or a script of its own ends here. `file`: the shell stays in its place whatever the script ends with. */
  | {
      readonly _tag: "Return"
      readonly of: "function" | "command" | "file"
      readonly positional: ReadonlyArray<string>
      readonly locals: Readonly<Record<string, string | undefined>>
    }
  /** A process of its own ends here: of what it did to itself nothing stays but its status. */
  | { readonly _tag: "Process"; readonly outer: Surroundings }
  /** A substitution has been printed; the command goes on with it. */
  | { readonly _tag: "Given"; readonly command: Command; readonly given: ReadonlyArray<string>; readonly buffer: number }
  | { readonly _tag: "Status"; readonly status: number }
  /** A command that waited for input runs. */
  | { readonly _tag: "Again"; readonly argv: ReadonlyArray<string>; readonly more: Readonly<Record<string, string>> }
  /** Writes what comes in, until no more comes. */
  | { readonly _tag: "Copy" }
  /** A shell that reads commands; `read` is the beginning of one that goes on in the next line. */
  | { readonly _tag: "Interactive"; readonly read: string }

export interface Stack {
  readonly frame: Frame
  readonly below: Stack | undefined
}

/** What a thread waits for. */
export type Wait =
  | { readonly _tag: "Timer"; readonly name: string }
  | { readonly _tag: "Reply"; readonly id: string; readonly argv: ReadonlyArray<string> }
  /** One of its children, or all. */
  | { readonly _tag: "Children"; readonly of: number | "all" }
  | { readonly _tag: "Program" }
  /** Something to read, or a whole line, or all; the end is enough for each. */
  | { readonly _tag: "Input"; readonly until: "text" | "line" | "end" }
  | { readonly _tag: "Forever" }

/** What a process may change for itself. */
export interface Surroundings {
  readonly variables: Readonly<Record<string, string>>
  readonly functions: Readonly<Record<string, Script>>
  readonly positional: ReadonlyArray<string>
  readonly out: Sink
  readonly err: Sink
  /** `undefined`: the container's. */
  readonly stdin: string | undefined
  readonly cwd: string
  readonly exits: "at an error" | "at its end"
}

export interface Thread extends Surroundings {
  /** What `kill` and `$!` call it. */
  readonly id: number
  readonly stack: Stack | undefined
  readonly status: number
  /** The child it has put into the background last. */
  readonly child: number | undefined
  /** How often in a row it has used up a moment's commands. */
  readonly busy: number
  readonly wait: Wait | undefined
}

export const push = (stack: Stack | undefined, ...frames: ReadonlyArray<Frame>): Stack | undefined => {
  let out = stack
  for (const frame of frames) out = { frame, below: out }
  return out
}

export const surroundingsOf = ({ cwd, err, exits, functions, out, positional, stdin, variables }: Surroundings): Surroundings => ({
  cwd,
  err,
  exits,
  functions,
  out,
  positional,
  stdin,
  variables
})

/** Down to a frame, with or without it; redirections on the way end. The process' own end is never passed. */
export const unwound = (thread: Thread, isEnd: (frame: Frame) => boolean, end: "kept" | "dropped"): Thread => {
  let now = thread
  for (let cell = thread.stack; cell !== undefined; cell = cell.below) {
    const { frame } = cell
    if (isEnd(frame)) return { ...now, stack: end === "kept" ? cell : cell.below }
    if (frame._tag === "Process") return { ...now, stack: cell }
    if (frame._tag === "Restore") now = { ...now, out: frame.out, err: frame.err, stdin: frame.stdin }
  }
  return { ...now, stack: undefined }
}

/** The process is through. */
export const left = (thread: Thread, status: number): Thread => ({ ...unwound(thread, ({ _tag }) => _tag === "Process", "kept"), status })

/** A local variable of the function that runs, or of nothing. */
export const withLocal = (stack: Stack | undefined, name: string, before: string | undefined): Stack | undefined => {
  if (stack === undefined) return undefined
  const { below, frame } = stack
  if (frame._tag === "Process") return stack
  if (frame._tag !== "Return" || frame.of !== "function") return { frame, below: withLocal(below, name, before) }
  return { frame: name in frame.locals ? frame : { ...frame, locals: { ...frame.locals, [name]: before } }, below }
}
