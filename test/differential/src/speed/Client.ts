/** Requests over HTTP/2 with as little work of ours as can be: what is measured is the server. */
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { type ClientHttp2Session, type ClientHttp2Stream, connect } from "node:http2"
import type { Side } from "./Side.ts"

export interface Client {
  /** The bytes of a 2xx answer; any other breaks the bench. */
  readonly ask: (method: string, path: string, body?: string, contentType?: string) => Effect.Effect<number>
  /** Calls back for every line that comes. */
  readonly watch: (path: string, line: () => void) => Effect.Effect<ClientHttp2Stream>
}

const session = ({ url }: Side): Effect.Effect<ClientHttp2Session, never, Scope.Scope> =>
  Effect.acquireRelease(
    Effect.callback<ClientHttp2Session>((resume) => {
      const opened = connect(url, { rejectUnauthorized: false }, () => resume(Effect.succeed(opened)))
    }),
    (opened) => Effect.sync(() => opened.destroy())
  )

export const make = Effect.fnUntraced(function* (side: Side) {
  const opened = yield* session(side)
  const begin = (method: string, path: string, contentType: string) =>
    opened.request({ ":method": method, ":path": path, authorization: `Bearer ${side.token}`, "content-type": contentType })
  const client: Client = {
    ask: (method, path, body, contentType = "application/json") =>
      Effect.callback((resume) => {
        const stream = begin(method, path, contentType)
        let code = 0
        let bytes = 0
        let failed = ""
        stream.on("response", (headers) => (code = Number(headers[":status"])))
        stream.on("data", (chunk: Buffer) => {
          bytes += chunk.length
          if (code >= 300) failed += chunk.toString()
        })
        stream.on("end", () => resume(code < 300 ? Effect.succeed(bytes) : Effect.die(`${method} ${path}: ${code} ${failed}`)))
        stream.on("error", (error) => resume(Effect.die(error)))
        stream.end(body)
      }),
    watch: (path, line) =>
      Effect.callback((resume) => {
        const stream = begin("GET", path, "application/json")
        stream.on("response", () => resume(Effect.succeed(stream)))
        stream.on("data", (chunk: Buffer) => {
          for (let at = chunk.indexOf(10); at >= 0; at = chunk.indexOf(10, at + 1)) line()
        })
        stream.on("error", () => {})
        stream.end()
      })
  }
  return client
})
