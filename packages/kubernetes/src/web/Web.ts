/** HTTP between the API server and programs in the cluster: requests of `proxy`, `port-forward` and webhooks. */
import type * as Effect from "effect/Effect"

export interface WebRequest {
  readonly method: string
  /** Path and query, as on the request line. */
  readonly target: string
  /** By name in lower case. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

export interface WebReply {
  readonly code: number
  /** By name in lower case. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** A port of a pod, as somebody finds it who connects to it. */
export type Dialled =
  | {
      readonly _tag: "Connected"
      /** Without an answer the program has hung up, as one does that speaks another protocol. */
      readonly ask: (request: WebRequest) => Effect.Effect<WebReply | undefined>
    }
  | {
      readonly _tag: "Failed"
      /** In the words of a Go client: `dial tcp 10.244.1.3:81: connect: connection refused`. */
      readonly message: string
      /** In the words of the node's container runtime, which a forwarded connection hears. */
      readonly forwarded: string
    }

/** Where a webhook is. */
export type WebTarget =
  | { readonly _tag: "Service"; readonly namespace: string; readonly name: string; readonly port: number; readonly path: string }
  /** Certificates of the authority, as PEM; those that the machine trusts when there is none. */
  | { readonly _tag: "Url"; readonly url: string; readonly authority: string | undefined }

/** What came of a call. */
export type Posted =
  | { readonly _tag: "Replied"; readonly reply: WebReply }
  /** In the words of a Go client. */
  | { readonly _tag: "Failed"; readonly why: string }
  /** The answer has to be fetched first; the write is made again when it is there. */
  | { readonly _tag: "Unknown" }

const reasons: Readonly<Record<number, string>> = {
  200: "OK",
  201: "Created",
  202: "Accepted",
  204: "No Content",
  301: "Moved Permanently",
  302: "Found",
  304: "Not Modified",
  307: "Temporary Redirect",
  400: "Bad Request",
  401: "Unauthorized",
  403: "Forbidden",
  404: "Not Found",
  405: "Method Not Allowed",
  409: "Conflict",
  413: "Request Entity Too Large",
  429: "Too Many Requests",
  500: "Internal Server Error",
  501: "Not Implemented",
  502: "Bad Gateway",
  503: "Service Unavailable",
  504: "Gateway Timeout"
}

/** What stands beside a code on the status line. */
export const reasonOf = (code: number): string => reasons[code] ?? `status code ${code}`

/** Text and its type. */
export const text = (code: number, body: string, contentType = "text/plain; charset=utf-8"): WebReply => ({
  code,
  headers: { "content-type": contentType },
  body
})
