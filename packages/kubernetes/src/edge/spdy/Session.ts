/** One SPDY/3 connection: bytes in, streams out. There is no flow control, because Kubernetes' own side has none. */
import * as Effect from "effect/Effect"
import * as Frames from "./Frames.ts"
import * as Headers from "./Headers.ts"

/** What is done about the streams that the other side opens. */
export interface Handler {
  readonly opened: (stream: number, headers: Headers.Headers) => Effect.Effect<void>
  readonly data: (stream: number, body: Uint8Array, then: "more" | "end") => Effect.Effect<void>
  readonly reset: (stream: number) => Effect.Effect<void>
}

export interface Sender {
  readonly data: (stream: number, body: Uint8Array) => Effect.Effect<void>
  readonly end: (stream: number) => Effect.Effect<void>
}

export type Send = (bytes: Uint8Array) => Effect.Effect<void>

export const sender = (send: Send): Sender => ({
  data: (stream, body) => send(Frames.data(stream, 0, body)),
  end: (stream) => send(Frames.data(stream, Frames.fin, Buffer.alloc(0)))
})

/** Takes bytes as they come; to be called for one piece after the other. */
export const make = (send: Send, handler: Handler): ((bytes: Uint8Array) => Effect.Effect<void>) => {
  const codec = Headers.make()
  let buffered: Buffer = Buffer.alloc(0)

  const opened = Effect.fnUntraced(function* (body: Buffer) {
    const { block, stream } = Frames.synStream(body)
    const headers = (yield* codec.decode(block)) ?? {}
    yield* send(Frames.control(Frames.types.synReply, 0, Frames.numbered(stream, yield* codec.encode({}))))
    yield* handler.opened(stream, headers)
  })

  const handle = (frame: Frames.SpdyFrame): Effect.Effect<void> => {
    if (frame._tag === "Data") {
      return handler.data(frame.stream, new Uint8Array(frame.body), (frame.flags & Frames.fin) === 0 ? "more" : "end")
    }
    switch (frame.type) {
      case Frames.types.synStream:
        return opened(frame.body)
      case Frames.types.ping:
        return send(Frames.control(Frames.types.ping, 0, frame.body))
      case Frames.types.rstStream:
        return handler.reset(frame.body.length < 4 ? 0 : frame.body.readUInt32BE(0))
      case Frames.types.headers:
        // the dictionary goes on with every block
        return Effect.asVoid(codec.decode(frame.body.subarray(4)))
      default:
        return Effect.void
    }
  }

  return (bytes) =>
    Effect.suspend(() => {
      buffered = buffered.length === 0 ? Buffer.from(bytes) : Buffer.concat([buffered, bytes])
      const frames: Array<Frames.SpdyFrame> = []
      for (let next = Frames.first(buffered); next !== undefined; next = Frames.first(buffered)) {
        frames.push(next[0])
        buffered = next[1]
      }
      return Effect.forEach(frames, handle, { discard: true })
    })
}
