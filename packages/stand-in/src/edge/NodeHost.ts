/** The node that this process is on: its own programs in its own file system, in whose network this process is already. */
import { labError, type LabError } from "@aiopslab/core/LabError"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { execFile } from "node:child_process"
import type { Command } from "../node/Impairing.ts"
import { NodeMachine } from "../node/NodeMachine.ts"
import { firstOf } from "./Processes.ts"
import * as Relay from "./Relay.ts"

const patienceMillis = 10_000

const run = ([program = "", ...argv]: Command): Effect.Effect<string, LabError> =>
  Effect.callback((resume) => {
    const child = execFile(
      "nsenter",
      ["--target", "1", "--mount", "--", program, ...argv],
      { timeout: patienceMillis, maxBuffer: 16 * 1024 * 1024 },
      (error, stdout, stderr) => {
        if (error === null) return resume(Effect.succeed(stdout))
        const exit = typeof error.code === "number" ? error.code : -1
        resume(
          Effect.fail(labError("CLUSTER_COMMAND_FAILED", { command: [program, ...argv].join(" "), exit, said: stderr || error.message }))
        )
      }
    )
    return Effect.sync(() => void child.kill("SIGKILL"))
  })

const kill = (container: string): Effect.Effect<void> =>
  Effect.sync(() => {
    const pid = firstOf(container)
    if (pid !== undefined) process.kill(pid, "SIGKILL")
  }).pipe(
    // it ended by itself
    Effect.catchDefect(() => Effect.void)
  )

export const layer = (node: string) =>
  Layer.effect(
    NodeMachine,
    Effect.map(Relay.open(Math.random), (relay) => ({ node, run, kill, relay: (legs) => Effect.sync(() => relay(legs)) }))
  )
