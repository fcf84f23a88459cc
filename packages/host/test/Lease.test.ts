import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { spawnSync } from "node:child_process"
import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import * as Lease from "../src/edge/Lease.ts"

const folder = Effect.acquireRelease(
  Effect.sync(() => fs.mkdtempSync(path.join(os.tmpdir(), "aiopslab-lease-"))),
  (dir) => Effect.sync(() => fs.rmSync(dir, { recursive: true }))
)

const lock = (dir: string): string => path.join(dir, "run.lock")

const write = (dir: string, lease: Partial<Lease.Lease>) =>
  Effect.sync(() => fs.writeFileSync(lock(dir), JSON.stringify({ host: os.hostname(), pid: process.pid, started: "1", ...lease })))

describe("a lease", () => {
  it.live("keeps others out until its scope closes", () =>
    Effect.gen(function* () {
      const dir = yield* folder
      yield* Effect.scoped(
        Effect.gen(function* () {
          const lease = yield* Lease.acquire(dir)
          assert.deepStrictEqual(yield* Lease.live(dir), Option.some(lease))
          const refused = yield* Effect.flip(Effect.scoped(Lease.acquire(dir)))
          assert.strictEqual(refused.code, "RUN_IN_PROGRESS")
        })
      )
      assert.deepStrictEqual([yield* Lease.live(dir), fs.existsSync(lock(dir))], [Option.none(), false])
    })
  )

  it.live("ends with its process, and is not that of a later one with the same id", () =>
    Effect.gen(function* () {
      const dir = yield* folder
      const { pid } = spawnSync("true")
      yield* write(dir, { pid, started: "" })
      assert.deepStrictEqual(yield* Lease.live(dir), Option.none())
      yield* write(dir, { pid: process.pid, started: "0" })
      assert.deepStrictEqual(yield* Lease.live(dir), Option.none())
      yield* Effect.scoped(Lease.acquire(dir))
    })
  )

  it.live("of another machine is believed until its heartbeat is a minute old", () =>
    Effect.gen(function* () {
      const dir = yield* folder
      yield* write(dir, { host: "elsewhere", pid: 1 })
      assert.isTrue(Option.isSome(yield* Lease.live(dir)))
      const old = fs.statSync(lock(dir)).mtimeMs / 1000 - 61
      fs.utimesSync(lock(dir), old, old)
      assert.deepStrictEqual(yield* Lease.live(dir), Option.none())
    })
  )

  it.live("that cannot be read holds nothing", () =>
    Effect.gen(function* () {
      const dir = yield* folder
      fs.writeFileSync(lock(dir), "{")
      assert.deepStrictEqual(yield* Lease.live(dir), Option.none())
      assert.deepStrictEqual(yield* Lease.live(path.join(dir, "nowhere")), Option.none())
    })
  )
})
