import { plugin as hotel } from "@aiopslab/app-hotel-reservation"
import { plugin as mongodb } from "@aiopslab/behaviour-mongodb"
import type { InstalledApp } from "@aiopslab/core/App"
import type { Cluster } from "@aiopslab/core/Cluster"
import type { Fault } from "@aiopslab/core/Fault"
import * as KubeClient from "@aiopslab/core/KubeClient"
import { planeNamespace } from "@aiopslab/core/Workload"
import { plugin } from "@aiopslab/fault-network"
import * as Lab from "@aiopslab/testkit/Lab"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import { assert, describe, it } from "@effect/vitest"
import { affected } from "../src/Affected.ts"
import { networkDelay, networkLoss, networkPartition } from "../src/Faults.ts"
import { isWorse } from "../src/Symptom.ts"

const lab = Lab.make({ plugins: [hotel, mongodb, plugin], app: "hotel-reservation" })
const healthy = { hotels: 0, recommendations: 0, user: 0, reservation: 0 }
const { topology } = lab.installation
const { networkImpairments } = KubeClient.resources

/** A few in a minute log in or book. */
const rarely = Lab.make({
  plugins: [hotel, mongodb, plugin],
  app: "hotel-reservation",
  mix: { hotels: 60, recommendations: 39, user: 0.5, reservation: 0.5 }
})

const test = (name: string, body: (bench: Lab.Bench) => Effect.Effect<void, unknown, Cluster | InstalledApp>) =>
  // oxlint-disable-next-line vitest/valid-title, vitest/expect-expect -- named and asserted where it is called
  it(name, () => lab.run(body))

const planned = (fault: Fault, config: unknown) => Effect.flatMap(Lab.configOf(fault, config), fault.plan)

const broken = (fault: Fault, config: unknown) =>
  Effect.gen(function* () {
    const plan = yield* planned(fault, config)
    yield* fault.inject(plan)
    yield* fault.verify(plan)
    return plan
  })

const mended = (fault: Fault, plan: unknown) => Effect.andThen(fault.recover(plan), fault.verifyRecovered(plan))

/** Users' figures of the next minute, and the calls to a service meanwhile. */
const minute = (bench: Lab.Bench, service: string) =>
  Effect.gen(function* () {
    const { telemetry } = bench.cluster
    const since = yield* Clock.currentTimeMillis
    yield* Effect.sleep("1 minute")
    const range = { namespace: bench.app.namespace, since, until: yield* Clock.currentTimeMillis }
    yield* Effect.sleep("1 minute")
    const spans = yield* telemetry.traces({ ...range, limit: 10_000 })
    return {
      stats: Object.fromEntries((yield* telemetry.traffic(range)).map((one) => [one.operation, one])),
      spans,
      calls: spans.filter(({ tags }) => tags["peer.service"] === service)
    }
  })

const logOf = (bench: Lab.Bench, service: string) =>
  Effect.gen(function* () {
    const [pod] = yield* Lab.podsOf(bench, service)
    return yield* KubeClient.log(bench.api, bench.app.namespace, pod?.metadata.name ?? "", { sinceSeconds: 120 })
  })

describe("the operations that a service's network carries", () => {
  it("are those that call it or that it calls for, between two those that pass there", () => {
    assert.deepStrictEqual(affected(topology, "user", undefined), ["user", "reservation"])
    assert.deepStrictEqual(affected(topology, "geo", undefined), ["hotels"])
    assert.deepStrictEqual(affected(topology, "frontend", undefined), ["hotels", "recommendations", "user", "reservation"])
    assert.deepStrictEqual(affected(topology, "profile", "memcached-profile"), ["hotels", "recommendations"])
    assert.deepStrictEqual(affected(topology, "memcached-profile", "profile"), ["hotels", "recommendations"])
    assert.deepStrictEqual(affected(topology, "geo", "rate"), [])
    // it is asked at the start only
    assert.deepStrictEqual(affected(topology, "mongodb-user", undefined), [])
  })
})

