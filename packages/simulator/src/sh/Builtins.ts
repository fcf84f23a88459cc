/** What the shell itself does, and not a tool: it changes the thread. */
import type { NetworkReply } from "@aiopslab/core/Behaviour"
import type { Answer, Ran } from "./Applet.ts"
import { absolute, ran } from "./Applet.ts"
import { appletNamed } from "./Applets.ts"
import type { Frame, Thread } from "./Thread.ts"
import { left, unwound, withLocal } from "./Thread.ts"

export interface Built {
  readonly thread: Thread
  readonly stdout: string
  readonly stderr: string
  readonly traps?: Readonly<Record<string, string>>
  /** The process becomes this one. */
  readonly exec?: ReadonlyArray<string>
}

export const assigned = (thread: Thread, name: string, value: string): Thread => ({
  ...thread,
  variables: { ...thread.variables, [name]: value }
})

const isLoop = (frame: Frame): boolean => frame._tag === "Loop" || frame._tag === "For"

/** Out of so many loops, or back to the beginning of the last of them. Nothing where there is no loop. */
const looped = (thread: Thread, count: number, end: "kept" | "dropped"): Thread => {
  let now = thread
  for (let i = 1; i <= Math.max(1, count); i++) {
    if (!hasLoop(now)) break
    now = unwound(now, isLoop, i === Math.max(1, count) ? end : "dropped")
  }
  return { ...now, status: 0 }
}

const hasLoop = ({ stack }: Thread): boolean => {
  for (let cell = stack; cell !== undefined && cell.frame._tag !== "Process"; cell = cell.below) if (isLoop(cell.frame)) return true
  return false
}

/** A function's end: its parameters and locals are the caller's again. */
export const returned = (thread: Thread, { locals, positional }: Extract<Frame, { readonly _tag: "Return" }>): Thread => {
  const names = Object.entries(locals)
  if (names.length === 0) return { ...thread, positional }
  const variables: Record<string, string> = { ...thread.variables }
  for (const [name, before] of names) {
    if (before === undefined) delete variables[name]
    else variables[name] = before
  }
  return { ...thread, positional, variables }
}

const numbers: Readonly<Record<string, string>> = { "0": "EXIT", "1": "HUP", "2": "INT", "3": "QUIT", "9": "KILL", "15": "TERM" }

/** `TERM` of `SIGTERM`, `15` and itself. */
export const signalName = (word: string): string => numbers[word] ?? word.toUpperCase().replace(/^SIG/u, "")

const trapped = (traps: Readonly<Record<string, string>>, action: string, words: ReadonlyArray<string>) => {
  const out: Record<string, string> = { ...traps }
  for (const word of words) {
    if (action === "-") delete out[signalName(word)]
    else out[signalName(word)] = action
  }
  return out
}

/** The words of a line for so many variables: the last one gets the rest. */
const split = (line: string, names: ReadonlyArray<string>): ReadonlyArray<readonly [name: string, value: string]> => {
  let rest = line.replace(/^[ \t]+/u, "")
  return names.map((name, i) => {
    if (i === names.length - 1) return [name, rest.replace(/[ \t]+$/u, "")]
    const [word = ""] = rest.split(/[ \t]+/u, 1)
    rest = rest.slice(word.length).replace(/^[ \t]+/u, "")
    return [name, word]
  })
}

const read = (thread: Thread, argv: ReadonlyArray<string>): Thread => {
  const { stdin = "" } = thread
  const end = stdin.indexOf("\n")
  const line = end < 0 ? stdin : stdin.slice(0, end)
  const names = argv.slice(1).filter((word) => !word.startsWith("-"))
  const values = split(line, names.length === 0 ? ["REPLY"] : names)
  const named = values.reduce((now, [name, value]) => assigned(now, name, value), thread)
  return { ...named, stdin: end < 0 ? "" : stdin.slice(end + 1), status: end < 0 ? 1 : 0 }
}

const set = (thread: Thread, argv: ReadonlyArray<string>): Thread => {
  const end = argv.indexOf("--")
  const flags = argv.slice(1, end < 0 ? undefined : end)
  const [zero = "sh"] = thread.positional
  const words = flags.filter((word, i) => !/^[-+]/.test(word) && !/^[-+][a-z]*o$/.test(flags[i - 1] ?? ""))
  const positional = end >= 0 ? [zero, ...argv.slice(end + 1)] : words.length > 0 ? [zero, ...words] : thread.positional
  const isOn = flags.some((word, i) => /^-[a-z]*e/.test(word) || (word === "errexit" && flags[i - 1] === "-o"))
  const isOff = flags.some((word) => /^\+[a-z]*e/.test(word))
  return { ...thread, positional, exits: isOn ? "at an error" : isOff ? "at its end" : thread.exits, status: 0 }
}

