/** What comes to a container's scripts from outside: time, answers, signals, callers; and the image's own programs that they run. */
import type { NetworkReply, ProgramEffect, ProgramInput } from "@aiopslab/core/Behaviour"
import { withEnd } from "../Container.ts"
import { appletNamed } from "./Applets.ts"
import * as Builtins from "./Builtins.ts"
import * as Line from "./Line.ts"
import * as Serve from "./Serve.ts"
import type { Input } from "./State.ts"
import type { Frame } from "./Thread.ts"
import { unwound } from "./Thread.ts"
import { own, Threads } from "./Threads.ts"

export class Inputs extends Threads {
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
      stdin: thread.stdin ?? "",
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

  /** Somebody has typed: at a terminal, keys. */
  typed(text: string, then: "more" | "end"): void {
    if (this.context.input !== "terminal") this.fed(text)
    else for (const key of Line.keys(text)) this.key(key)
    if (then === "end") this.fed("", "ended")
  }

  private fed(text: string, is: Input["is"] = this.state.input.is): void {
    this.state = { ...this.state, input: { ...this.state.input, text: this.state.input.text + text, is } }
  }

  private key(key: Line.Key): void {
    const { line } = this.state.input
    const typing = (next: string, shown: string): void => {
      this.state = { ...this.state, input: { ...this.state.input, line: next } }
      this.streams.show(shown)
    }
    switch (key._tag) {
      case "Text":
        return typing(line + key.text, key.text)
      case "Erase":
        return line === "" ? undefined : typing(line.slice(0, -1), "\b \b")
      case "Clear":
        return typing("", "\b \b".repeat(line.length))
      case "Interrupt":
        typing("", "^C\n")
        return this.interrupted()
      case "Enter":
        typing("", "\n")
        return this.fed(`${line}\n`)
      case "End":
        if (line === "") return this.fed("", "ended")
        this.state = { ...this.state, input: { ...this.state.input, line: "" } }
        return this.fed(line)
    }
  }

  /** The command that a shell at the terminal runs is given up; a first process that is no shell takes no notice. */
  private interrupted(): void {
    const [first] = this.state.threads
    if (first === undefined) return
    const isAt = ({ _tag }: Frame): boolean => _tag === "Interactive"
    const back = unwound(first, isAt, "kept")
    if (back.stack === undefined || !isAt(back.stack.frame)) return
    this.state = { ...this.state, nested: this.state.nested.filter(({ thread }) => thread !== first.id) }
    this.set({ ...back, wait: undefined, status: 130 })
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

  protected heed(): void {
    const [first] = this.state.threads
    const [signal] = this.state.pending
    if (first === undefined || signal === undefined || (first.wait !== undefined && first.wait._tag !== "Children")) return
    this.state = { ...this.state, pending: [] }
    this.interpret({ ...first, wait: undefined }, this.state.traps[signal] ?? "", first.positional, "function")
  }

  /** To the image's own programs that scripts run, or to one of them. */
  forward(input: ProgramInput, only?: number): void {
    const { disk } = this.streams
    for (const nested of this.state.nested) {
      if (only !== undefined && nested.thread !== only) continue
      const { effects, state } = nested.program.step(nested.memory, input, {
        ...this.context,
        argv: nested.argv,
        file: (path) => disk.file(path),
        list: (directory) => disk.list(directory)
      })
      if (state !== nested.memory) {
        const others = this.state.nested.map((one) => (one.thread === nested.thread ? { ...one, memory: state } : one))
        this.state = { ...this.state, nested: others }
      }
      for (const effect of effects) {
        if (effect._tag === "Exit") this.exited(nested.thread, effect.code)
        // what it logs goes where the script has led it
        else if (effect._tag === "Log") this.logged(nested.thread, effect)
        else if (effect._tag === "WriteFile") disk.write(effect.path, effect.text)
        else this.streams.effects.push(effect)
      }
    }
  }

  protected logged(id: number, effect: Extract<ProgramEffect, { readonly _tag: "Log" }>): void {
    const thread = this.thread(id)
    if (thread !== undefined) this.streams.write(effect.stream === "stderr" ? thread.err : thread.out, withEnd(effect))
  }

  protected exited(id: number, status: number): void {
    this.state = { ...this.state, nested: this.state.nested.filter(({ thread }) => thread !== id) }
    const thread = this.thread(id)
    if (thread !== undefined) this.set({ ...thread, wait: undefined, status })
    this.heed()
  }

  /** Somebody calls: a server of the scripts' own answers, else the image's programs. */
  requested(input: Extract<ProgramInput, { readonly _tag: "Request" }>): void {
    const [server] = this.state.servers
    if (server === undefined) return this.forward(input)
    this.streams.effects.push({
      _tag: "Answer",
      reply: Serve.reply(server, input.request.operation, (path) => this.streams.disk.file(path))
    })
  }
}
