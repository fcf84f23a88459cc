/** A small image for tests: a server, a client that needs it, and programs that end. */
import * as Behaviour from "@aiopslab/core/Behaviour"
import type { ProgramContext, ProgramEffect, ProgramInput, Step } from "@aiopslab/core/Behaviour"
import * as Effect from "effect/Effect"

type State = { readonly calls: number }

const log = (line: string): ProgramEffect => ({ _tag: "Log", stream: "stdout", line })

const said = (stdout: string): ProgramEffect => ({ _tag: "Output", stdout, stderr: "", exitCode: 0 })

const exec = (argv: ReadonlyArray<string>, stdin: string, context: ProgramContext): ReadonlyArray<ProgramEffect> => {
  const [, verb, path = "", text = ""] = argv
  switch (verb) {
    case "echo":
      return [said(`${argv.slice(2).join(" ")}${stdin}\n`)]
    case "show":
      return [said(context.file(path) ?? `no ${path}\n`)]
    case "put":
      return [{ _tag: "WriteFile", path, text: `${text}\n` }, said("")]
    default:
      return [{ _tag: "Output", stdout: "", stderr: "usage: demo echo TEXT\n", exitCode: 2 }]
  }
}

const start = (argv: ReadonlyArray<string>, context: ProgramContext): ReadonlyArray<ProgramEffect> => {
  switch (argv[1]) {
    case "serve": {
      const count = context.data("/data/starts")
      const starts = (typeof count === "number" ? count : 0) + 1
      return [
        log(`listening, start ${starts}`),
        { _tag: "SaveData", path: "/data/starts", value: starts },
        { _tag: "WriteFile", path: "/data/started", text: String(starts) },
        { _tag: "Listen", port: 8080 },
        { _tag: "Register", name: "srv-demo", port: 8080 }
      ]
    }
    case "call":
      return [
        log(`calling ${argv[2]}`),
        { _tag: "Call", id: "first", host: argv[2] ?? "", port: 80, request: { protocol: "http", operation: "GET /" } }
      ]
    case "hold":
      return [log(`holding ${argv[2]} MiB`), { _tag: "Memory", bytes: Number(argv[2]) * 1_048_576 }]
    case "chatter":
      return [log("begin"), { _tag: "Timer", name: "chatter", afterMillis: 1_000 }]
    case "crash":
      return [log("panic: no way"), { _tag: "Exit", code: 1 }]
    case "crash-after":
      return [{ _tag: "Timer", name: "crash", afterMillis: Number(argv[2]) * 1000 }]
    case "finish":
      return [log("done"), { _tag: "Timer", name: "finish", afterMillis: 5_000 }]
    default:
      return []
  }
}

const step = (state: State, input: ProgramInput, context: ProgramContext): Step<State> => {
  switch (input._tag) {
    case "Start":
      return { state, effects: start(context.argv, context) }
    case "Timer":
      if (input.name === "chatter") {
        const calls = state.calls + 1
        const effects = [
          log(`${calls} ${"x".repeat(Number(context.argv[2]))}`),
          { _tag: "Timer", name: "chatter", afterMillis: 1_000 } as const
        ]
        return { state: { calls }, effects }
      }
      return { state, effects: [{ _tag: "Exit", code: input.name === "finish" ? 0 : 1 }] }
    case "Reply":
      return {
        state,
        effects: [log(`${input.id}: ${input.reply._tag === "ok" ? JSON.stringify(input.reply.payload) : input.reply.message}`)]
      }
    case "Request":
      return {
        state: { calls: state.calls + 1 },
        effects: [{ _tag: "Answer", reply: { _tag: "ok", payload: input.request.payload ?? { calls: state.calls + 1 } } }]
      }
    case "Exec":
      return { state, effects: exec(input.argv, input.stdin, context) }
    case "Input":
      return { state, effects: [] }
    case "Signal":
      return context.argv[1] === "stubborn" ? { state, effects: [log("no")] } : { state, effects: [log("bye"), { _tag: "Exit", code: 0 }] }
  }
}

const program = Behaviour.program<State>({ initial: { calls: 0 }, step })

export const demo = Behaviour.make({
  name: "demo",
  summary: "A server, a client and programs that end",
  images: ["demo"],
  command: ["demo", "serve"],
  sizeMiB: 50,
  program: (argv) => (argv[0] === "demo" ? program : undefined),
  executables: ["demo"],
  shell: "sh",
  files: { "/etc/motd": "welcome\n" },
  prepare: Effect.void
})

/** The same programs in an image without a shell. */
export const bare = Behaviour.make({ ...demo, name: "bare", images: ["bare"], shell: "none" })

export const playbook = { behaviours: [demo, bare], topologies: {} }
