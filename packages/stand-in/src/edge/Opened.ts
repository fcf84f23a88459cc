/** One request in a connection of its own, as far as the head of its answer. */
import * as Effect from "effect/Effect"
import { type IncomingMessage, request } from "node:http"

export interface Options {
  readonly host: string
  readonly port: number
  readonly method: string
  readonly path: string
  readonly headers?: Readonly<Record<string, string>>
}

export const opened = (options: Options, body = ""): Effect.Effect<IncomingMessage, Error> =>
  Effect.callback((resume) => {
    const call = request({ ...options, agent: false, headers: { ...options.headers, "content-length": Buffer.byteLength(body) } })
    call.on("response", (response) => resume(Effect.succeed(response)))
    call.on("error", (error) => resume(Effect.fail(error)))
    call.end(body)
    return Effect.sync(() => call.destroy())
  })
