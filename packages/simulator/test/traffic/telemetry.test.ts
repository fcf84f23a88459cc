import type { Series } from "@aiopslab/core/Telemetry"
import * as Traffic from "@aiopslab/simulator/traffic/Traffic"
import * as WorldTelemetry from "@aiopslab/simulator/traffic/WorldTelemetry"
import type { World } from "@aiopslab/simulator/World"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { containerKey, namespace, parts, start, traffic, world } from "./Shop.ts"

const crashed = world(
  [
    { at: 0, parts: parts(), traffic: traffic() },
    { at: 40, parts: parts({ search: ["down"] }), traffic: traffic() },
    { at: 80, parts: parts(), traffic: traffic() }
  ],
  121
)

const range = (from: number, until: number) => ({ namespace, since: start + from * 1000, until: start + until * 1000 })

const metrics = (of: World, from: number, until: number, stepSeconds: number) =>
  WorldTelemetry.make(Effect.succeed(of)).metrics({ ...range(from, until), stepSeconds })

const of = (series: ReadonlyArray<Series>, name: string, pod: string): Series => {
  const found = series.find((one) => one.name === name && one.labels["pod"] === pod)
  if (found === undefined) throw new Error(`no ${name} of ${pod}`)
  return found
}

describe("metrics of a world", () => {
  it.effect("have a point for each step at which the container ran", () =>
    Effect.gen(function* () {
      const series = yield* metrics(crashed, 0, 120, 15)
      const seconds = (one: Series) => one.points.map(([at]) => (at - start) / 1000)
      assert.deepStrictEqual(seconds(of(series, "container_memory_rss", "web-0")), [0, 15, 30, 45, 60, 75, 90, 105])
      assert.deepStrictEqual(seconds(of(series, "container_memory_rss", "search-0")), [0, 15, 30, 90, 105])
      assert.isTrue(series.every(({ labels }) => labels["namespace"] === namespace))
    })
  )

  it.effect("count what the requests cost, from the container's start on", () =>
    Effect.gen(function* () {
      const series = yield* metrics(crashed, 0, 120, 30)
      const received = of(series, "container_network_receive_bytes_total", "search-0")
      const counted = (from: number, until: number) =>
        Traffic.counters(crashed, range(from, until)).get(containerKey("search"))?.receivedBytes ?? 0
      // the second stage ends the container, the third starts it anew at 80 s
      assert.deepStrictEqual(
        received.points.map(([, value]) => value),
        [0, counted(0, 30), counted(80, 90)]
      )
      assert.isAbove(counted(80, 90), 0)
    })
  )

  it.effect("are the same whatever range they are read in", () =>
    Effect.gen(function* () {
      const [whole, part] = [yield* metrics(crashed, 0, 120, 10), yield* metrics(crashed, 90, 120, 10)]
      for (const one of part) {
        const same = whole.find(({ labels, name }) => name === one.name && JSON.stringify(labels) === JSON.stringify(one.labels))
        assert.deepStrictEqual(same?.points.slice(-one.points.length), one.points)
      }
    })
  )

  it.effect("of another namespace or of the future are none", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* metrics(crashed, 200, 300, 10), [])
      assert.deepStrictEqual(
        yield* WorldTelemetry.make(Effect.succeed(crashed)).metrics({ ...range(0, 100), namespace: "other", stepSeconds: 10 }),
        []
      )
    })
  )
})

describe("traces of a world", () => {
  it.effect("are the latest, whole, and by start", () =>
    Effect.gen(function* () {
      const spans = yield* WorldTelemetry.make(Effect.succeed(crashed)).traces({ ...range(0, 120), limit: 7 })
      const roots = spans.filter(({ parentId }) => parentId === undefined)
      assert.strictEqual(roots.length, 7)
      assert.strictEqual(new Set(spans.map(({ traceId }) => traceId)).size, 7)
      assert.deepStrictEqual(
        roots.map(({ start: at }) => at),
        roots.map(({ start: at }) => at).sort((a, b) => a - b)
      )
      assert.isAbove(roots[0]?.start ?? 0, start + 117_000)
    })
  )
})
