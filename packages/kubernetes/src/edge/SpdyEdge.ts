/** Upgrades to SPDY/3.1, by which clients older than Kubernetes 1.31 exec, attach and forward ports. */
import type { Duplex, KubeApi, KubeRequest } from "@aiopslab/core/Kubernetes"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Queue from "effect/Queue"
import * as Stream from "effect/Stream"
import type { IncomingMessage } from "node:http"
import type { Duplex as NodeDuplex } from "node:stream"
import { flag } from "../server/Route.ts"
import * as Command from "./spdy/Command.ts"
import * as Tunnel from "./spdy/Tunnel.ts"

export const isSpdy = (request: IncomingMessage): boolean => /^spdy\/3\.1$/iu.test(request.headers.upgrade ?? "")

/** What we speak, best first. */
const protocols: ReadonlyArray<string> = ["v4.channel.k8s.io", "portforward.k8s.io"]

const accept = (request: IncomingMessage, socket: NodeDuplex) =>
  Effect.sync(() => {
    const header = request.headers["x-stream-protocol-version"]
    const offered = (typeof header === "string" ? header : (header ?? []).join(",")).split(",").map((one) => one.trim())
    const chosen = protocols.find((protocol) => offered.includes(protocol))
    const version = chosen === undefined ? "" : `X-Stream-Protocol-Version: ${chosen}\r\n`
    socket.write(`HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: SPDY/3.1\r\n${version}\r\n`)
  })

const received = (socket: NodeDuplex, head: Buffer): Effect.Effect<Queue.Dequeue<Uint8Array, Cause.Done>> =>
  Effect.map(Queue.unbounded<Uint8Array, Cause.Done>(), (queue) => {
    if (head.length > 0) Queue.offerUnsafe(queue, head)
    socket.on("data", (data: Buffer) => void Queue.offerUnsafe(queue, data))
    socket.once("error", () => void Queue.endUnsafe(queue))
    socket.once("close", () => void Queue.endUnsafe(queue))
    return queue
  })

const sending = (socket: NodeDuplex) => (bytes: Uint8Array) =>
  Effect.callback<void>((resume) => {
    socket.write(bytes, () => resume(Effect.void))
  })

const streamsOf = (request: KubeRequest): number => {
  const tty = flag(request, "tty")
  // one for the status, and one for the size of a terminal, which has no stderr
  const names = ["stdin", "stdout", ...(tty ? [] : ["stderr"])]
  return 1 + names.filter((name) => flag(request, name)).length + (tty ? 1 : 0)
}

/** Until the client has left, or the command has ended. */
export const serve = Effect.fnUntraced(function* (
  api: KubeApi,
  request: KubeRequest,
  duplex: Duplex,
  incoming: IncomingMessage,
  socket: NodeDuplex,
  head: Buffer
) {
  const queue = yield* received(socket, head)
  yield* accept(incoming, socket)
  const send = sending(socket)
  const taking = (take: (bytes: Uint8Array) => Effect.Effect<void>) => Stream.runForEach(Stream.fromQueue(queue), take)
  if (request.path.endsWith("/portforward")) return yield* taking(yield* Tunnel.make(api, request, send))
  const command = yield* Command.make(duplex, streamsOf(request), send)
  yield* Effect.raceFirst(taking(command.take), command.run)
  // the client closes when it has read what there is
  yield* Effect.raceFirst(taking(command.take), Effect.sleep("1 second"))
})
