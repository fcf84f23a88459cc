/** The plane's process in the cluster: spans come in by OTLP, queries of telemetry by the API server's service proxy. */
import { admin } from "@aiopslab/core/Kubernetes"
import * as Playbook from "@aiopslab/core/Playbook"
import type { Plugin } from "@aiopslab/core/Plugin"
import * as Registry from "@aiopslab/core/Registry"
import * as WireQuery from "@aiopslab/telemetry/Wire"
import * as Effect from "effect/Effect"
import * as FiberSet from "effect/FiberSet"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { createServer, type IncomingMessage, type ServerResponse } from "node:http"
import * as Otlp from "../Otlp.ts"
import { queryPath } from "../plane/Client.ts"
import * as Plane from "../plane/Plane.ts"
import { endpoint } from "./Collector.ts"
import { endWith, terminated } from "./Ending.ts"
import * as Host from "./Host.ts"
import { inCluster } from "./InCluster.ts"
import * as ReadPod from "./ReadPod.ts"
import { text } from "./Wire.ts"

const decodeJson = Schema.decodeUnknownOption(Schema.fromJsonString(Schema.Unknown))
const decodeSpans = Schema.decodeUnknownOption(Schema.fromJsonString(Otlp.Request))

const send = (response: ServerResponse, code: number, body: unknown): void => {
  response.writeHead(code, { "content-type": "application/json" })
  response.end(JSON.stringify(body))
}

const answer = Effect.fnUntraced(function* (plane: Plane.Plane, message: IncomingMessage, response: ServerResponse) {
  if (message.method !== "POST") return send(response, message.url === "/healthz" ? 200 : 404, {})
  const body = (yield* text(message)) ?? ""
  if (message.url === endpoint.path) {
    const decoded = decodeSpans(body)
    if (Option.isNone(decoded)) return send(response, 400, { message: "no spans of OTLP" })
    plane.traces.add(Otlp.decode(decoded.value))
    return send(response, 200, {})
  }
  if (message.url !== queryPath) return send(response, 404, {})
  const query = Option.getOrUndefined(decodeJson(body))
  return yield* WireQuery.handle(plane.telemetry, query).pipe(
    Effect.match({
      onSuccess: (found) => send(response, 200, found),
      onFailure: (error) => send(response, 422, { message: error.text })
    })
  )
})

/** Runs until the process is told to end. */
export const main = (plugins: ReadonlyArray<Plugin>): void => {
  const { topologies } = Playbook.of(Registry.make(plugins))
  const program = Effect.gen(function* () {
    const client = yield* inCluster
    const plane = yield* Plane.make(client(admin), topologies)
    const fork = yield* FiberSet.makeRuntime<never, void, never>()
    const server = createServer((message, response) => void fork(answer(plane, message, response)))
    server.listen(endpoint.port)
    const broken = Effect.callback<never, Error>((resume) => {
      server.once("error", (error) => resume(Effect.fail(error)))
    })
    yield* Effect.raceFirst(terminated, broken)
    return 0
  }).pipe(Effect.provide(Host.layer(ReadPod.read(""))), Effect.scoped)
  endWith(program)
}
