/** A request and its answer, of HTTP/1.1 or HTTP/2: Node gives both nearly the same face. */
import type { IncomingMessage, OutgoingHttpHeaders } from "node:http"
import type { Http2ServerRequest } from "node:http2"
import type { Writable } from "node:stream"

export type ClientRequest = IncomingMessage | Http2ServerRequest

export interface ClientResponse extends Writable {
  readonly headersSent: boolean
  readonly writeHead: (code: number, headers: OutgoingHttpHeaders) => unknown
  /** Of HTTP/1.1, which keeps the head until there is a body. */
  readonly flushHeaders?: () => void
}

/** The head of an answer whose body comes bit by bit, sent at once. */
export const begin = (response: ClientResponse, contentType: string): void => {
  response.writeHead(200, { "content-type": contentType })
  response.flushHeaders?.()
}
