import type { Series, Span, Telemetry } from "@aiopslab/core/Telemetry"
import { type ActionContext, bind, describe as describeAction, signature } from "@aiopslab/agents/Action"
import { actions } from "@aiopslab/agents/Actions"
import { matching } from "@aiopslab/agents/actions/Grep"
import * as Sandbox from "@aiopslab/agents/Sandbox"
import { bounded } from "@aiopslab/agents/Text"
import { assert, describe, it } from "@effect/vitest"
import * as MemoryHost from "@aiopslab/kubernetes/MemoryHost"
import * as Server from "@aiopslab/kubernetes/Server"
import { admin } from "@aiopslab/core/Kubernetes"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import * as TestClock from "effect/testing/TestClock"
import { elapse, namespace, wallLayer } from "./World.ts"

const series: ReadonlyArray<Series> = ["container_cpu_usage_seconds_total", "container_memory_usage_bytes"].map((name) => ({
  name,
  labels: { node: "worker", pod: "geo-1", container: "server" },
  points: Array.from({ length: 500 }, (_, index) => [1_767_225_600_000 + index * 15_000, index] as const)
}))

const spans: ReadonlyArray<Span> = Array.from({ length: 300 }, (_, index) => ({
  traceId: `t${index % 100}`,
  spanId: `s${index}`,
  service: index % 3 === 0 ? "frontend" : "geo",
  operation: "GET /hotels, all",
  start: 1_767_225_600_000 + index,
  duration: 1.5,
  error: index % 10 === 0,
  tags: {}
}))

const telemetry = (of: { readonly series: ReadonlyArray<Series>; readonly spans: ReadonlyArray<Span> }): Telemetry => ({
  metrics: ({ namespace: asked }) => Effect.succeed(asked === namespace ? of.series : []),
  traces: ({ namespace: asked }) => Effect.succeed(asked === namespace ? of.spans : []),
  traffic: () => Effect.succeed([])
})

const world = Effect.gen(function* () {
  yield* TestClock.setTime(1_767_225_600_000)
  const host = yield* MemoryHost.make()
  const log: typeof host.log = (of, options) => {
    const lines = Array.from({ length: 2000 }, (_, index) => `${of.pod} ${of.container} line ${index}\n`)
    return Stream.fromIterable(options.tailLines === undefined ? lines : lines.slice(-options.tailLines))
  }
  const api = Server.make({ host: { ...host, log } }).api(admin)
  yield* api.request({ method: "POST", path: "/api/v1/namespaces", body: { metadata: { name: namespace } } })
  const pod = (name: string, labels: Readonly<Record<string, string>>) =>
    api.request({
      method: "POST",
      path: `/api/v1/namespaces/${namespace}/pods`,
      body: {
        metadata: { name, labels },
        spec: {
          nodeName: "worker",
          containers: [
            { name: "server", image: "i" },
            { name: "side", image: "i" }
          ]
        }
      }
    })
  yield* pod("geo-1", { app: "geo" })
  yield* pod("loose-1", {})
  const sandbox = yield* Sandbox.make({ api, namespace, seed: "1" })
  const context: ActionContext = { api, telemetry: telemetry({ series, spans }), sandbox, namespace, serviceLabel: "app" }
  const call = (name: string, ...args: ReadonlyArray<string | number>) =>
    Effect.gen(function* () {
      const action = actions.find((one) => one.name === name)
      if (action === undefined) return yield* Effect.die(new Error(name))
      const bound = Result.getOrThrow(bind(action, { name, args, kwargs: {} }))
      return yield* elapse(action.run(bound, context))
    }).pipe(Effect.provide(wallLayer))
  return { call }
})

