/**
 * Port-forward of kubectl and client-go over SPDY. Each connection to a port is a pair of streams with one `requestid`, one for its bytes
 * and one that says why there is none; a pair is one `connect` of the API with that port.
 */
import type { Duplex, KubeApi, KubeRequest } from "@aiopslab/core/Kubernetes"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import * as Session from "./Session.ts"

/** The two streams of a connection, as they come. */
interface Pair {
  readonly port: string
  error?: number
  data?: number
  duplex?: Duplex
  scope?: Scope.Closeable
}

export const make = Effect.fnUntraced(function* (api: KubeApi, request: KubeRequest, send: Session.Send) {
  const scope = yield* Scope.Scope
  const pairs = new Map<string, Pair>()
  const byStream = new Map<number, Pair>()
  const wire = Session.sender(send)

  const finished = (stream: number | undefined) => (stream === undefined ? Effect.void : wire.end(stream))

  const forget = (pair: Pair) =>
    Effect.sync(() => {
      for (const [key, other] of pairs) if (other === pair) pairs.delete(key)
      for (const [key, other] of byStream) if (other === pair) byStream.delete(key)
    })

  const ended = (pair: Pair) => finished(pair.data).pipe(Effect.andThen(finished(pair.error)), Effect.andThen(forget(pair)))

  const complained = (pair: Pair, message: string) => (pair.error === undefined ? Effect.void : wire.data(pair.error, Buffer.from(message)))

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
        return stream === undefined ? Effect.void : wire.data(stream, frame.data)
      }),
      Effect.catch((status) => complained(pair, status.message)),
      Effect.andThen(ended(pair))
    )
  }

  const connect = Effect.fnUntraced(function* (pair: Pair) {
    const own = yield* Scope.fork(scope)
    pair.scope = own
    const duplex = yield* api.connect({ ...request, query: { ports: pair.port } }).pipe(Scope.provide(own))
    pair.duplex = duplex
    yield* Effect.forkIn(pump(pair, duplex), own, { startImmediately: true })
  })

  return Session.make(send, {
    opened: (stream, { port = "", requestid = String(stream), streamtype }) => {
      const pair: Pair = pairs.get(requestid) ?? { port }
      pairs.set(requestid, pair)
      byStream.set(stream, pair)
      if (streamtype === "error") pair.error = stream
      else pair.data = stream
      if (pair.data === undefined || pair.error === undefined) return Effect.void
      return connect(pair).pipe(Effect.catch((status) => Effect.andThen(complained(pair, status.message), ended(pair))))
    },
    data: (stream, body, then) => {
      const pair = byStream.get(stream)
      if (pair?.duplex === undefined || pair.data !== stream) return Effect.void
      const { duplex } = pair
      const sent = body.length === 0 ? Effect.void : duplex.send({ channel: 0, data: body })
      return then === "more" ? sent : Effect.andThen(sent, duplex.end(0))
    },
    reset: (stream) => {
      const pair = byStream.get(stream)
      if (pair === undefined) return Effect.void
      return Effect.andThen(pair.scope === undefined ? Effect.void : Scope.close(pair.scope, Exit.void), forget(pair))
    }
  })
})
