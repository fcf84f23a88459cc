/**
 * Upgrades: `exec`, `attach` and the like over WebSocket. The first byte of a message is its channel; `v5.channel.k8s.io` adds the
 * half-close of a channel, sent as [255, channel] (KEP-4006).
 */
import type { Duplex, Frame, KubeApi, KubeRequest } from "@aiopslab/core/Kubernetes"
import { KubeStatus } from "@aiopslab/core/Kubernetes"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Queue from "effect/Queue"
import * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import type { IncomingMessage } from "node:http"
import type { Duplex as NodeDuplex } from "node:stream"
import { type RawData, type WebSocket, WebSocketServer } from "ws"
import * as Status from "../Status.ts"
import { isSpdy, serve } from "./SpdyEdge.ts"
import * as Tunnel from "./spdy/Tunnel.ts"

/** What we speak, best first. */
export const protocols = ["v5.channel.k8s.io", "v4.channel.k8s.io"] as const

/** SPDY inside the messages. */
const tunnelled = "SPDY/3.1+portforward.k8s.io"

/** The channel by which v5 closes another. */
export const closeChannel = 255

/** Stands for it in the handshake: `ws` refuses a name with a slash, which by RFC 6455 is none. */
const standIn = "spdy.portforward.k8s.io"

const chosen = (offered: ReadonlySet<string>, request: IncomingMessage): string | false => {
  if (!new URL(request.url ?? "/", "https://server").pathname.endsWith("/portforward")) {
    return protocols.find((protocol) => offered.has(protocol)) ?? false
  }
  return offered.has(standIn) ? tunnelled : offered.has("v4.channel.k8s.io") && "v4.channel.k8s.io"
}

const server = new WebSocketServer({ noServer: true, handleProtocols: chosen })

const refuse = (socket: NodeDuplex, status: KubeStatus) =>
  Effect.sync(() => {
    const body = JSON.stringify(Status.body(status))
    socket.end(
      `HTTP/1.1 ${status.code} ${status.reason}\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n${body}`
    )
  })

const accept = (request: IncomingMessage, socket: NodeDuplex, head: Buffer) =>
  Effect.callback<WebSocket>((resume) => {
    const offered = request.headers["sec-websocket-protocol"]
    if (offered !== undefined) request.headers["sec-websocket-protocol"] = offered.replace(tunnelled, standIn)
    server.handleUpgrade(request, socket, head, (webSocket) => resume(Effect.succeed(webSocket)))
  })

/** The bytes of a message, however `ws` hands them over. */
export const bytesOf = (data: RawData): Uint8Array =>
  data instanceof ArrayBuffer ? new Uint8Array(data) : Array.isArray(data) ? Buffer.concat(data) : data

/** Channel byte and payload as one message. */
export const message = (frame: Frame): Uint8Array => {
  const bytes = new Uint8Array(frame.data.length + 1)
  bytes[0] = frame.channel
  bytes.set(frame.data, 1)
  return bytes
}

const sending = (webSocket: WebSocket, bytes: Uint8Array) =>
  Effect.callback<void>((resume) => webSocket.send(bytes, () => resume(Effect.void)))

const closed = (webSocket: WebSocket) => Effect.callback<void>((resume) => void webSocket.once("close", () => resume(Effect.void)))

/** Messages as they come in, taken one after the other. */
const messages = (webSocket: WebSocket): Effect.Effect<Queue.Dequeue<Uint8Array, Cause.Done>> =>
  Effect.map(Queue.unbounded<Uint8Array, Cause.Done>(), (queue) => {
    webSocket.on("message", (data) => void Queue.offerUnsafe(queue, bytesOf(data)))
    webSocket.once("close", () => void Queue.endUnsafe(queue))
    return queue
  })

const tunnel = Effect.fnUntraced(function* (api: KubeApi, request: KubeRequest, webSocket: WebSocket) {
  const incoming = yield* messages(webSocket)
  const take = yield* Tunnel.make(api, request, (bytes) => sending(webSocket, bytes))
  yield* Stream.runForEach(Stream.fromQueue(incoming), take)
})

const channels = Effect.fnUntraced(function* (duplex: Duplex, webSocket: WebSocket) {
  const incoming = yield* messages(webSocket)
  const taking = Stream.runForEach(Stream.fromQueue(incoming), (bytes) => {
    const channel = bytes[0]
    if (channel === undefined) return Effect.void
    return channel === closeChannel ? duplex.end(bytes[1] ?? 0) : duplex.send({ channel, data: bytes.subarray(1) })
  })
  const pump = duplex.received.pipe(
    Stream.runForEach((frame) => sending(webSocket, message(frame))),
    Effect.catch((status) => sending(webSocket, message({ channel: 3, data: Buffer.from(JSON.stringify(Status.body(status))) })))
  )
  yield* Effect.forkChild(taking, { startImmediately: true })
  yield* Effect.raceFirst(pump, closed(webSocket))
})

export const upgrade = (
  call: Effect.Effect<{ readonly api: KubeApi; readonly request: KubeRequest }, KubeStatus>,
  request: IncomingMessage,
  socket: NodeDuplex,
  head: Buffer
): Effect.Effect<void> =>
  Effect.gen(function* () {
    const { api, request: routed } = yield* call
    const scope = yield* Scope.Scope
    const duplex = yield* api.connect(routed).pipe(Scope.provide(scope))
    if (isSpdy(request)) {
      yield* serve(api, routed, duplex, request, socket, head)
      socket.end()
      return
    }
    const webSocket = yield* accept(request, socket, head)
    yield* webSocket.protocol === tunnelled ? tunnel(api, routed, webSocket) : channels(duplex, webSocket)
    webSocket.close(1000)
  }).pipe(
    Effect.catch((status) => refuse(socket, status)),
    Effect.onExit((exit) => (Exit.isSuccess(exit) ? Effect.void : Effect.sync(() => void socket.destroy()))),
    Effect.scoped
  )
