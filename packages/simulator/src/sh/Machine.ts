/**
 * Runs scripts as the first process of a container does: command after command at one moment, until all threads wait for time, for an
 * answer, or for nothing that comes. The state is a value, and a run is one step from it to the next.
 */
import type { NetworkReply, Program, ProgramContext, ProgramEffect, ProgramInput } from "@aiopslab/core/Behaviour"
import * as Result from "effect/Result"
import type { Answer, Ran } from "./Applet.ts"
import { absolute } from "./Applet.ts"
import { appletNamed } from "./Applets.ts"
import * as Builtins from "./Builtins.ts"
import * as Expand from "./Expand.ts"
import { parse } from "./Parse.ts"
import * as Serve from "./Serve.ts"
import type { State } from "./State.ts"
import { Streams } from "./Streams.ts"
import type { Command, Script, Simple } from "./Syntax.ts"
import type { Frame, Stack, Surroundings, Thread, Wait } from "./Thread.ts"
import { left, push, surroundingsOf } from "./Thread.ts"

/** The image's own programs. */
export type Resolve = (argv: ReadonlyArray<string>) => Program | undefined

/** Commands at one moment; a loop that never waits goes on this much later, and ever more rarely, since nobody can tell. */
const fuelOfStep = 20_000
const breath = 100
const mostBusy = 10

const own = "sh:"

const shells: ReadonlySet<string> = new Set(["sh", "ash", "bash", "dash"])

export class Run {
  private readonly context: ProgramContext
  private readonly resolve: Resolve
  private readonly streams: Streams
  private state: State
  private fuel = fuelOfStep

  constructor(state: State, context: ProgramContext, resolve: Resolve) {
    this.state = state
    this.context = context
    this.resolve = resolve
    this.streams = new Streams(context, state)
  }

  get effects(): ReadonlyArray<ProgramEffect> {
    return this.streams.effects
  }

  get current(): State {
    return this.state
  }

  /** The state afterwards. */
  finish(): State {
    this.streams.finish(this.state.ended === undefined ? "goes on" : "ended")
    const { buffers, partial } = this.streams
    if (buffers !== this.state.buffers || partial !== this.state.partial) this.state = { ...this.state, buffers, partial }
    return this.state
  }

  /** The container's command. */
  start(argv: ReadonlyArray<string>): void {
    const thread = this.spawn({
      variables: { ...this.context.env, PWD: "/" },
      functions: {},
      positional: ["sh"],
      out: { _tag: "Log", stream: "stdout" },
      err: { _tag: "Log", stream: "stderr" },
      stdin: "",
      cwd: "/",
      exits: "at its end"
    })
    this.execute(thread.id, argv, {})
  }

  private spawn(of: Surroundings, stack?: Stack): Thread {
    const thread: Thread = { ...of, id: this.number(), stack, status: 0, child: undefined, busy: 0, wait: undefined }
    this.state = { ...this.state, threads: [...this.state.threads, thread] }
    return thread
  }

  private number(): number {
    const { count } = this.state
    this.state = { ...this.state, count: count + 1 }
    return count
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
    if (wait._tag !== "Children") return false
    return !this.state.threads.some(({ id }) => (wait.of === "all" ? id > thread.id : id === wait.of))
  }

  private thread(id: number): Thread | undefined {
    return this.state.threads.find((one) => one.id === id)
  }

  private set(thread: Thread): void {
    this.state = { ...this.state, threads: this.state.threads.map((one) => (one.id === thread.id ? thread : one)) }
  }

  private advance(id: number): void {
    let thread = this.thread(id)
    if (thread?.wait !== undefined) {
      const status = thread.wait._tag === "Children" && thread.wait.of !== "all" ? this.state.children[thread.wait.of] : undefined
      this.set((thread = { ...thread, wait: undefined, status: status ?? thread.status }))
    }
    for (;;) {
      thread = this.thread(id)
      if (thread === undefined || thread.wait !== undefined || this.state.ended !== undefined) return
      if (this.fuel-- <= 0) return this.rest({ ...thread, busy: Math.min(mostBusy, thread.busy + 1) }, breath * 2 ** thread.busy)
      const { stack } = thread
      if (stack === undefined) return this.end(thread)
      this.set({ ...thread, stack: stack.below })
      this.frame({ ...thread, stack: stack.below }, stack.frame)
    }
  }

