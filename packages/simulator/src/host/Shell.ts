/**
 * A shell in a container: just-bash over the container's files, with the image's own programs as commands. Nothing of the host is
 * reachable; what a script may use up is bounded. Loaded when it is first needed.
 */
import { virtualEpoch } from "@aiopslab/core/Cluster"
import { WallClock } from "@aiopslab/core/WallClock"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type { Container } from "../Container.ts"
import * as Files from "../kubelet/Files.ts"
import { procVersion } from "../Kernel.ts"
import * as Program from "../kubelet/Program.ts"
import type { Cell } from "./Cell.ts"
import { tools } from "./Tools.ts"

export interface Output {
  readonly stdout: string
  readonly stderr: string
  readonly exitCode: number
}

const limits = { maxCommandCount: 2_000, maxLoopIterations: 5_000, maxOutputSize: 1_000_000, maxExecutionTimeMs: 20_000 }

/** Runs one of the behaviour's programs in the container. */
export const program = (cell: Cell, key: string, argv: ReadonlyArray<string>, stdin: string): Effect.Effect<Output> =>
  cell.change((turn): Output => {
    const { output } = Program.step(turn, key, { _tag: "Exec", argv, stdin })
    return output === undefined
      ? { stdout: "", stderr: `${argv[0] ?? ""}: the container is not running\n`, exitCode: 137 }
      : { stdout: output.stdout, stderr: output.stderr, exitCode: output.exitCode }
  })

type JustBash = typeof import("just-bash")

/** Something that the script wants of the cluster or its clock; the fibre that runs the script does it. */
type Ask = (wish: Effect.Effect<Output>) => Promise<Output>

const commands = (bash: JustBash, cell: Cell, container: Container, ask: Ask) => [
  ...(container.behaviour?.executables ?? []).map((name) =>
    bash.defineCommand(name, (args, context) => ask(program(cell, container.key, [name, ...args], bash.decodeBytesToUtf8(context.stdin))))
  ),
  bash.defineCommand("hostname", () =>
    Promise.resolve({ stdout: `${container.env["HOSTNAME"] ?? container.pod}\n`, stderr: "", exitCode: 0 })
  )
]

/** Where the trial has a clock of its own it stands still while just-bash computes; wishes are fulfilled outside. */
const holding = Effect.map(
  Effect.serviceOption(WallClock),
  (wall) =>
    <A>(work: Effect.Effect<A>): Effect.Effect<A> =>
      Option.isSome(wall) ? wall.value.hold(work) : work
)

/** Runs a script; what it wrote into files is in the world afterwards. Interruption aborts it. */
export const script = (cell: Cell, container: Container, text: string, args: ReadonlyArray<string>, stdin: string): Effect.Effect<Output> =>
  Effect.gen(function* () {
    const hold = yield* holding
    const bash = yield* hold(Effect.promise(() => import("just-bash")))
    const clock = yield* Clock.Clock
    const before = Files.all(yield* cell.present, container)
    const { DatedFiles } = yield* hold(Effect.promise(() => import("./DatedFiles.ts")))
    const fs = new DatedFiles({ "/tmp/.keep": "", ...before }, startOf(container), () => clock.currentTimeMillisUnsafe())
    const wishes: Array<Effect.Effect<void>> = []
    let wake = () => {}
    const ask = <A>(wish: Effect.Effect<A>): Promise<A> =>
      new Promise((resolve) => {
        wishes.push(Effect.map(wish, resolve))
        wake()
      })
    const shell = new bash.Bash({
      fs,
      cwd: "/",
      env: { ...container.env, HOME: "/root" },
      customCommands: [
        ...commands(bash, cell, container, ask),
        bash.defineCommand(
          "date",
          (given, context) =>
            context.origCommand?.(
              given.some((one) => /^(?:-[a-zA-Z]*d|--date)/u.test(one))
                ? given
                : ["-d", `@${Math.floor(clock.currentTimeMillisUnsafe() / 1000)}`, ...given]
            ) ?? Promise.resolve({ stdout: "", stderr: "date: not found\n", exitCode: 127 })
        )
      ],
      sleep: (millis) => ask(Effect.sleep(millis)),
      commands: [...tools, "bash", "sh"],
      executionLimits: limits
    })
    // the interpreter writes its own name there
    fs.writeFileSync("/proc/version", procVersion)
    const controller = new AbortController()
    let ended: Output | undefined
    const start = Effect.sync(() => {
      const end = (output: Output) => {
        ended = output
        wake()
      }
      shell.exec(text, { signal: controller.signal, stdin, args: [...args] }).then(
        ({ exitCode, stderr, stdout }) => end({ stdout, stderr, exitCode }),
        (error: unknown) => end({ stdout: "", stderr: `sh: ${error instanceof Error ? error.message : String(error)}\n`, exitCode: 1 })
      )
    })
    const computed = Effect.callback<void>((resume) => {
      wake = () => {
        if (wishes.length > 0 || ended !== undefined) resume(Effect.void)
      }
      wake()
    })
    const output = yield* Effect.gen(function* () {
      yield* hold(Effect.andThen(start, computed))
      for (;;) {
        const wish = wishes.shift()
        if (wish !== undefined) yield* wish
        else if (ended !== undefined) return ended
        yield* hold(computed)
      }
    }).pipe(Effect.onInterrupt(() => Effect.sync(() => controller.abort())))
    yield* keep(cell, container.key, before, yield* hold(filesOf(fs)))
    return output
  })

/** Milliseconds since the epoch. */
const startOf = ({ state }: Container): number => (state._tag === "Waiting" ? virtualEpoch : state.startedAt)

interface ReadableFs {
  readonly getAllPaths: () => Array<string>
  readonly stat: (path: string) => Promise<{ readonly isFile: boolean }>
  readonly readFile: (path: string) => Promise<string>
}

/** just-bash makes these itself. */
const ownFolders = ["/bin/", "/usr/bin/", "/dev/", "/proc/"]

const filesOf = (fs: ReadableFs): Effect.Effect<ReadonlyMap<string, string>> =>
  Effect.gen(function* () {
    const out = new Map<string, string>()
    for (const path of fs.getAllPaths()) {
      if (path === "/tmp/.keep" || ownFolders.some((folder) => path.startsWith(folder))) continue
      const { isFile } = yield* Effect.promise(() => fs.stat(path))
      if (isFile) out.set(path, yield* Effect.promise(() => fs.readFile(path)))
    }
    return out
  })

/** Only what the script changed: a program may have written other files meanwhile. */
const keep = (
  cell: Cell,
  key: string,
  before: Readonly<Record<string, string>>,
  after: ReadonlyMap<string, string>
): Effect.Effect<void> => {
  const changed = [...after].filter(([path, text]) => before[path] !== text)
  const removed = Object.keys(before).filter((path) => !after.has(path) && !ownFolders.some((folder) => path.startsWith(folder)))
  if (changed.length === 0 && removed.length === 0) return Effect.void
  return cell.change((turn) => {
    let container = turn.containers.get(key)
    if (container === undefined) return
    for (const [path, text] of changed) container = Program.written(turn, Files.write(turn, container, path, text))
    for (const path of removed) container = Program.written(turn, Files.write(turn, container, path, undefined))
    turn.setContainer(container)
  })
}
