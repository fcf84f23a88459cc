/** Sends spans to the collector by OTLP over HTTP, some at a time; what it does not take is lost, as with any collector. */
import type { Span } from "@aiopslab/core/Telemetry"
import { planeNamespace } from "@aiopslab/core/Workload"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import * as Otlp from "../Otlp.ts"
import { name, port } from "../plane/Manifests.ts"
import { opened } from "./Opened.ts"

/** The collector's Service and its OTLP port. */
export const endpoint = { host: `${name}.${planeNamespace}`, port, path: "/v1/traces" } as const

const every = "1 second"

/** More than that in a second is a flood: the oldest go. */
const most = 2_000

const post = (body: string): Effect.Effect<void> =>
  opened({ ...endpoint, method: "POST", headers: { "content-type": "application/json" } }, body).pipe(
    Effect.map((response) => response.resume()),
    Effect.timeoutOption("5 seconds"),
    Effect.ignore
  )

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
