/**
 * The HTTPS edge: an API server for clients outside this process. Requests, watches and upgrades become calls of `KubeApi`; nothing
 * below knows of sockets. A client that goes away interrupts what it asked for; closing the scope ends every connection.
 */
import type { Identity, KubeApi, KubeReply, KubeRequest } from "@aiopslab/core/Kubernetes"
import { KubeStatus } from "@aiopslab/core/Kubernetes"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as FiberSet from "effect/FiberSet"
import * as Result from "effect/Result"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import type { IncomingMessage } from "node:http"
import { createSecureServer, type Http2SecureServer } from "node:http2"
import type { Socket } from "node:net"
import type { Duplex as NodeDuplex } from "node:stream"
import { TLSSocket } from "node:tls"
import { isProxied, isSet } from "../server/Route.ts"
import { quoted } from "../apply/GoText.ts"
import * as Status from "../Status.ts"
import { type Authenticate, identify } from "./Authentication.ts"
import * as Body from "./Body.ts"
import type { Certificates } from "./Certificates.ts"
import * as Target from "./Target.ts"
import { begin, type ClientRequest, type ClientResponse } from "./Exchange.ts"
import { type Authorize, mastersOnly, Nobody } from "./Impersonation.ts"
import { drained, send } from "./Respond.ts"
import * as WatchLine from "./WatchLine.ts"
import { upgrade } from "./WebSocketEdge.ts"

export interface EdgeOptions {
  readonly api: (identity: Identity) => KubeApi
  readonly certificates: Certificates
  readonly tokens?: ReadonlyMap<string, Identity>
  /** Of the tokens that the cluster issues. */
  readonly authenticate?: Authenticate
  /** Who may send requests for whom. Default: masters, for anybody. */
  readonly authorize?: Authorize
  readonly host?: string
  /** 0 chooses a free one. */
  readonly port?: number
}

export interface Edge {
  readonly url: string
  readonly port: number
}

/** What HTTP refuses before Kubernetes sees it. */
const badTarget = Status.badRequest("Bad Request")

const methods: ReadonlySet<string> = new Set(["GET", "POST", "PUT", "PATCH", "DELETE"])

const isMethod = (method: string | undefined): method is KubeRequest["method"] => method !== undefined && methods.has(method)

const identityOf = (request: ClientRequest, { authenticate, authorize = mastersOnly, tokens = new Map() }: EdgeOptions) => {
  const socket = request.socket
  const certificate = socket instanceof TLSSocket && socket.authorized ? socket.getPeerCertificate() : undefined
  return identify(request, certificate?.subject, { tokens, authenticate, authorize })
}

/** The request without its body, or the refusal. */
const route = (request: ClientRequest): Result.Result<KubeRequest, KubeStatus> => {
  const target = Target.parse(request.url ?? "/")
  if (target === undefined) return Result.fail(badTarget)
  if (!isMethod(request.method)) return Result.fail(Status.methodNotAllowed)
  if (target.path.includes("//")) return Result.fail(Status.unknownPath)
  return Result.succeed({
    method: request.method,
    ...target,
    ...(request.headers["user-agent"] === undefined ? {} : { userAgent: request.headers["user-agent"] }),
    ...(request.headers.accept === undefined ? {} : { accept: request.headers.accept }),
    ...(request.headers["content-type"] === undefined ? {} : { contentType: request.headers["content-type"] })
  })
}

/** A watch that is refused answers with the refusal's code; one that fails later ends with an ERROR event. */
const watching = Effect.fnUntraced(function* (api: KubeApi, request: KubeRequest, response: ClientResponse, lines: WatchLine.WatchLines) {
  const begun = () => {
    if (!response.headersSent) begin(response, "application/json")
  }
  const start = Effect.sync(begun)
  const fiber = yield* api.watch(request).pipe(
    Stream.runForEachArray((events) => {
      begun()
      return lines.write(response, events)
    }),
    Effect.forkChild({ startImmediately: true })
  )
  yield* Effect.yieldNow
  if (fiber.pollUnsafe() === undefined) yield* start
  yield* Fiber.join(fiber).pipe(
    Effect.catch((status) =>
      // what is too old is told in the stream, as the real server's cache does
      response.headersSent || status.code === 410
        ? Effect.andThen(start, drained(response, `${JSON.stringify({ type: "ERROR", object: Status.body(status) })}\n`))
        : Effect.fail(status)
    )
  )
  yield* start
  response.end()
})

/** A log that is followed: the stdout channel of a `connect`, written as it comes. */
const following = Effect.fnUntraced(function* (api: KubeApi, request: KubeRequest, response: ClientResponse) {
  const duplex = yield* api.connect(request)
  begin(response, "text/plain")
  yield* Stream.runForEach(duplex.received, (frame) => drained(response, frame.data))
  response.end()
}, Effect.scoped)

/** What all requests of one server share. */
interface Serving extends EdgeOptions {
  readonly lines: WatchLine.WatchLines
}

