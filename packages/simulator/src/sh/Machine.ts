/**
 * Runs scripts as the first process of a container does: command after command at one moment, until all threads wait for time, for an
 * answer, or for nothing that comes. The state is a value, and a run is one step from it to the next.
 */
import type { NetworkReply, Program, ProgramContext, ProgramEffect, ProgramInput } from "@aiopslab/core/Behaviour"
import type { Answer, Ran } from "./Applets.ts"
import { absolute, appletNamed } from "./Applets.ts"
import * as Builtins from "./Builtins.ts"
import * as Expand from "./Expand.ts"
import { parse } from "./Parse.ts"
import type { Redirection, Script, Simple } from "./Syntax.ts"
import type { Frame, Sink, Thread, Wait } from "./Thread.ts"
import { push } from "./Thread.ts"
import * as Result from "effect/Result"

/** A program of the image that a script runs, or became by `exec`. */
interface Nested {
  readonly thread: number
  readonly argv: ReadonlyArray<string>
  readonly program: Program
  readonly memory: unknown
}

interface Server {
  readonly port: number
  readonly home: string
}

export interface State {
  readonly threads: ReadonlyArray<Thread>
  /** Of threads, timers, buffers. */
  readonly count: number
  readonly traps: Readonly<Record<string, string>>
  readonly pending: ReadonlyArray<string>
  readonly servers: ReadonlyArray<Server>
  readonly nested: ReadonlyArray<Nested>
  readonly buffers: Readonly<Record<number, string>>
  readonly ended: number | undefined
  /** Sent to the container's first process from outside of it. */
  readonly signals: ReadonlyArray<string>
}

export const initial: State = {
  threads: [],
  count: 1,
  traps: {},
  pending: [],
  servers: [],
  nested: [],
  buffers: {},
  ended: undefined,
  signals: []
}

/** The image's own programs. */
export type Resolve = (argv: ReadonlyArray<string>) => Program | undefined

/** Commands at one moment; a loop that never waits goes on this much later. */
const fuelOfStep = 20_000
const breath = 100

const own = "sh:"

export class Run {
  readonly effects: Array<ProgramEffect> = []
  private readonly context: ProgramContext
  private readonly resolve: Resolve
  private readonly files = new Map<string, string | undefined>()
  private state: State
  private fuel = fuelOfStep
  private partial: Record<string, string> = {}

  constructor(state: State, context: ProgramContext, resolve: Resolve) {
    this.state = state
    this.context = context
    this.resolve = resolve
  }

  /** The state afterwards. Output without a newline is a line, too: the runtime logs what there is. */
  finish(): State {
    for (const [stream, text] of Object.entries(this.partial)) {
      if (text !== "") this.effects.push({ _tag: "Log", stream: stream === "stderr" ? "stderr" : "stdout", line: text })
    }
    for (const [path, text] of this.files) this.effects.push({ _tag: "WriteFile", path, text })
    return this.state
  }

  /** A first thread with nothing to do yet. */
  spawn(of: Partial<Thread>): Thread {
    const thread: Thread = {
      id: this.number(),
      stack: undefined,
      variables: { ...this.context.env, PWD: "/" },
      functions: {},
      positional: ["sh"],
      status: 0,
      out: { _tag: "Log", stream: "stdout" },
      err: { _tag: "Log", stream: "stderr" },
      stdin: "",
      cwd: "/",
      exits: "at its end",
      wait: undefined,
      ...of
    }
    this.state = { ...this.state, threads: [...this.state.threads, thread] }
    return thread
  }

  get current(): State {
    return this.state
  }

  number(): number {
    const { count } = this.state
    this.state = { ...this.state, count: count + 1 }
    return count
  }

  /** The container's command. */
  start(argv: ReadonlyArray<string>): void {
    this.execute(this.spawn({ positional: argv }).id, argv, {})
  }

  finishAt(thread: Thread, status: number): void {
    this.set({ ...thread, status })
  }

  /** All threads as far as they get. */
  go(): void {
    for (let moved = true; moved && this.state.ended === undefined; ) {
      moved = false
      for (const { id } of this.state.threads) {
        const thread = this.thread(id)
        if (thread === undefined || (thread.wait !== undefined && !this.isOver(thread, thread.wait))) continue
        moved = true
        this.advance(id)
        if (this.state.ended !== undefined) return
      }
    }
  }

