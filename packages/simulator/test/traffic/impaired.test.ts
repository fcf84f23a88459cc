import type { Span } from "@aiopslab/core/Telemetry"
import * as Store from "@aiopslab/kubernetes/Store"
import * as Impairments from "@aiopslab/simulator/Impairments"
import type { Peer } from "@aiopslab/simulator/NetworkPolicies"
import { networkImpairments } from "@aiopslab/simulator/Plane"
import * as Traffic from "@aiopslab/simulator/traffic/Traffic"
import { assert, describe, it } from "@effect/vitest"
import { containerKey, healthy, impairment, namespace, parts, type Stage, start, traffic, world } from "./Shop.ts"

const late = (latencyMillis: number) => ({ _tag: "Delay", latencyMillis, jitterMillis: 0, correlation: 0 }) as const
const lossy = (percent: number) => ({ _tag: "Loss", percent }) as const
const cut = { _tag: "Partition" } as const

const peer = (app: string, within = namespace): Peer => ({
  ip: "10.244.1.2",
  pod: { uid: `${within}/${app}`, namespace: within, labels: { app } },
  ports: {}
})
const node: Peer = { ip: "172.18.0.3", pod: undefined, ports: {} }

const under = (...objects: ReadonlyArray<ReturnType<typeof impairment>>) => {
  const store = objects.reduce((made, object) => Store.put(made, networkImpairments, object), Store.empty)
  return (from: Peer, to: Peer) => Impairments.between({ store }, from, to)
}

describe("an impairment", () => {
  it("is of what the pods send, whoever they send it to, and of nothing else", () => {
    const between = under(impairment(late(50), "db"))
    assert.deepStrictEqual(between(peer("search"), peer("db")), { there: { delays: [], loss: 0 }, back: { delays: [late(50)], loss: 0 } })
    assert.deepStrictEqual(between(peer("db"), node)?.there.delays, [late(50)])
    assert.deepStrictEqual(between(node, peer("db"))?.back.delays, [late(50)])
    assert.isUndefined(between(peer("search"), peer("cache")))
    assert.isUndefined(between(peer("search"), peer("db", "elsewhere")))
  })

  it("leaves alone what a pod sends to itself", () => {
    assert.isUndefined(under(impairment(cut, "db"))(peer("db"), peer("db")))
  })

  it("may be of one direction between two", () => {
    const between = under(impairment(lossy(25), "search", "db"))
    assert.deepStrictEqual([between(peer("search"), peer("db"))?.there.loss, between(peer("db"), peer("search"))?.back.loss], [0.25, 0.25])
    assert.isUndefined(between(peer("search"), peer("cache")))
    assert.isUndefined(between(node, peer("search")))
  })

  it("adds to others", () => {
    const path = under(
      impairment(late(5), "db"),
      impairment(late(7), "db", "web"),
      impairment(lossy(50), "db"),
      impairment(lossy(50), "db", "web")
    )(peer("db"), peer("web"))
    assert.deepStrictEqual(path?.there, { delays: [late(5), late(7)], loss: 0.75 })
  })
})

const seconds = (n: number): number => start + n * 1000
const range = (from: number, until: number) => ({ namespace, since: seconds(from), until: seconds(until) })

/** Healthy for a minute, then impaired for two, then healthy again. */
const stages = (...impairments: ReadonlyArray<ReturnType<typeof impairment>>): ReadonlyArray<Stage> => [
  { at: 0, parts: parts(), traffic: traffic() },
  { at: 60, parts: parts(), traffic: traffic(), impairments },
  { at: 180, parts: parts(), traffic: traffic() }
]

const browse = (made: ReturnType<typeof world>, from: number, until: number) => {
  const found = Traffic.stats(made, range(from, until)).find(({ operation }) => operation === "browse")
  if (found === undefined) throw new Error("nobody browses")
  return found
}

const spans = (made: ReturnType<typeof world>): ReadonlyArray<Span> => Traffic.spans(made, { ...range(60, 150), limit: 1_000_000 })

const to = (service: string) => (span: Span) => span.tags["peer.service"] === service

