import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as childProcess from "node:child_process"
import * as path from "node:path"
import * as Lab from "./Lab.ts"

const count = 1_000
const killAt = 250

const start = (dir: string) =>
  childProcess.spawn(
    process.execPath,
    ["--conditions=@aiopslab/source", path.join(import.meta.dirname, "programs/many.ts"), dir, String(count)],
    {
      stdio: ["ignore", "pipe", "inherit"]
    }
  )

/** Kills the process as soon as so many trials have ended. */
const killed = (dir: string) =>
  Effect.callback<void>((resume) => {
    const child = start(dir)
    const watcher = setInterval(() => {
      if (Lab.ended(dir).size >= killAt) child.kill("SIGKILL")
    }, 20)
    child.on("exit", () => {
      clearInterval(watcher)
      resume(Effect.void)
    })
    return Effect.sync(() => child.kill("SIGKILL"))
  })

const completed = (dir: string) =>
  Effect.callback<string>((resume) => {
    const child = start(dir)
    let text = ""
    child.stdout.on("data", (chunk) => {
      text += String(chunk)
    })
    child.on("close", () => resume(Effect.succeed(text)))
    return Effect.sync(() => child.kill("SIGKILL"))
  })

describe("a run of a thousand trials", () => {
  it.live(
    "finishes, and after a SIGKILL resumes without running a finished trial again",
    () =>
      Effect.gen(function* () {
        const dir = yield* Lab.temporary
        yield* killed(dir)
        const before = Lab.ended(dir)
        assert.isAtLeast(before.size, killAt)
        assert.isBelow(before.size, count)
        const summary = JSON.parse(yield* completed(dir)) as { readonly trials: number; readonly passed: number }
        assert.deepInclude(summary, { trials: count, passed: count })
        const after = Lab.ended(dir)
        for (const [id, inode] of before) assert.strictEqual(after.get(id), inode, `${id} ran again`)
      }).pipe(Effect.scoped),
    180_000
  )
})
