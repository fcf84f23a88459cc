import type { OperationStats, Span } from "@aiopslab/core/Telemetry"
import type { World } from "@aiopslab/simulator/World"
import * as Arrivals from "@aiopslab/simulator/traffic/Arrivals"
import * as Traffic from "@aiopslab/simulator/traffic/Traffic"
import type { Usage } from "@aiopslab/simulator/traffic/Usage"
import { assert, describe, it } from "@effect/vitest"
import * as Arbitrary from "effect/Arbitrary"
import * as Schema from "effect/Schema"
import { containerKey, healthy, namespace, parts, policy, type Stage, start, traffic, world } from "./Shop.ts"

const second = (n: number): number => start + Math.round(n * 1000)
const window = (from: number, until: number) => ({ namespace, since: second(from), until: second(until) })
const statsOf = (of: World, from: number, until: number) => Traffic.stats(of, window(from, until))
const spansOf = (of: World, from: number, until: number) => Traffic.spans(of, { ...window(from, until), limit: 1_000_000 })
const linesOf = (of: World, container: string, from: number, until: number) =>
  Traffic.requestLog(of, { namespace, key: containerKey(container) }, second(from), second(until)).map(({ line }) => line)

const named = (stats: ReadonlyArray<OperationStats>, name: string): OperationStats => {
  const found = stats.find(({ operation }) => operation === name)
  if (found === undefined) throw new Error(`no ${name}`)
  return found
}

const roots = (spans: ReadonlyArray<Span>): ReadonlyArray<Span> => spans.filter(({ parentId }) => parentId === undefined)

/** Healthy, then `search` crashes, then it is back. */
const crash: ReadonlyArray<Stage> = [
  { at: 0, parts: parts(), traffic: traffic() },
  { at: 40, parts: parts({ search: ["down"] }), traffic: traffic() },
  { at: 80, parts: parts(), traffic: traffic() }
]

const refusing = { _tag: "error", code: "Unauthorized", message: "not authorized on shop to execute command" } as const

describe("arrivals", () => {
  it("come at the rate, in the mix, exponentially or evenly", () => {
    const [browse, about] = statsOf(healthy(1000), 0, 1000)
    assert.approximately((browse?.requests ?? 0) + (about?.requests ?? 0), 10_000, 400)
    assert.approximately((browse?.requests ?? 0) / (about?.requests ?? 1), 3, 0.3)
    const even = statsOf(healthy(1000, { arrivals: "constant", rate: 2.5 }), 0, 1000)
    assert.strictEqual(
      even.reduce((sum, { requests }) => sum + requests, 0),
      2500
    )
  })

  it("leave gaps as a Poisson process does: the deviation of a second's count is the root of its mean", () => {
    const stream = Arrivals.streamOf("1", "x", { namespace, app: "shop", rate: 25, arrivals: "exponential", mix: { a: 1 } })
    const counts = Array.from({ length: 1500 }, (_, i) => {
      const times: Array<number> = []
      Arrivals.fillSlot(stream, i, times)
      return times.length
    })
    const mean = counts.reduce((a, b) => a + b, 0) / counts.length
    const variance = counts.reduce((sum, count) => sum + (count - mean) ** 2, 0) / counts.length
    assert.approximately(mean, 25, 0.6)
    assert.approximately(variance / mean, 1, 0.12)
  })

  it("are others under another seed, and the same under the same", () => {
    const of = (seed: string) => spansOf(healthy(20, {}, seed), 0, 20)
    assert.deepStrictEqual(of("1"), of("1"))
    assert.notDeepEqual(
      of("1").map(({ start: at }) => at),
      of("2").map(({ start: at }) => at)
    )
  })

  it("begin with the Traffic object, end with it, and leave an operation of weight 0 out", () => {
    const of = world(
      [
        { at: 0, parts: parts() },
        { at: 10, parts: parts(), traffic: traffic({ mix: { browse: 1, about: 0 } }) },
        { at: 20, parts: parts() }
      ],
      30
    )
    assert.deepStrictEqual(statsOf(of, 0, 10), [])
    assert.deepStrictEqual(statsOf(of, 20, 30), [])
    assert.deepStrictEqual(statsOf(of, 0, 30), statsOf(of, 10, 20))
    assert.deepStrictEqual(
      statsOf(of, 10, 20).map(({ operation }) => operation),
      ["browse"]
    )
    assert.isAbove(statsOf(of, 10, 20)[0]?.requests ?? 0, 50)
  })

  it("that lie in the future have not happened", () => assert.deepStrictEqual(statsOf(healthy(5), 5, 100), []))
})

