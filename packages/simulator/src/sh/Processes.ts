/** Commands that are no part of the language: tools, other shells, the image's programs, and what a process does to others. */
import type { NetworkRequest, Program, ProgramContext } from "@aiopslab/core/Behaviour"
import * as Body from "../Body.ts"
import type { Answer, Call } from "./Applet.ts"
import { absolute } from "./Applet.ts"
import { appletNamed } from "./Applets.ts"
import * as Builtins from "./Builtins.ts"
import { Inputs } from "./Inputs.ts"
import type { State } from "./State.ts"
import { own } from "./Threads.ts"
import type { Frame, Thread } from "./Thread.ts"
import { left, push, surroundingsOf } from "./Thread.ts"

/** What a script gives to a program that it runs. */
export interface Given {
  readonly stdin: string
  /** By path, what it has written at this moment; nothing of a file that it removed. */
  readonly written: ReadonlyMap<string, string | undefined>
}

/** The image's own programs. */
export type Resolve = (argv: ReadonlyArray<string>, given: Given) => Program | undefined

/** `cat` without a file. */
const isCopy = (argv: ReadonlyArray<string>): boolean => /(?:^|\/)cat$/u.test(argv[0] ?? "") && argv.slice(1).every((word) => word === "-")

const shells: ReadonlySet<string> = new Set(["sh", "ash", "bash", "dash"])

export class Processes extends Inputs {
  private readonly resolve: Resolve

  constructor(state: State, context: ProgramContext, resolve: Resolve) {
    super(state, context)
    this.resolve = resolve
  }

  /** The container's command. */
  start(argv: ReadonlyArray<string>, stdin = this.context.input === undefined ? "" : undefined): void {
    if (stdin === undefined) this.state = { ...this.state, input: { text: "", line: "", is: "open" } }
    const thread = this.spawn({
      variables: { ...this.context.env, PWD: "/" },
      functions: {},
      positional: ["sh"],
      out: { _tag: "Log", stream: "stdout" },
      err: { _tag: "Log", stream: "stderr" },
      stdin,
      cwd: "/",
      exits: "at its end"
    })
    this.execute(thread.id, argv, {})
  }

  protected run(id: number, argv: ReadonlyArray<string>, more: Readonly<Record<string, string>>): void {
    const thread = this.thread(id)
    if (thread === undefined) return
    const [name = ""] = argv
    const defined = Object.hasOwn(thread.functions, name) ? thread.functions[name] : undefined
    if (defined !== undefined) {
      const frame: Frame = { _tag: "Return", of: "function", positional: thread.positional, locals: {} }
      const [zero = "sh"] = thread.positional
      return this.script({ ...thread, positional: [zero, ...argv.slice(1)], stack: push(thread.stack, frame) }, defined)
    }
    if (name === "kill") return this.kill(thread, argv)
    if (name === "eval") return this.interpret(thread, argv.slice(1).join(" "), thread.positional, "function")
    if (name === "." || name === "source") return this.sourced(thread, argv)
    const isOwnRead = name === "read" && thread.stdin === undefined
    if (isOwnRead && !this.isRead("line")) return this.awaiting(thread, { _tag: "Again", argv, more }, "line")
    const reading = isOwnRead ? { ...thread, stdin: this.takenInput("line") } : thread
    const builtin = Builtins.builtin(reading, argv, this.state.traps)
    if (builtin === undefined) return this.execute(id, argv, more)
    this.set(isOwnRead ? { ...builtin.thread, stdin: undefined } : builtin.thread)
    this.streams.write(thread.out, builtin.stdout)
    this.streams.write(thread.err, builtin.stderr)
    if (builtin.traps !== undefined) this.state = { ...this.state, traps: builtin.traps }
    if (builtin.exec === undefined) return
    this.set(left(builtin.thread, 0))
    this.execute(id, builtin.exec, more)
  }

  private sourced(thread: Thread, [, path = "", ...parameters]: ReadonlyArray<string>): void {
    const text = this.streams.disk.file(absolute(thread.cwd, path))
    if (text === undefined) return this.said(thread, 2, `can't open '${path}': No such file or directory`)
    const [zero = "sh"] = thread.positional
    this.interpret(thread, text, parameters.length === 0 ? thread.positional : [zero, ...parameters], "function")
  }

