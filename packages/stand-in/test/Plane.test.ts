import type { KubeApi, KubeObject } from "@aiopslab/core/Kubernetes"
import type { Topology } from "@aiopslab/core/Topology"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import * as TestClock from "effect/testing/TestClock"
import * as Otlp from "../src/Otlp.ts"
import * as Exposition from "../src/plane/Exposition.ts"
import * as Metrics from "../src/plane/Metrics.ts"
import * as Plane from "../src/plane/Plane.ts"
import * as Traces from "../src/plane/Traces.ts"
import * as Trace from "../src/Trace.ts"
import * as Users from "../src/plane/Users.ts"
import * as Fake from "./Fake.ts"

const topology: Topology = {
  entry: { service: "web", port: 80 },
  operations: {
    look: { method: "GET", path: "/look", service: "web", handler: "look" },
    buy: { method: "POST", path: "/buy", service: "web", handler: "buy" }
  },
  services: {}
}

const trafficOf = (uid: string, rate: number): KubeObject => ({
  apiVersion: "plane.aiopslab.dev/v1",
  kind: "Traffic",
  metadata: { name: "shop", namespace: "aiopslab-plane", uid },
  spec: { namespace: "shop", app: "shop", rate, arrivals: "constant", mix: { look: 1, buy: 1 } }
})

const apiOf = (items: () => ReadonlyArray<KubeObject>): KubeApi => ({
  request: () => Effect.sync(() => ({ code: 200, body: { apiVersion: "v1", kind: "TrafficList", metadata: {}, items: items() } })),
  watch: () => Stream.empty,
  connect: () => Effect.never
})

describe("the plane", () => {
  it.effect("sends the users of Traffic objects for as long as they are there, and remembers what they met with", () =>
    Effect.gen(function* () {
      let items: ReadonlyArray<KubeObject> = [trafficOf("1", 10)]
      const fake = Fake.make(({ host }, { operation }) =>
        host === "web.shop" && operation === "GET /look" ? { _tag: "ok" } : { _tag: "error", code: "500", message: "no" }
      )
      const { telemetry } = yield* Plane.make(
        apiOf(() => items),
        { shop: topology }
      ).pipe(Fake.on(fake))
      const range = { namespace: "shop", since: 0, until: 1_000_000 }
      yield* TestClock.adjust("20 seconds")
      const sent = fake.asked.length
      assert.isAbove(sent, 150)
      const [look, buy] = yield* Effect.orDie(telemetry.traffic(range))
      assert.deepInclude(look, { operation: "look", errors: 0 })
      assert.strictEqual(buy?.errors, buy?.requests)
      assert.strictEqual((look?.requests ?? 0) + (buy?.requests ?? 0), sent)
      items = []
      yield* TestClock.adjust("5 seconds")
      const after = fake.asked.length
      yield* TestClock.adjust("20 seconds")
      assert.strictEqual(fake.asked.length, after)
      assert.strictEqual((yield* Effect.orDie(telemetry.traffic(range))).length, 2)
      assert.deepStrictEqual(yield* Effect.orDie(telemetry.traffic({ ...range, since: 30_000 })), [])
      yield* TestClock.adjust("2 hours")
      assert.deepStrictEqual(yield* Effect.orDie(telemetry.traffic(range)), [])
    }).pipe(Effect.scoped)
  )

  it("takes a request that is under way for one that waits", () => {
    const users = Users.make("shop", ["look"], 0)
    Users.arrived(users, "look", 100)
    Users.arrived(users, "look", 200)(50, "failed")
    const query = { namespace: "shop", since: 100, until: 300 }
    assert.deepStrictEqual(Users.stats([users], query, 1_100), [{ operation: "look", requests: 2, errors: 1, p50: 50, p99: 1_000 }])
    assert.deepStrictEqual(Users.stats([users], { ...query, until: 200 }, 1_100), [
      { operation: "look", requests: 1, errors: 0, p50: 1_000, p99: 1_000 }
    ])
    users.until = 700
    assert.deepStrictEqual(Users.stats([users], query, 1_100), [{ operation: "look", requests: 2, errors: 1, p50: 50, p99: 600 }])
  })
})

