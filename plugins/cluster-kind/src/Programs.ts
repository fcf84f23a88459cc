/** The programs `kind` and `docker`. Interruption ends them and waits for that. */
import { type LabError, labError } from "@aiopslab/core/LabError"
import * as Effect from "effect/Effect"
import * as ChildProcess from "effect/process/ChildProcess"
import type { ChildProcessSpawner } from "effect/process/ChildProcessSpawner"
import * as Stream from "effect/Stream"
import { blame } from "./Blame.ts"

type Program = "kind" | "docker" | "kubectl" | "df"

const text = <E>(stream: Stream.Stream<Uint8Array, E>) => Stream.mkString(Stream.decodeText(stream))

/** A process group of its own: Ctrl-C goes to us, and we end it. */
const run = (program: Program, argv: ReadonlyArray<string>) =>
  Effect.gen(function* () {
    const child = yield* ChildProcess.make(program, argv, {
      stdin: "ignore",
      detached: true,
      killSignal: "SIGTERM",
      forceKillAfter: "10 seconds"
    })
    const [stdout, stderr, exit] = yield* Effect.all([text(child.stdout), text(child.stderr), child.exitCode], {
      concurrency: "unbounded"
    })
    return { stdout, stderr, exit: Number(exit) }
  }).pipe(
    Effect.scoped,
    Effect.mapError((error) =>
      error.reason._tag === "NotFound"
        ? labError("CLUSTER_PROGRAM_MISSING", { program })
        : labError("CLUSTER_COMMAND_FAILED", { command: program, exit: -1, said: error.message })
    )
  )

/** What it printed on stdout. `as` is what the error calls the command. */
export const call = (
  program: Program,
  argv: ReadonlyArray<string>,
  as = `${program} ${argv.slice(0, 2).join(" ")}`
): Effect.Effect<string, LabError, ChildProcessSpawner> =>
  Effect.flatMap(run(program, argv), ({ exit, stderr, stdout }) =>
    exit === 0 ? Effect.succeed(stdout) : Effect.fail(blame({ command: as, exit, said: `${stdout}\n${stderr}` }))
  )
