/** A container without a cluster: a script as its first process, in virtual time. */
import type { NetworkReply, ProgramContext, ProgramInput } from "@aiopslab/core/Behaviour"
import { program } from "../../src/sh/Program.ts"
import type { Resolve } from "../../src/sh/Processes.ts"

export interface Told {
  /** `0.5s out: text`. */
  readonly log: ReadonlyArray<string>
  readonly exit: string
  readonly files: Readonly<Record<string, string>>
  readonly listens: ReadonlyArray<number>
}

export interface Given {
  readonly argv: ReadonlyArray<string>
  readonly files?: Readonly<Record<string, string>>
  readonly env?: Readonly<Record<string, string>>
  readonly resolve?: Resolve
  /** What is behind every address. */
  readonly reply?: NetworkReply
  /** Seconds at which SIGTERM comes. */
  readonly signals?: ReadonlyArray<number>
  /** Seconds to look at; default 60. */
  readonly until?: number
}

export const run = (given: Given): Told => {
  const files = new Map<string, string>(Object.entries(given.files ?? {}))
  const log: Array<string> = []
  const listens: Array<number> = []
  const shell = program(given.resolve ?? (() => undefined))
  const queue: Array<{ readonly at: number; readonly input: ProgramInput }> = [
    { at: 0, input: { _tag: "Start" } },
    ...(given.signals ?? []).map((second) => ({ at: second * 1000, input: { _tag: "Signal", signal: "SIGTERM" } as const }))
  ]
  const context = (now: number): ProgramContext => ({
    now,
    namespace: "default",
    pod: "pod",
    podIp: "10.244.1.2",
    node: "node",
    container: "main",
    image: "busybox:1.35",
    argv: given.argv,
    env: { HOSTNAME: "pod", ...given.env },
    restarts: 0,
    file: (path) => files.get(path),
    list: (directory) => {
      const prefix = `${directory.replace(/\/+$/u, "")}/`
      return [
        ...new Set([...files.keys()].filter((path) => path.startsWith(prefix)).map((path) => path.slice(prefix.length).split("/")[0] ?? ""))
      ].sort()
    },
    isReadOnly: () => false,
    data: () => undefined,
    random: () => 0
  })
  let state = shell.initial
  let exit = "runs"
  while (queue.length > 0 && exit === "runs") {
    queue.sort((a, b) => a.at - b.at)
    const next = queue.shift()
    if (next === undefined || next.at > (given.until ?? 60) * 1000) break
    const { effects, state: after } = shell.step(state, next.input, context(next.at))
    state = after
    for (const effect of effects) {
      if (effect._tag === "Log") log.push(`${next.at / 1000}s ${effect.stream === "stdout" ? "out" : "err"}: ${effect.line}`)
      else if (effect._tag === "Exit") exit = `${effect.code} at ${next.at / 1000}s`
      else if (effect._tag === "Timer") queue.push({ at: next.at + effect.afterMillis, input: { _tag: "Timer", name: effect.name } })
      else if (effect._tag === "Listen") listens.push(effect.port)
      else if (effect._tag === "Call")
        queue.push({ at: next.at + 2, input: { _tag: "Reply", id: effect.id, reply: given.reply ?? { _tag: "ok" } } })
      else if (effect._tag === "WriteFile") {
        if (effect.text === undefined) files.delete(effect.path)
        else files.set(effect.path, effect.text)
      }
    }
  }
  return { log, exit, files: Object.fromEntries(files), listens }
}

/** What a script prints, line by line, and its status. */
export const printed = (script: string, more: Omit<Given, "argv"> = {}): { readonly out: ReadonlyArray<string>; readonly exit: string } => {
  const { exit, log } = run({ ...more, argv: ["sh", "-c", script] })
  return { out: log.map((line) => line.replace(/^\S+ out: |^\S+ (?=err)/u, "")), exit: exit.replace(/ at .*$/u, "") }
}
