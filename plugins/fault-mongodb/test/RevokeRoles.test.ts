import { plugin as hotel } from "@aiopslab/app-hotel-reservation"
import { plugin as mongodb } from "@aiopslab/behaviour-mongodb"
import type { InstalledApp } from "@aiopslab/core/App"
import type { Cluster } from "@aiopslab/core/Cluster"
import * as KubeClient from "@aiopslab/core/KubeClient"
import { plugin } from "@aiopslab/fault-mongodb"
import * as Lab from "@aiopslab/testkit/Lab"
import * as Effect from "effect/Effect"
import { assert, describe, it } from "@effect/vitest"
import { revokeRoles } from "../src/RevokeRoles.ts"

const lab = Lab.make({
  plugins: [hotel, mongodb, plugin],
  app: "hotel-reservation",
  mix: { hotels: 60, recommendations: 39, user: 0.5, reservation: 0.5 }
})
const config = { store: "mongodb-geo" }
const healthy = { hotels: 0, recommendations: 0, user: 0, reservation: 0 }
const untouched = () => false

const test = (name: string, body: (bench: Lab.Bench) => Effect.Effect<void, unknown, Cluster | InstalledApp>) =>
  // oxlint-disable-next-line vitest/valid-title, vitest/expect-expect -- named and asserted where it is called
  it(name, () => lab.run(body))

const broken = Effect.gen(function* () {
  const plan = yield* revokeRoles.plan(config)
  yield* revokeRoles.inject(plan)
  yield* revokeRoles.verify(plan)
  return plan
})

const mended = (plan: unknown) => Effect.andThen(revokeRoles.recover(plan), revokeRoles.verifyRecovered(plan))

/** The store's pod, as a target of `exec`. */
const storePod = (bench: Lab.Bench) =>
  Effect.map(Lab.podsOf(bench, "mongodb-geo"), ([pod]) => ({ namespace: bench.app.namespace, pod: pod?.metadata.name ?? "" }))

/** Runs a script as the store's administrator. */
const mongo = (bench: Lab.Bench, script: string) =>
  Effect.gen(function* () {
    const argv = ["mongo", "admin", "--quiet", "-u", "root", "-p", "root", "--eval", script]
    const { exitCode } = yield* KubeClient.exec(bench.api, yield* storePod(bench), argv)
    assert.strictEqual(exitCode, 0)
  }).pipe(Effect.scoped)

const restartGeo = (bench: Lab.Bench) => Effect.andThen(Lab.restart(bench, "geo"), Effect.sleep("30 seconds"))

describe("mongodb-revoke-roles", () => {
  test("crashes geo, so that hotels are not found", (bench) =>
    Effect.gen(function* () {
      const plan = yield* broken
      const errors = yield* Lab.errorsOfNextMinute
      assert.deepStrictEqual([errors["hotels"], errors["recommendations"]], [1, 0])
      const [pod] = yield* Lab.podsOf(bench, "geo")
      const log = yield* KubeClient.log(bench.api, bench.app.namespace, pod?.metadata.name ?? "", { previous: true })
      assert.match(log, /FTL cmd\/geo\/db.go:36 > not authorized on geo-db to execute command \{ count: "geo"/u)
      yield* mended(plan)
      assert.deepStrictEqual(yield* Lab.errorsOfNextMinute, healthy)
    }))

  for (const [name, script] of [
    ["a granted role", "db.grantRolesToUser('admin', [{role: 'readWrite', db: 'geo-db'}])"],
    ["an updated user", "db.updateUser('admin', {roles: [{role: 'readWrite', db: 'geo-db'}]})"],
    ["a new user", "db.dropUser('admin'); db.createUser({user: 'admin', pwd: 'admin', roles: [{role: 'readWrite', db: 'geo-db'}]})"]
  ] as const) {
    test(`is repaired by ${name}, and stays so`, (bench) =>
      Effect.gen(function* () {
        const plan = yield* broken
        yield* mongo(bench, script)
        assert.strictEqual(yield* revokeRoles.keep(plan, untouched), "kept")
        yield* restartGeo(bench)
        assert.deepStrictEqual(yield* Lab.errorsOfNextMinute, healthy)
        yield* mended(plan)
      }))
  }

  for (const [name, script] of [
    ["a role that only reads", "db.grantRolesToUser('admin', [{role: 'read', db: 'geo-db'}])"],
    ["the right role on a wrong database", "db.grantRolesToUser('admin', [{role: 'readWrite', db: 'geo'}])"]
  ] as const) {
    test(`is not repaired by ${name}`, (bench) =>
      Effect.gen(function* () {
        const plan = yield* broken
        yield* mongo(bench, script)
        yield* restartGeo(bench)
        assert.strictEqual((yield* Lab.errorsOfNextMinute)["hotels"], 1)
        yield* mended(plan)
        assert.deepStrictEqual(yield* Lab.errorsOfNextMinute, healthy)
      }))
  }

  test("is recovered when the user was dropped and the store scaled away", (bench) =>
    Effect.gen(function* () {
      const plan = yield* revokeRoles.plan(config)
      yield* revokeRoles.inject(plan)
      yield* mongo(bench, "db.dropUser('admin')")
      yield* KubeClient.scale(bench.api, KubeClient.resources.deployments, bench.app.namespace, "mongodb-geo", 0)
      yield* Effect.sleep("60 seconds")
      yield* mended(plan)
      assert.deepStrictEqual(yield* Lab.errorsOfNextMinute, healthy)
    }))

  test("comes back when the store lost its data, unless the agent was in its pod", (bench) =>
    Effect.gen(function* () {
      const plan = yield* broken
      yield* Effect.scoped(KubeClient.exec(bench.api, yield* storePod(bench), ["sh", "-c", "rm -rf /data/db/*"]))
      yield* Lab.restart(bench, "mongodb-geo")
      yield* Effect.sleep("20 seconds")
      const next = yield* storePod(bench)
      assert.strictEqual(yield* revokeRoles.keep(plan, (key) => key === `pods/${next.namespace}/${next.pod}`), "kept")
      assert.strictEqual(yield* revokeRoles.keep(plan, untouched), "re-applied")
      assert.strictEqual(yield* revokeRoles.keep(plan, untouched), "kept")
      yield* restartGeo(bench)
      assert.strictEqual((yield* Lab.errorsOfNextMinute)["hotels"], 1)
      yield* mended(plan)
      assert.deepStrictEqual(yield* Lab.errorsOfNextMinute, healthy)
    }))

  test("is over when the store is gone altogether", (bench) =>
    Effect.gen(function* () {
      const plan = yield* broken
      yield* KubeClient.remove(bench.api, KubeClient.resources.deployments, bench.app.namespace, "mongodb-geo")
      yield* Effect.sleep("60 seconds")
      yield* mended(plan)
    }))

  test("cannot be planned on a store without access control", () =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(revokeRoles.plan({ store: "mongodb-user" }))
      assert.strictEqual(error.text, 'Fault "mongodb-revoke-roles" cannot be planned: mongodb-user has no access control.')
    }))
})