  private isOver(thread: Thread, wait: Wait): boolean {
    return wait._tag === "Children" && !this.state.threads.some(({ id }) => id > thread.id)
  }

  private thread(id: number): Thread | undefined {
    return this.state.threads.find((one) => one.id === id)
  }

  private set(thread: Thread): void {
    this.state = { ...this.state, threads: this.state.threads.map((one) => (one.id === thread.id ? thread : one)) }
  }

  private advance(id: number): void {
    let thread = this.thread(id)
    if (thread?.wait !== undefined) this.set((thread = { ...thread, wait: undefined }))
    for (;;) {
      thread = this.thread(id)
      if (thread === undefined || thread.wait !== undefined || this.state.ended !== undefined) return
      if (this.fuel-- <= 0) return this.rest(thread, breath)
      const { stack } = thread
      if (stack === undefined) return this.end(thread)
      this.set({ ...thread, stack: stack.below })
      this.frame({ ...thread, stack: stack.below }, stack.frame)
    }
  }

  /** A thread is through; with the first one the container ends. */
  private end(thread: Thread): void {
    const [first] = this.state.threads
    this.state = { ...this.state, threads: this.state.threads.filter(({ id }) => id !== thread.id) }
    if (first?.id !== thread.id) return
    this.state = { ...this.state, ended: thread.status }
  }

  private rest(thread: Thread, millis: number): void {
    const name = `${own}${this.number()}`
    this.effects.push({ _tag: "Timer", name, afterMillis: millis })
    this.set({ ...thread, wait: { _tag: "Timer", name } })
  }

  private frame(thread: Thread, frame: Frame): void {
    switch (frame._tag) {
      case "Script": {
        const node = frame.script[frame.at]
        if (node === undefined) return
        const rest = push(thread.stack, { ...frame, at: frame.at + 1 })
        if (node.background === "no") return this.set({ ...thread, stack: push(rest, { _tag: "AndOr", node, at: 0 }) })
        this.set({ ...thread, stack: rest, status: 0 })
        this.spawn({ ...thread, id: this.number(), stack: push(undefined, { _tag: "AndOr", node, at: 0 }), stdin: "" })
        return
      }
      case "AndOr": {
        const part = frame.node.pipelines[frame.at]
        if (part === undefined) return this.checked(thread, frame.node.pipelines.length)
        const rest = push(thread.stack, { ...frame, at: frame.at + 1 })
        if ((part.operator === "&&" && thread.status !== 0) || (part.operator === "||" && thread.status === 0)) {
          return this.set({ ...thread, stack: rest })
        }
        const negated = part.pipeline.negated === "yes" ? push(rest, { _tag: "Not" }) : rest
        const [only] = part.pipeline.commands
        if (part.pipeline.commands.length === 1 && only !== undefined) {
          return this.set({ ...thread, stack: push(negated, { _tag: "Command", command: only }) })
        }
        const buffer = this.number()
        return this.set({
          ...thread,
          stack: push(negated, { _tag: "Pipe", node: part.pipeline, at: 0, buffer, out: thread.out, stdin: thread.stdin })
        })
      }
      case "Pipe":
        return this.pipe(thread, frame)
      case "Not":
        return this.set({ ...thread, status: thread.status === 0 ? 1 : 0 })
      case "Clause": {
        const clause = frame.node.clauses[frame.at]
        if (thread.status === 0 && clause !== undefined) return this.script(thread, clause.body)
        const next = frame.node.clauses[frame.at + 1]
        if (next === undefined) return this.script({ ...thread, status: 0 }, frame.node.otherwise)
        const stack = push(thread.stack, { ...frame, at: frame.at + 1 }, { _tag: "Script", script: next.condition, at: 0 })
        return this.set({ ...thread, stack })
      }
      case "Loop":
        if (frame.part === "condition") {
          if ((thread.status === 0) === (frame.node.until === "ok")) return this.set({ ...thread, status: 0 })
          return this.script({ ...thread, stack: push(thread.stack, { ...frame, part: "body" }) }, frame.node.body)
        }
        return this.script({ ...thread, stack: push(thread.stack, { ...frame, part: "condition" }) }, frame.node.condition)
      case "For": {
        const word = frame.words[frame.at]
        if (word === undefined) return
        return this.script(
          { ...Builtins.assigned(thread, frame.node.variable, word), stack: push(thread.stack, { ...frame, at: frame.at + 1 }) },
          frame.node.body
        )
      }
      case "Restore":
        return this.set({ ...thread, out: frame.out, err: frame.err, stdin: frame.stdin })
      case "Return":
        return this.set({ ...thread, positional: frame.positional })
      case "Command":
        return this.command(thread, frame.command)
    }
  }