describe("a healthy application", () => {
  it("answers every request in a few milliseconds", () => {
    for (const { errors, p50, p99, requests } of statsOf(healthy(60), 0, 60)) {
      assert.isAbove(requests, 60)
      assert.strictEqual(errors, 0)
      assert.isAbove(p50, 0.3)
      assert.isAbove(p99, p50)
      assert.isBelow(p99, 20)
    }
  })

  it("traces each call from both sides, children within their parents", () => {
    const spans = spansOf(healthy(30), 0, 29)
    const byId = new Map(spans.map((span) => [`${span.traceId}/${span.spanId}`, span]))
    assert.strictEqual(byId.size, spans.length)
    for (const span of spans) {
      if (span.parentId === undefined) continue
      const parent = byId.get(`${span.traceId}/${span.parentId}`)
      if (parent === undefined) return assert.fail(`${span.operation} has no parent`)
      assert.isAtLeast(span.start, parent.start)
      assert.isAtMost(span.start + span.duration, parent.start + parent.duration + 1e-3)
    }
    const call = spans.filter(({ operation }) => operation === "/search.Search/Find")
    assert.deepStrictEqual(
      call.slice(0, 2).map(({ service, tags }) => [service, tags["span.kind"]]),
      [
        ["web", "client"],
        ["search", "server"]
      ]
    )
    const share = spans.filter(({ operation }) => operation === "find shop.items").length / (call.length / 2)
    assert.approximately(share, 0.25, 0.1)
  })

  it("writes its line when the handler is done", () => {
    const of = healthy(30)
    const lines = Traffic.requestLog(of, { namespace, key: containerKey("web") }, second(0), second(29)).map(({ time }) => time)
    const ends = roots(spansOf(of, 0, 29)).flatMap(({ duration, operation, start: at }) =>
      operation === "HTTP GET /browse" ? [Math.floor(at + duration)] : []
    )
    assert.deepStrictEqual(
      lines,
      ends.filter((end) => end < second(29)).sort((a, b) => a - b)
    )
  })

  it("logs a line for each request where the handler does", () => {
    const of = healthy(60)
    const lines = linesOf(of, "web", 0, 55)
    assert.approximately(lines.length, named(statsOf(of, 0, 55), "browse").requests, 2)
    assert.match(lines[0] ?? "", /^2026-01-01T00:00:0\dZ INF GET \/browse\?page=1 200$/u)
    assert.deepStrictEqual(linesOf(of, "search", 0, 55), [])
  })
})

