/** The threads of a container's scripts during one step: what both the language and what comes from outside work on. */
import type { ProgramContext, ProgramEffect } from "@aiopslab/core/Behaviour"
import * as Result from "effect/Result"
import type { Ran } from "./Applet.ts"
import { parse } from "./Parse.ts"
import type { State } from "./State.ts"
import { Streams } from "./Streams.ts"
import type { Script } from "./Syntax.ts"
import type { Frame, Stack, Surroundings, Thread, Wait } from "./Thread.ts"
import { left, push } from "./Thread.ts"

/** In front of the names of timers and calls that are the scripts' own, not their programs'. */
export const own = "sh:"

export class Threads {
  protected readonly context: ProgramContext
  protected readonly streams: Streams
  protected state: State

  constructor(state: State, context: ProgramContext) {
    this.state = state
    this.context = context
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
    this.streams.finish(this.state.ended !== undefined || this.context.input === "terminal" ? "all" : "whole lines")
    const { buffers, partial } = this.streams
    if (buffers !== this.state.buffers || partial !== this.state.partial) this.state = { ...this.state, buffers, partial }
    return this.state
  }

  protected spawn(of: Surroundings, stack?: Stack): Thread {
    const thread: Thread = { ...of, id: this.number(), stack, status: 0, child: undefined, busy: 0, wait: undefined }
    this.state = { ...this.state, threads: [...this.state.threads, thread] }
    return thread
  }

  protected number(): number {
    const { count } = this.state
    this.state = { ...this.state, count: count + 1 }
    return count
  }

  protected isOver(thread: Thread, wait: Wait): boolean {
    if (wait._tag === "Input") return this.isRead(wait.until)
    if (wait._tag !== "Children") return false
    return !this.state.threads.some(({ id }) => (wait.of === "all" ? id > thread.id : id === wait.of))
  }

  /** Whether the container's standard input has that. */
  protected isRead(until: Extract<Wait, { readonly _tag: "Input" }>["until"]): boolean {
    const { is, text } = this.state.input
    return is === "ended" || (until === "line" ? text.includes("\n") : until === "text" && text !== "")
  }

  /** What is there of the container's standard input, or its first line; it is gone afterwards. */
  protected takenInput(what: "text" | "line"): string {
    const { text } = this.state.input
    const end = text.indexOf("\n")
    const length = what === "text" || end < 0 ? text.length : end + 1
    this.state = { ...this.state, input: { ...this.state.input, text: text.slice(length) } }
    return text.slice(0, length)
  }

  /** Later, when there is that to read; then the frame. */
  protected awaiting(thread: Thread, frame: Frame, until: "text" | "line" | "end"): void {
    this.set({ ...thread, stack: push(thread.stack, frame), wait: { _tag: "Input", until } })
  }

  protected thread(id: number): Thread | undefined {
    return this.state.threads.find((one) => one.id === id)
  }

  protected set(thread: Thread): void {
    this.state = { ...this.state, threads: this.state.threads.map((one) => (one.id === thread.id ? thread : one)) }
  }

  protected rest(thread: Thread, millis: number): void {
    const name = `${own}${this.number()}`
    this.streams.effects.push({ _tag: "Timer", name, afterMillis: millis })
    this.set({ ...thread, wait: { _tag: "Timer", name } })
  }

  protected script(thread: Thread, script: Script): void {
    this.set({ ...thread, stack: push(thread.stack, { _tag: "Script", script, at: 0 }) })
  }

  protected said(thread: Thread, status: number, why: string): void {
    this.streams.write(thread.err, `sh: ${why}\n`)
    this.set({ ...thread, status })
  }

  protected done(thread: Thread, { status, stderr, stdout }: Ran): void {
    this.streams.write(thread.out, stdout)
    this.streams.write(thread.err, stderr)
    this.set({ ...(this.thread(thread.id) ?? thread), wait: undefined, status })
  }

  protected interpret(thread: Thread, source: string, positional: ReadonlyArray<string>, of: "function" | "command" | "file"): void {
    const script = parse(source)
    if (Result.isFailure(script)) return this.said(left(thread, 2), 2, `syntax error: ${script.failure}`)
    const frame: Frame = { _tag: "Return", of, positional: thread.positional, locals: {} }
    this.script({ ...thread, positional, stack: push(thread.stack, frame) }, script.success)
  }

  /** A thread is through; with the first one the container ends. */
  protected end(thread: Thread): void {
    const [first] = this.state.threads
    const trap = this.state.traps["EXIT"]
    if (first?.id === thread.id && trap !== undefined) {
      const { EXIT: _, ...traps } = this.state.traps
      this.state = { ...this.state, traps }
      return this.interpret(
        { ...thread, stack: push(undefined, { _tag: "Status", status: thread.status }) },
        trap,
        thread.positional,
        "function"
      )
    }
    this.state = {
      ...this.state,
      threads: this.state.threads.filter(({ id }) => id !== thread.id),
      children: { ...this.state.children, [thread.id]: thread.status },
      ended: first?.id === thread.id ? thread.status : undefined
    }
  }
}
