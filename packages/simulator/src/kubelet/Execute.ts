/** Runs a command in a container for the kubelet: one of the image's own executables, or one of its shell's. */
import type { NetworkRequest, Program, ProgramEffect } from "@aiopslab/core/Behaviour"
import * as BehaviourOf from "@aiopslab/core/Behaviour"
import type { Container } from "../Container.ts"
import * as Command from "../sh/Command.ts"
import type { Given } from "../sh/Processes.ts"
import * as ShellProgram from "../sh/Program.ts"
import { baseName } from "../sh/Word.ts"
import type { Turn } from "../Turn.ts"
import * as Files from "./Files.ts"
import * as Running from "./Program.ts"
import * as RuntimeError from "./RuntimeError.ts"
import * as Witness from "./Witness.ts"

export interface Executed {
  readonly outcome:
    | { readonly _tag: "Exited"; readonly status: number }
    | { readonly _tag: "TimedOut" }
    /** The runtime couldn't start it. */
    | { readonly _tag: "NotStarted"; readonly message: string }
  /** Both streams, as they came. */
  readonly output: string
  readonly stdout: string
  readonly stderr: string
  readonly elapsedMillis: number
  /** Whether the same comes out again as long as the container stays as it is. */
  readonly steady: "yes" | "no"
}

const executable = (turn: Turn, container: Container, argv: ReadonlyArray<string>, stdin: string): Executed => {
  const witness = Witness.of(turn, container)
  const input = { _tag: "Exec", argv: [baseName(argv[0]), ...argv.slice(1)], stdin } as const
  const trial = container.program?.step(container.memory, input, witness.context)
  const isSteady =
    trial !== undefined && trial.state === container.memory && trial.effects.every(({ _tag }) => _tag === "Output") && witness.isContent()
  const output = isSteady ? trial.effects.find((effect) => effect._tag === "Output") : Running.step(turn, container.key, input).output
  return {
    outcome: { _tag: "Exited", status: output?.exitCode ?? 137 },
    output: `${output?.stdout ?? ""}${output?.stderr ?? ""}`,
    stdout: output?.stdout ?? "",
    stderr: output?.stderr ?? "",
    elapsedMillis: 0,
    steady: isSteady ? "yes" : "no"
  }
}

const write = (turn: Turn, container: Container, files: ReadonlyMap<string, string | undefined>): Container => {
  let after = turn.containers.get(container.key) ?? container
  for (const [path, text] of files) after = Running.write(turn, after, path, text)
  if (files.size > 0) turn.setContainer(after)
  return after
}

/** What was done to the container's files since then. */
const done = (turn: Turn, before: Container, volumes: Turn["volumes"]): ReadonlyArray<ProgramEffect> => {
  const after = turn.containers.get(before.key) ?? before
  return Files.changes({ container: before, volumes }, { container: after, volumes: turn.volumes }).map(([path, text]) => ({
    _tag: "WriteFile",
    path,
    text
  }))
}

/** What a script within the command calls: the image's executables answer as they do when they are run by themselves. */
const called = (turn: Turn, container: Container, argv: ReadonlyArray<string>, given: Given, touch: () => void): Program | undefined => {
  if (container.behaviour?.executables.includes(baseName(argv[0])) !== true) return undefined
  return BehaviourOf.program<null>({
    initial: null,
    step: (state, input) => {
      if (input._tag !== "Start") return { state, effects: [] }
      touch()
      const before = write(turn, container, given.written)
      const { volumes } = turn
      const { outcome, output } = executable(turn, before, argv, given.stdin)
      const lines = output.replace(/\n$/u, "")
      return {
        state,
        effects: [
          ...done(turn, before, volumes),
          ...(lines === "" ? [] : lines.split("\n").map((line) => ({ _tag: "Log", stream: "stdout", line }) as const)),
          { _tag: "Exit", code: outcome._tag === "Exited" ? outcome.status : 137 }
        ]
      }
    }
  })
}

const command = (turn: Turn, container: Container, argv: ReadonlyArray<string>, limitMillis: number, stdin: string): Executed => {
  const witness = Witness.of(turn, container)
  let alone = true
  const touch = (): void => {
    alone = false
  }
  const { elapsedMillis, output, signals, status, stderr, stdout, written } = Command.run(argv, limitMillis, {
    context: witness.context,
    stdin,
    resolve: (words, given) => called(turn, container, words, given, touch),
    call: (host: string, port: number, request: NetworkRequest): Running.Answered => {
      touch()
      return Running.ask(turn, container, host, port, request)
    }
  })
  write(turn, container, written)
  if (signals.includes("TERM")) Running.step(turn, container.key, { _tag: "Signal", signal: "SIGTERM" })
  const isSteady = alone && elapsedMillis === 0 && written.size === 0 && signals.length === 0 && witness.isContent()
  return {
    outcome: status === "timed out" ? { _tag: "TimedOut" } : { _tag: "Exited", status },
    output,
    stdout,
    stderr,
    elapsedMillis,
    steady: isSteady ? "yes" : "no"
  }
}

/** What it does to files is there at once, whatever time it takes. */
export const execute = (turn: Turn, container: Container, argv: ReadonlyArray<string>, limitMillis: number, stdin = ""): Executed => {
  const { behaviour } = container
  if (behaviour?.executables.includes(baseName(argv[0])) === true) return executable(turn, container, argv, stdin)
  if (behaviour !== undefined && ShellProgram.starts(behaviour, argv)) return command(turn, container, argv, limitMillis, stdin)
  const message = RuntimeError.execFailed(argv[0] ?? "")
  return {
    outcome: { _tag: "NotStarted", message },
    output: "",
    stdout: "",
    stderr: "",
    elapsedMillis: 0,
    steady: "no"
  }
}
