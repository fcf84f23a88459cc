/**
 * How a call fails, as a Go program words it: `err.Error()` of the client libraries that the applications use (grpc-go, net/http, the
 * MongoDB driver, gomemcache). A call that can't be made fails at once; one that nobody answers, after the client's patience.
 */
import type { NetworkReply, NetworkRequest } from "@aiopslab/core/Behaviour"
import type { Latency } from "@aiopslab/core/Topology"
import type { NetworkFailure } from "./Facts.ts"

export type Protocol = NetworkRequest["protocol"]

export interface Failure {
  /** `Unavailable`, `503`, `Unauthorized`: as the protocol names it. */
  readonly code: string
  readonly message: string
  readonly latency: Latency
}

const at = (medianMillis: number, sigma = 0.2): Latency => ({ medianMillis, sigma })

/** grpc-go gives a connection 20 s, the MongoDB driver looks for a server for 30 s, gomemcache waits 2 s in the hotel's setting. */
const patience: Readonly<Record<Protocol, number>> = {
  http: 30_000,
  grpc: 20_000,
  mongodb: 30_000,
  memcached: 2_000,
  redis: 5_000,
  sql: 30_000,
  tcp: 30_000
}

/** A status error that came over gRPC once keeps its text on the way up. */
const asGrpc = (code: string, message: string): string =>
  message.startsWith("rpc error: ") ? message : `rpc error: code = ${code} desc = ${message}`

const dialled = (protocol: Protocol, cause: string): Pick<Failure, "code" | "message"> => {
  switch (protocol) {
    case "grpc":
      return {
        code: "Unavailable",
        message: asGrpc("Unavailable", `last connection error: connection error: desc = "transport: Error while dialing: ${cause}"`)
      }
    case "mongodb":
      return { code: "ServerSelection", message: `server selection error: ${cause}` }
    default:
      return { code: "Unavailable", message: cause }
  }
}

/** Nobody could be reached. The network words it for a plain connection; the client library says around it what it tried. */
export const ofNetwork = (protocol: Protocol, { failure, message }: NetworkFailure): Failure => {
  if (protocol === "grpc" && failure === "timeout") {
    return { code: "DeadlineExceeded", message: asGrpc("DeadlineExceeded", "context deadline exceeded"), latency: at(patience.grpc, 0) }
  }
  return {
    ...dialled(protocol, message),
    latency: failure === "timeout" ? at(patience[protocol], 0) : at(failure === "no-such-host" ? 2 : 0.4)
  }
}

/** Nothing came back over a connection that was open, for as long as its caller waited. */
export const unanswered = (protocol: Protocol, timeout: NetworkFailure): Failure => {
  const { code, latency, message } = ofNetwork(protocol, timeout)
  return { code, latency, message: protocol === "mongodb" ? timeout.message : message }
}

/** How long the caller waits for an answer, in milliseconds. */
export const patienceOf = (protocol: Protocol): number => patience[protocol]

/** The registry names no instance: gRPC's resolver has nothing to connect to. */
export const noInstances: Failure = {
  code: "Unavailable",
  message: asGrpc("Unavailable", "last resolver error: produced zero addresses"),
  latency: at(0.3)
}

/** The failure that a reply means to its caller; `answered` is the latency of a program that did answer. Undefined for a good one. */
export const ofReply = (protocol: Protocol, reply: NetworkReply, answered: Latency): Failure | undefined => {
  switch (reply._tag) {
    case "ok":
      return undefined
    case "error":
      return { code: reply.code, message: answeredText(protocol, reply.code, reply.message), latency: answered }
    case "failure":
      return ofNetwork(protocol, reply)
  }
}

const answeredText = (protocol: Protocol, code: string, message: string): string => {
  if (protocol === "grpc") return asGrpc(code, message)
  if (protocol === "mongodb") return message.startsWith("(") ? message : `(${code}) ${message}`
  return message
}

/** A handler that failed with this text, as its caller over this protocol sees it. */
export const ofHandler = (protocol: Protocol, text: string, answered: Latency): Failure =>
  protocol === "grpc"
    ? { code: codeOf(text), message: asGrpc("Unknown", text), latency: answered }
    : { code: "500", message: text, latency: answered }

const codeOf = (text: string): string => /^rpc error: code = (\w+) /u.exec(text)?.[1] ?? "Unknown"
