/** The two servers, each in processes of its own, as a client finds them. */
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import * as ChildProcess from "effect/process/ChildProcess"
import * as fs from "node:fs"
import * as path from "node:path"
import * as RealServer from "../RealServer.ts"

export interface Side {
  readonly name: "ours" | "real"
  readonly url: string
  readonly token: string
  /** Milliseconds from the start of the first process to the first answer. */
  readonly startMillis: number
  /** Resident memory of all its processes, MiB. */
  readonly memoryMiB: () => number
  /** Processor time that its processes have taken since they began, milliseconds. */
  readonly cpuMillis: () => number
}

const residentMiB = (pids: ReadonlyArray<number>): number =>
  pids.reduce((sum, pid) => sum + Number(/VmRSS:\s+(\d+)/.exec(fs.readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? 0), 0) / 1024

/** What the kernel counts in, milliseconds. */
const tick = 10

/** User's and system's time, after the name in parentheses, which may hold spaces (proc_pid_stat(5)). */
const cpuMillis = (pids: ReadonlyArray<number>): number =>
  pids.reduce((sum, pid) => {
    const fields = fs
      .readFileSync(`/proc/${pid}/stat`, "utf8")
      .replace(/^.*\) /su, "")
      .split(" ")
    return sum + (Number(fields[11]) + Number(fields[12])) * tick
  }, 0)

/** What is read of running processes. */
const usage = (pids: ReadonlyArray<number>): Pick<Side, "cpuMillis" | "memoryMiB"> => ({
  memoryMiB: () => residentMiB(pids),
  cpuMillis: () => cpuMillis(pids)
})

export const real = Effect.gen(function* () {
  const { pids, startMillis, token, url } = yield* RealServer.start
  const side: Side = { name: "real", url, token, startMillis, ...usage(pids) }
  return side
})

const codeCache = path.join(import.meta.dirname, "../../.report/code")

/** `program`: as `Bundle` made it. */
export const ours = Effect.fnUntraced(function* (program: string) {
  const token = "bench"
  const began = performance.now()
  const handle = yield* ChildProcess.make(
    process.execPath,
    [program, token],
    // with V8's code cache, as the command has it from its second run on
    { stdin: "ignore", stderr: "inherit", killSignal: "SIGKILL", env: { NODE_COMPILE_CACHE: codeCache }, extendEnv: true }
  )
  const [line = ""] = yield* handle.stdout.pipe(Stream.decodeText(), Stream.splitLines, Stream.take(1), Stream.runCollect)
  const { url } = JSON.parse(line) as { readonly url: string }
  const side: Side = {
    name: "ours",
    url,
    token,
    startMillis: performance.now() - began,
    ...usage([Number(handle.pid)])
  }
  return side
})
