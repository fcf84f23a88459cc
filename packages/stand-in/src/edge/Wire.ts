/**
 * How stand-ins talk: HTTP for what is HTTP in the application, else the request in an envelope of JSON, POSTed to the same port. A
 * connection carries one request, so that a Service spreads them over its endpoints.
 */
import type { NetworkReply, NetworkRequest } from "@aiopslab/core/Behaviour"
import * as Effect from "effect/Effect"
import * as FiberSet from "effect/FiberSet"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import type * as Scope from "effect/Scope"
import { createServer, type IncomingMessage, type ServerResponse } from "node:http"
import type { Address, Arrival } from "../Machine.ts"
import * as Trace from "../Trace.ts"
import * as Dial from "./Dial.ts"
import type * as Instances from "./Instances.ts"
import { opened } from "./Opened.ts"

const envelope = "application/aiopslab+json"

const Credentials = Schema.Struct({ user: Schema.String, password: Schema.String, database: Schema.optionalKey(Schema.String) })

const Request = Schema.Struct({
  protocol: Schema.Literals(["http", "grpc", "mongodb", "memcached", "redis", "sql", "tcp"]),
  operation: Schema.String,
  payload: Schema.optionalKey(Schema.Json),
  credentials: Schema.optionalKey(Credentials)
})

const Reply = Schema.Union([
  Schema.TaggedStruct("ok", { payload: Schema.optionalKey(Schema.Json) }),
  Schema.TaggedStruct("error", { code: Schema.String, message: Schema.String }),
  Schema.TaggedStruct("failure", { failure: Schema.Literals(["no-such-host", "refused", "timeout", "reset"]), message: Schema.String })
])

const decodeRequest = Schema.decodeUnknownOption(Schema.fromJsonString(Request))
const decodeReply = Schema.decodeUnknownOption(Schema.fromJsonString(Reply))
const decodeJson = Schema.decodeUnknownOption(Schema.fromJsonString(Schema.Json))

/** The largest body that is read, in bytes. */
const largest = 16 * 1024 * 1024

/** Everything that comes; undefined when it breaks off or is too much. */
export const text = (message: IncomingMessage): Effect.Effect<string | undefined> =>
  Effect.callback((resume) => {
    const chunks: Array<Buffer> = []
    let size = 0
    message.on("data", (chunk: Buffer) => {
      size += chunk.length
      if (size <= largest) return void chunks.push(chunk)
      message.destroy()
      resume(Effect.succeed(undefined))
    })
    message.on("end", () => resume(Effect.succeed(Buffer.concat(chunks).toString("utf8"))))
    message.on("error", () => resume(Effect.succeed(undefined)))
    message.on("close", () => resume(Effect.succeed(undefined)))
    return Effect.sync(() => message.destroy())
  })

const header = (message: IncomingMessage, name: string): string | undefined => {
  const value = message.headers[name]
  return typeof value === "string" ? value : undefined
}

const requestOf = (message: IncomingMessage, body: string): NetworkRequest | undefined => {
  if (header(message, "content-type") === envelope) return Option.getOrUndefined(decodeRequest(body))
  const operation = `${message.method ?? "GET"} ${message.url ?? "/"}`
  if (body === "") return { protocol: "http", operation }
  return { protocol: "http", operation, payload: Option.getOrElse(decodeJson(body), () => body) }
}

const sendHttp = (response: ServerResponse, reply: NetworkReply): void => {
  if (reply._tag === "failure") return void response.destroy()
  if (reply._tag === "error") {
    const code = Number(reply.code)
    response.writeHead(code >= 400 && code < 600 ? code : 500, { "content-type": "text/plain; charset=utf-8", connection: "close" })
    return void response.end(`${reply.message}\n`)
  }
  const { payload = {} } = reply
  const plain = typeof payload === "string" && payload.endsWith("\n")
  response.writeHead(200, { "content-type": plain ? "text/plain; charset=utf-8" : "application/json", connection: "close" })
  response.end(plain ? payload : JSON.stringify(payload))
}

const send = (message: IncomingMessage, response: ServerResponse, reply: NetworkReply): void => {
  if (header(message, "content-type") !== envelope) return sendHttp(response, reply)
  response.writeHead(200, { "content-type": envelope, connection: "close" })
  response.end(JSON.stringify(reply))
}

/** Answers until the scope closes; a port that is taken already answers nobody here. */
export const listen = Effect.fn("Wire.listen")(function* (
  port: number,
  registrations: Instances.Registrations,
  answer: (arrival: Arrival) => Effect.Effect<NetworkReply>
): Effect.fn.Return<void, never, Scope.Scope> {
  const fork = yield* FiberSet.makeRuntime<never, void, never>()
  const handle = (message: IncomingMessage, response: ServerResponse) =>
    Effect.gen(function* () {
      if (registrations.handles(message, response)) return
      const body = yield* text(message)
      const request = body === undefined ? undefined : requestOf(message, body)
      if (request === undefined) return void response.destroy()
      const trace = Trace.read(header(message, "traceparent"), header(message, "baggage"))
      send(message, response, yield* answer({ request, trace }))
    })
  const server = createServer((message, response) => void fork(handle(message, response)))
  yield* Effect.addFinalizer(() =>
    Effect.sync(() => {
      server.close()
      server.closeAllConnections()
    })
  )
  yield* Effect.callback<void>((resume) => {
    server.once("error", () => resume(Effect.void))
    server.listen(port, () => resume(Effect.void))
  })
})

interface Sent {
  readonly method: string
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

const sentOf = (request: NetworkRequest, trace: Trace.Child | undefined): Sent => {
  const headers = trace === undefined ? {} : Trace.headersOf(trace)
  if (request.protocol !== "http")
    return { method: "POST", path: "/", headers: { ...headers, "content-type": envelope }, body: JSON.stringify(request) }
  const [method = "GET", path = "/"] = request.operation.split(" ")
  return { method, path, headers, body: request.payload === undefined ? "" : JSON.stringify(request.payload) }
}

const replyOf = (request: NetworkRequest, status: number, body: string): NetworkReply => {
  if (request.protocol !== "http") return Option.getOrElse(decodeReply(body), () => Dial.reset)
  if (status >= 400) return { _tag: "error", code: String(status), message: body.trimEnd() }
  return { _tag: "ok", payload: Option.getOrElse(decodeJson(body), () => body) }
}

const exchanged = (address: string, { host, port }: Address, request: NetworkRequest, sent: Sent): Effect.Effect<NetworkReply> =>
  opened(
    { host: address, port, method: sent.method, path: sent.path, headers: { ...sent.headers, host: `${host}:${port}` } },
    sent.body
  ).pipe(
    Effect.mapError((error) => Dial.failure(error, address, port)),
    Effect.flatMap((response) =>
      Effect.map(text(response), (body) => (body === undefined ? Dial.reset : replyOf(request, response.statusCode ?? 0, body)))
    ),
    Effect.catch((failure) => Effect.succeed(failure))
  )

export const ask = (to: Address, request: NetworkRequest, patience: number, trace: Trace.Child | undefined): Effect.Effect<NetworkReply> =>
  Dial.lookup(to.host).pipe(
    Effect.flatMap((address) =>
      exchanged(address, to, request, sentOf(request, trace)).pipe(
        Effect.timeoutOrElse({ duration: patience, orElse: () => Effect.succeed(Dial.timedOut(address, to.port)) })
      )
    ),
    Effect.catch((failure) => Effect.succeed(failure))
  )
