/** `exec` in a container: which program an argv means, and the frames of its answer. */
import type { Duplex, Frame, KubeStatus } from "@aiopslab/core/Kubernetes"
import { KubeStatus as Status } from "@aiopslab/core/Kubernetes"
import type { ContainerRef } from "@aiopslab/kubernetes/Host"
import * as Arr from "effect/Array"
import * as Cause from "effect/Cause"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Queue from "effect/Queue"
import * as Stream from "effect/Stream"
import type { Container } from "../Container.ts"
import type { Result } from "@aiopslab/shell/Shell"
import * as Draw from "../Draw.ts"
import * as RuntimeError from "../kubelet/RuntimeError.ts"
import { baseName, quoted } from "../sh/Word.ts"
import type { Cell } from "./Cell.ts"
import * as Commands from "./Commands.ts"
import * as Logs from "./Logs.ts"
import * as Shell from "./Shell.ts"
import * as Terminal from "./Terminal.ts"
import { tools } from "./Tools.ts"

export const notFound = (container: string) =>
  new Status({ code: 500, reason: "InternalError", message: `unable to upgrade connection: container not found ("${container}")` })

const shells: ReadonlySet<string> = new Set(["sh", "ash", "dash", "bash"])

/** `sh -c TEXT NAME ARGS…` or `sh FILE ARGS…`; a shell without arguments reads its standard input. */
const scriptOf = (argv: ReadonlyArray<string>, stdin: string): readonly [text: string, stdin: string] => {
  const at = argv.findIndex((word, i) => i > 0 && /^-[a-z]*c$/u.test(word))
  if (at > 0) {
    const parameters = argv.slice(at + 3)
    const text = argv[at + 1] ?? ""
    return [parameters.length === 0 ? text : `set -- ${parameters.map(quoted).join(" ")}; ${text}`, stdin]
  }
  const file = argv.findIndex((word, i) => i > 0 && !word.startsWith("-"))
  return file > 0 ? [`. ${argv.slice(file).map(quoted).join(" ")}`, stdin] : [stdin, ""]
}

/** The runtime could not start the command. */
interface Unstarted {
  readonly message: string
}

/** Two servers on the way call it their internal error; the runtime gives each command an id. */
const missing = (container: Container, program: string): Unstarted => ({
  message: `${"Internal error occurred: ".repeat(2)}error executing command in container: failed to exec in container: failed to start exec "${Draw.hex("exec", container.key, 0, 8)}": ${RuntimeError.execFailed(program)}`
})

/**
 * `tar cf - /etc/hostname`, as `kubectl cp` asks for it: archives have names without their leading slash, which the interpreter's tar keeps.
 */
const archived = ([mode = "", file = "", ...paths]: ReadonlyArray<string>): ReadonlyArray<string> | undefined =>
  /^-?c\w*f$/u.test(mode) && paths.length > 0 && paths.every((path) => /^\/./u.test(path))
    ? [mode, file, "-C", "/", ...paths.map((path) => path.slice(1))]
    : undefined

const run = (cell: Cell, container: Container, argv: ReadonlyArray<string>, stdin: string): Effect.Effect<Result | Unstarted> => {
  const { behaviour } = container
  const name = baseName(argv[0] ?? "")
  const prepare = behaviour === undefined ? Effect.void : Effect.orDie(behaviour.prepare)
  if (behaviour?.executables.includes(name) === true) {
    return Effect.andThen(prepare, Shell.program(cell, container.key, [name, ...argv.slice(1)], stdin))
  }
  const shell = behaviour?.shell ?? "none"
  if (shell === "none") return Effect.succeed(missing(container, argv[0] ?? ""))
  if (shells.has(name) && (name !== "bash" || shell === "bash")) {
    return Effect.andThen(prepare, Shell.script(cell, container, ...scriptOf(argv, stdin)))
  }
  const relative = name === "tar" ? archived(argv.slice(1)) : undefined
  if (relative !== undefined) {
    const script = ["tar", ...relative].map(quoted).join(" ")
    const remark = shell === "bash" ? "tar: Removing leading `/' from member names" : "tar: removing leading '/' from member names"
    return Shell.script(cell, container, `echo ${quoted(remark)} >&2; ${script}`, stdin)
  }
  return name === "test" || Commands.isCommand(name, shell) || tools.some((tool) => tool === name)
    ? Shell.script(cell, container, [name, ...argv.slice(1)].map(quoted).join(" "), stdin)
    : Effect.succeed(missing(container, argv[0] ?? ""))
}

const encoder = new TextEncoder()

export const success: Frame = { channel: 3, data: encoder.encode(JSON.stringify({ metadata: {}, status: "Success" })) }

