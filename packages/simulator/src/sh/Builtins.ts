/** What the shell itself does, and not a tool: it changes the thread. */
import type { NetworkReply } from "@aiopslab/core/Behaviour"
import type { Answer, Ran } from "./Applets.ts"
import { absolute, ran } from "./Applets.ts"
import type { Frame, Stack, Thread } from "./Thread.ts"

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

/** Down to the frame and with or without it. */
const unwound = (stack: Stack | undefined, isEnd: (frame: Frame) => boolean, end: "kept" | "dropped"): Stack | undefined => {
  for (let cell = stack; cell !== undefined; cell = cell.below) {
    if (isEnd(cell.frame)) return end === "kept" ? cell : cell.below
  }
  return undefined
}

const isLoop = (frame: Frame): boolean => frame._tag === "Loop" || frame._tag === "For"

const signalName = (word: string): string =>
  word.replace(/^SIG/u, "").replace(/^15$/u, "TERM").replace(/^2$/u, "INT").replace(/^0$/u, "EXIT")

/** `undefined`: no builtin. */
export const builtin = (thread: Thread, argv: ReadonlyArray<string>, traps: Readonly<Record<string, string>>): Built | undefined => {
  const [name = "", first = ""] = argv
  const built = (more: Partial<Thread> = {}): Built => ({ thread: { ...thread, status: 0, ...more }, stdout: "", stderr: "" })
  switch (name) {
    case "exit":
      return built({ stack: undefined, status: first === "" ? thread.status : Number(first) & 255 })
    case "return":
      return built({
        stack: unwound(thread.stack, (frame) => frame._tag === "Return", "kept"),
        status: first === "" ? thread.status : Number(first)
      })
    case "break":
      return built({ stack: unwound(thread.stack, isLoop, "dropped") })
    case "continue":
      return built({ stack: unwound(thread.stack, isLoop, "kept") })
    case "cd":
      return built({ cwd: absolute(thread.cwd, first === "" ? (thread.variables["HOME"] ?? "/") : first) })
    case "export":
    case "readonly":
    case "local":
      return {
        ...built(),
        thread: argv.slice(1).reduce((now, word) => {
          const at = word.indexOf("=")
          return at < 0 ? now : assigned(now, word.slice(0, at), word.slice(at + 1))
        }, thread)
      }
    case "unset": {
      const { [first]: _, ...variables } = thread.variables
      return built({ variables })
    }
    case "set":
      return argv.some((word) => /^-[a-z]*e/.test(word)) ? built({ exits: "at an error" }) : built()
    case "shift":
      return built({ positional: [thread.positional[0] ?? "sh", ...thread.positional.slice(2)] })
    case "read": {
      const end = thread.stdin.indexOf("\n")
      const line = end < 0 ? thread.stdin : thread.stdin.slice(0, end)
      const rest = end < 0 ? "" : thread.stdin.slice(end + 1)
      const variable = argv.slice(1).find((word) => !word.startsWith("-")) ?? "REPLY"
      return { ...built(), thread: { ...assigned(thread, variable, line), stdin: rest, status: thread.stdin === "" ? 1 : 0 } }
    }
    case "trap":
      return argv.length < 3
        ? built()
        : { ...built(), traps: { ...traps, ...Object.fromEntries(argv.slice(2).map((word) => [signalName(word), first])) } }
    case "wait":
      return built({ wait: { _tag: "Children" } })
    case "exec":
      return argv.length < 2 ? built() : { ...built(), exec: argv.slice(1) }
    case "eval":
      return { ...built(), exec: ["sh", "-c", argv.slice(1).join(" ")] }
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
