/** Input and output of scripts during one step: files, the log, buffers between commands. */
import type { ProgramContext, ProgramEffect } from "@aiopslab/core/Behaviour"
import { absolute } from "./Applet.ts"
import { Overlay, readOnly } from "./Overlay.ts"
import type { Redirection } from "./Syntax.ts"
import type { Sink, Thread } from "./Thread.ts"

export class Streams {
  readonly disk: Overlay
  readonly effects: Array<ProgramEffect> = []
  buffers: Readonly<Record<number, string>>
  partial: Readonly<Record<"stdout" | "stderr", string>>

  constructor(context: ProgramContext, of: Pick<Streams, "buffers" | "partial">) {
    this.disk = new Overlay(context)
    this.buffers = of.buffers
    this.partial = of.partial
  }

  /** After these nothing more is written in this step. At the end of all, and at a terminal, what lacks a line's end is written, too. */
  finish(what: "all" | "whole lines"): void {
    if (what === "all") {
      for (const stream of ["stdout", "stderr"] as const) {
        if (this.partial[stream] !== "") this.effects.push({ _tag: "Log", stream, line: this.partial[stream], ending: "none" })
      }
      this.partial = { stdout: "", stderr: "" }
    }
    for (const [path, text] of this.disk.written) this.effects.push({ _tag: "WriteFile", path, text })
  }

  /** What a terminal shows of what is typed. */
  show(text: string): void {
    const line = text.replace(/\n$/u, "")
    this.effects.push({ _tag: "Log", stream: "stdout", line, ...(line === text ? { ending: "none" } : {}) })
  }

  write(sink: Sink, text: string): void {
    if (text === "") return
    switch (sink._tag) {
      case "Nowhere":
        return
      case "Buffer":
        this.buffers = { ...this.buffers, [sink.id]: (this.buffers[sink.id] ?? "") + text }
        return
      case "File":
        this.disk.write(sink.path, (this.disk.file(sink.path) ?? "") + text)
        return
      case "Log": {
        const lines = (this.partial[sink.stream] + text).split("\n")
        this.partial = { ...this.partial, [sink.stream]: lines.pop() ?? "" }
        for (const line of lines) this.effects.push({ _tag: "Log", stream: sink.stream, line })
      }
    }
  }

  /** What is in a buffer, which is empty afterwards. */
  taken(buffer: number): string {
    const { [buffer]: text = "", ...others } = this.buffers
    this.buffers = others
    return text
  }

  private fileSink(target: string, cwd: string, operator: ">" | ">>"): Sink | string {
    if (target === "/dev/null") return { _tag: "Nowhere" }
    if (target === "/dev/stdout" || target === "/proc/1/fd/1") return { _tag: "Log", stream: "stdout" }
    if (target === "/dev/stderr" || target === "/proc/1/fd/2") return { _tag: "Log", stream: "stderr" }
    const path = absolute(cwd, target)
    if (this.disk.isReadOnly(path)) return `can't create ${target}: ${readOnly}`
    if (operator === ">" || this.disk.file(path) === undefined) this.disk.write(path, "")
    return { _tag: "File", path }
  }

  /** The thread with its streams led elsewhere, or what stands in the way. `targets` are the redirections' words, expanded. */
  redirected(thread: Thread, redirections: ReadonlyArray<Redirection>, targets: ReadonlyArray<string>): Thread | string {
    let now = thread
    for (const [i, { fd, operator }] of redirections.entries()) {
      const target = targets[i] ?? ""
      switch (operator) {
        case "<": {
          const text = target === "/dev/null" ? "" : this.disk.file(absolute(thread.cwd, target))
          if (text === undefined) return `can't open ${target}: no such file`
          now = { ...now, stdin: text }
          break
        }
        case "<<":
          now = { ...now, stdin: target }
          break
        case ">&":
        case "<&": {
          const sink: Sink = target === "-" ? { _tag: "Nowhere" } : target === "2" ? now.err : now.out
          now = fd === 2 ? { ...now, err: sink } : fd === 1 ? { ...now, out: sink } : now
          break
        }
        default: {
          const sink = this.fileSink(target, thread.cwd, operator)
          if (typeof sink === "string") return sink
          now = fd === 2 ? { ...now, err: sink } : { ...now, out: sink }
        }
      }
    }
    return now
  }
}
