/** A machine that keeps what it is told, and answers as a test says. */
import type { NetworkReply, NetworkRequest } from "@aiopslab/core/Behaviour"
import type { Span } from "@aiopslab/core/Telemetry"
import * as Effect from "effect/Effect"
import type * as Context from "effect/Context"
import type { Address, Arrival } from "../src/Machine.ts"
import { Machine } from "../src/Machine.ts"
import type { Pod } from "../src/Pod.ts"

export const pod: Pod = { namespace: "shop", name: "web-1", ip: "10.0.0.1", node: "", container: "web", image: "shop/web:1" }

export interface Fake {
  readonly machine: Context.Service.Shape<typeof Machine>
  readonly files: Map<string, string>
  readonly saved: Map<string, unknown>
  readonly said: Array<string>
  readonly spans: Array<Span>
  readonly asked: Array<readonly [Address, NetworkRequest]>
  readonly ports: Map<number, (arrival: Arrival) => Effect.Effect<NetworkReply>>
  readonly announced: Array<string>
}

export const make = (
  answer: (to: Address, request: NetworkRequest) => NetworkReply = () => ({ _tag: "ok" }),
  instances: Readonly<Record<string, ReadonlyArray<Address>>> | undefined = {}
): Fake => {
  const files = new Map<string, string>()
  const saved = new Map<string, unknown>()
  const said: Array<string> = []
  const spans: Array<Span> = []
  const asked: Array<readonly [Address, NetworkRequest]> = []
  const ports: Fake["ports"] = new Map()
  const announced: Array<string> = []
  return {
    files,
    saved,
    said,
    spans,
    asked,
    ports,
    announced,
    machine: {
      file: (path) => files.get(path),
      list: () => [],
      isReadOnly: () => false,
      data: (path) => saved.get(path),
      write: (path, text) => void (text === undefined ? files.delete(path) : files.set(path, text)),
      save: (path, value) => void saved.set(path, value),
      log: (_, text) => void said.push(text),
      hold: () => undefined,
      listen: (port, serve) =>
        Effect.asVoid(
          Effect.acquireRelease(
            Effect.sync(() => ports.set(port, serve)),
            () => Effect.sync(() => ports.delete(port))
          )
        ),
      ask: (to, request) =>
        Effect.sync(() => {
          asked.push([to, request])
          return answer(to, request)
        }),
      announce: (registry, name, port) => Effect.sync(() => void announced.push(`${name}:${port} at ${registry.host}:${registry.port}`)),
      instances: (_, name) => Effect.succeed(instances === undefined ? undefined : (instances[name] ?? [])),
      report: (span) => void spans.push(span)
    }
  }
}

export const on = (fake: Fake) => Effect.provideService(Machine, fake.machine)