describe("network-delay", () => {
  test("makes callers wait, and the service itself is as fast as ever", (bench) =>
    Effect.gen(function* () {
      const plan = yield* broken(networkDelay, { service: "user", latency: "10s" })
      const { calls, spans, stats } = yield* minute(bench, "user")
      assert.isAbove(stats["user"]?.p50 ?? 0, 10_000)
      assert.isBelow(stats["hotels"]?.p99 ?? 0, 100)
      assert.isTrue(calls.length > 50 && calls.every(({ duration, error }) => duration >= 10_000 && duration < 10_100 && !error))
      const served = spans.filter(({ service }) => service === "user")
      assert.isTrue(served.length > 50 && served.every(({ duration }) => duration < 100))
      yield* mended(networkDelay, plan)
      assert.deepStrictEqual(yield* Lab.errorsOfNextMinute, healthy)
    }))

  test("keeps a new pod from starting, for it finds no names; without the fault it starts at once", (bench) =>
    Effect.gen(function* () {
      const plan = yield* broken(networkDelay, { service: "user", latency: "10s" })
      yield* Lab.restart(bench, "user")
      yield* Effect.sleep("3 minutes")
      assert.strictEqual((yield* Lab.errorsOfNextMinute)["user"], 1)
      const [pod] = yield* Lab.podsOf(bench, "user")
      const log = yield* KubeClient.log(bench.api, bench.app.namespace, pod?.metadata.name ?? "", { previous: true })
      assert.include(log, "no reachable servers")
      const began = yield* Clock.currentTimeMillis
      yield* mended(networkDelay, plan)
      assert.isBelow((yield* Clock.currentTimeMillis) - began, 60_000)
      assert.deepStrictEqual(yield* Lab.errorsOfNextMinute, healthy)
    }))

  test("is felt by commands in the pod that ask for names, and by no others", (bench) =>
    Effect.gen(function* () {
      yield* broken(networkDelay, { service: "user", latency: "2s" })
      const getent = (service: string, name: string) =>
        Effect.gen(function* () {
          const [pod] = yield* Lab.podsOf(bench, service)
          const began = yield* Clock.currentTimeMillis
          const target = { namespace: bench.app.namespace, pod: pod?.metadata.name ?? "" }
          const { exitCode } = yield* Effect.scoped(KubeClient.exec(bench.api, target, ["getent", "hosts", name]))
          return [exitCode, (yield* Clock.currentTimeMillis) - began]
        })
      assert.deepStrictEqual(yield* getent("user", "consul"), [0, 2_000])
      assert.deepStrictEqual(yield* getent("user", "localhost"), [0, 0])
      assert.deepStrictEqual(yield* getent("frontend", "user"), [0, 0])
      yield* broken(networkPartition, { service: "user" })
      assert.deepStrictEqual(yield* getent("user", "consul"), [2, 10_000])
    }))

  test("is put back when its object is gone, whatever the agent touched", (bench) =>
    Effect.gen(function* () {
      const plan = yield* broken(networkDelay, { service: "user", latency: "1s" })
      assert.strictEqual(yield* networkDelay.keep(plan, () => true), "kept")
      yield* KubeClient.remove(bench.api, networkImpairments, planeNamespace, "network-delay-user")
      assert.strictEqual(yield* networkDelay.keep(plan, () => true), "re-applied")
      yield* networkDelay.verify(plan)
    }))

  test("may be of what one service sends to another", (bench) =>
    Effect.gen(function* () {
      yield* broken(networkDelay, { service: "search", to: "geo", latency: "400ms", jitter: "100ms", correlation: 25 })
      const { calls, spans } = yield* minute(bench, "geo")
      assert.isTrue(calls.every(({ duration }) => duration >= 300 && duration < 520))
      assert.isTrue(spans.filter(({ tags }) => tags["peer.service"] === "rate").every(({ duration }) => duration < 100))
    }))
})

describe("network-loss", () => {
  test("fails what nobody waits for any longer; the callers tell, and the service's own spans are lost with the rest", (bench) =>
    Effect.gen(function* () {
      const plan = yield* broken(networkLoss, { service: "user", loss: 99 })
      const { calls, spans, stats } = yield* minute(bench, "user")
      const { errors = 0, requests = 1 } = stats["user"] ?? {}
      assert.approximately(errors / requests, 0.93, 0.06)
      const failed = calls.filter(({ error }) => error)
      assert.isTrue(failed.every(({ duration, tags }) => duration === 20_000 && tags["response_code"] === "DeadlineExceeded"))
      assert.isBelow(spans.filter(({ service }) => service === "user").length, calls.length / 10)
      assert.match(
        yield* logOf(bench, "frontend"),
        /ERR services\/frontend\/server\.go:113 > POST \/user\?\S+ answered with 500 \(user\): rpc error: code = DeadlineExceeded desc = context deadline exceeded/u
      )
      yield* mended(networkLoss, plan)
      assert.deepStrictEqual(yield* Lab.errorsOfNextMinute, healthy)
    }))

  test("of few packets is a tail of retransmissions", (bench) =>
    Effect.gen(function* () {
      yield* broken(networkLoss, { service: "geo", loss: 5 })
      const { stats } = yield* minute(bench, "geo")
      const { errors, p50 = 0, p99 = 0 } = stats["hotels"] ?? {}
      assert.strictEqual(errors, 0)
      assert.isTrue(p50 < 20 && p99 > 200, `${p50} ${p99}`)
    }))
})