describe("the actions", () => {
  it.effect("have the original's names and arguments", () =>
    Effect.sync(() =>
      assert.deepStrictEqual(
        actions.map((action) => signature(action).replace(/, (?:tail|offset).*\)/u, ", …)")),
        [
          "get_logs(namespace: str, service: str, …) -> str",
          "get_metrics(namespace: str, duration: int = 5) -> str",
          "read_metrics(file_path: str, …) -> str",
          "get_traces(namespace: str, duration: int = 5) -> str",
          "read_traces(file_path: str, …) -> str",
          "exec_shell(command: str, timeout: float = 30) -> str"
        ]
      )
    )
  )

  it.effect("explain themselves", () =>
    Effect.sync(() => {
      for (const action of actions)
        for (const parameter of action.parameters) assert.include(describeAction(action), `${parameter.name} (${parameter.type})`)
    })
  )

  it.effect("get_logs gives the end of a service's log and says how to see more", () =>
    Effect.gen(function* () {
      const { call } = yield* world
      const { text, truncated } = yield* call("get_logs", namespace, "geo")
      assert.isTrue(truncated)
      assert.isTrue(text.endsWith("geo-1 server line 1999\n"))
      assert.include(text, "use tail=, since= or grep=")
      assert.isAtMost(text.length, 16 * 1024)
      assert.strictEqual((yield* call("get_logs", namespace, "geo", 2)).text, "geo-1 server line 1998\ngeo-1 server line 1999\n")
      assert.strictEqual((yield* call("get_logs", namespace, "geo", 0, 0, "LINE 1999$")).text, "geo-1 server line 1999\n")
      assert.strictEqual((yield* call("get_logs", namespace, "geo", 1, 0, "", "side")).text, "geo-1 side line 1999\n")
    })
  )

  it.effect("get_logs finds pods by name where no label helps, and says when there are none", () =>
    Effect.gen(function* () {
      const { call } = yield* world
      assert.include((yield* call("get_logs", namespace, "loose", 1)).text, "loose-1 server")
      assert.include((yield* call("get_logs", namespace, "nope")).text, 'no pods of a service "nope"')
      assert.include((yield* call("get_logs", namespace, "a,b=c")).text, "is not the name of a service")
      assert.match((yield* call("get_logs", namespace, "geo", 0, 0, "", "nope")).text, /^Error from the cluster \(BadRequest\)/)
    })
  )

  it.effect("get_metrics writes files that read_metrics and the shell can read", () =>
    Effect.gen(function* () {
      const { call } = yield* world
      const { text } = yield* call("get_metrics", namespace)
      const [, folder = "", file = ""] = /are in (\S+):\n(.*)\n/u.exec(text) ?? []
      const path = `${folder}/${file}`
      assert.match(path, /metrics_output\/metric_20260101_000000\/container\/kpi_container_cpu_usage_seconds_total\.csv$/u)
      const first = yield* call("read_metrics", path)
      assert.match(
        first.text,
        /^Rows 1 to 200 of 500; the next begin with offset=200\.\ntimestamp +cmdb_id +kpi_name +value\n1767225600 +worker\.geo-1\.server/u
      )
      assert.match((yield* call("read_metrics", path, 499)).text, /^Rows 500 to 500 of 500\.\n.*\n1767233085 .* 499\n$/u)
      assert.strictEqual((yield* call("exec_shell", `wc -l < ${path}; head -1 ${path}`)).text, "501\ntimestamp,cmdb_id,kpi_name,value\n")
      assert.include((yield* call("get_metrics", "elsewhere")).text, 'No metrics of namespace "elsewhere"')
      assert.include((yield* call("read_metrics", "/nope.csv")).text, "there is no file")
    })
  )

  it.effect("get_traces writes a file that read_traces filters", () =>
    Effect.gen(function* () {
      const { call } = yield* world
      const { text } = yield* call("get_traces", namespace)
      assert.match(text, /^300 spans of 100 traces .* 30 spans have an error/u)
      const path = /in (\S+\.csv);/u.exec(text)?.[1] ?? ""
      const shown = yield* call("read_traces", path, 0, 2, "frontend.*True")
      assert.match(
        shown.text,
        /^Rows 1 to 2 of 10; the next begin with offset=2\.\ntrace_id .*\nt0 +s0 +ROOT +frontend +GET \/hotels, all +1767225600000000 +1500 +True +Unknown\n/u
      )
    })
  )

  it.effect("exec_shell gives output, errors and, without either, the exit code", () =>
    Effect.gen(function* () {
      const { call } = yield* world
      assert.strictEqual((yield* call("exec_shell", "echo a; echo b >&2")).text, "a\nb\n")
      assert.strictEqual((yield* call("exec_shell", "false")).text, "(no output, exit code 1)")
      const long = yield* call("exec_shell", "seq 1 9000")
      assert.isTrue(long.truncated && long.text.startsWith("1\n2\n") && long.text.endsWith("9000\n"))
      assert.include((yield* call("exec_shell", "sleep 5", 2)).text, "did not end within 2 s")
    })
  )
})

describe("a bounded text", () => {
  it.effect.prop(
    "is never longer than its limit, and keeps what fits",
    { text: Schema.String, repeat: Schema.Natural },
    ({ repeat, text }) =>
      Effect.sync(() => {
        const whole = text.repeat(repeat % 2000)
        for (const keep of ["beginning", "end", "both"] as const) {
          const { text: cut, truncated } = bounded(whole, keep, "hint", 2000)
          assert.isAtMost(new TextEncoder().encode(cut).length, 2000)
          if (new TextEncoder().encode(whole).length <= 2000) assert.deepStrictEqual([cut, truncated], [whole, false])
          else assert.include(cut, "hint")
        }
      }),
    { arbitrary: { runs: 200 } }
  )

  it.effect("refuses patterns that could take for ever", () =>
    Effect.sync(() => {
      assert.notStrictEqual(typeof matching("aaaa", "(a+)+$"), "string")
      assert.notStrictEqual(typeof matching("aaaa", "("), "string")
      assert.strictEqual(matching("a\nb\n", "B"), "b\n")
    })
  )
})