  /** A thread is through; with the first one the container ends. */
  private end(thread: Thread): void {
    const [first] = this.state.threads
    const trap = this.state.traps["EXIT"]
    if (first?.id === thread.id && trap !== undefined) {
      const { EXIT: _, ...traps } = this.state.traps
      this.state = { ...this.state, traps }
      return this.interpret({ ...thread, stack: push(undefined, { _tag: "Status", status: thread.status }) }, trap, thread.positional, "function")
    }
    this.state = {
      ...this.state,
      threads: this.state.threads.filter(({ id }) => id !== thread.id),
      children: { ...this.state.children, [thread.id]: thread.status },
      ended: first?.id === thread.id ? thread.status : undefined
    }
  }

  private rest(thread: Thread, millis: number): void {
    const name = `${own}${this.number()}`
    this.streams.effects.push({ _tag: "Timer", name, afterMillis: millis })
    this.set({ ...thread, wait: { _tag: "Timer", name } })
  }

  private frame(thread: Thread, frame: Frame): void {
    const { stack } = thread
    switch (frame._tag) {
      case "Script": {
        const node = frame.script[frame.at]
        if (node === undefined) return
        const rest = push(stack, { ...frame, at: frame.at + 1 })
        const whole: Frame = { _tag: "AndOr", node, at: 0, ran: 0 }
        if (node.background === "no") return this.set({ ...thread, stack: push(rest, whole) })
        const child = this.spawn({ ...surroundingsOf(thread), stdin: "" }, push(undefined, whole))
        return this.set({ ...thread, stack: rest, status: 0, child: child.id })
      }
      case "AndOr": {
        const part = frame.node.pipelines[frame.at]
        if (part === undefined) return this.checked(thread, frame)
        const isSkipped = (part.operator === "&&" && thread.status !== 0) || (part.operator === "||" && thread.status === 0)
        const rest = push(stack, { ...frame, at: frame.at + 1, ran: isSkipped ? frame.ran : frame.at })
        if (isSkipped) return this.set({ ...thread, stack: rest })
        const negated = part.pipeline.negated === "yes" ? push(rest, { _tag: "Not" }) : rest
        const [only] = part.pipeline.commands
        return this.set({
          ...thread,
          stack:
            part.pipeline.commands.length === 1 && only !== undefined
              ? push(negated, { _tag: "Command", command: only, given: [] })
              : push(negated, { _tag: "Pipe", node: part.pipeline, at: 0, buffer: this.number() })
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
        return this.script({ ...thread, stack: push(stack, { ...frame, at: frame.at + 1 }) }, next.condition)
      }
      case "Loop":
        if (frame.part === "condition") {
          if ((thread.status === 0) === (frame.node.until === "ok")) return this.set({ ...thread, status: frame.status })
          return this.script({ ...thread, stack: push(stack, { ...frame, part: "body" }) }, frame.node.body)
        }
        return this.script({ ...thread, stack: push(stack, { ...frame, part: "condition", status: thread.status }) }, frame.node.condition)
      case "For": {
        const word = frame.words[frame.at]
        if (word === undefined) return
        const named = Builtins.assigned(thread, frame.node.variable, word)
        return this.script({ ...named, stack: push(stack, { ...frame, at: frame.at + 1 }) }, frame.node.body)
      }
      case "Restore":
        return this.set({ ...thread, out: frame.out, err: frame.err, stdin: frame.stdin })
      case "Return":
        return this.set(Builtins.returned(thread, frame))
      case "Process":
        return this.set({ ...thread, ...frame.outer })
      case "Given":
        return this.set({
          ...thread,
          stack: push(stack, { _tag: "Command", command: frame.command, given: [...frame.given, this.streams.taken(frame.buffer)] })
        })
      case "Status":
        return this.set({ ...thread, status: frame.status })
      case "Command":
        return this.command(thread, frame.command, frame.given)
    }
  }

  /** `set -e`: a failing list ends the process, unless somebody looks at its status or its last part isn't what failed. */
  private checked(thread: Thread, { node, ran }: Extract<Frame, { readonly _tag: "AndOr" }>): void {
    if (thread.exits === "at its end" || thread.status === 0 || ran < node.pipelines.length - 1) return
    if (node.pipelines[ran]?.pipeline.negated === "yes") return
    for (let cell = thread.stack; cell !== undefined; cell = cell.below) {
      const { frame } = cell
      if (frame._tag === "Clause" || frame._tag === "Not" || (frame._tag === "Loop" && frame.part === "condition")) return
      if (frame._tag === "AndOr" && frame.at < frame.node.pipelines.length) return
    }
    this.set(left(thread, thread.status))
  }

  private script(thread: Thread, script: Script): void {
    this.set({ ...thread, stack: push(thread.stack, { _tag: "Script", script, at: 0 }) })
  }

  /** Commands run one after the other: each reads what the one before it has printed. */
  private pipe(thread: Thread, frame: Extract<Frame, { readonly _tag: "Pipe" }>): void {
    const command = frame.node.commands[frame.at]
    const piped = this.streams.taken(frame.buffer)
    if (command === undefined) return this.set(thread)
    const isLast = frame.at === frame.node.commands.length - 1
    this.set({
      ...thread,
      out: isLast ? thread.out : { _tag: "Buffer", id: frame.buffer },
      stdin: frame.at === 0 ? thread.stdin : piped,
      stack: push(
        thread.stack,
        { ...frame, at: frame.at + 1 },
        { _tag: "Process", outer: surroundingsOf(thread) },
        { _tag: "Command", command, given: [] }
      )
    })
  }

  private command(thread: Thread, command: Command, given: ReadonlyArray<string>): void {
    switch (command._tag) {
      case "Group":
        if (command.place === "here") return this.script(thread, command.body)
        return this.script({ ...thread, stack: push(thread.stack, { _tag: "Process", outer: surroundingsOf(thread) }) }, command.body)
      case "If": {
        const [first] = command.clauses
        return this.script({ ...thread, stack: push(thread.stack, { _tag: "Clause", node: command, at: 0 }) }, first?.condition ?? [])
      }
      case "Loop": {
        const frame: Frame = { _tag: "Loop", node: command, part: "condition", status: 0 }
        return this.script({ ...thread, stack: push(thread.stack, frame) }, command.condition)
      }
      case "Function":
        return this.set({ ...thread, functions: { ...thread.functions, [command.name]: command.body }, status: 0 })
      case "For":
        return this.expanded(thread, command, given, (scope, now) => {
          const words = command.words.flatMap((word) => Expand.fields(word, scope))
          return () => this.set({ ...now(), status: 0, stack: push(now().stack, { _tag: "For", node: command, words, at: 0 }) })
        })
      case "Case":
        return this.expanded(thread, command, given, (scope, now) => {
          const word = Expand.text(command.word, scope)
          const arm = command.arms.find(({ patterns }) => patterns.some((pattern) => Expand.matches(word, Expand.pattern(pattern, scope))))
          return () => this.script({ ...now(), status: 0 }, arm?.body ?? [])
        })
      case "Redirected":
        return this.expanded(thread, command, given, (scope, now) => {
          const targets = command.redirections.map(({ target }) => Expand.text(target, scope))
          return () => {
            const before = now()
            const after = this.streams.redirected(before, command.redirections, targets)
            if (typeof after === "string") return this.said(before, 1, after)
            const restore: Frame = { _tag: "Restore", out: before.out, err: before.err, stdin: before.stdin }
            this.set({ ...after, stack: push(before.stack, restore, { _tag: "Command", command: command.command, given: [] }) })
          }
        })
      case "Simple":
        return this.expanded(thread, command, given, (scope, now) => this.simple(command, given, scope, now))
    }
  }

  private said(thread: Thread, status: number, why: string): void {
    this.streams.write(thread.err, `sh: ${why}\n`)
    this.set({ ...thread, status })
  }

  /**
   * Expands a command's words and then runs it. A substitution that has not been printed yet runs first, as a process of its own; then
   * the command begins anew with what it printed.
   */
  private expanded(
    thread: Thread,
    command: Command,
    given: ReadonlyArray<string>,
    body: (scope: Expand.Scope, now: () => Thread) => () => void
  ): void {
    let count = 0
    let missing: Script | undefined
    let failure: string | undefined
    const now = () => this.thread(thread.id) ?? thread
    const run = body(
      {
        get: (name) => (name === "?" ? String(now().status) : name === "$" ? "1" : name === "!" ? String(now().child ?? "") : now().variables[name]),
        set: (name, value) => this.set(Builtins.assigned(now(), name, value)),
        fail: (why) => {
          failure ??= why
        },
        positional: thread.positional,
        output: (script) => {
          const known = given[count++]
          if (known === undefined) missing ??= script
          return known ?? ""
        },
        list: (directory) => this.streams.disk.list(directory),
        cwd: thread.cwd
      },
      now
    )
    if (missing !== undefined) return this.substitute(now(), command, given, missing)
    if (failure === undefined) return run()
    this.streams.write(now().err, `sh: ${failure}\n`)
    this.set(left(now(), 2))
  }

  private substitute(thread: Thread, command: Command, given: ReadonlyArray<string>, script: Script): void {
    const buffer = this.number()
    this.set({
      ...thread,
      out: { _tag: "Buffer", id: buffer },
      stack: push(
        thread.stack,
        { _tag: "Given", command, given, buffer },
        { _tag: "Process", outer: surroundingsOf(thread) },
        { _tag: "Script", script, at: 0 }
      )
    })
  }

  private simple(command: Simple, given: ReadonlyArray<string>, scope: Expand.Scope, now: () => Thread): () => void {
    const argv = command.words.flatMap((word) => Expand.fields(word, scope))
    const values = command.assignments.map(({ name, value }) => [name, Expand.text(value, scope)] as const)
    const targets = command.redirections.map(({ target }) => Expand.text(target, scope))
    return () => {
      const thread = now()
      const after = this.streams.redirected(thread, command.redirections, targets)
      if (typeof after === "string") return this.said(thread, 1, after)
      if (argv.length === 0) {
        // the status of `x=$(false)` is the substitution's
        const begun = { ...thread, status: given.length > 0 ? thread.status : 0 }
        return this.set(values.reduce((one, [name, value]) => Builtins.assigned(one, name, value), begun))
      }
      // `exec >file` holds from here on
      if (argv.length === 1 && argv[0] === "exec") return this.set({ ...after, status: 0 })
      const restore: Frame = { _tag: "Restore", out: thread.out, err: thread.err, stdin: thread.stdin }
      this.set(command.redirections.length === 0 ? thread : { ...after, stack: push(thread.stack, restore) })
      this.run(thread.id, argv, Object.fromEntries(values))
    }
  }

  private run(id: number, argv: ReadonlyArray<string>, more: Readonly<Record<string, string>>): void {
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
    const builtin = Builtins.builtin(thread, argv, this.state.traps)
    if (builtin === undefined) return this.execute(id, argv, more)
    this.set(builtin.thread)
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
    const program = this.resolve(argv)
    if (program !== undefined) return this.begin(thread, argv, program)
    const text = (argv[0] ?? "").includes("/") ? this.streams.disk.file(absolute(thread.cwd, argv[0] ?? "")) : undefined
    if (text !== undefined) return this.interpret(this.child(thread, more), text, argv, "file")
    const applet = appletNamed(argv[0] ?? "")
    if (applet === undefined) return this.said(thread, 127, `${argv[0] ?? ""}: not found`)
    const { context, streams } = this
    this.answered(
      thread,
      argv,
      applet({
        argv,
        stdin: thread.stdin,
        env: { ...thread.variables, ...more },
        file: (path) => streams.disk.file(path),
        list: (directory) => streams.disk.list(directory),
        write: (path, content) => streams.disk.write(path, content),
        cwd: thread.cwd,
        hostname: context.env["HOSTNAME"] ?? context.pod,
        get now() {
          return context.now
        }
      })
    )
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
    if (file === undefined) return this.interpret({ ...begun, stdin: "" }, thread.stdin, ["sh"], "file")
    const text = this.streams.disk.file(absolute(thread.cwd, file))
    if (text === undefined) return this.said(thread, 2, `can't open '${file}': No such file or directory`)
    this.interpret(begun, text, rest, "file")
  }

  private interpret(thread: Thread, source: string, positional: ReadonlyArray<string>, of: "function" | "command" | "file"): void {
    const script = parse(source)
    if (Result.isFailure(script)) return this.said(left(thread, 2), 2, `syntax error: ${script.failure}`)
    const frame: Frame = { _tag: "Return", of, positional: thread.positional, locals: {} }
    this.script({ ...thread, positional, stack: push(thread.stack, frame) }, script.success)
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
        const { hostname, pathname, port, search } = answer.url
        return this.call(thread, argv, hostname, Number(port === "" ? 80 : port), "http", `GET ${pathname}${search}`)
      }
      case "Dial":
        return this.call(thread, argv, answer.host, answer.port, "tcp", "connect")
    }
  }