describe("network-partition", () => {
  test("cuts a service off from one that it calls, and from nobody else", (bench) =>
    Effect.gen(function* () {
      const plan = yield* broken(networkPartition, { service: "search", to: "geo" })
      assert.deepStrictEqual(yield* Lab.errorsOfNextMinute, { ...healthy, hotels: 1 })
      assert.include(
        yield* logOf(bench, "search"),
        "nearby search failed: rpc error: code = DeadlineExceeded desc = context deadline exceeded"
      )
      yield* mended(networkPartition, plan)
      assert.deepStrictEqual(yield* Lab.errorsOfNextMinute, healthy)
    }))
})

describe("a plan", () => {
  test("is refused for services that don't exist, and where no user's request would notice", () =>
    Effect.gen(function* () {
      const why = (config: unknown) => Effect.map(Effect.flip(planned(networkPartition, config)), ({ text }) => text.replace(/^.*: /u, ""))
      assert.strictEqual(yield* why({ service: "usr" }), 'the application has no service "usr".')
      assert.strictEqual(yield* why({ service: "geo", to: "x" }), 'the application has no service "x".')
      assert.strictEqual(yield* why({ service: "mongodb-user" }), "no operation goes through mongodb-user.")
      assert.strictEqual(yield* why({ service: "geo", to: "rate" }), "no operation goes between geo and rate.")
    }))
})

describe("a symptom", () => {
  const usual = { requests: 100, errors: 0, p50: 10, p99: 30 }

  it("is more than chance does to so many requests", () => {
    assert.isFalse(isWorse(5, usual, { ...usual, requests: 10, p50: 15 }))
    assert.isTrue(isWorse(5, usual, { ...usual, requests: 200, p50: 15 }))
    assert.isFalse(isWorse(1, usual, { ...usual, requests: 10, p99: 80 }))
    assert.isTrue(isWorse(150, usual, { ...usual, requests: 10, p99: 230 }))
    assert.isFalse(isWorse(Infinity, { ...usual, errors: 2 }, { ...usual, requests: 20, errors: 1 }))
    assert.isTrue(isWorse(Infinity, { ...usual, errors: 2 }, { ...usual, requests: 20, errors: 6 }))
    assert.isTrue(isWorse(Infinity, { ...usual, requests: 5 }, { ...usual, requests: 5, errors: 5 }))
    assert.isFalse(isWorse(1, { ...usual, errors: 100 }, { ...usual, errors: 100 }))
  })

  test("of few milliseconds is told from none", () =>
    Effect.gen(function* () {
      const plan = yield* planned(networkDelay, { service: "geo", latency: "5ms" })
      assert.strictEqual((yield* Effect.flip(networkDelay.verify(plan))).code, "FAULT_NOT_VERIFIED")
      yield* networkDelay.inject(plan)
      yield* networkDelay.verify(plan)
      yield* mended(networkDelay, plan)
    }))

  it("of a rare operation is waited for, before the fault and after it", () =>
    rarely.run(() =>
      Effect.gen(function* () {
        const began = yield* Clock.currentTimeMillis
        const plan = yield* planned(networkDelay, { service: "user", latency: "10s" })
        assert.isAbove((yield* Clock.currentTimeMillis) - began, 5_000)
        assert.strictEqual((yield* Effect.flip(networkDelay.verify(plan))).code, "FAULT_NOT_VERIFIED")
        yield* networkDelay.inject(plan)
        const broke = yield* Clock.currentTimeMillis
        yield* networkDelay.verify(plan)
        assert.isAbove((yield* Clock.currentTimeMillis) - broke, 30_000)
        yield* mended(networkDelay, plan)
      })
    ))
})
