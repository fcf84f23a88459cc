/**
 * Says which process is at work in a run folder. A process is told apart from a later one with the same id by its start time, so a lease
 * ends with its process, however that died. Another machine's lease is believed until its heartbeat is a minute old.
 */
import { type LabError, labError } from "@aiopslab/core/LabError"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import type * as Scope from "effect/Scope"
import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import { attempt, readIfThereSync, writeAtomicSync } from "./Files.ts"
import { machineClock } from "@aiopslab/core/WallClock"

export const Lease = Schema.Struct({
  host: Schema.String,
  pid: Schema.Int,
  /** Start of the process as the kernel counts it; empty where it can't be read. */
  started: Schema.String
})
export type Lease = typeof Lease.Type

const file = "run.lock"
const beatMillis = 10_000
const staleMillis = 60_000

/** Field 22 of /proc/PID/stat; the second field may hold spaces and parentheses. Empty elsewhere than on Linux. */
const startOf = (pid: number): string => {
  const stat = readIfThereSync(`/proc/${pid}/stat`)
  return stat === undefined ? "" : (stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19] ?? "")
}

const runs = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    return true
  } catch (cause) {
    return cause instanceof Error && "code" in cause && cause.code === "EPERM"
  }
}

const decode = Schema.decodeUnknownOption(Schema.fromJsonString(Lease))

const read = (dir: string): Effect.Effect<Option.Option<Lease>, LabError> =>
  attempt(path.join(dir, file), () => Option.flatMap(Option.fromUndefinedOr(readIfThereSync(path.join(dir, file))), decode))

/** The lease of a process that is still at work in this folder. */
export const live = (dir: string): Effect.Effect<Option.Option<Lease>, LabError> =>
  Effect.flatMap(read(dir), (found) =>
    attempt(dir, () =>
      Option.filter(found, (lease) => {
        if (lease.host !== os.hostname()) {
          return machineClock.currentTimeMillisUnsafe() - fs.statSync(path.join(dir, file)).mtimeMs < staleMillis
        }
        return runs(lease.pid) && startOf(lease.pid) === lease.started
      })
    )
  )

/** Holds the folder until the scope closes; fails with RUN_IN_PROGRESS when a live process holds it. */
export const acquire = (dir: string): Effect.Effect<Lease, LabError, Scope.Scope> =>
  Effect.gen(function* () {
    const other = yield* live(dir)
    if (Option.isSome(other)) return yield* labError("RUN_IN_PROGRESS", { dir, pid: other.value.pid })
    const lease: Lease = { host: os.hostname(), pid: process.pid, started: startOf(process.pid) }
    const lock = path.join(dir, file)
    yield* Effect.acquireRelease(
      attempt(lock, () => {
        writeAtomicSync(lock, JSON.stringify(lease))
        return setInterval(() => {
          const seconds = machineClock.currentTimeMillisUnsafe() / 1000
          fs.utimes(lock, seconds, seconds, () => undefined)
        }, beatMillis).unref()
      }),
      (beat) =>
        Effect.sync(() => {
          clearInterval(beat)
          fs.rmSync(lock, { force: true })
        })
    )
    return lease
  })