  /** `set -e`: a failing list that is no condition ends the script. */
  private checked(thread: Thread, pipelines: number): void {
    if (thread.exits === "at its end" || thread.status === 0 || pipelines > 1) return
    for (let cell = thread.stack; cell !== undefined; cell = cell.below) {
      const { frame } = cell
      if (frame._tag === "Clause" || frame._tag === "Not" || (frame._tag === "Loop" && frame.part === "condition")) return
    }
    this.set({ ...thread, stack: undefined })
  }

  private script(thread: Thread, script: Script): void {
    this.set({ ...thread, stack: push(thread.stack, { _tag: "Script", script, at: 0 }) })
  }

  private pipe(thread: Thread, frame: Extract<Frame, { readonly _tag: "Pipe" }>): void {
    const command = frame.node.commands[frame.at]
    const piped = this.state.buffers[frame.buffer] ?? ""
    const { [frame.buffer]: _, ...buffers } = this.state.buffers
    this.state = { ...this.state, buffers }
    if (command === undefined) return this.set({ ...thread, out: frame.out, stdin: frame.stdin })
    const last = frame.at === frame.node.commands.length - 1
    this.set({
      ...thread,
      out: last ? frame.out : { _tag: "Buffer", id: frame.buffer },
      stdin: frame.at === 0 ? frame.stdin : piped,
      stack: push(thread.stack, { ...frame, at: frame.at + 1 }, { _tag: "Command", command })
    })
  }

  private command(thread: Thread, command: Extract<Frame, { readonly _tag: "Command" }>["command"]): void {
    switch (command._tag) {
      case "Group":
        return this.script(thread, command.body)
      case "If": {
        const [first] = command.clauses
        const stack = push(thread.stack, { _tag: "Clause", node: command, at: 0 }, { _tag: "Script", script: first?.condition ?? [], at: 0 })
        return this.set({ ...thread, stack })
      }
      case "Loop":
        return this.script(
          { ...thread, stack: push(thread.stack, { _tag: "Loop", node: command, part: "condition" }) },
          command.condition
        )
      case "For": {
        const words = command.words.flatMap((word) => Expand.fields(word, this.scope(thread.id)))
        const now = this.thread(thread.id) ?? thread
        return this.set({ ...now, stack: push(now.stack, { _tag: "For", node: command, words, at: 0 }) })
      }
      case "Case": {
        const scope = this.scope(thread.id)
        const word = Expand.text(command.word, scope)
        const arm = command.arms.find(({ patterns }) => patterns.some((pattern) => Expand.matches(word, Expand.text(pattern, scope))))
        return this.script({ ...(this.thread(thread.id) ?? thread), status: 0 }, arm?.body ?? [])
      }
      case "Function":
        return this.set({ ...thread, functions: { ...thread.functions, [command.name]: command.body }, status: 0 })
      case "Redirected": {
        const restore: Frame = { _tag: "Restore", out: thread.out, err: thread.err, stdin: thread.stdin }
        const redirected = this.redirected(thread, command.redirections)
        if (redirected === undefined) return
        return this.set({ ...redirected, stack: push(thread.stack, restore, { _tag: "Command", command: command.command }) })
      }
      case "Simple":
        return this.simple(thread, command)
    }
  }

  private scope(id: number): Expand.Scope {
    const thread = () => this.thread(id)
    return {
      get: (name) => (name === "?" ? String(thread()?.status ?? 0) : name === "$" ? "1" : thread()?.variables[name]),
      set: (name, value) => {
        const now = thread()
        if (now !== undefined) this.set(Builtins.assigned(now, name, value))
      },
      positional: thread()?.positional ?? [],
      output: (script) => this.output(id, script),
      list: (directory) => this.list(directory),
      cwd: thread()?.cwd ?? "/"
    }
  }

