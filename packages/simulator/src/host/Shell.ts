/** A shell in a container: the container's files, the image's own programs as commands, and what a machine's shell tells of itself. */
import { virtualEpoch } from "@aiopslab/core/Cluster"
import { seeded } from "@aiopslab/shell/Chance"
import type { Command, Limits, Result } from "@aiopslab/shell/Shell"
import * as Shell from "@aiopslab/shell/Shell"
import * as Effect from "effect/Effect"
import type { Container } from "../Container.ts"
import * as Files from "../kubelet/Files.ts"
import * as Program from "../kubelet/Program.ts"
import type { Cell } from "./Cell.ts"
import * as Commands from "./Commands.ts"
import * as Mirror from "./Mirror.ts"
import { tools } from "./Tools.ts"

const limits: Limits = {
  commands: 2_000,
  loopIterations: 5_000,
  outputBytes: 1_000_000,
  fileBytes: 64 * 1024 * 1024,
  liveBytes: 64 * 1024 * 1024,
  computingMillis: 20_000
}

/** Runs one of the behaviour's programs in the container. */
export const program = (cell: Cell, key: string, argv: ReadonlyArray<string>, stdin: string): Effect.Effect<Result> =>
  cell.change((turn): Result => {
    const { output } = Program.step(turn, key, { _tag: "Exec", argv, stdin })
    return output === undefined
      ? { stdout: "", stderr: `${argv[0] ?? ""}: the container is not running\n`, exitCode: 137 }
      : { stdout: output.stdout, stderr: output.stderr, exitCode: output.exitCode }
  })

const commands = (cell: Cell, container: Container): Readonly<Record<string, Command>> => ({
  ...Commands.commands(cell, container),
  ...Object.fromEntries(
    (container.behaviour?.executables ?? []).map((name): [string, Command] => [
      name,
      ({ argv, stdin }) => program(cell, container.key, [name, ...argv], stdin)
    ])
  )
})

/** The interpreter is bash on Node; busybox has words of its own for a program that is not there, and nobody says ENOENT. */
const spoken = ({ behaviour }: Container, { exitCode, stderr, stdout }: Result): Result => {
  const said = stderr.replaceAll(/ENOENT: (no such file or directory), \w+ '[^'\n]*'/gu, "No such file or directory")
  const missing = /^bash: (?:line \d+: )?(.+): command not found$/gmu
  return { stdout, stderr: behaviour?.shell === "bash" ? said : said.replaceAll(missing, "sh: $1: not found"), exitCode }
}

/** Scripts that share their directory and their variables. */
export interface Session {
  /** What it wrote into files is in the world afterwards. Interruption ends it. */
  readonly run: (text: string, stdin: string) => Effect.Effect<Result>
}

/** `env`: what it has beside the container's variables. */
export const open = (cell: Cell, container: Container, env: Readonly<Record<string, string>> = {}): Effect.Effect<Session> =>
  Effect.gen(function* () {
    const seed = yield* cell.change((turn) => turn.hex(`shell ${container.key}`, 4))
    const seen = { container, volumes: (yield* cell.present).volumes }
    const shell: Shell.Shell = yield* Shell.make({
      files: Files.all(seen, container),
      writtenAt: startOf(container),
      cwd: "/",
      env: { ...container.env, HOME: "/root", ...env },
      commands: commands(cell, container),
      around: (wait) => Effect.suspend(() => Effect.andThen(mirror.push, Effect.tap(wait, mirror.pull))),
      tools: [...tools, "sh", ...(container.behaviour?.shell === "bash" ? (["bash"] as const) : [])],
      limits,
      random: seeded(seed)
    })
    const mirror = Mirror.make(cell, shell.files, seen)
    return {
      run: (text, stdin) =>
        mirror.pull.pipe(
          Effect.andThen(shell.run(text, stdin)),
          Effect.tap(mirror.push),
          Effect.map((result) => spoken(container, result))
        )
    }
  })

export const script = (cell: Cell, container: Container, text: string, stdin: string): Effect.Effect<Result> =>
  Effect.flatMap(open(cell, container), ({ run }) => run(text, stdin))

/** Milliseconds since the epoch. */
const startOf = ({ state }: Container): number => (state._tag === "Waiting" ? virtualEpoch : state.startedAt)
