import { labError } from "@aiopslab/core/LabError"
import type { Series, Span, Telemetry } from "@aiopslab/core/Telemetry"
import * as ContainerSeries from "@aiopslab/telemetry/ContainerSeries"
import * as MetricTable from "@aiopslab/telemetry/MetricTable"
import * as TraceTable from "@aiopslab/telemetry/TraceTable"
import * as Wire from "@aiopslab/telemetry/Wire"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"

const span = (change: Partial<Span> = {}): Span => ({
  traceId: "t1",
  spanId: "s1",
  service: "frontend",
  operation: "HTTP GET /hotels",
  start: 1_767_225_600_000.5,
  duration: 3.25,
  error: false,
  tags: {},
  ...change
})

const series: Series = {
  name: "container_cpu_usage_seconds_total",
  labels: { node: "n", pod: "geo-1", container: "geo" },
  points: [
    [1000, 0.5],
    [2500, 1]
  ]
}

describe("the table of traces", () => {
  it("has the original's columns, microseconds, and the answer's status", () => {
    const text = TraceTable.table([
      span({ error: true, tags: { "http.status_code": "500" } }),
      span({ spanId: "s2", parentId: "s1", operation: 'say "a,b"', tags: { response_class: "2xx" } }),
      span({ spanId: "s3" })
    ])
    assert.deepStrictEqual(text.split("\n"), [
      "trace_id,span_id,parent_span,service_name,operation_name,start_time,duration,has_error,response",
      "t1,s1,ROOT,frontend,HTTP GET /hotels,1767225600000500,3250,True,500",
      't1,s2,s1,frontend,"say ""a,b""",1767225600000500,3250,False,2xx',
      "t1,s3,ROOT,frontend,HTTP GET /hotels,1767225600000500,3250,False,Unknown",
      ""
    ])
  })
})

describe("the tables of metrics", () => {
  it("are a file for each metric, by name, with seconds and whom it is about", () => {
    const files = MetricTable.files([series, { ...series, name: "container_a", labels: { node: "n", pod: "geo-1" } }, series])
    assert.deepStrictEqual(
      files.map(({ path }) => path),
      ["container/kpi_container_a.csv", "container/kpi_container_cpu_usage_seconds_total.csv"]
    )
    assert.strictEqual(files[0]?.text, "timestamp,cmdb_id,kpi_name,value\n1,n.geo-1,container_a,0.5\n3,n.geo-1,container_a,1\n")
    assert.strictEqual(files[1]?.text.split("\n").length, 6)
  })
})