const answer = Effect.fnUntraced(function* (options: Serving, request: ClientRequest, response: ClientResponse) {
  const identity = yield* identityOf(request, options)
  const routed = yield* Effect.fromResult(route(request))
  const call: KubeRequest =
    routed.method === "GET"
      ? routed
      : { ...routed, ...(yield* Body.decode(yield* Body.read(request), request.headers["content-type"], request.method)) }
  const api = options.api(identity)
  const isPath = (end: string) => routed.path.endsWith(end)
  // what stands behind a proxy has watches and logs of its own
  if (isProxied(routed.path)) return send(request, response, yield* api.request(call))
  if (routed.method === "GET" && (isSet(routed.query?.["watch"]) || routed.path.includes("/watch/"))) {
    return yield* watching(api, call, response, options.lines)
  }
  if (routed.method === "GET" && isPath("/log") && isSet(routed.query?.["follow"])) {
    return yield* following(api, call, response)
  }
  send(request, response, yield* api.request(call))
})

const text = (code: number, body: string): KubeReply => ({ code, body, contentType: "text/plain; charset=utf-8" })

const nobody = ({ url = "/" }: ClientRequest, { message }: Nobody): string => `Internal Server Error: ${quoted(url)}: ${message}\n`

const failure = (request: ClientRequest, error: unknown): KubeReply => {
  if (error === badTarget) return text(400, "400 Bad Request")
  if (error === Status.pageNotFound) return text(404, "404 page not found\n")
  if (error instanceof Nobody) return text(500, nobody(request, error))
  const status = error instanceof KubeStatus ? error : Status.internal(`Internal error occurred: ${String(error)}`)
  return { code: status.code, body: Status.body(status), ...(status.warnings === undefined ? {} : { warnings: status.warnings }) }
}

const handle = (options: Serving, request: ClientRequest, response: ClientResponse) =>
  answer(options, request, response).pipe(
    Effect.catchCause((cause) =>
      Effect.sync(() => {
        if (Cause.hasInterruptsOnly(cause) || response.headersSent) response.destroy()
        else send(request, response, failure(request, Cause.squash(cause)))
      })
    )
  )

const listen = (server: Http2SecureServer, host: string, port: number) =>
  Effect.callback<number, Error>((resume) => {
    server.once("error", (error) => resume(Effect.fail(error)))
    server.listen(port, host, () => {
      const address = server.address()
      resume(Effect.succeed(typeof address === "object" && address !== null ? address.port : port))
    })
  })

const notHttp = "HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain; charset=utf-8\r\nConnection: close\r\n\r\n400 Bad Request"

/** As many as the real server allows on one connection: an informer for each kind, and room. */
const maxConcurrentStreams = 1_000

/** HTTP/2 for those who offer it, HTTP/1.1 for the others and for upgrades; the scope ends every connection. */
const secureServer = ({ certificates }: EdgeOptions) => {
  const sockets = new Set<Socket>()
  return Effect.acquireRelease(
    Effect.sync(() => {
      const server = createSecureServer({
        allowHTTP1: true,
        key: certificates.server.key,
        cert: certificates.server.certificate,
        ca: certificates.authority,
        requestCert: true,
        rejectUnauthorized: false,
        settings: { maxConcurrentStreams }
      })
      server.on("connection", (socket: Socket) => {
        sockets.add(socket)
        socket.once("close", () => sockets.delete(socket))
      })
      return server
    }),
    (server) =>
      Effect.callback<void>((resume) => {
        server.close(() => resume(Effect.void))
        for (const socket of sockets) socket.destroy()
      })
  )
}

/** Serves until the scope closes. Fails when the port cannot be had. */
export const serve = Effect.fn("HttpsEdge.serve")(function* (options: EdgeOptions): Effect.fn.Return<Edge, Error, Scope.Scope> {
  const host = options.host ?? "127.0.0.1"
  const fork = yield* FiberSet.makeRuntime<never, void, never>()
  const server = yield* secureServer(options)
  const serving: Serving = { ...options, lines: WatchLine.make() }
  server.on("request", (request: ClientRequest, response: ClientResponse) => {
    const fiber = fork(handle(serving, request, response))
    response.once("close", () => fiber.interruptUnsafe())
  })
  server.on("upgrade", (request: IncomingMessage, socket: NodeDuplex, head: Buffer) => {
    const call = identityOf(request, options).pipe(
      Effect.catchTag("Nobody", (error) => Effect.fail(Status.internal(nobody(request, error)))),
      Effect.flatMap((identity) =>
        Effect.fromResult(Result.map(route(request), (routed) => ({ api: options.api(identity), request: routed })))
      )
    )
    const fiber = fork(upgrade(call, request, socket, head))
    socket.once("close", () => fiber.interruptUnsafe())
  })
  server.on("tlsClientError", () => {})
  server.on("clientError", (_error, socket: NodeDuplex) => {
    // what is no HTTP; a socket that was reset can't be told
    if (socket.writable) socket.end(notHttp)
  })
  server.on("sessionError", () => {})
  const port = yield* listen(server, host, options.port ?? 0)
  return { url: `https://${host}:${port}`, port }
})
