/** What spans say beside their times, as the OpenTracing interceptors of grpc and net/http report them. */
import type { Failure, Protocol } from "@aiopslab/simulator/traffic/Failure"
import type { Trace } from "./Trace.ts"

type Tags = Readonly<Record<string, string>>

const errorTags = (message: string | undefined): Tags => (message === undefined ? {} : { error: "true", "error.message": message })

/** `/geo.Geo/Nearby` of a gRPC call. */
export const operationOf = (protocol: Protocol, operation: string): string =>
  protocol === "grpc" && !operation.startsWith("/") ? `/${operation}` : operation

export const server = (of: {
  readonly protocol: Protocol
  readonly pod: string
  readonly trace: Trace
  readonly failure: string | undefined
}): Tags => ({
  "span.kind": "server",
  component: of.protocol === "grpc" ? "gRPC" : "net/http",
  hostname: of.pod,
  ...(of.trace.parentId === undefined
    ? { "http.method": of.trace.method, "http.url": of.trace.path, "http.status_code": of.failure === undefined ? "200" : "500" }
    : {}),
  ...errorTags(of.failure)
})

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