const failure = (exitCode: number): Frame => ({
  channel: 3,
  data: encoder.encode(
    JSON.stringify({
      metadata: {},
      status: "Failure",
      message: `command terminated with non-zero exit code: exit status ${exitCode}`,
      reason: "NonZeroExitCode",
      details: { causes: [{ reason: "ExitCode", message: String(exitCode) }] }
    })
  )
})

const unstarted = ({ message }: Unstarted): Frame => ({
  channel: 3,
  data: encoder.encode(
    JSON.stringify({ metadata: {}, status: "Failure", message, reason: "InternalError", details: { causes: [{ message }] }, code: 500 })
  )
})

/** In which order a command wrote to its two streams nobody tells here: what it found comes before what it has against it. */
const framesOf = (output: Result | Unstarted): Arr.NonEmptyReadonlyArray<Frame> => {
  if (!("exitCode" in output)) return [unstarted(output)]
  const written: Array<Frame> = []
  if (output.stdout !== "") written.push({ channel: 1, data: encoder.encode(output.stdout) })
  if (output.stderr !== "") written.push({ channel: 2, data: encoder.encode(output.stderr) })
  return Arr.append(written, output.exitCode === 0 ? success : failure(output.exitCode))
}

/**
 * Where somebody sits at a shell, what that does first: nothing without a script. A script may give its terminal to another shell, as those
 * of graphical clients do (`command -v bash >/dev/null && exec bash || exec sh`).
 */
const openingOf = ({ behaviour }: Container, argv: ReadonlyArray<string>): string | undefined => {
  const [program = "", ...words] = argv
  const name = baseName(program)
  const shell = behaviour?.shell ?? "none"
  if (shell === "none" || !shells.has(name) || (name === "bash" && shell !== "bash")) return undefined
  if (words.every((word) => /^-[il]+$/u.test(word))) return ""
  const [option, script = ""] = words
  return option === "-c" && words.length === 2 ? Terminal.handsOver(script) : undefined
}

const atTerminal = (cell: Cell, container: Container, opening: string): Effect.Effect<Duplex> =>
  Effect.gen(function* () {
    const terminal = yield* Terminal.make(cell, container, opening)
    return {
      send: ({ channel, data }) => (channel === 0 ? terminal.typed(data) : Effect.void),
      end: (channel) => (channel === 0 ? terminal.close : Effect.void),
      received: Stream.callback<Frame>((queue) =>
        Effect.gen(function* () {
          const code = yield* terminal.run((frame) => Effect.asVoid(Queue.offer(queue, frame)))
          yield* Queue.offer(queue, code === 0 ? success : failure(code))
          yield* Queue.end(queue)
        })
      )
    }
  })

/** A terminal has one stream, and ends its lines with both. */
const onTerminal = ({ exitCode, stderr, stdout }: Result): Result => ({
  stdout: (stdout + stderr).replaceAll("\n", "\r\n"),
  stderr: "",
  exitCode
})

/**
 * Standard input is read to its end before the command runs; the command runs when its answer is read. At a terminal there is a shell that
 * runs line by line, and any other command finds no input.
 */
export const exec = (
  cell: Cell,
  ref: ContainerRef,
  argv: ReadonlyArray<string>,
  options: { readonly stdin: boolean; readonly tty: boolean }
): Effect.Effect<Duplex, KubeStatus> =>
  Effect.flatMap(cell.present, (world) => {
    const container = Logs.find(world, ref)
    if (container === undefined || container.state._tag !== "Running") return Effect.fail(notFound(ref.container))
    const opening = options.tty && options.stdin ? openingOf(container, argv) : undefined
    if (opening !== undefined) return atTerminal(cell, container, opening)
    const chunks: Array<Uint8Array> = []
    const ended = Deferred.makeUnsafe<void>()
    const answer = Effect.suspend(() =>
      Effect.map(run(cell, container, argv, Buffer.concat(chunks).toString()), (output) =>
        framesOf(options.tty && "exitCode" in output ? onTerminal(output) : output)
      )
    )
    const whole = options.stdin && !options.tty ? Effect.andThen(Deferred.await(ended), answer) : answer
    let told = false
    // one pull for everything: the common reader, a probe of a trial, pays for no more of a stream than that
    const pull = Effect.suspend(() => {
      if (told) return Cause.done()
      told = true
      return whole
    })
    return Effect.succeed<Duplex>({
      send: ({ channel, data }) =>
        Effect.sync(() => {
          if (channel === 0) chunks.push(data)
        }),
      end: (channel) => (channel === 0 ? Effect.asVoid(Deferred.succeed(ended, undefined)) : Effect.void),
      received: Stream.fromPull(Effect.succeed(pull))
    })
  })