const declared = (thread: Thread, argv: ReadonlyArray<string>): Thread =>
  argv.slice(1).reduce<Thread>(
    (now, word) => {
      const at = word.indexOf("=")
      const name = at < 0 ? word : word.slice(0, at)
      const local = argv[0] === "local" ? { ...now, stack: withLocal(now.stack, name, now.variables[name]) } : now
      return at < 0 ? local : assigned(local, name, word.slice(at + 1))
    },
    { ...thread, status: 0 }
  )

/** Whether a name is a command. */
const known = (thread: Thread, name: string): Built => {
  const isThere = Object.hasOwn(thread.functions, name) || builtins.has(name) || appletNamed(name) !== undefined
  return { thread: { ...thread, status: isThere ? 0 : 127 }, stdout: isThere ? `${name}\n` : "", stderr: "" }
}

const builtins: ReadonlySet<string> = new Set(
  ". break cd command continue eval exec exit export kill local read readonly return set shift source trap type umask unset wait".split(" ")
)

/** `undefined`: no builtin. */
export const builtin = (thread: Thread, argv: ReadonlyArray<string>, traps: Readonly<Record<string, string>>): Built | undefined => {
  const [name = "", first = ""] = argv
  const built = (more: Partial<Thread> = {}): Built => ({ thread: { ...thread, status: 0, ...more }, stdout: "", stderr: "" })
  switch (name) {
    case "exit":
      return { ...built(), thread: left(thread, first === "" ? thread.status : Number(first) & 255) }
    case "return":
      return {
        ...built(),
        thread: {
          ...unwound(thread, (frame) => frame._tag === "Return", "kept"),
          status: first === "" ? thread.status : Number(first) & 255
        }
      }
    case "break":
      return { ...built(), thread: looped(thread, Number(first), "dropped") }
    case "continue":
      return { ...built(), thread: looped(thread, Number(first), "kept") }
    case "cd": {
      const cwd = absolute(
        thread.cwd,
        first === "" ? (thread.variables["HOME"] ?? "/") : first === "-" ? (thread.variables["OLDPWD"] ?? "/") : first
      )
      return { ...built(), thread: { ...assigned(assigned(thread, "OLDPWD", thread.cwd), "PWD", cwd), cwd, status: 0 } }
    }
    case "export":
    case "readonly":
    case "local":
      return { ...built(), thread: declared(thread, argv) }
    case "unset": {
      const names = new Set(argv.slice(1))
      return built({ variables: Object.fromEntries(Object.entries(thread.variables).filter(([key]) => !names.has(key))) })
    }
    case "set":
      return { ...built(), thread: set(thread, argv) }
    case "shift": {
      const count = first === "" ? 1 : Number(first)
      const isPossible = count < thread.positional.length
      return built({ positional: [thread.positional[0] ?? "sh", ...thread.positional.slice(count + 1)], status: isPossible ? 0 : 1 })
    }
    case "read":
      return { ...built(), thread: read(thread, argv) }
    case "trap":
      return argv.length < 3 ? built() : { ...built(), traps: trapped(traps, first, argv.slice(2)) }
    case "wait":
      return built({ wait: { _tag: "Children", of: /^\d+$/.test(first) ? Number(first) : "all" } })
    case "exec":
      return argv.length < 2 ? built() : { ...built(), exec: argv.slice(1) }
    case "umask":
    case "ulimit":
      return built()
    case "command":
    case "type":
      return first === "-v" || name === "type" ? known(thread, argv.at(-1) ?? "") : undefined
    default:
      return undefined
  }
}

/** What a tool that called over the network prints of the answer. */
export const shown = (answer: Answer, reply: NetworkReply): Ran => {
  if (answer._tag === "Dial") return reply._tag === "failure" ? ran(1, "", `nc: ${failure(reply, answer.host)}\n`) : ran(0)
  if (answer._tag !== "Fetch") return ran(1)
  const { host, hostname } = answer.url
  if (reply._tag === "failure") return ran(1, "", `wget: ${failure(reply, reply.failure === "no-such-host" ? hostname : host)}\n`)
  if (reply._tag === "error") return ran(1, "", `wget: server returned error: HTTP/1.1 ${reply.code} ${reply.message}\n`)
  return answer.show(typeof reply.payload === "string" ? reply.payload : JSON.stringify(reply.payload ?? ""))
}

const failure = (reply: Extract<NetworkReply, { readonly _tag: "failure" }>, host: string): string => {
  switch (reply.failure) {
    case "no-such-host":
      return `bad address '${host}'`
    case "refused":
      return `can't connect to remote host (${/(\d+\.\d+\.\d+\.\d+)/.exec(reply.message)?.[1] ?? host}): Connection refused`
    case "timeout":
      return "download timed out"
    case "reset":
      return "error getting response: Connection reset by peer"
  }
}
