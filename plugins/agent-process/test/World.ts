/** The machine's clock, a spawner, and programs to try. */
import type { AgentContext } from "@aiopslab/core/Agent"
import { WallClock } from "@aiopslab/core/WallClock"
import * as NodeServices from "@effect/platform-node/NodeServices"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as fs from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"

export const wall = WallClock.of({
  now: Effect.sync(() => Date.now()),
  hold: (work) => work,
  within: (limit) => (work) =>
    Effect.raceFirst(
      Effect.map(work, Option.some),
      Effect.callback<Option.Option<never>>((resume) => {
        const timer = setTimeout(() => resume(Effect.succeed(Option.none())), Duration.toMillis(limit))
        return Effect.sync(() => clearTimeout(timer))
      })
    )
})

export const world = Layer.mergeAll(Layer.succeed(WallClock, wall), NodeServices.layer)

export const context: AgentContext = {
  task: "detection",
  description: "Namespace: shop",
  instructions: "",
  apis: { submit: "submit(...)" }
}

/** A Node program that answers the protocol's lines with what `body` makes of each request; `send` writes a line. */
export const program = (body: string): ReadonlyArray<string> => [
  process.execPath,
  "--input-type=module",
  "-e",
  `import { createInterface } from "node:readline"
   const send = (value) => process.stdout.write((typeof value === "string" ? value : JSON.stringify(value)) + "\\n")
   let turn = 0
   ${body}`
]

/** Answers `init`, then runs this for every action. */
export const answering = (onAction: string, before = ""): ReadonlyArray<string> =>
  program(`${before}
    for await (const line of createInterface({ input: process.stdin })) {
      const request = JSON.parse(line)
      if (request.type === "init") send({ type: "ready" })
      else { turn++; ${onAction} }
    }`)

/** A zombie that its parent has not yet buried is dead. */
export const alive = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    const stat = `/proc/${pid}/stat`
    return !fs.existsSync(stat) || !/^\d+ \(.*\) Z/su.test(fs.readFileSync(stat, "utf8"))
  } catch {
    return false
  }
}

/** A file in a folder of its own, removed with the scope. */
export const scratch = (name: string) =>
  Effect.map(
    Effect.acquireRelease(
      Effect.sync(() => fs.mkdtempSync(join(tmpdir(), "agent-process-"))),
      (folder) => Effect.sync(() => fs.rmSync(folder, { recursive: true, force: true }))
    ),
    (folder) => join(folder, name)
  )