  private call(thread: Thread, argv: ReadonlyArray<string>, host: string, port: number, protocol: "http" | "tcp", operation: string): void {
    const id = `${own}${this.number()}`
    this.streams.effects.push({ _tag: "Call", id, host, port, request: { protocol, operation } })
    this.set({ ...thread, busy: 0, wait: { _tag: "Reply", id, argv } })
  }

  private done(thread: Thread, { status, stderr, stdout }: Ran): void {
    this.streams.write(thread.out, stdout)
    this.streams.write(thread.err, stderr)
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
    const { context, streams } = this
    const answer = applet({
      argv,
      stdin: thread.stdin,
      env: thread.variables,
      file: (path) => streams.disk.file(path),
      list: (directory) => streams.disk.list(directory),
      write: (path, text) => streams.disk.write(path, text),
      cwd: thread.cwd,
      hostname: context.pod,
      get now() {
        return context.now
      }
    })
    this.done(thread, Builtins.shown(answer, reply))
    this.heed()
  }

  /** SIGTERM: the first process of a container ignores it, unless there is a trap, which waits for the command under way. */
  signalled(): void {
    const successor = this.state.nested.find(({ place }) => place === "shell's")
    if (successor !== undefined) return this.forward({ _tag: "Signal", signal: "SIGTERM" }, successor.thread)
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
    this.interpret({ ...first, wait: undefined }, this.state.traps[signal] ?? "", first.positional, "function")
  }

