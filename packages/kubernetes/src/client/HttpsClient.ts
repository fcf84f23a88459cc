/**
 * `KubeApi` over HTTPS: a real cluster, or ours in another process. One keep-alive agent for all requests; a watch and an exec have a
 * connection of their own, closed when their scope closes or the fibre that reads them is interrupted.
 */
import type { Duplex, Identity, KubeApi, KubeReply, KubeRequest, WatchEvent } from "@aiopslab/core/Kubernetes"
import { admin, KubeStatus } from "@aiopslab/core/Kubernetes"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Queue from "effect/Queue"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import type { IncomingMessage } from "node:http"
import { Agent, request as httpsRequest } from "node:https"
import { WebSocket } from "ws"
import { authenticated } from "../Principals.ts"
import * as Status from "../Status.ts"
import { bytesOf, closeChannel, message, protocols } from "../edge/WebSocketEdge.ts"

/** How to reach a server: what a kubeconfig says, resolved. */
export interface Connection {
  /** `https://host:port`, with a path if it is behind one. */
  readonly server: string
  readonly ca?: string | Buffer
  readonly cert?: string | Buffer
  readonly key?: string | Buffer
  readonly rejectUnauthorized?: boolean
  /** Fresh for every request: tokens expire. */
  readonly headers: Effect.Effect<Readonly<Record<string, string>>, KubeStatus>
}

const unreachable = (connection: Connection, error: Error) =>
  new KubeStatus({ code: 503, reason: "ServiceUnavailable", message: `cannot reach ${connection.server}: ${error.message}` })

const urlOf = (connection: Connection, request: KubeRequest): URL => {
  const url = new URL(connection.server.replace(/\/$/, "") + encodeURI(request.path))
  for (const [key, value] of Object.entries(request.query ?? {})) {
    for (const one of typeof value === "string" ? [value] : value) url.searchParams.append(key, one)
  }
  return url
}

const impersonation = (identity: Identity): Record<string, string | Array<string>> =>
  identity === admin
    ? {}
    : {
        "impersonate-user": identity.user,
        "impersonate-group": identity.groups.filter((group) => group !== authenticated),
        ...(identity.uid === undefined ? {} : { "impersonate-uid": identity.uid }),
        ...Object.fromEntries(
          Object.entries(identity.extra ?? {}).map(([key, values]) => [`impersonate-extra-${encodeURIComponent(key)}`, [...values]])
        )
      }

const text = (response: IncomingMessage): Effect.Effect<string, Error> =>
  Effect.callback((resume) => {
    const chunks: Array<Buffer> = []
    response.on("data", (chunk: Buffer) => chunks.push(chunk))
    response.on("end", () => resume(Effect.succeed(Buffer.concat(chunks).toString("utf8"))))
    response.on("error", (error) => resume(Effect.fail(error)))
  })

const parse = (body: string): unknown => {
  try {
    return JSON.parse(body)
  } catch {
    return body
  }
}

const field = (body: unknown, name: string): unknown =>
  typeof body === "object" && body !== null ? Object.getOwnPropertyDescriptor(body, name)?.value : undefined

/** The failure that a non-2xx answer means; proxies in between answer with plain text. */
const statusOf = (code: number, body: unknown): KubeStatus => {
  if (code === 404 && typeof body === "string") return Status.pageNotFound
  const details = field(body, "details")
  const message = field(body, "message")
  const reason = field(body, "reason")
  return new KubeStatus({
    code,
    reason: typeof reason === "string" ? reason : "Unknown",
    message: typeof message === "string" ? message : typeof body === "string" ? body.trim() : `the server answered with ${code}`,
    ...(typeof details === "object" && details !== null ? { details: { ...details } } : {})
  })
}

interface Sent {
  readonly response: IncomingMessage
  readonly abort: () => void
}

const open = (connection: Connection, agent: Agent, identity: Identity, request: KubeRequest): Effect.Effect<Sent, KubeStatus> =>
  Effect.flatMap(connection.headers, (headers) =>
    Effect.callback<Sent, KubeStatus>((resume) => {
      const body = request.body === undefined ? undefined : Buffer.from(JSON.stringify(request.body))
      const outgoing = httpsRequest(urlOf(connection, request), {
        method: request.method,
        agent,
        headers: {
          accept: request.accept ?? "application/json",
          ...(request.userAgent === undefined ? {} : { "user-agent": request.userAgent }),
          ...headers,
          ...impersonation(identity),
          ...(body === undefined ? {} : { "content-type": request.contentType ?? "application/json", "content-length": body.length })
        }
      })
      outgoing.once("response", (response) => resume(Effect.succeed({ response, abort: () => void outgoing.destroy() })))
      outgoing.once("error", (error) => resume(Effect.fail(unreachable(connection, error))))
      outgoing.end(body)
      return Effect.sync(() => void outgoing.destroy())
    })
  )

const warningsOf = (response: IncomingMessage): ReadonlyArray<string> => {
  const given = response.headers["warning"]
  // Node reads headers as Latin-1; Go writes UTF-8
  const header = given === undefined ? undefined : Buffer.from(given, "latin1").toString()
  return header === undefined
    ? []
    : [...header.matchAll(/299 \S+ "((?:[^"\\]|\\.)*)"/g)].map((match) => (match[1] ?? "").replaceAll(/\\(.)/g, "$1"))
}

