/**
 * Runs scripts as the first process of a container does: command after command at one moment, until all threads wait for time, for an
 * answer, or for nothing that comes. The state is a value, and a run is one step from it to the next.
 */
import * as Result from "effect/Result"
import * as Builtins from "./Builtins.ts"
import * as Expand from "./Expand.ts"
import { parse } from "./Parse.ts"
import { Processes } from "./Processes.ts"
import type { Command, Script, Simple } from "./Syntax.ts"
import type { Frame, Thread } from "./Thread.ts"
import { left, push, surroundingsOf } from "./Thread.ts"

/** Commands at one moment; a loop that never waits goes on this much later, and ever more rarely, since nobody can tell. */
const fuelOfStep = 20_000
const breath = 100
const mostBusy = 10

export class Run extends Processes {
  private fuel = fuelOfStep

  /** All threads as far as they get. */
  go(): void {
    for (let moved = true; moved && this.state.ended === undefined;) {
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
      case "Again":
        return this.run(thread.id, frame.argv, frame.more)
      case "Copy":
        this.streams.write(thread.out, this.takenInput("text"))
        return this.state.input.is === "ended" ? this.set({ ...thread, status: 0 }) : this.awaiting(thread, frame, "text")
      case "Interactive":
        return this.interactive(thread, frame)
      case "Command":
        return this.command(thread, frame.command, frame.given)
    }
  }

  /** The next command that somebody types; the end of all ends the shell. */
  private interactive(thread: Thread, frame: Extract<Frame, { readonly _tag: "Interactive" }>): void {
    if (!this.isRead("line")) {
      if (this.context.input === "terminal") this.streams.write(thread.out, frame.read === "" ? `${thread.cwd} # ` : "> ")
      return this.awaiting(thread, frame, "line")
    }
    const line = this.takenInput("line")
    const source = frame.read + line
    if (line === "" && source === "") return
    const parsed = parse(source)
    const isCut = Result.isFailure(parsed) && parsed.failure.startsWith("unexpected end of file") && line !== ""
    const next: Thread = { ...thread, stack: push(thread.stack, { ...frame, read: isCut ? source : "" }) }
    if (isCut) return this.set(next)
    if (Result.isFailure(parsed)) return this.said(next, 2, `syntax error: ${parsed.failure}`)
    this.script(next, parsed.success)
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
        get: (name) =>
          name === "?" ? String(now().status) : name === "$" ? "1" : name === "!" ? String(now().child ?? "") : now().variables[name],
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
}
