import * as Behaviour from "@aiopslab/core/Behaviour"
import type { NetworkReply, NetworkRequest } from "@aiopslab/core/Behaviour"
import type { Topology } from "@aiopslab/core/Topology"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as TestClock from "effect/testing/TestClock"
import * as StandIn from "../src/StandIn.ts"
import * as Fake from "./Fake.ts"

const quick = { medianMillis: 1, sigma: 0 }

const topology: Topology = {
  entry: { service: "web", port: 80 },
  operations: { front: { method: "GET", path: "/front?user=1", service: "web", handler: "HTTP GET /front" } },
  services: {
    web: {
      workload: "web",
      container: "web",
      port: 80,
      protocol: "http",
      discovery: { _tag: "registry", registeredAs: "srv-web", registry: "consul" },
      handlers: {
        "HTTP GET /front": {
          latency: quick,
          cpuMillis: 0,
          calls: [
            [{ to: "cache", request: { protocol: "memcached", operation: "get a" }, onFailure: "ignore" }],
            [{ to: "back", handler: "Back/Do" }]
          ],
          log: { ok: "{method} {path} done", failed: "{path}: {error}" }
        }
      }
    },
    back: {
      workload: "back",
      container: "back",
      port: 81,
      protocol: "grpc",
      discovery: { _tag: "registry", registeredAs: "srv-back", registry: "consul" },
      handlers: { "Back/Do": { latency: quick, cpuMillis: 0, calls: [] } }
    },
    cache: {
      workload: "cache",
      container: "cache",
      port: 11211,
      protocol: "memcached",
      discovery: { _tag: "kubernetes" },
      handlers: {}
    }
  }
}

const web = Behaviour.make({
  name: "web",
  summary: "",
  images: ["shop/web"],
  command: ["web"],
  sizeMiB: 1,
  program: ([first]) =>
    first === "web"
      ? Behaviour.program<null>({
          initial: null,
          step: (state, { _tag }) => ({
            state,
            effects:
              _tag === "Start" ? [{ _tag: "Listen", port: 80 }] : _tag === "Request" ? [{ _tag: "Answer", reply: { _tag: "ok" } }] : []
          })
        })
      : undefined,
  executables: [],
  shell: "sh",
  files: {},
  prepare: Effect.void
})

const front: NetworkRequest = { protocol: "http", operation: "GET /front?user=2" }

/** What a user gets from the container. */
const visited = (fake: Fake.Fake, request = front): Effect.Effect<NetworkReply> =>
  Effect.gen(function* () {
    yield* StandIn.start({ behaviour: web, topologies: [topology], pod: Fake.pod, argv: ["web"], env: {} }).pipe(Fake.on(fake))
    yield* Effect.repeat(Effect.yieldNow, { times: 20 })
    const serve = fake.ports.get(80)
    if (serve === undefined) return yield* Effect.die("it does not listen")
    const answering = yield* Effect.forkChild(serve({ request, trace: undefined }))
    yield* TestClock.adjust("1 second")
    return yield* Fiber.join(answering)
  }).pipe(Effect.scoped)

const instances = { "srv-back": [{ host: "10.0.0.2", port: 81 }] }

describe("a container of an application", () => {
  it.effect("plays its handler: calls in their order, a line in its log, a trace of it all", () =>
    Effect.gen(function* () {
      const fake = Fake.make(undefined, instances)
      assert.deepStrictEqual(yield* visited(fake), { _tag: "ok" })
      assert.deepStrictEqual(
        fake.asked.map(([{ host, port }, { operation }]) => `${operation} at ${host}:${port}`),
        ["get a at cache:11211", "Back/Do at 10.0.0.2:81"]
      )
      assert.deepStrictEqual(fake.said, ["GET /front?user=2 done\n"])
      const [cache, back, server] = fake.spans
      assert.deepStrictEqual([cache?.operation, back?.operation, server?.operation], ["get a", "/Back/Do", "HTTP GET /front"])
      assert.strictEqual(back?.parentId, server?.spanId)
      assert.strictEqual(server?.parentId, undefined)
      assert.strictEqual(server?.tags["http.status_code"], "200")
    })
  )

  it.effect("fails with what a call fails with, but not with what it can do without", () =>
    Effect.gen(function* () {
      const refused: NetworkReply = { _tag: "failure", failure: "refused", message: "dial tcp 10.0.0.9:1: connect: connection refused" }
      const lame = Fake.make(({ host }) => (host === "cache" ? refused : { _tag: "ok" }), instances)
      assert.deepStrictEqual(yield* visited(lame), { _tag: "ok" })
      assert.strictEqual(lame.said.length, 2)
      const broken = Fake.make(({ host }) => (host === "10.0.0.2" ? refused : { _tag: "ok" }), instances)
      const reply = yield* visited(broken)
      assert.deepInclude(reply, { _tag: "error", code: "500" })
      assert.match(broken.said.join(""), /^\/front\?user=2: rpc error: code = Unavailable .*connection refused/u)
    })
  )

  it.effect("has nobody to connect to when its registry knows or says nothing", () =>
    Effect.gen(function* () {
      for (const known of [{}, undefined]) {
        const fake = Fake.make(undefined, known)
        yield* visited(fake)
        assert.match(fake.said.join(""), /produced zero addresses/u)
      }
    })
  )

  it.effect("leaves to its program what is no handler's", () =>
    Effect.gen(function* () {
      const fake = Fake.make(undefined, instances)
      assert.deepStrictEqual(yield* visited(fake, { protocol: "http", operation: "GET /healthz" }), { _tag: "ok" })
      assert.deepStrictEqual(fake.asked, [])
    })
  )

  it.effect("does not start what the image does not have", () =>
    Effect.gen(function* () {
      const fake = Fake.make()
      const running = yield* StandIn.start({ behaviour: web, topologies: [], pod: Fake.pod, argv: ["nope"], env: {} }).pipe(Fake.on(fake))
      assert.strictEqual(running, undefined)
    }).pipe(Effect.scoped)
  )
})
