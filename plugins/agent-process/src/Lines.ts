/**
 * The program's output, line by line, in bounded memory. Somebody waits for a line or nobody does; what comes when nobody waits is counted and
 * dropped. Too much of anything is a reason to give up, told to whoever waits next.
 */
import type { Reply } from "./Wire.ts"
import { reply as decode } from "./Wire.ts"

/** Bounds of what a program may write. */
export const bounds = {
  /** One line, in bytes. */
  line: 1024 * 1024,
  /** All lines of one turn, or all that nobody asked for, in bytes. */
  bytes: 8 * 1024 * 1024,
  /** Lines of one turn that are none of the protocol. */
  babble: 1000
} as const

export type Heard = { readonly _tag: "Reply"; readonly reply: Reply } | { readonly _tag: "Gone"; readonly why: string }

export class Lines {
  private listener: ((heard: Heard) => void) | undefined
  private gone: string | undefined
  private partial: Array<Uint8Array> = []
  private partialBytes = 0
  private bytes = 0
  private babble = 0
  private readonly decoder = new TextDecoder()

  /** Takes output; false when no more is wanted. */
  feed(chunk: Uint8Array): boolean {
    if (this.gone !== undefined) return false
    this.bytes += chunk.length
    for (let start = 0; start < chunk.length;) {
      const newline = chunk.indexOf(10, start)
      const end = newline < 0 ? chunk.length : newline
      this.partial.push(chunk.subarray(start, end))
      this.partialBytes += end - start
      if (this.partialBytes > bounds.line) return this.leave(`it wrote a line of more than ${bounds.line} bytes`)
      if (newline >= 0) this.line()
      start = end + 1
    }
    return this.bytes > bounds.bytes ? this.leave(`it wrote more than ${bounds.bytes} bytes without an answer`) : true
  }

  /** Nothing more will come, for this reason; the first one counts. */
  leave(why: string): false {
    this.gone ??= why
    this.partial = []
    this.tell({ _tag: "Gone", why: this.gone })
    return false
  }

  /** The next line of the protocol goes to this listener, or the reason why there will be none. One at a time. */
  listen(listener: (heard: Heard) => void): void {
    this.listener = listener
    this.bytes = 0
    this.babble = 0
    if (this.gone !== undefined) this.tell({ _tag: "Gone", why: this.gone })
  }

  /** Whoever listens does no longer. */
  deafen(): void {
    this.listener = undefined
  }

  private line(): void {
    const whole = new Uint8Array(this.partialBytes)
    let at = 0
    for (const part of this.partial) {
      whole.set(part, at)
      at += part.length
    }
    this.partial = []
    this.partialBytes = 0
    if (this.listener === undefined || this.gone !== undefined) return
    const found = decode(this.decoder.decode(whole))
    if (found !== undefined) this.tell({ _tag: "Reply", reply: found })
    else if (at > 0 && ++this.babble > bounds.babble) this.leave(`it wrote more than ${bounds.babble} lines that are not of the protocol`)
  }

  private tell(heard: Heard): void {
    const { listener } = this
    this.listener = undefined
    listener?.(heard)
  }
}

/** The end of what a program wrote on stderr. */
export class Tail {
  private chunks: Array<Uint8Array> = []
  private bytes = 0
  private readonly limit: number
  constructor(limit: number) {
    this.limit = limit
  }

  feed(chunk: Uint8Array): void {
    this.chunks.push(chunk.slice(-this.limit))
    this.bytes += Math.min(chunk.length, this.limit)
    while (this.bytes - (this.chunks[0]?.length ?? 0) >= this.limit) this.bytes -= this.chunks.shift()?.length ?? 0
  }

  text(): string {
    const decoder = new TextDecoder()
    return this.chunks
      .map((chunk) => decoder.decode(chunk, { stream: true }))
      .join("")
      .slice(-this.limit)
      .trim()
  }
}