  /** To the image's own programs that scripts run, or to one of them. */
  forward(input: ProgramInput, only?: number): void {
    for (const nested of this.state.nested) {
      if (only !== undefined && nested.thread !== only) continue
      const { effects, state } = nested.program.step(nested.memory, input, { ...this.context, argv: nested.argv })
      if (state !== nested.memory) {
        const others = this.state.nested.map((one) => (one.thread === nested.thread ? { ...one, memory: state } : one))
        this.state = { ...this.state, nested: others }
      }
      for (const effect of effects) {
        if (effect._tag === "Exit") this.exited(nested.thread, effect.code)
        // what it logs goes where the script has led it
        else if (effect._tag === "Log") this.logged(nested.thread, effect)
        else this.streams.effects.push(effect)
      }
    }
  }

  private logged(id: number, { line, stream }: Extract<ProgramEffect, { readonly _tag: "Log" }>): void {
    const thread = this.thread(id)
    if (thread !== undefined) this.streams.write(stream === "stderr" ? thread.err : thread.out, `${line}\n`)
  }

  private exited(id: number, status: number): void {
    this.state = { ...this.state, nested: this.state.nested.filter(({ thread }) => thread !== id) }
    const thread = this.thread(id)
    if (thread !== undefined) this.set({ ...thread, wait: undefined, status })
    this.heed()
  }

  /** Somebody calls: a server of the scripts' own answers, else the image's programs. */
  requested(input: Extract<ProgramInput, { readonly _tag: "Request" }>): void {
    const [server] = this.state.servers
    if (server === undefined) return this.forward(input)
    this.streams.effects.push({ _tag: "Answer", reply: Serve.reply(server, input.request.operation, (path) => this.streams.disk.file(path)) })
  }
}
