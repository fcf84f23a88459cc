/** Real processes: `aiopslab` from this checkout, and any other program. */
import * as NodeServices from "@effect/platform-node/NodeServices"
import * as Effect from "effect/Effect"
import * as ChildProcess from "effect/process/ChildProcess"
import * as Stream from "effect/Stream"
import { fileURLToPath } from "node:url"

export const root = fileURLToPath(new URL("../../../", import.meta.url))
const bin = fileURLToPath(new URL("../../../apps/cli/bin/aiopslab.js", import.meta.url))

export interface Finished {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

export interface Invocation {
  readonly argv: ReadonlyArray<string>
  readonly cwd?: string
  readonly env?: Readonly<Record<string, string>>
  readonly stdin?: string
}

const text = <E, R>(stream: Stream.Stream<Uint8Array, E, R>) => Stream.mkString(Stream.decodeText(stream))

/** A process; its end when the scope closes. */
const spawn = (program: string, { argv, cwd, env, stdin }: Invocation) =>
  ChildProcess.make(program, [...argv], {
    cwd: cwd ?? root,
    env: { ...env, NO_COLOR: "1" },
    extendEnv: true,
    forceKillAfter: "5 seconds",
    ...(stdin === undefined ? {} : { stdin: Stream.encodeText(Stream.make(stdin)) })
  })

/** Runs to its end. A process that was killed has code 137, as in a shell. */
export const finish = Effect.fnUntraced(
  function* (program: string, invocation: Invocation) {
    const child = yield* spawn(program, invocation)
    const [stdout, stderr, code] = yield* Effect.all(
      [text(child.stdout), text(child.stderr), child.exitCode.pipe(Effect.catch(() => Effect.succeed(137)))],
      { concurrency: "unbounded" }
    )
    return { code: Number(code), stdout, stderr } satisfies Finished
  },
  Effect.scoped,
  Effect.provide(NodeServices.layer)
)

export const aiopslab = (argv: ReadonlyArray<string>, options: Omit<Invocation, "argv"> = {}) =>
  finish(process.execPath, { ...options, argv: [bin, ...argv] })

/** A process that goes on; its standard output by lines. */
export const start = Effect.fnUntraced(function* (program: string, invocation: Invocation) {
  return yield* spawn(program, invocation)
}, Effect.provide(NodeServices.layer))

export const startAiopslab = (argv: ReadonlyArray<string>, options: Omit<Invocation, "argv"> = {}) =>
  start(process.execPath, { ...options, argv: [bin, ...argv] })
