/**
 * `SPDY/3.1+portforward.k8s.io`: port-forward of kubectl and client-go, SPDY inside the messages of a WebSocket. Each connection to a port
 * is a pair of streams with one `requestid`, one for its bytes and one that says why there is none (KEP-4006). A pair is one `connect` of
 * the API with that port. There is no flow control: the other side has none either.
 */
import type { Duplex, KubeApi, KubeRequest } from "@aiopslab/core/Kubernetes"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import * as Frames from "./Frames.ts"
import * as Headers from "./Headers.ts"

/** The two streams of a connection, as they come. */
interface Pair {
  readonly port: string
  error?: number
  data?: number
  duplex?: Duplex
  scope?: Scope.Closeable
}

/** Messages of the protocol, in the order in which they are to be sent. */
export interface Wire {
  readonly send: (bytes: Uint8Array) => Effect.Effect<void>
}

export const make = Effect.fnUntraced(function* (api: KubeApi, request: KubeRequest, wire: Wire) {
  const scope = yield* Scope.Scope
  const codec = Headers.make()
  const pairs = new Map<string, Pair>()
  const byStream = new Map<number, Pair>()
  let buffered: Buffer = Buffer.alloc(0)

  const finished = (stream: number | undefined) =>
    stream === undefined ? Effect.void : wire.send(Frames.data(stream, Frames.fin, Buffer.alloc(0)))

  const forget = (pair: Pair) =>
    Effect.sync(() => {
      for (const [key, other] of pairs) if (other === pair) pairs.delete(key)
      for (const [key, other] of byStream) if (other === pair) byStream.delete(key)
    })

  /** What the connection says, until it ends; then both streams end. The number of the port, by which each begins, is not for SPDY. */
  const pump = (pair: Pair, duplex: Duplex) => {
    const greeted = new Set<number>()
    return duplex.received.pipe(
      Stream.runForEach((frame) => {
        if (!greeted.has(frame.channel)) {
          greeted.add(frame.channel)
          return Effect.void
        }
        const stream = frame.channel === 0 ? pair.data : pair.error
        return stream === undefined ? Effect.void : wire.send(Frames.data(stream, 0, frame.data))
      }),
      Effect.catch((status) =>
        pair.error === undefined ? Effect.void : wire.send(Frames.data(pair.error, 0, Buffer.from(status.message)))
      ),
      Effect.andThen(finished(pair.data)),
      Effect.andThen(finished(pair.error)),
      Effect.andThen(forget(pair))
    )
  }

  const connect = Effect.fnUntraced(function* (pair: Pair) {
    const own = yield* Scope.fork(scope)
    pair.scope = own
    const duplex = yield* api.connect({ ...request, query: { ports: pair.port } }).pipe(Scope.provide(own))
    pair.duplex = duplex
    yield* Effect.forkIn(pump(pair, duplex), own, { startImmediately: true })
  })

  const opened = Effect.fnUntraced(function* (body: Buffer) {
    const { block, stream } = Frames.synStream(body)
    const headers = (yield* codec.decode(block)) ?? {}
    yield* wire.send(Frames.control(Frames.types.synReply, 0, Frames.numbered(stream, yield* codec.encode({}))))
    const { port = "", requestid = String(stream), streamtype } = headers
    const pair: Pair = pairs.get(requestid) ?? { port }
    pairs.set(requestid, pair)
    byStream.set(stream, pair)
    if (streamtype === "error") pair.error = stream
    else pair.data = stream
    if (pair.data === undefined || pair.error === undefined) return
    yield* connect(pair).pipe(
      Effect.catch((status) =>
        Effect.andThen(
          wire.send(Frames.data(pair.error ?? stream, 0, Buffer.from(status.message))),
          Effect.andThen(finished(pair.error), finished(pair.data))
        )
      )
    )
  })

  const dropped = (stream: number) =>
    Effect.suspend(() => {
      const pair = byStream.get(stream)
      if (pair === undefined) return Effect.void
      const closing = pair.scope === undefined ? Effect.void : Scope.close(pair.scope, Exit.void)
      return Effect.andThen(closing, forget(pair))
    })

  const written = (stream: number, flags: number, body: Buffer) =>
    Effect.suspend(() => {
      const pair = byStream.get(stream)
      if (pair?.duplex === undefined || pair.data !== stream) return Effect.void
      const { duplex } = pair
      const sent = body.length === 0 ? Effect.void : duplex.send({ channel: 0, data: new Uint8Array(body) })
      return (flags & Frames.fin) === 0 ? sent : Effect.andThen(sent, duplex.end(0))
    })

  const handle = (frame: Frames.SpdyFrame): Effect.Effect<void> => {
    if (frame._tag === "Data") return written(frame.stream, frame.flags, frame.body)
    switch (frame.type) {
      case Frames.types.synStream:
        return opened(frame.body)
      case Frames.types.ping:
        return wire.send(Frames.control(Frames.types.ping, 0, frame.body))
      case Frames.types.rstStream:
        return dropped(frame.body.length < 4 ? 0 : frame.body.readUInt32BE(0))
      case Frames.types.headers:
        // the dictionary goes on with every block
        return Effect.asVoid(codec.decode(frame.body.subarray(4)))
      default:
        return Effect.void
    }
  }

  /** Takes the bytes of one message; to be called for one after the other. */
  return (bytes: Uint8Array): Effect.Effect<void> =>
    Effect.suspend(() => {
      buffered = buffered.length === 0 ? Buffer.from(bytes) : Buffer.concat([buffered, bytes])
      const frames: Array<Frames.SpdyFrame> = []
      for (let next = Frames.first(buffered); next !== undefined; next = Frames.first(buffered)) {
        frames.push(next[0])
        buffered = next[1]
      }
      return Effect.forEach(frames, handle, { discard: true })
    })
})