describe("a crashed service", () => {
  const of = world(crash, 120)

  it("makes the users' requests that need it fail, and no others", () => {
    const stats = statsOf(of, 40, 80)
    assert.strictEqual(named(stats, "browse").errors, named(stats, "browse").requests)
    assert.strictEqual(named(stats, "about").errors, 0)
    for (const [from, until] of [
      [0, 40],
      [80, 120]
    ] as const)
      assert.isTrue(statsOf(of, from, until).every(({ errors }) => errors === 0))
  })

  it("shows as an error in the callers' spans, and leaves none of its own", () => {
    const spans = spansOf(of, 40, 80)
    assert.isTrue(spans.every(({ service }) => service !== "search"))
    const [root, call] = spans.filter(({ error }) => error)
    assert.strictEqual(root?.tags["http.status_code"], "500")
    assert.strictEqual(call?.tags["error.message"], "rpc error: code = Unavailable desc = last resolver error: produced zero addresses")
    assert.strictEqual(call?.tags["response_class"], "5xx")
  })

  it("is in the caller's log and silent in its own", () => {
    const lines = linesOf(of, "web", 40, 80)
    assert.strictEqual(lines.length, named(statsOf(of, 40, 80), "browse").requests)
    for (const line of lines) assert.include(line, "500 rpc error: code = Unavailable")
    assert.deepStrictEqual(linesOf(of, "search", 40, 80), [])
  })

  it("ends the handler: what it would have called next is not called", () => {
    const banners = (from: number, until: number) => spansOf(of, from, until).filter(({ operation }) => operation === "get banner").length
    assert.strictEqual(banners(40, 80), 0)
    assert.strictEqual(banners(0, 40), named(statsOf(of, 0, 40), "browse").requests)
  })

  it("stops its counters", () => {
    const usage = Traffic.counters(of, window(40, 80))
    assert.isUndefined(usage.get(containerKey("search")))
    assert.isUndefined(usage.get(containerKey("db")))
    assert.strictEqual(
      usage.get(containerKey("web"))?.requests,
      statsOf(of, 40, 80).reduce((sum, { requests }) => sum + requests, 0)
    )
  })

  it("cannot be found while the registry is down, though it runs", () => {
    const registryDown = world([{ at: 0, parts: parts({ consul: ["down"] }), traffic: traffic() }], 30)
    assert.strictEqual(named(statsOf(registryDown, 0, 30), "browse").errors, named(statsOf(registryDown, 0, 30), "browse").requests)
  })
})

describe("failures", () => {
  const failing = (changed: Parameters<typeof parts>[0]) => world([{ at: 0, parts: parts(changed), traffic: traffic() }], 60)
  const messages = (of: World) => [...new Set(roots(spansOf(of, 0, 60)).flatMap(({ tags }) => tags["error.message"] ?? []))]

  it("of half the endpoints of a Service fail half of its requests", () => {
    const of = failing({ web: [{ _tag: "ok" }, "deaf"] })
    const stats = statsOf(of, 0, 60)
    const share = stats.reduce((sum, { errors }) => sum + errors, 0) / stats.reduce((sum, { requests }) => sum + requests, 0)
    assert.approximately(share, 0.5, 0.08)
  })

  it("of one registered instance are balanced around by the client", () => {
    const of = failing({ search: [{ _tag: "ok" }, "deaf"] })
    assert.strictEqual(named(statsOf(of, 0, 60), "browse").errors, 0)
  })

  it("of a store's login reach the user, for the share that asks the store", () => {
    const of = failing({ db: [refusing] })
    const { errors, requests } = named(statsOf(of, 0, 60), "browse")
    assert.approximately(errors / requests, 0.25, 0.1)
    assert.deepStrictEqual(messages(of), ["rpc error: code = Unknown desc = (Unauthorized) not authorized on shop to execute command"])
    const own = linesOf(of, "search", 0, 60)
    assert.strictEqual(own.length, errors)
    assert.match(own[0] ?? "", /ERR search: \(Unauthorized\) not authorized on shop/u)
  })

  it("of an optional cache cost a log line and nothing else", () => {
    const of = failing({ cache: ["down"] })
    assert.strictEqual(named(statsOf(of, 0, 60), "browse").errors, 0)
    assert.match(linesOf(of, "search", 0, 60)[0] ?? "", /ERR search: dial tcp 10\.96\.0\.\d+:11211: connect: connection refused/u)
  })

  it("of the entry leave no trace, and count", () => {
    const of = failing({ web: ["down"] })
    assert.deepStrictEqual(spansOf(of, 0, 60), [])
    for (const { errors, requests } of statsOf(of, 0, 60)) assert.strictEqual(errors, requests)
    assert.strictEqual(Traffic.counters(of, window(0, 60)).size, 0)
  })

  it("of a store that does not listen come at once, as its driver words them", () => {
    const deaf = failing({ db: ["deaf"] })
    assert.include(messages(deaf)[0], "server selection error: dial tcp")
    assert.isBelow(named(statsOf(deaf, 0, 60), "browse").p99, 30)
  })
})