  /** Runs a substitution to its end at this moment. What would wait in it ends it. */
  private output(id: number, script: Script): string {
    const outer = this.thread(id)
    if (outer === undefined) return ""
    const buffer = this.number()
    const inner: Thread = { ...outer, id: this.number(), stack: push(undefined, { _tag: "Script", script, at: 0 }), out: { _tag: "Buffer", id: buffer } }
    this.state = { ...this.state, threads: [...this.state.threads, inner] }
    while (this.fuel-- > 0) {
      const now = this.thread(inner.id)
      if (now?.stack === undefined || now.wait !== undefined) break
      const { stack } = now
      this.set({ ...now, stack: stack.below })
      this.frame({ ...now, stack: stack.below }, stack.frame)
    }
    const status = this.thread(inner.id)?.status ?? 0
    const text = this.state.buffers[buffer] ?? ""
    const { [buffer]: _, ...buffers } = this.state.buffers
    this.state = { ...this.state, buffers, threads: this.state.threads.filter((one) => one.id !== inner.id) }
    const now = this.thread(id)
    if (now !== undefined) this.set({ ...now, status })
    return text
  }

  private file(path: string): string | undefined {
    return this.files.has(path) ? this.files.get(path) : this.context.file(path)
  }

  private list(directory: string): ReadonlyArray<string> {
    const at = directory === "/" ? "" : directory
    const names = new Set(this.context.list(directory))
    for (const [path, text] of this.files) {
      if (!path.startsWith(`${at}/`)) continue
      const [name = "", ...deeper] = path.slice(at.length + 1).split("/")
      if (text !== undefined) names.add(name)
      else if (deeper.length === 0) names.delete(name)
    }
    return [...names].sort()
  }

  private sinkOf(target: string, cwd: string, append: boolean): Sink | string {
    if (target === "/dev/null") return { _tag: "Nowhere" }
    if (target === "/dev/stdout" || target === "/proc/1/fd/1") return { _tag: "Log", stream: "stdout" }
    if (target === "/dev/stderr" || target === "/proc/1/fd/2") return { _tag: "Log", stream: "stderr" }
    const path = absolute(cwd, target)
    if (!append || this.file(path) === undefined) this.files.set(path, append ? (this.file(path) ?? "") : "")
    return { _tag: "File", path }
  }

  /** `undefined` when a file can't be read: the command doesn't run. */
  private redirected(thread: Thread, redirections: ReadonlyArray<Redirection>): Thread | undefined {
    let now = thread
    for (const { fd, operator, target } of redirections) {
      const name = Expand.text(target, this.scope(thread.id))
      if (operator === "<") {
        const text = name === "/dev/null" ? "" : this.file(absolute(thread.cwd, name))
        if (text === undefined) {
          this.write(now.err, `sh: can't open ${name}: no such file\n`)
          this.set({ ...thread, status: 1 })
          return undefined
        }
        now = { ...now, stdin: text }
      } else if (operator === ">&" || operator === "<&") {
        const sink = name === "2" ? now.err : now.out
        now = fd === 2 ? { ...now, err: sink } : { ...now, out: sink }
      } else {
        const sink = this.sinkOf(name, thread.cwd, operator === ">>")
        if (typeof sink !== "string") now = fd === 2 ? { ...now, err: sink } : { ...now, out: sink }
      }
    }
    return now
  }

  private write(sink: Sink, text: string): void {
    if (text === "") return
    switch (sink._tag) {
      case "Nowhere":
        return
      case "Buffer":
        this.state = { ...this.state, buffers: { ...this.state.buffers, [sink.id]: (this.state.buffers[sink.id] ?? "") + text } }
        return
      case "File":
        this.files.set(sink.path, (this.file(sink.path) ?? "") + text)
        return
      case "Log": {
        const whole = (this.partial[sink.stream] ?? "") + text
        const lines = whole.split("\n")
        this.partial[sink.stream] = lines.pop() ?? ""
        for (const line of lines) this.effects.push({ _tag: "Log", stream: sink.stream, line })
      }
    }
  }

  private simple(before: Thread, { assignments, redirections, words }: Simple): void {
    const scope = this.scope(before.id)
    const argv = words.flatMap((word) => Expand.fields(word, scope))
    const values = assignments.map(({ name, value }) => [name, Expand.text(value, scope)] as const)
    const thread = this.thread(before.id) ?? before
    if (argv.length === 0) {
      const assigned = values.reduce((now, [name, value]) => Builtins.assigned(now, name, value), { ...thread, status: 0 })
      this.set(assigned)
      if (redirections.length > 0) this.redirected(assigned, redirections)
      return
    }
    const redirected = this.redirected(thread, redirections)
    if (redirected === undefined) return
    const restore: Frame = { _tag: "Restore", out: thread.out, err: thread.err, stdin: thread.stdin }
    this.set(redirections.length === 0 ? thread : { ...redirected, stack: push(thread.stack, restore) })
    this.run(thread.id, argv, Object.fromEntries(values))
  }