const span = {
  traceId: "0af7651916cd43dd8448eb211c80319c",
  spanId: "b7ad6b7169203331",
  service: "web",
  operation: "HTTP GET /",
  start: 1_700_000_000_123.5,
  duration: 2.25,
  error: true,
  tags: { "span.kind": "server" }
}

describe("spans", () => {
  it("travel by OTLP without loss", () => {
    const child = { ...span, spanId: "c7ad6b7169203331", parentId: span.spanId, service: "db", error: false }
    assert.deepStrictEqual(Otlp.decode(Otlp.encode([span, child])), [span, child])
  })

  it("are found by trace, the latest first to stay", () => {
    const traces = Traces.make()
    for (let i = 0; i < 5; i++) traces.add([{ ...span, traceId: `t${i}`, start: i }])
    traces.add([{ ...span, traceId: "orphan", parentId: "x", start: 2 }])
    assert.deepStrictEqual(
      traces.find({ since: 1, until: 4, limit: 2 }).map(({ traceId }) => traceId),
      ["t2", "t3"]
    )
  })

  it("belong to the trace that a request carries", () => {
    const trace = { traceId: span.traceId, parentId: span.spanId, method: "POST", path: "/a b?c=,;%" }
    const { baggage, traceparent } = Trace.headersOf(trace)
    assert.deepStrictEqual(Trace.read(traceparent, baggage), trace)
    assert.strictEqual(Trace.read("00-x-y-01", undefined), undefined)
    assert.strictEqual(Trace.read(traceparent, "method=GET,path=%zz")?.path, "%zz")
  })
})

describe("metrics of containers", () => {
  const text = [
    "# HELP container_cpu_usage_seconds_total …",
    `container_cpu_usage_seconds_total{container="web",cpu="total",id="/x",image="shop/web:1",name="1",namespace="shop",pod="web-1"} 1.5 20000`,
    `container_cpu_usage_seconds_total{container="",cpu="total",id="/y",image="",name="",namespace="shop",pod="web-1"} 9 20000`,
    `container_network_receive_bytes_total{interface="eth0",namespace="shop",pod="web-1"} 7`,
    `container_network_receive_bytes_total{interface="lo",namespace="shop",pod="web-1"} 8`,
    `machine_cpu_cores{a="\\"x\\\\ \\n"} +Inf`,
    "rubbish{"
  ].join("\n")

  it("are read from the text of cAdvisor, as the embedded cluster would name them", () => {
    assert.deepStrictEqual(Exposition.parse(text).at(-1), {
      name: "machine_cpu_cores",
      labels: { a: '"x\\ \n' },
      value: Infinity,
      at: undefined
    })
    const metrics = Metrics.make()
    metrics.add("worker", Exposition.parse(text), 21_000)
    assert.deepStrictEqual(metrics.find({ namespace: "shop", since: 15_000, until: 60_000, stepSeconds: 10 }), [
      {
        name: "container_cpu_usage_seconds_total",
        labels: { namespace: "shop", pod: "web-1", node: "worker", container: "web", image: "shop/web:1", cpu: "total" },
        points: [
          [20_000, 1.5],
          [30_000, 1.5],
          [40_000, 1.5]
        ]
      },
      {
        name: "container_network_receive_bytes_total",
        labels: { namespace: "shop", pod: "web-1", node: "worker", interface: "eth0" },
        points: [
          [30_000, 7],
          [40_000, 7],
          [50_000, 7]
        ]
      }
    ])
    metrics.add("worker", [], 21_000 + 2 * 60 * 60 * 1000)
    assert.deepStrictEqual(metrics.find({ namespace: "shop", since: 0, until: 1e9, stepSeconds: 1000 }), [])
  })
})