/** Milliseconds, so that windows end in the middle of whatever the engine works in. */
const Moment = Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 120_000 }))

const sum = (a: Usage | undefined, b: Usage | undefined): ReadonlyArray<number> =>
  (["requests", "receivedBytes", "sentBytes", "receivedPackets", "sentPackets"] as const).map((key) => (a?.[key] ?? 0) + (b?.[key] ?? 0))

describe("all views", () => {
  const worlds = [
    world(crash, 120),
    world(
      [
        { at: 0, parts: parts(), traffic: traffic() },
        { at: 33, parts: parts({ db: [refusing], web: [{ _tag: "ok" }, "deaf"] }), traffic: traffic({ rate: 4 }) }
      ],
      120,
      "other"
    )
  ]

  it.prop(
    "of any window tell of the same requests",
    [Arbitrary.schema(Moment), Arbitrary.schema(Moment)],
    ([a, b]) => {
      const [from, until] = a < b ? [a / 1000, b / 1000] : [b / 1000, a / 1000]
      // a trace is complete within a second here; look a little earlier than now
      const end = Math.min(until, 118)
      for (const of of worlds) {
        const stats = statsOf(of, from, end)
        const traces = roots(spansOf(of, from, end))
        const usage = Traffic.counters(of, window(from, end))
        const served = (usage.get(containerKey("web"))?.requests ?? 0) + (usage.get(containerKey("web", 1))?.requests ?? 0)
        for (const { errors, operation, p99, requests } of stats) {
          const own = traces.filter((span) => span.operation === (operation === "browse" ? "HTTP GET /browse" : "HTTP GET /about"))
          const unreached = requests - own.length
          assert.isAtLeast(unreached, 0)
          assert.strictEqual(own.filter(({ error }) => error).length + unreached, errors)
          for (const { duration } of own) assert.isAtMost(duration, Math.max(p99 * 4, 50))
        }
        assert.strictEqual(traces.length, served)
        // a line is written when its handler is done, so compare it with the ends of spans, in whole milliseconds
        const ends = roots(spansOf(of, 0, end)).filter(
          ({ operation, start: at, duration }) =>
            operation === "HTTP GET /browse" && Math.floor(at + duration) >= second(from) && Math.floor(at + duration) < second(end)
        )
        const lines = ["web"].flatMap((name) => linesOf(of, name, from, end))
        assert.approximately(lines.length, ends.length, 0)
        assert.strictEqual(lines.filter((line) => line.includes(" 500 ")).length, ends.filter(({ error }) => error).length)
      }
    },
    { arbitrary: { runs: 30 } }
  )

  it.prop("add up where windows meet", [Arbitrary.schema(Moment), Arbitrary.schema(Moment), Arbitrary.schema(Moment)], (moments) => {
    const [a = 0, b = 0, c = 0] = [...moments].sort((x, y) => x - y).map((moment) => moment / 1000)
    for (const of of worlds) {
      const [whole, left, right] = [
        Traffic.counters(of, window(a, c)),
        Traffic.counters(of, window(a, b)),
        Traffic.counters(of, window(b, c))
      ]
      for (const key of whole.keys()) assert.deepStrictEqual(sum(whole.get(key), undefined), sum(left.get(key), right.get(key)))
      const count = (from: number, until: number) =>
        statsOf(of, from, until).reduce((total, { errors, requests }) => total + requests * 1000 + errors, 0)
      assert.strictEqual(count(a, c), count(a, b) + count(b, c))
    }
  })

  it("are the same whoever looked before, and in whatever order", () => {
    const first = world(crash, 120)
    const later = spansOf(first, 60, 100)
    const second_ = world(crash, 120)
    statsOf(second_, 0, 120)
    linesOf(second_, "web", 10, 20)
    assert.deepStrictEqual(spansOf(second_, 60, 100), later)
  })

  it("of a past window don't change when the world goes on", () => {
    const early = world(crash.slice(0, 2), 60)
    const late = world(crash, 120)
    assert.deepStrictEqual(statsOf(early, 10, 60), statsOf(late, 10, 60))
    assert.deepStrictEqual(spansOf(early, 10, 55), spansOf(late, 10, 55))
  })
})