const reply = Effect.fnUntraced(function* (connection: Connection, sent: Sent): Effect.fn.Return<KubeReply, KubeStatus> {
  const raw = yield* text(sent.response).pipe(
    Effect.mapError((error) => unreachable(connection, error)),
    Effect.onInterrupt(() => Effect.sync(sent.abort))
  )
  const code = sent.response.statusCode ?? 0
  const contentType = sent.response.headers["content-type"] ?? ""
  const body = contentType.includes("json") || code >= 300 ? parse(raw) : raw
  if (code < 200 || code >= 300) return yield* statusOf(code, body)
  const warnings = warningsOf(sent.response)
  return { code, body, ...(warnings.length === 0 ? {} : { warnings }), ...(contentType === "" ? {} : { contentType }) }
})

const isEvent = (parsed: unknown): parsed is WatchEvent =>
  ["ADDED", "MODIFIED", "DELETED", "BOOKMARK"].some((type) => type === field(parsed, "type")) && typeof field(parsed, "object") === "object"

/** One line of a watch. */
const event = (line: string): Effect.Effect<WatchEvent, KubeStatus> => {
  const parsed = parse(line)
  if (isEvent(parsed)) return Effect.succeed(parsed)
  const object = field(parsed, "object")
  const code = field(object, "code")
  return Effect.fail(statusOf(typeof code === "number" ? code : 500, object))
}

const watch = (connection: Connection, agent: Agent, identity: Identity, request: KubeRequest): Stream.Stream<WatchEvent, KubeStatus> =>
  Stream.unwrap(
    Effect.gen(function* () {
      const sent = yield* Effect.acquireRelease(
        open(connection, agent, identity, { ...request, query: { ...request.query, watch: "true" } }),
        (sent) => Effect.sync(sent.abort)
      )
      if (sent.response.statusCode !== 200) return Stream.fromEffect(Effect.flatMap(reply(connection, sent), () => Effect.never))
      return Stream.callback<Uint8Array, KubeStatus>((queue) =>
        Effect.sync(() => {
          sent.response.on("data", (chunk: Buffer) => void Queue.offerUnsafe(queue, chunk))
          sent.response.on("end", () => void Queue.endUnsafe(queue))
          sent.response.on("close", () => void Queue.endUnsafe(queue))
          sent.response.on("error", (error) => void Queue.failCauseUnsafe(queue, Cause.fail(unreachable(connection, error))))
        })
      ).pipe(
        Stream.decodeText(),
        Stream.splitLines,
        Stream.filter((line) => line !== ""),
        Stream.mapEffect(event)
      )
    })
  )

const connect = Effect.fnUntraced(function* (
  connection: Connection,
  identity: Identity,
  request: KubeRequest
): Effect.fn.Return<Duplex, KubeStatus, Scope.Scope> {
  const headers = yield* connection.headers
  const url = urlOf(connection, request)
  url.protocol = "wss:"
  const incoming = yield* Queue.unbounded<{ readonly channel: number; readonly data: Uint8Array }, KubeStatus | Cause.Done>()
  const webSocket = yield* Effect.acquireRelease(
    Effect.callback<WebSocket, KubeStatus>((resume) => {
      const socket = new WebSocket(url, [...protocols], {
        headers: { ...headers, ...impersonation(identity) },
        ...(connection.ca === undefined ? {} : { ca: connection.ca }),
        ...(connection.cert === undefined ? {} : { cert: connection.cert }),
        ...(connection.key === undefined ? {} : { key: connection.key }),
        rejectUnauthorized: connection.rejectUnauthorized ?? true
      })
      socket.on("message", (data) => {
        const bytes = bytesOf(data)
        if (bytes.length > 1) Queue.offerUnsafe(incoming, { channel: bytes[0] ?? 0, data: bytes.subarray(1) })
      })
      socket.once("open", () => resume(Effect.succeed(socket)))
      socket.once("close", () => void Queue.endUnsafe(incoming))
      socket.on("error", (error) => {
        Queue.failCauseUnsafe(incoming, Cause.fail(unreachable(connection, error)))
        resume(Effect.fail(unreachable(connection, error)))
      })
      socket.once("unexpected-response", (_outgoing, response) => {
        const refused = text(response).pipe(
          Effect.mapError((error) => unreachable(connection, error)),
          Effect.flatMap((body) => Effect.fail(statusOf(response.statusCode ?? 0, parse(body))))
        )
        resume(refused)
      })
    }),
    (socket) => Effect.sync(() => socket.terminate())
  )
  const write = (bytes: Uint8Array) => Effect.callback<void>((resume) => webSocket.send(bytes, () => resume(Effect.void)))
  return {
    send: (frame) => write(message(frame)),
    end: (channel) => write(Uint8Array.of(closeChannel, channel)),
    received: Stream.fromQueue(incoming)
  }
})

/** The API of a server, by identity: every identity but the connection's own is impersonated. */
export const make = Effect.fn("HttpsClient.make")(function* (connection: Connection) {
  const agentOf = (maxSockets: number) =>
    Effect.acquireRelease(
      Effect.sync(
        () =>
          new Agent({
            keepAlive: true,
            maxSockets,
            ...(connection.ca === undefined ? {} : { ca: connection.ca }),
            ...(connection.cert === undefined ? {} : { cert: connection.cert }),
            ...(connection.key === undefined ? {} : { key: connection.key }),
            rejectUnauthorized: connection.rejectUnauthorized ?? true
          })
      ),
      (agent) => Effect.sync(() => agent.destroy())
    )
  const agent = yield* agentOf(64)
  // a watch keeps its socket: among the others many of them would leave none for requests
  const watching = yield* agentOf(Infinity)
  return (identity: Identity): KubeApi => ({
    request: (request) => Effect.flatMap(open(connection, agent, identity, request), (sent) => reply(connection, sent)),
    watch: (request) => watch(connection, watching, identity, request),
    connect: (request) => connect(connection, identity, request)
  })
})