  private run(id: number, argv: ReadonlyArray<string>, more: Readonly<Record<string, string>>): void {
    const thread = this.thread(id)
    if (thread === undefined) return
    const defined = thread.functions[argv[0] ?? ""]
    if (defined !== undefined) {
      const stack = push(thread.stack, { _tag: "Return", positional: thread.positional }, { _tag: "Script", script: defined, at: 0 })
      return this.set({ ...thread, positional: argv, stack })
    }
    const builtin = Builtins.builtin(thread, argv, this.state.traps)
    if (builtin !== undefined) {
      this.set(builtin.thread)
      this.write(thread.out, builtin.stdout)
      this.write(thread.err, builtin.stderr)
      if (builtin.traps !== undefined) this.state = { ...this.state, traps: builtin.traps }
      if (builtin.exec !== undefined) this.set({ ...builtin.thread, stack: undefined })
      if (builtin.exec !== undefined) this.execute(id, builtin.exec, more)
      return
    }
    this.execute(id, argv, more)
  }

  /** `sh -c` within a script is a script. */
  private execute(id: number, argv: ReadonlyArray<string>, more: Readonly<Record<string, string>>): void {
    const thread = this.thread(id)
    if (thread === undefined) return
    const name = (argv[0] ?? "").replace(/^.*\//u, "")
    if (name === "busybox" && argv.length > 1) return this.execute(id, argv.slice(1), more)
    if ((name === "sh" || name === "ash" || name === "bash") && argv[1] === "-c") return this.interpret(thread, argv[2] ?? "", ["sh", ...argv.slice(4)])
    const program = this.resolve(argv)
    if (program !== undefined) return this.begin(thread, argv, program)
    const applet = appletNamed(argv[0] ?? "")
    if (applet === undefined) {
      this.write(thread.err, `sh: ${argv[0] ?? ""}: not found\n`)
      return this.set({ ...thread, status: 127 })
    }
    this.answered(
      thread,
      argv,
      applet({
        argv,
        stdin: thread.stdin,
        env: { ...thread.variables, ...more },
        file: (path) => this.file(path),
        list: (directory) => this.list(directory),
        write: (path, text) => {
          this.files.set(path, text)
        },
        cwd: thread.cwd,
        hostname: this.context.env["HOSTNAME"] ?? this.context.pod,
        now: this.context.now
      })
    )
  }

  interpret(thread: Thread, source: string, positional: ReadonlyArray<string>): void {
    const script = parse(source)
    if (Result.isFailure(script)) {
      this.write(thread.err, `sh: syntax error: ${script.failure}\n`)
      return this.set({ ...thread, status: 2 })
    }
    this.set({
      ...thread,
      positional,
      stack: push(thread.stack, { _tag: "Return", positional: thread.positional }, { _tag: "Script", script: script.success, at: 0 })
    })
  }

  private begin(thread: Thread, argv: ReadonlyArray<string>, program: Program): void {
    this.set({ ...thread, wait: { _tag: "Program" } })
    this.state = { ...this.state, nested: [...this.state.nested, { thread: thread.id, argv, program, memory: program.initial }] }
    this.forward({ _tag: "Start" })
  }

  private answered(thread: Thread, argv: ReadonlyArray<string>, answer: Answer): void {
    switch (answer._tag) {
      case "Ran":
        return this.done(thread, answer)
      case "Sleep":
        return answer.millis <= 0 ? this.set({ ...thread, status: 0 }) : this.rest({ ...thread, status: 0 }, answer.millis)
      case "Forever":
        return this.set({ ...thread, wait: { _tag: "Forever" } })
      case "Fill":
        this.effects.push({ _tag: "Memory", bytes: Number.MAX_SAFE_INTEGER })
        return this.set({ ...thread, wait: { _tag: "Forever" } })
      case "Serve":
        this.state = { ...this.state, servers: [...this.state.servers, answer] }
        this.effects.push({ _tag: "Listen", port: answer.port })
        return this.set(answer.then === "forever" ? { ...thread, wait: { _tag: "Forever" } } : { ...thread, status: 0 })
      case "Fetch": {
        const { hostname, pathname, port } = answer.url
        return this.call(thread, argv, hostname, Number(port === "" ? 80 : port), { protocol: "http", operation: `GET ${pathname}` })
      }
      case "Dial":
        return this.call(thread, argv, answer.host, answer.port, { protocol: "tcp", operation: "connect" })
    }
  }

  private call(
    thread: Thread,
    argv: ReadonlyArray<string>,
    host: string,
    port: number,
    request: Extract<ProgramEffect, { readonly _tag: "Call" }>["request"]
  ): void {
    const id = `${own}${this.number()}`
    this.effects.push({ _tag: "Call", id, host, port, request })
    this.set({ ...thread, wait: { _tag: "Reply", id, argv } })
  }

  private done(thread: Thread, { status, stderr, stdout }: Ran): void {
    this.write(thread.out, stdout)
    this.write(thread.err, stderr)
    this.set({ ...(this.thread(thread.id) ?? thread), wait: undefined, status })
  }

  /** A wait of this name is over. */
  fired(name: string): void {
    if (!name.startsWith(own)) return this.forward({ _tag: "Timer", name })
    const thread = this.state.threads.find(({ wait }) => wait?._tag === "Timer" && wait.name === name)
    if (thread !== undefined) this.set({ ...thread, wait: undefined })
    this.heed()
  }

  replied(id: string, reply: NetworkReply): void {
    if (!id.startsWith(own)) return this.forward({ _tag: "Reply", id, reply })
    const thread = this.state.threads.find(({ wait }) => wait?._tag === "Reply" && wait.id === id)
    if (thread?.wait?._tag !== "Reply") return
    const { argv } = thread.wait
    const applet = appletNamed(argv[0] ?? "")
    if (applet === undefined) return
    const call = { argv, stdin: "", env: {}, file: (path: string) => this.file(path), list: () => [], cwd: thread.cwd, hostname: "", now: this.context.now }
    const answer = applet({
      ...call,
      write: (path, text) => {
        this.files.set(path, text)
      }
    })
    this.done(thread, Builtins.shown(answer, reply))
    this.heed()
  }

  /** SIGTERM: the first process of a container ignores it, unless there is a trap, which waits for the command under way. */
  signalled(): void {
    if (this.state.nested.length > 0) return this.forward({ _tag: "Signal", signal: "SIGTERM" })
    if (this.state.traps["TERM"] === undefined) return
    this.state = { ...this.state, pending: ["TERM"] }
    const [first] = this.state.threads
    if (first?.wait?._tag === "Children") this.heed()
  }

  private heed(): void {
    const [first] = this.state.threads
    const [signal] = this.state.pending
    if (first === undefined || signal === undefined || (first.wait !== undefined && first.wait._tag !== "Children")) return
    this.state = { ...this.state, pending: [] }
    this.interpret({ ...first, wait: undefined }, this.state.traps[signal] ?? "", first.positional)
  }

  /** To the image's own program, if a script runs one. Others' requests are answered by whoever listens. */
  forward(input: ProgramInput): void {
    for (const nested of this.state.nested) {
      const { effects, state } = nested.program.step(nested.memory, input, { ...this.context, argv: nested.argv })
      this.state = { ...this.state, nested: this.state.nested.map((one) => (one.thread === nested.thread ? { ...one, memory: state } : one)) }
      for (const effect of effects) {
        if (effect._tag !== "Exit") {
          this.effects.push(effect)
          continue
        }
        this.state = { ...this.state, nested: this.state.nested.filter(({ thread }) => thread !== nested.thread) }
        const thread = this.thread(nested.thread)
        if (thread !== undefined) this.set({ ...thread, wait: undefined, status: effect.code })
      }
    }
  }

  /** A page of the web server, which shows the files of its home. */
  requested(operation: string): void {
    if (this.state.nested.length > 0 && this.state.servers.length === 0) return
    const path = absolute("/", operation.replace(/^\S+ /u, "").replace(/\?.*$/u, ""))
    const [server] = this.state.servers
    const home = server?.home === "/" ? "" : (server?.home ?? "")
    const text = this.file(`${home}${path}`) ?? this.file(`${home}${path === "/" ? "" : path}/index.html`)
    const reply: NetworkReply =
      operation === "connect"
        ? { _tag: "ok" }
        : text === undefined
          ? { _tag: "error", code: "404", message: "Not Found" }
          : { _tag: "ok", payload: text }
    this.effects.push({ _tag: "Answer", reply })
  }
}

