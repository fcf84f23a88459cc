/** `exec` and `attach` over SPDY: a stream for each channel, which says of itself which it is. */
import type { Duplex } from "@aiopslab/core/Kubernetes"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import * as Status from "../../Status.ts"
import * as Session from "./Session.ts"

const channels: Readonly<Record<string, number>> = { stdin: 0, stdout: 1, stderr: 2, error: 3, resize: 4 }

export interface Command {
  readonly take: (bytes: Uint8Array) => Effect.Effect<void>
  /** From when all streams are there until the command has ended. */
  readonly run: Effect.Effect<void>
}

/** `expected`: how many streams the client opens. */
export const make = Effect.fnUntraced(function* (duplex: Duplex, expected: number, send: Session.Send): Effect.fn.Return<Command> {
  const wire = Session.sender(send)
  const streams = new Map<number, number>()
  const complete = yield* Deferred.make<void>()
  const channelOf = (stream: number) => [...streams].find(([, other]) => other === stream)?.[0]

  const written = (channel: number, data: Uint8Array) => {
    const stream = streams.get(channel)
    return stream === undefined ? Effect.void : wire.data(stream, data)
  }

  const take = Session.make(send, {
    opened: (stream, { streamtype = "" }) => {
      const channel = channels[streamtype]
      if (channel !== undefined) streams.set(channel, stream)
      return streams.size < expected ? Effect.void : Effect.asVoid(Deferred.succeed(complete, undefined))
    },
    data: (stream, body, then) => {
      const channel = channelOf(stream)
      if (channel === undefined) return Effect.void
      const sent = body.length === 0 ? Effect.void : duplex.send({ channel, data: body })
      return then === "more" ? sent : Effect.andThen(sent, duplex.end(channel))
    },
    reset: () => Effect.void
  })

  const run = duplex.received.pipe(
    Stream.runForEach(({ channel, data }) => written(channel, data)),
    Effect.catch((status) => written(3, Buffer.from(JSON.stringify(Status.body(status))))),
    Effect.andThen(Effect.suspend(() => Effect.forEach(streams.values(), wire.end, { discard: true })))
  )
  return { take, run: Effect.andThen(Deferred.await(complete), run) }
})
