/** What spans say beside their times, in Jaeger's terms: as the OpenTracing interceptors of grpc and net/http report them. */
import type { Failure, Protocol } from "./Failure.ts"

type Tags = Readonly<Record<string, string>>

const errorTags = (message: string | undefined): Tags => (message === undefined ? {} : { error: "true", "error.message": message })

/** `/geo.Geo/Nearby` of a gRPC call. */
export const operationOf = (protocol: Protocol, operation: string): string =>
  protocol === "grpc" && !operation.startsWith("/") ? `/${operation}` : operation

/** Of a handler that ran. `user`: what its trace began with, in the first span of one. */
export const server = (of: {
  readonly protocol: Protocol
  readonly pod: string
  readonly user: { readonly method: string; readonly path: string; readonly status: number } | undefined
  readonly failure: string | undefined
}): Tags => ({
  "span.kind": "server",
  component: of.protocol === "grpc" ? "gRPC" : "net/http",
  hostname: of.pod,
  ...(of.user === undefined ? {} : { "http.method": of.user.method, "http.url": of.user.path, "http.status_code": String(of.user.status) }),
  ...errorTags(of.failure)
})

/** Of a call, as its caller sees it. */
export const client = (of: {
  readonly protocol: Protocol
  readonly pod: string
  readonly peer: string
  readonly failure: Failure | undefined
}): Tags => ({
  "span.kind": "client",
  component: of.protocol === "grpc" ? "gRPC" : of.protocol,
  hostname: of.pod,
  "peer.service": of.peer,
  ...(of.protocol === "grpc" ? { response_class: of.failure === undefined ? "2xx" : "5xx", response_code: of.failure?.code ?? "OK" } : {}),
  ...errorTags(of.failure?.message)
})
