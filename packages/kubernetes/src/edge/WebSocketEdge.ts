/**
 * Upgrades: `exec`, `attach` and the like over WebSocket. The first byte of a message is its channel; `v5.channel.k8s.io` adds the
 * half-close of a channel, sent as [255, channel] (KEP-4006).
 */
import type { Frame, KubeApi, KubeRequest } from "@aiopslab/core/Kubernetes"
import { KubeStatus } from "@aiopslab/core/Kubernetes"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Result from "effect/Result"
import * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import type { IncomingMessage } from "node:http"
import type { Duplex } from "node:stream"
import { type RawData, type WebSocket, WebSocketServer } from "ws"
import * as Status from "../Status.ts"

/** What we speak, best first. */
export const protocols = ["v5.channel.k8s.io", "v4.channel.k8s.io"] as const

/** The channel by which v5 closes another. */
export const closeChannel = 255

const server = new WebSocketServer({
  noServer: true,
  handleProtocols: (offered) => protocols.find((protocol) => offered.has(protocol)) ?? false
})

const refuse = (socket: Duplex, status: KubeStatus) =>
  Effect.sync(() => {
    const body = JSON.stringify(Status.body(status))
    socket.end(
      `HTTP/1.1 ${status.code} ${status.reason}\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n${body}`
    )
  })

const accept = (request: IncomingMessage, socket: Duplex, head: Buffer) =>
  Effect.callback<WebSocket>((resume) => server.handleUpgrade(request, socket, head, (webSocket) => resume(Effect.succeed(webSocket))))

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

const closed = (webSocket: WebSocket) => Effect.callback<void>((resume) => void webSocket.once("close", () => resume(Effect.void)))

export const upgrade = (
  call: Result.Result<{ readonly api: KubeApi; readonly request: KubeRequest }, KubeStatus>,
  request: IncomingMessage,
  socket: Duplex,
  head: Buffer
): Effect.Effect<void> =>
  Effect.gen(function* () {
    const { api, request: routed } = yield* Effect.fromResult(call)
    const scope = yield* Scope.Scope
    const duplex = yield* api.connect(routed).pipe(Scope.provide(scope))
    const webSocket = yield* accept(request, socket, head)
    const context = yield* Effect.context<never>()
    const run = Effect.runForkWith(context)
    webSocket.on("message", (data) => {
      const bytes = bytesOf(data)
      const channel = bytes[0]
      if (channel === undefined) return
      if (channel === closeChannel) run(duplex.end(bytes[1] ?? 0))
      else run(duplex.send({ channel, data: bytes.subarray(1) }))
    })
    const pump = duplex.received.pipe(
      Stream.runForEach((frame) => Effect.callback<void>((resume) => webSocket.send(message(frame), () => resume(Effect.void)))),
      Effect.catch((status) =>
        Effect.sync(() => webSocket.send(message({ channel: 3, data: Buffer.from(JSON.stringify(Status.body(status))) })))
      )
    )
    yield* Effect.raceFirst(pump, closed(webSocket))
    webSocket.close(1000)
  }).pipe(
    Effect.catch((status) => refuse(socket, status)),
    Effect.onExit((exit) => (Exit.isSuccess(exit) ? Effect.void : Effect.sync(() => void socket.destroy()))),
    Effect.scoped
  )