describe("pods that find names in another way", () => {
  const under = (names: Parameters<typeof parts>[1], pods: Parameters<typeof parts>[0] = {}) =>
    world([{ at: 0, parts: parts(pods, names), traffic: traffic() }], 100)
  const ok = { _tag: "ok" } as const
  const failing = (of: World) => statsOf(of, 0, 100).map(({ errors, requests }) => errors / requests)

  it("don't find the registry when they ask their node", () => {
    const of = under({ web: [{ dnsPolicy: "Default" }] })
    assert.deepStrictEqual(failing(of), [1, 0])
    assert.include(linesOf(of, "web", 0, 100)[0], "produced zero addresses")
  })

  it("are some of a workload's pods, and the others are well", () => {
    const [browse] = failing(under({ web: [{ dnsPolicy: "None", dnsConfig: { nameservers: ["10.9.9.9"] } }] }, { web: [ok, ok] }))
    assert.approximately(browse ?? 0, 0.5, 0.1)
  })

  it("go where their host aliases say", () => {
    const of = under({ search: [{ hostAliases: [{ ip: "10.9.9.9", hostnames: ["db"] }] }] })
    assert.include(linesOf(of, "search", 0, 100)[0], "server selection error: dial tcp 10.9.9.9:27017: i/o timeout")
    assert.approximately(failing(of)[0] ?? 0, 0.25, 0.1)
    const same = under({ search: [{ hostAliases: [{ ip: "10.96.0.17", hostnames: ["db"] }] }] })
    assert.deepStrictEqual(failing(same), [0, 0])
  })

  it("search elsewhere and find what is called so there, or nothing", () => {
    const of = under({ search: [{ dnsPolicy: "None", dnsConfig: { nameservers: ["10.96.0.10"], searches: ["svc.cluster.local"] } }] })
    assert.isTrue(linesOf(of, "search", 0, 100).some((line) => line.includes("lookup db on 10.96.0.10:53: no such host")))
    const more = under({ search: [{ dnsConfig: { options: [{ name: "ndots", value: "1" }] } }] })
    assert.deepStrictEqual(failing(more), [0, 0])
  })
})

describe("network policies", () => {
  const only = (app: string, ...from: ReadonlyArray<string>) =>
    policy(app, {
      podSelector: { matchLabels: { app } },
      policyTypes: ["Ingress"],
      ingress: from.map((one) => ({ from: [{ podSelector: { matchLabels: { app: one } } }] }))
    })
  const under = (...policies: ReadonlyArray<ReturnType<typeof only>>) =>
    world([{ at: 0, parts: parts(), traffic: traffic(), policies }], 100)

  it("keep callers from what they may not reach: the call goes unanswered", () => {
    const open = under(only("db", "search"), only("search", "web"))
    assert.strictEqual(named(statsOf(open, 0, 100), "browse").errors, 0)
    const closed = under(only("db", "web"))
    const { errors, requests } = named(statsOf(closed, 0, 100), "browse")
    assert.approximately(errors / requests, 0.25, 0.1)
    assert.include(linesOf(closed, "search", 0, 100).join("\n"), ":27017: i/o timeout")
  })

  it("keep users out, too", () => {
    const closed = under(only("web", "search"))
    const { errors, requests } = named(statsOf(closed, 0, 60), "about")
    assert.isAbove(requests, 0)
    assert.strictEqual(errors, requests)
  })
})