  private kill(thread: Thread, argv: ReadonlyArray<string>): void {
    const signal = Builtins.signalName((argv.find((word, i) => i > 0 && word.startsWith("-")) ?? "-TERM").slice(1))
    const targets = argv.slice(1).filter((word) => !word.startsWith("-"))
    let status = 0
    for (const word of targets) {
      const pid = Number(word.replace(/^%/u, ""))
      const isFirst = pid === 1 && this.state.place === "beside"
      const target = isFirst ? undefined : this.thread(pid)
      if (isFirst) this.state = { ...this.state, signals: signal === "EXIT" ? this.state.signals : [...this.state.signals, signal] }
      else if (target === undefined) {
        this.streams.write(thread.err, `sh: can't kill pid ${word}: No such process\n`)
        status = 1
      } else if (signal === "EXIT") continue
      else if (target.id === this.state.threads[0]?.id) this.signalled()
      else this.struck(target, signal === "KILL" ? 137 : 143)
    }
    const now = this.thread(thread.id)
    if (now !== undefined) this.set({ ...now, status })
  }

  private struck(thread: Thread, status: number): void {
    this.state = { ...this.state, nested: this.state.nested.filter((one) => one.thread !== thread.id) }
    this.end({ ...thread, status })
  }

  private execute(id: number, argv: ReadonlyArray<string>, more: Readonly<Record<string, string>>): void {
    const thread = this.thread(id)
    if (thread === undefined) return
    const name = (argv[0] ?? "").replace(/^.*\//u, "")
    if (name === "busybox" && argv.length > 1) return this.execute(id, argv.slice(1), more)
    if (shells.has(name)) return this.shell(thread, argv, more)
    const program = this.resolve(argv, { stdin: thread.stdin ?? "", written: this.streams.disk.written })
    if (program !== undefined) return this.begin(thread, argv, program)
    const text = (argv[0] ?? "").includes("/") ? this.streams.disk.file(absolute(thread.cwd, argv[0] ?? "")) : undefined
    if (text !== undefined) return this.interpret(this.child(thread, more), text, argv, "file")
    const applet = appletNamed(argv[0] ?? "")
    if (applet === undefined) return this.said(thread, 127, `${argv[0] ?? ""}: not found`)
    if (thread.stdin === undefined && isCopy(argv)) return this.set({ ...thread, stack: push(thread.stack, { _tag: "Copy" }) })
    const { context, streams } = this
    const input = (): string => thread.stdin ?? this.state.input.text
    let isReading = false
    const tried = (write: Call["write"]): Answer =>
      applet({
        argv,
        get stdin() {
          isReading = true
          return input()
        },
        env: { ...thread.variables, ...more },
        file: (path) => streams.disk.file(path),
        list: (directory) => streams.disk.list(directory),
        write,
        cwd: thread.cwd,
        hostname: context.env["HOSTNAME"] ?? context.pod,
        get now() {
          return context.now
        }
      })
    if (thread.stdin === undefined && !this.isRead("end")) {
      tried(() => undefined)
      if (isReading) return this.awaiting(thread, { _tag: "Again", argv, more }, "end")
    }
    const answer = tried((path, content) => streams.disk.write(path, content))
    if (isReading && thread.stdin === undefined) this.takenInput("text")
    this.answered(thread, argv, answer)
  }

  /** The thread at the beginning of another process. The container's command is no other. */
  private child(thread: Thread, more: Readonly<Record<string, string>>): Thread {
    const variables = { ...thread.variables, ...more }
    if (thread.stack === undefined) return { ...thread, variables }
    const outer = push(thread.stack, { _tag: "Process", outer: surroundingsOf(thread) })
    return { ...thread, variables, functions: {}, exits: "at its end", stack: outer }
  }

  /** `sh -c SCRIPT`, `sh FILE`, or what its standard input says. */
  private shell(thread: Thread, argv: ReadonlyArray<string>, more: Readonly<Record<string, string>>): void {
    const options = argv.slice(1).findIndex((word) => !/^[-+]/u.test(word))
    const flags = argv.slice(1, options < 0 ? undefined : options + 1)
    const rest = options < 0 ? [] : argv.slice(options + 1)
    const exits = flags.some((word) => /^-[a-z]*e/u.test(word)) ? "at an error" : "at its end"
    const begun: Thread = { ...this.child(thread, more), exits }
    if (flags.some((word) => /^-[a-z]*c/u.test(word))) {
      const [script, zero = "sh", ...parameters] = rest
      if (script === undefined) return this.said(thread, 2, "-c requires an argument")
      return this.interpret(begun, script, [zero, ...parameters], "command")
    }
    const [file] = rest
    if (file === undefined && thread.stdin === undefined)
      return this.set({ ...begun, positional: ["sh"], stack: push(begun.stack, { _tag: "Interactive", read: "" }) })
    if (file === undefined) return this.interpret({ ...begun, stdin: "" }, thread.stdin ?? "", ["sh"], "file")
    const text = this.streams.disk.file(absolute(thread.cwd, file))
    if (text === undefined) return this.said(thread, 2, `can't open '${file}': No such file or directory`)
    this.interpret(begun, text, rest, "file")
  }

  /** `sh -c` makes way for what comes last in it, as `exec` does. */
  private isLast({ id, stack }: Thread): boolean {
    if (id !== this.state.threads[0]?.id || this.state.traps["EXIT"] !== undefined) return false
    for (let cell = stack; cell !== undefined; cell = cell.below) {
      const { frame } = cell
      const isThrough =
        frame._tag === "Script"
          ? frame.at >= frame.script.length
          : frame._tag === "AndOr"
            ? frame.at >= frame.node.pipelines.length
            : (frame._tag === "Return" && frame.of === "command") || frame._tag === "Restore"
      if (!isThrough) return false
    }
    return true
  }

  private begin(thread: Thread, argv: ReadonlyArray<string>, program: Program): void {
    const place = this.isLast(thread) ? "shell's" : "child's"
    this.set({ ...thread, wait: { _tag: "Program" } })
    this.state = { ...this.state, nested: [...this.state.nested, { thread: thread.id, place, argv, program, memory: program.initial }] }
    this.forward({ _tag: "Start" }, thread.id)
  }

  private answered(thread: Thread, argv: ReadonlyArray<string>, answer: Answer): void {
    switch (answer._tag) {
      case "Ran":
        return this.done(thread, answer)
      case "Run":
        return this.execute(thread.id, answer.argv, answer.env)
      case "Sleep":
        return answer.millis <= 0 ? this.set({ ...thread, status: 0 }) : this.rest({ ...thread, status: 0, busy: 0 }, answer.millis)
      case "Forever":
        return this.set({ ...thread, wait: { _tag: "Forever" } })
      case "Fill":
        this.streams.effects.push({ _tag: "Memory", bytes: Number.MAX_SAFE_INTEGER })
        return this.set({ ...thread, wait: { _tag: "Forever" } })
      case "Serve":
        this.state = { ...this.state, servers: [...this.state.servers, { port: answer.port, home: answer.home }] }
        this.streams.effects.push({ _tag: "Listen", port: answer.port })
        return this.set(answer.then === "forever" ? { ...thread, wait: { _tag: "Forever" } } : { ...thread, status: 0 })
      case "Fetch": {
        const { body, url } = answer
        const operation = `${body === undefined ? "GET" : "POST"} ${url.pathname}${url.search}`
        const payload = body === undefined || body === "" ? {} : { payload: Body.payloadOf(body) }
        return this.call(thread, argv, url.hostname, Number(url.port === "" ? 80 : url.port), { protocol: "http", operation, ...payload })
      }
      case "Dial":
        return this.call(thread, argv, answer.host, answer.port, { protocol: "tcp", operation: "connect" })
    }
  }

  private call(thread: Thread, argv: ReadonlyArray<string>, host: string, port: number, request: NetworkRequest): void {
    const id = `${own}${this.number()}`
    this.streams.effects.push({ _tag: "Call", id, host, port, request })
    this.set({ ...thread, busy: 0, wait: { _tag: "Reply", id, argv } })
  }
}
