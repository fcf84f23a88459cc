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
import type { IncomingMessage, ServerResponse } from "node:http"
import { createServer, type Server } from "node:https"
import type { Duplex as NodeDuplex } from "node:stream"
import { TLSSocket } from "node:tls"
import { isProxied, isSet } from "../server/Route.ts"
import * as Status from "../Status.ts"
import { type Authenticate, identify } from "./Authentication.ts"
import * as Body from "./Body.ts"
import type { Certificates } from "./Certificates.ts"
import { drained, send } from "./Respond.ts"
import { upgrade } from "./WebSocketEdge.ts"

export interface EdgeOptions {
  readonly api: (identity: Identity) => KubeApi
  readonly certificates: Certificates
  readonly tokens?: ReadonlyMap<string, Identity>
  /** Of the tokens that the cluster issues. */
  readonly authenticate?: Authenticate
  readonly host?: string
  /** 0 chooses a free one. */
  readonly port?: number
}

export interface Edge {
  readonly url: string
  readonly port: number
}

const methods: ReadonlySet<string> = new Set(["GET", "POST", "PUT", "PATCH", "DELETE"])

const isMethod = (method: string | undefined): method is KubeRequest["method"] => method !== undefined && methods.has(method)

const queryOf = (url: URL): Record<string, string | ReadonlyArray<string>> => {
  const query: Record<string, string | ReadonlyArray<string>> = {}
  for (const key of new Set(url.searchParams.keys())) {
    const values = url.searchParams.getAll(key)
    query[key] = values.length === 1 ? (values[0] ?? "") : values
  }
  return query
}

const identityOf = (request: IncomingMessage, { authenticate, tokens = new Map() }: EdgeOptions) => {
  const socket = request.socket
  const certificate = socket instanceof TLSSocket && socket.authorized ? socket.getPeerCertificate() : undefined
  return identify(request, certificate?.subject, tokens, authenticate)
}

/** The request without its body, or the refusal. */
const route = (request: IncomingMessage) => {
  const url = new URL(request.url ?? "/", "https://server")
  if (!isMethod(request.method)) {
    return Result.fail(Status.methodNotAllowed)
  }
  return Result.succeed({
    method: request.method,
    path: decodeURI(url.pathname),
    query: queryOf(url),
    ...(request.headers["user-agent"] === undefined ? {} : { userAgent: request.headers["user-agent"] }),
    ...(request.headers.accept === undefined ? {} : { accept: request.headers.accept }),
    ...(request.headers["content-type"] === undefined ? {} : { contentType: request.headers["content-type"] })
  } satisfies KubeRequest)
}

/** A watch that is refused answers with the refusal's code; one that fails later ends with an ERROR event. */
const watching = Effect.fnUntraced(function* (api: KubeApi, request: KubeRequest, response: ServerResponse) {
  const start = Effect.sync(() => {
    if (response.headersSent) return
    response.writeHead(200, { "content-type": "application/json" })
    response.flushHeaders()
  })
  const fiber = yield* api.watch(request).pipe(
    Stream.runForEach((event) => Effect.andThen(start, drained(response, `${JSON.stringify(event)}\n`))),
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
const following = Effect.fnUntraced(function* (api: KubeApi, request: KubeRequest, response: ServerResponse) {
  const duplex = yield* api.connect(request)
  response.writeHead(200, { "content-type": "text/plain" })
  response.flushHeaders()
  yield* Stream.runForEach(duplex.received, (frame) => drained(response, frame.data))
  response.end()
}, Effect.scoped)

const answer = Effect.fnUntraced(function* (options: EdgeOptions, request: IncomingMessage, response: ServerResponse) {
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
    return yield* watching(api, call, response)
  }
  if (routed.method === "GET" && isPath("/log") && isSet(routed.query?.["follow"])) {
    return yield* following(api, call, response)
  }
  send(request, response, yield* api.request(call))
})

const failure = (status: KubeStatus): KubeReply =>
  status === Status.pageNotFound
    ? { code: 404, body: "404 page not found\n", contentType: "text/plain; charset=utf-8" }
    : { code: status.code, body: Status.body(status), ...(status.warnings === undefined ? {} : { warnings: status.warnings }) }

const handle = (options: EdgeOptions, request: IncomingMessage, response: ServerResponse) =>
  answer(options, request, response).pipe(
    Effect.catchCause((cause) => {
      const error = Cause.squash(cause)
      const status = error instanceof KubeStatus ? error : Status.internal(`Internal error occurred: ${String(error)}`)
      return Cause.hasInterruptsOnly(cause)
        ? Effect.sync(() => void response.destroy())
        : Effect.sync(() => {
            if (response.headersSent) response.destroy()
            else send(request, response, failure(status))
          })
    })
  )

const listen = (server: Server, host: string, port: number) =>
  Effect.callback<number, Error>((resume) => {
    server.once("error", (error) => resume(Effect.fail(error)))
    server.listen(port, host, () => {
      const address = server.address()
      resume(Effect.succeed(typeof address === "object" && address !== null ? address.port : port))
    })
  })

/** Serves until the scope closes. Fails when the port cannot be had. */
export const serve = Effect.fn("HttpsEdge.serve")(function* (options: EdgeOptions): Effect.fn.Return<Edge, Error, Scope.Scope> {
  const host = options.host ?? "127.0.0.1"
  const fork = yield* FiberSet.makeRuntime<never, void, never>()
  const server = yield* Effect.acquireRelease(
    Effect.sync(() =>
      createServer({
        key: options.certificates.server.key,
        cert: options.certificates.server.certificate,
        ca: options.certificates.authority,
        requestCert: true,
        rejectUnauthorized: false,
        keepAliveTimeout: 90_000
      })
    ),
    (server) =>
      Effect.callback<void>((resume) => {
        server.close(() => resume(Effect.void))
        server.closeAllConnections()
      })
  )
  server.on("request", (request: IncomingMessage, response: ServerResponse) => {
    const fiber = fork(handle(options, request, response))
    response.once("close", () => fiber.interruptUnsafe())
  })
  server.on("upgrade", (request: IncomingMessage, socket: NodeDuplex, head: Buffer) => {
    const call = Effect.flatMap(identityOf(request, options), (identity) =>
      Effect.fromResult(Result.map(route(request), (routed) => ({ api: options.api(identity), request: routed })))
    )
    const fiber = fork(upgrade(call, request, socket, head))
    socket.once("close", () => fiber.interruptUnsafe())
  })
  server.on("tlsClientError", () => {})
  server.on("clientError", (_error, socket) => void socket.destroy())
  const port = yield* listen(server, host, options.port ?? 0)
  return { url: `https://${host}:${port}`, port }
})
