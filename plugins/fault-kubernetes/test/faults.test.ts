import { plugin as hotel } from "@aiopslab/app-hotel-reservation"
import { plugin as mongodb } from "@aiopslab/behaviour-mongodb"
import type { InstalledApp } from "@aiopslab/core/App"
import type { Cluster } from "@aiopslab/core/Cluster"
import type { Fault } from "@aiopslab/core/Fault"
import * as KubeClient from "@aiopslab/core/KubeClient"
import { plugin } from "@aiopslab/fault-kubernetes"
import * as Lab from "@aiopslab/testkit/Lab"
import * as Effect from "effect/Effect"
import { assert, describe, it } from "@effect/vitest"
import { podFailure } from "../src/PodFailure.ts"
import { wrongBinUsage } from "../src/WrongBinUsage.ts"

const lab = Lab.make({
  plugins: [hotel, mongodb, plugin],
  app: "hotel-reservation",
  mix: { hotels: 60, recommendations: 39, user: 0.5, reservation: 0.5 }
})
const healthy = { hotels: 0, recommendations: 0, user: 0, reservation: 0 }
const { deployments } = KubeClient.resources

const test = (name: string, body: (bench: Lab.Bench) => Effect.Effect<void, unknown, Cluster | InstalledApp>) =>
  // oxlint-disable-next-line vitest/valid-title, vitest/expect-expect -- named and asserted where it is called
  it(name, () => lab.run(body))

const broken = (fault: Fault, config: unknown) =>
  Effect.gen(function* () {
    const plan = yield* fault.plan(config)
    yield* fault.inject(plan)
    yield* fault.verify(plan)
    return plan
  })

describe("wrong-bin-usage", () => {
  const config = { deployment: "profile", command: ["geo"] }
  const commandOf = ({ api, app }: Lab.Bench) =>
    Effect.map(
      KubeClient.get(api, deployments, app.namespace, "profile"),
      (object) => /"command":(\[[^\]]*\])/u.exec(JSON.stringify(object.spec))?.[1]
    )

  test("leaves nobody who serves profiles", (bench) =>
    Effect.gen(function* () {
      yield* broken(wrongBinUsage, config)
      const errors = yield* Lab.errorsOfNextMinute
      assert.deepStrictEqual([errors["hotels"], errors["recommendations"], errors["user"]], [1, 1, 0])
      const [pod] = yield* Lab.podsOf(bench, "profile")
      assert.match(
        yield* KubeClient.log(bench.api, bench.app.namespace, pod?.metadata.name ?? ""),
        /Registered in consul as srv-geo, serving on port 8083/u
      )
    }))

  test("is kept up against controllers, not against the agent", (bench) =>
    Effect.gen(function* () {
      const plan = yield* broken(wrongBinUsage, config)
      yield* KubeClient.patch(bench.api, deployments, bench.app.namespace, "profile", "json", [
        { op: "replace", path: "/spec/template/spec/containers/0/command", value: ["profile"] }
      ])
      assert.strictEqual(yield* wrongBinUsage.keep(plan, (key) => key === `deployments.apps/${bench.app.namespace}/profile`), "kept")
      assert.strictEqual(yield* commandOf(bench), '["profile"]')
      assert.strictEqual(yield* wrongBinUsage.keep(plan, () => false), "re-applied")
      assert.strictEqual(yield* commandOf(bench), '["geo"]')
    }))
})

describe("pod-failure", () => {
  test("takes the service's pods down, and those that follow, whatever the agent touched", (bench) =>
    Effect.gen(function* () {
      const plan = yield* broken(podFailure, { service: "user" })
      const errors = [yield* Lab.errorsOfNextMinute, yield* Lab.errorsOfNextMinute, yield* Lab.errorsOfNextMinute]
      assert.deepStrictEqual(
        errors.map(({ hotels }) => hotels),
        [0, 0, 0]
      )
      assert.include(
        errors.map(({ user }) => user),
        1
      )
      yield* Lab.restart(bench, "user")
      yield* Effect.sleep("20 seconds")
      assert.strictEqual(yield* podFailure.keep(plan, () => true), "re-applied")
      assert.strictEqual(yield* podFailure.keep(plan, () => true), "kept")
      yield* podFailure.verify(plan)
      yield* podFailure.recover(plan)
      yield* podFailure.verifyRecovered(plan)
      assert.deepStrictEqual(yield* Lab.errorsOfNextMinute, healthy)
    }))
})