describe("series of a container", () => {
  const sample = (at: number, requests: number, startedAt = 0): ContainerSeries.Sample => ({
    at,
    startedAt,
    podStartedAt: 0,
    requestCpuMillis: requests * 2,
    requests,
    receivedBytes: requests * 100,
    receivedPackets: requests,
    sentBytes: requests * 200,
    sentPackets: requests,
    cpuLimit: 1,
    memoryLimit: undefined,
    memoryHeld: undefined
  })
  const subject = { namespace: "shop", pod: "geo-1", container: "geo", image: "shop/geo:1", node: "n" }
  const of = (samples: ReadonlyArray<ContainerSeries.Sample>, role: "first-of-pod" | "further" = "first-of-pod") =>
    new Map(ContainerSeries.seriesOf(subject, samples, () => 0.5, role).map((one) => [one.name, one.points.map(([, value]) => value)]))

  it("cover what the original queries, each metric once", () => {
    const names = ContainerSeries.metrics.map(({ name }) => name)
    assert.strictEqual(new Set(names).size, names.length)
    assert.isAtLeast(names.length, 25)
    for (const name of ["container_memory_working_set_bytes", "container_network_receive_errors_total", "container_threads_max"])
      assert.include(names, name)
  })

  it("only grow where they are counters, and begin anew with the container", () => {
    const found = of([sample(10_000, 10), sample(20_000, 30), sample(30_000, 2, 25_000)])
    const [first = 0, second = 0, third = 0] = found.get("container_cpu_usage_seconds_total") ?? []
    assert.isAbove(second, first)
    assert.isBelow(third, second)
    assert.deepStrictEqual(found.get("container_network_receive_bytes_total"), [1000, 3000, 200])
    assert.deepStrictEqual(found.get("container_start_time_seconds"), [0, 0, 25])
  })

  it("of memory stay under what the program's kind needs, and are what a program says that it holds", () => {
    const values = (moments: ReadonlyArray<ContainerSeries.Sample>, name: string) => of(moments).get(`container_memory_${name}`) ?? []
    const moments = [sample(10_000, 10), sample(300_000, 1000), sample(3_000_000, 100_000)]
    const [first = 0, second = 0, third = 0] = values(moments, "working_set_bytes")
    assert.isAbove(second, first)
    assert.isAbove(third, second)
    assert.isAtMost(third, ContainerSeries.mostMemoryOf(subject.image, undefined))
    const [, , most = 0] = values(moments, "max_usage_bytes")
    assert.isAtLeast(most, values(moments, "usage_bytes")[2] ?? Infinity)
    const held = [{ ...sample(10_000, 10), memoryHeld: 5_000_000_000 }]
    for (const name of ["rss", "working_set_bytes", "usage_bytes", "max_usage_bytes"])
      assert.deepStrictEqual(values(held, name), [5_000_000_000], name)
  })

  it("of the network are the pod's: told once, without a container", () => {
    assert.isFalse(of([sample(1, 1)], "further").has("container_network_receive_bytes_total"))
    const network = ContainerSeries.seriesOf(subject, [sample(1, 1)], () => 0.5, "first-of-pod").find(
      ({ name }) => name === "container_network_transmit_bytes_total"
    )
    assert.deepStrictEqual(network?.labels, { namespace: "shop", pod: "geo-1", node: "n", interface: "eth0" })
  })

  it("show a database bigger than a service", () => {
    assert.isAbove(ContainerSeries.footprintOf("mongo:4.4.6").memoryBytes, ContainerSeries.footprintOf("shop/geo:1").memoryBytes * 4)
  })
})

describe("over the wire", () => {
  const telemetry: Telemetry = {
    metrics: ({ stepSeconds }) => Effect.succeed([{ ...series, labels: { step: String(stepSeconds) } }]),
    traces: ({ limit }) => Effect.succeed([span(), span({ parentId: "s1" })].slice(0, limit)),
    traffic: ({ namespace }) => Effect.succeed([{ operation: namespace, requests: 3, errors: 1, p50: 1.5, p99: 2 }])
  }
  /** As HTTP would: text both ways. */
  const far = Wire.client((query) =>
    Effect.map(Wire.handle(telemetry, JSON.parse(JSON.stringify(query))), (answer): unknown => JSON.parse(JSON.stringify(answer)))
  )
  const range = { since: 0, until: 10, namespace: "shop" }

  it.effect("every question has the answer that it has at home", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* far.metrics({ ...range, stepSeconds: 15 }), yield* telemetry.metrics({ ...range, stepSeconds: 15 }))
      assert.deepStrictEqual(yield* far.traces({ ...range, limit: 5 }), yield* telemetry.traces({ ...range, limit: 5 }))
      assert.deepStrictEqual(yield* far.traffic(range), yield* telemetry.traffic(range))
    })
  )

  it.effect("a question that is none, and an answer to another one, are refused", () =>
    Effect.gen(function* () {
      assert.strictEqual((yield* Effect.flip(Wire.handle(telemetry, { _tag: "logs" }))).code, "CLUSTER_REQUEST_FAILED")
      const confused = Wire.client(() => Wire.handle(telemetry, { _tag: "traffic", ...range }))
      assert.include((yield* Effect.flip(confused.traces({ ...range, limit: 1 }))).text, "traces was answered with traffic")
    })
  )

  it.effect("a failure on the way stays what it is", () =>
    Effect.gen(function* () {
      const broken = Wire.client(() => Effect.fail(labError("CLUSTER_UNREACHABLE", { where: "there", why: "gone" })))
      assert.strictEqual((yield* Effect.flip(broken.traffic(range))).code, "CLUSTER_UNREACHABLE")
    })
  )
})