describe("requests over an impaired network", () => {
  it("are slow where the caller waits, while the callee was as fast as ever, and are as before afterwards", () => {
    const made = world(stages(impairment(late(300), "search")), 240)
    const well = healthy(240)
    const [before, during, after] = [browse(made, 0, 60), browse(made, 60, 180), browse(made, 180, 240)]
    assert.isAbove(during.p50, before.p50 + 300)
    assert.strictEqual(during.errors, 0)
    assert.deepStrictEqual([before, after], [browse(well, 0, 60), browse(well, 180, 240)])
    const called = spans(made).filter(to("search"))
    assert.isTrue(called.length > 100 && called.every(({ duration }) => duration >= 300))
    const served = spans(made).filter(({ service, tags }) => service === "search" && tags["span.kind"] === "server")
    // search waits for what its own packets ask of the cache
    assert.isTrue(served.every(({ duration }) => duration >= 300 && duration < 700))
  })

  it("are hit in one direction only, if that is all", () => {
    const made = world(stages(impairment(late(300), "web", "search")), 200)
    const of = spans(made)
    assert.isTrue(of.filter(to("search")).every(({ duration }) => duration >= 300))
    assert.isTrue(of.filter(({ service }) => service === "search").every(({ duration }) => duration < 50))
    assert.isTrue(of.filter(to("cache")).every(({ duration }) => duration < 50))
  })

  it("have a tail of retransmissions when packets are lost", () => {
    const made = world(stages(impairment(lossy(10), "search", "web")), 200)
    const { errors, p50, p99 } = browse(made, 60, 180)
    assert.strictEqual(errors, 0)
    assert.isBelow(p50, 20)
    assert.isAbove(p99, 190)
    const times = spans(made).filter(to("search"))
    assert.approximately(times.filter(({ duration }) => duration > 190).length / times.length, 0.1, 0.04)
  })

  it("fail when nobody waits any longer, and the caller says so", () => {
    const made = world(stages(impairment(lossy(99), "search", "web")), 240)
    const { errors, requests } = browse(made, 60, 180)
    assert.approximately(errors / requests, 0.99 ** 7, 0.03)
    const failed = spans(made).filter((span) => to("search")(span) && span.error)
    assert.isTrue(
      failed.length > 100 && failed.every(({ duration, tags }) => duration === 20_000 && tags["response_code"] === "DeadlineExceeded")
    )
    // the question arrived
    const ids = new Set(failed.map(({ spanId }) => spanId))
    assert.strictEqual(spans(made).filter(({ parentId }) => parentId !== undefined && ids.has(parentId)).length, failed.length)
    const lines = Traffic.requestLog(made, { namespace, key: containerKey("web") }, seconds(60), seconds(180))
    assert.isTrue(lines.some(({ line }) => line.includes("500 rpc error: code = DeadlineExceeded desc = context deadline exceeded")))
  })

  it("fail in the words of a plain connection where there is one", () => {
    const made = world(stages(impairment(lossy(99.9), "db")), 240)
    const [failed] = spans(made).filter((span) => to("db")(span) && span.error)
    assert.match(failed?.tags["error.message"] ?? "", /^read tcp 10\.244\.1\.82:\d+->10\.96\.0\.17:27017: i\/o timeout$/u)
    assert.strictEqual(failed?.duration, 30_000)
  })

  it("are told of by spans that get through themselves", () => {
    const count = (percent: number) =>
      spans(world(stages(impairment(lossy(percent), "search")), 150)).filter(({ service }) => service === "search").length
    assert.isBelow(count(90), count(5) / 5)
  })

  it("never arrive through a partition", () => {
    const made = world(stages(impairment(cut, "search", "db")), 240)
    const { errors, requests } = browse(made, 60, 180)
    // a quarter of them asks the store
    assert.approximately(errors / requests, 0.25, 0.05)
    const [failed] = spans(made).filter((span) => to("db")(span) && span.error)
    assert.match(failed?.tags["error.message"] ?? "", /^server selection error: dial tcp 10\.96\.0\.17:27017: i\/o timeout$/u)
    assert.strictEqual(browse(world(stages(impairment(cut, "db")), 240), 60, 180).errors, errors)
  })

  it("of users fail without an answer when the entry's packets are lost", () => {
    const made = world(stages(impairment(lossy(100), "web")), 200)
    const { errors, requests } = browse(made, 60, 180)
    assert.strictEqual(errors, requests)
  })
})
