import { plugin as hotel } from "@aiopslab/app-hotel-reservation"
import { plugin as mongodb } from "@aiopslab/behaviour-mongodb"
import type { InstalledApp } from "@aiopslab/core/App"
import type { Cluster } from "@aiopslab/core/Cluster"
import type { Fault } from "@aiopslab/core/Fault"
import * as KubeClient from "@aiopslab/core/KubeClient"
import { planeNamespace } from "@aiopslab/core/Workload"
import { plugin } from "@aiopslab/fault-container"
import * as Lab from "@aiopslab/testkit/Lab"
import * as Effect from "effect/Effect"
import { assert, describe, it } from "@effect/vitest"
import { containerKill } from "../src/ContainerKill.ts"
import { podKill } from "../src/PodKill.ts"

const lab = Lab.make({ plugins: [hotel, mongodb, plugin], app: "hotel-reservation" })
const healthy = { hotels: 0, recommendations: 0, user: 0, reservation: 0 }
const { containerKills, events } = KubeClient.resources

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

/** As a trial does; what it has come to each time. */
const kept = (fault: Fault, plan: unknown, times: number) =>
  Effect.forEach(Array.from({ length: times }), () =>
    Effect.andThen(
      Effect.sleep("5 seconds"),
      fault.keep(plan, () => true)
    )
  )

const eventsOf = (bench: Lab.Bench, reason: string, name: string) =>
  Effect.map(KubeClient.list(bench.api, events, bench.app.namespace), (all) =>
    all.filter((event) => event["reason"] === reason && JSON.stringify(event["involvedObject"]).includes(`"name":"${name}`))
  )

const restartsOf = (bench: Lab.Bench, service: string) =>
  Effect.map(Lab.podsOf(bench, service), ([pod]) => Number(/"restartCount":(\d+)/u.exec(JSON.stringify(pod?.status))?.[1]))

describe("pod-kill", () => {
  test("kills the pods at once, and each that follows twenty seconds after it came", (bench) =>
    Effect.gen(function* () {
      const [first] = yield* Lab.podsOf(bench, "user")
      const plan = yield* broken(podKill, { service: "user" })
      const [second] = yield* Lab.podsOf(bench, "user")
      assert.notStrictEqual(second?.metadata.uid, first?.metadata.uid)
      assert.deepStrictEqual(yield* kept(podKill, plan, 8), ["kept", "kept", "kept", "re-applied", "kept", "kept", "kept", "re-applied"])
      assert.lengthOf(yield* eventsOf(bench, "Killing", "user-"), 3)
      assert.isAtLeast((yield* eventsOf(bench, "SuccessfulCreate", "user-")).length, 4)
      yield* mended(podKill, plan)
      assert.deepStrictEqual(yield* Lab.errorsOfNextMinute, healthy)
    }))

  test("fails who comes while there is no pod", () =>
    Effect.gen(function* () {
      const plan = yield* broken(podKill, { service: "user", every: "5s" })
      const [errors] = yield* Effect.all([Lab.errorsOfNextMinute, kept(podKill, plan, 12)], { concurrency: "unbounded" })
      assert.isTrue((errors["user"] ?? 0) > 0.1 && errors["hotels"] === 0, JSON.stringify(errors))
    }))
})

describe("container-kill", () => {
  test("kills the container until its kubelet waits before it starts it, and searches fail meanwhile", (bench) =>
    Effect.gen(function* () {
      const plan = yield* broken(containerKill, { service: "geo" })
      assert.strictEqual(yield* restartsOf(bench, "geo"), 1)
      yield* Effect.sleep("3 minutes")
      assert.isAtLeast(yield* restartsOf(bench, "geo"), 3)
      const [pod] = yield* Lab.podsOf(bench, "geo")
      assert.match(JSON.stringify(pod?.status), /"terminated":\{"exitCode":137,"reason":"Error"/u)
      assert.isAbove((yield* eventsOf(bench, "BackOff", "geo-")).length, 0)
      const errors = yield* Lab.errorsOfNextMinute
      assert.isTrue((errors["hotels"] ?? 0) > 0.3 && errors["user"] === 0, JSON.stringify(errors))
      yield* mended(containerKill, plan)
      assert.deepStrictEqual(yield* Lab.errorsOfNextMinute, healthy)
      assert.strictEqual(yield* restartsOf(bench, "geo"), 0)
    }))

  test("is put back when its object is gone, whatever the agent touched", (bench) =>
    Effect.gen(function* () {
      const plan = yield* broken(containerKill, { service: "geo" })
      assert.strictEqual(yield* containerKill.keep(plan, () => true), "kept")
      yield* KubeClient.remove(bench.api, containerKills, planeNamespace, "container-kill-geo-hotel-reserv-geo")
      assert.strictEqual(yield* containerKill.keep(plan, () => true), "re-applied")
    }))
})

describe("a plan", () => {
  test("is refused for services and containers that don't exist, and for a service without pods", (bench) =>
    Effect.gen(function* () {
      const why = (fault: Fault, config: unknown) =>
        Effect.map(Effect.flip(planned(fault, config)), ({ text }) => text.replace(/^.*: /u, ""))
      assert.strictEqual(yield* why(podKill, { service: "usr" }), 'the application has no service "usr".')
      assert.strictEqual(yield* why(containerKill, { service: "geo", container: "x" }), "the pods of geo have no container x.")
      yield* KubeClient.scale(bench.api, KubeClient.resources.deployments, bench.app.namespace, "geo", 0)
      yield* Effect.sleep("1 minute")
      assert.strictEqual(yield* why(podKill, { service: "geo" }), "geo has no pods.")
      assert.strictEqual(yield* why(containerKill, { service: "geo" }), "geo has no pods.")
    }))
})
