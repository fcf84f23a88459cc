/** Sends spans to the collector by OTLP over HTTP, some at a time; what it does not take is lost, as with any collector. */
import type { Span } from "@aiopslab/core/Telemetry"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { request as httpRequest } from "node:http"
import * as Otlp from "../Otlp.ts"

/** The collector's Service and its OTLP port. */
export const endpoint = { host: "plane.aiopslab-plane", port: 4318, path: "/v1/traces" } as const

const every = "1 second"

/** More than that in a second is a flood: the oldest go. */
const most = 2_000

const post = (body: string): Effect.Effect<void> =>
  Effect.callback<void>((resume) => {
    const call = httpRequest({
      ...endpoint,
      method: "POST",
      agent: false,
      headers: { "content-type": "application/json", "content-length": Buffer.byteLength(body) }
    })
    call.on("response", (response) => {
      response.resume()
      resume(Effect.void)
    })
    call.on("error", () => resume(Effect.void))
    call.end(body)
    return Effect.sync(() => call.destroy())
  }).pipe(Effect.timeoutOption("5 seconds"), Effect.asVoid)

/** Takes spans until the scope closes. */
export const make: Effect.Effect<(span: Span) => void, never, Scope.Scope> = Effect.gen(function* () {
  let waiting: Array<Span> = []
  const flush = Effect.suspend(() => {
    if (waiting.length === 0) return Effect.void
    const body = JSON.stringify(Otlp.encode(waiting))
    waiting = []
    return post(body)
  })
  yield* Effect.forkScoped(Effect.forever(Effect.andThen(Effect.sleep(every), flush)))
  return (span) => {
    waiting.push(span)
    if (waiting.length > most) waiting.shift()
  }
})
