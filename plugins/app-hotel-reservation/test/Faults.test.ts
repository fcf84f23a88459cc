import { plugin as kubernetesFaults } from "@aiopslab/fault-kubernetes"
import { plugin as mongoFaults } from "@aiopslab/fault-mongodb"
import type { Fault } from "@aiopslab/core/Fault"
import * as KubeClient from "@aiopslab/core/KubeClient"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as TestClock from "effect/testing/TestClock"
import { errorsOfNextMinute, type Hotel, installation, mongo, namespace, podsOf, through, withHotel } from "./Installed.ts"

const isFault = (component: { readonly _tag: string }): component is Fault => component._tag === "Fault"
const faultNamed = (name: string): Fault => {
  const found = [...mongoFaults.components, ...kubernetesFaults.components].filter(isFault).find((fault) => fault.name === name)
  if (found === undefined) throw new Error(`no fault ${name}`)
  return found
}

const revoke = faultNamed("mongodb-revoke-roles")
const wrongBin = faultNamed("wrong-bin-usage")
const podFailure = faultNamed("pod-failure")

/** Plans, passes the plan through its encoding as a journal does, injects and verifies. */
const broken = (fault: Fault, config: unknown) =>
  Effect.gen(function* () {
    const plan = yield* fault.plan(config)
    const journaled = yield* Schema.decodeUnknownEffect(fault.planSchema)(
      JSON.parse(JSON.stringify(yield* Schema.encodeEffect(fault.planSchema)(plan)))
    )
    yield* fault.inject(journaled)
    yield* through(fault.verify(journaled))
    return journaled
  })

const mended = (fault: Fault, plan: unknown) =>
  Effect.gen(function* () {
    yield* through(fault.recover(plan))
    yield* through(fault.verifyRecovered(plan))
  })

const healthy = { hotels: 0, recommendations: 0, user: 0, reservation: 0 }
const untouched = () => false

const restartGeo = ({ api }: Hotel) =>
  Effect.gen(function* () {
    for (const { metadata } of yield* podsOf(api, "geo")) yield* KubeClient.remove(api, KubeClient.resources.pods, namespace, metadata.name)
    yield* TestClock.adjust("30 seconds")
  })

describe("the installed application", () => {
  it.effect("serves its users within milliseconds, without an error", () =>
    withHotel((hotel) =>
      Effect.gen(function* () {
        assert.deepStrictEqual(yield* errorsOfNextMinute(hotel), healthy)
        const pods = yield* KubeClient.list(hotel.api, KubeClient.resources.pods, namespace)
        assert.strictEqual(pods.length, 19)
      })
    )
  )

  it.effect("has a digest that tells lost data from a new import and from traffic", () =>
    withHotel(({ api }) =>
      Effect.gen(function* () {
        const before = yield* installation.digest
        assert.match(before, /^mongodb-profile\nhotels [0-9a-f]{32}\nmongodb-geo\ngeo [0-9a-f]{32}\n/u)
        yield* mongo(api, "mongodb-reservation", "db.getSiblingDB('reservation-db').reservation.insertOne({hotelId: '1'})")
        assert.strictEqual(yield* installation.digest, before)
        yield* mongo(api, "mongodb-geo", "db.getSiblingDB('geo-db').geo.deleteOne({hotelId: '7'})")
        assert.notStrictEqual(yield* installation.digest, before)
        yield* mongo(api, "mongodb-rate", "db.dropUser('admin')")
        yield* through(installation.resetData)
        assert.strictEqual(yield* installation.digest, before)
        yield* through(installation.resetData)
        assert.strictEqual(yield* installation.digest, before)
        // without an administrator the store has to begin anew
        yield* mongo(api, "mongodb-rate", "db.dropUser('root')")
        assert.notStrictEqual(yield* installation.digest, before)
        yield* through(installation.resetData)
        assert.strictEqual(yield* installation.digest, before)
      })
    )
  )
})

describe("mongodb-revoke-roles", () => {
  const config = { store: "mongodb-geo" }

  it.effect("crashes geo, so that hotels are not found", () =>
    withHotel((hotel) =>
      Effect.gen(function* () {
        const plan = yield* broken(revoke, config)
        const errors = yield* errorsOfNextMinute(hotel)
        assert.strictEqual(errors.hotels, 1)
        assert.strictEqual(errors.recommendations, 0)
        const [pod] = yield* podsOf(hotel.api, "geo")
        const log = yield* KubeClient.log(hotel.api, namespace, pod?.metadata.name ?? "", { previous: true })
        assert.match(log, /FTL cmd\/geo\/db.go:36 > not authorized on geo-db to execute command \{ count: "geo"/u)
        yield* mended(revoke, plan)
        assert.deepStrictEqual(yield* errorsOfNextMinute(hotel), healthy)
        yield* mended(revoke, plan)
        assert.strictEqual(yield* revoke.keep(plan, untouched), "kept")
      })
    )
  )

  for (const [name, script] of [
    ["a granted role", "db.grantRolesToUser('admin', [{role: 'readWrite', db: 'geo-db'}])"],
    ["an updated user", "db.updateUser('admin', {roles: [{role: 'readWrite', db: 'geo-db'}]})"],
    ["a new user", "db.dropUser('admin'); db.createUser({user: 'admin', pwd: 'admin', roles: [{role: 'readWrite', db: 'geo-db'}]})"]
  ] as const) {
    it.effect(`is repaired by ${name}, and stays so`, () =>
      withHotel((hotel) =>
        Effect.gen(function* () {
          const plan = yield* broken(revoke, config)
          assert.strictEqual((yield* mongo(hotel.api, "mongodb-geo", script)).exitCode, 0)
          assert.strictEqual(yield* revoke.keep(plan, untouched), "kept")
          yield* restartGeo(hotel)
          assert.deepStrictEqual(yield* errorsOfNextMinute(hotel), healthy)
          yield* mended(revoke, plan)
        })
      )
    )
  }

  for (const [name, script] of [
    ["a role that only reads", "db.grantRolesToUser('admin', [{role: 'read', db: 'geo-db'}])"],
    ["the right role on a wrong database", "db.grantRolesToUser('admin', [{role: 'readWrite', db: 'geo'}])"]
  ] as const) {
    it.effect(`is not repaired by ${name}`, () =>
      withHotel((hotel) =>
        Effect.gen(function* () {
          const plan = yield* broken(revoke, config)
          assert.strictEqual((yield* mongo(hotel.api, "mongodb-geo", script)).exitCode, 0)
          yield* restartGeo(hotel)
          assert.strictEqual((yield* errorsOfNextMinute(hotel)).hotels, 1)
          yield* mended(revoke, plan)
          assert.deepStrictEqual(yield* errorsOfNextMinute(hotel), healthy)
        })
      )
    )
  }

  it.effect("is recovered when the user was dropped, the store scaled away, or nothing was injected", () =>
    withHotel((hotel) =>
      Effect.gen(function* () {
        const plan = yield* revoke.plan(config)
        yield* mended(revoke, plan)
        yield* revoke.inject(plan)
        yield* mongo(hotel.api, "mongodb-geo", "db.dropUser('admin')")
        yield* KubeClient.scale(hotel.api, KubeClient.resources.deployments, namespace, "mongodb-geo", 0)
        yield* TestClock.adjust("60 seconds")
        yield* mended(revoke, plan)
        assert.deepStrictEqual(yield* errorsOfNextMinute(hotel), healthy)
      })
    )
  )

  it.effect("comes back when the store lost its data, unless the agent was in its pod", () =>
    withHotel((hotel) =>
      Effect.gen(function* () {
        const plan = yield* broken(revoke, config)
        const [pod] = yield* podsOf(hotel.api, "mongodb-geo")
        const target = { namespace, pod: pod?.metadata.name ?? "" }
        yield* KubeClient.exec(hotel.api, target, ["sh", "-c", "rm -rf /data/db/*"]).pipe(Effect.scoped)
        yield* KubeClient.remove(hotel.api, KubeClient.resources.pods, namespace, target.pod)
        yield* TestClock.adjust("20 seconds")
        const [next] = yield* podsOf(hotel.api, "mongodb-geo")
        const touched = (key: string) => key === `pods/${namespace}/${next?.metadata.name}`
        assert.strictEqual(yield* revoke.keep(plan, touched), "kept")
        assert.strictEqual(yield* revoke.keep(plan, untouched), "re-applied")
        assert.strictEqual(yield* revoke.keep(plan, untouched), "kept")
        yield* restartGeo(hotel)
        assert.strictEqual((yield* errorsOfNextMinute(hotel)).hotels, 1)
        yield* mended(revoke, plan)
        assert.deepStrictEqual(yield* errorsOfNextMinute(hotel), healthy)
      })
    )
  )

  it.effect("is over when the store is gone altogether", () =>
    withHotel((hotel) =>
      Effect.gen(function* () {
        const plan = yield* broken(revoke, config)
        yield* KubeClient.remove(hotel.api, KubeClient.resources.deployments, namespace, "mongodb-geo")
        yield* TestClock.adjust("60 seconds")
        yield* mended(revoke, plan)
      })
    )
  )

  it.effect("cannot be planned on a store without access control", () =>
    withHotel(() =>
      Effect.gen(function* () {
        const error = yield* Effect.flip(revoke.plan({ store: "mongodb-user" }))
        assert.strictEqual(error.text, 'Fault "mongodb-revoke-roles" cannot be planned: mongodb-user has no access control.')
      })
    )
  )
})

describe("wrong-bin-usage", () => {
  const config = { deployment: "profile", command: ["geo"] }
  const commandOf = ({ api }: Hotel) =>
    Effect.map(
      KubeClient.get(api, KubeClient.resources.deployments, namespace, "profile"),
      (object) => /"command":(\[[^\]]*\])/u.exec(JSON.stringify(object.spec))?.[1]
    )

  it.effect("leaves nobody who serves profiles", () =>
    withHotel((hotel) =>
      Effect.gen(function* () {
        const plan = yield* broken(wrongBin, config)
        const errors = yield* errorsOfNextMinute(hotel)
        assert.deepStrictEqual([errors.hotels, errors.recommendations, errors.user], [1, 1, 0])
        const [pod] = yield* podsOf(hotel.api, "profile")
        assert.match(
          yield* KubeClient.log(hotel.api, namespace, pod?.metadata.name ?? ""),
          /Registered in consul as srv-geo, serving on port 8083/u
        )
        yield* mended(wrongBin, plan)
        assert.strictEqual(yield* commandOf(hotel), '["profile"]')
        assert.deepStrictEqual(yield* errorsOfNextMinute(hotel), healthy)
        yield* mended(wrongBin, plan)
      })
    )
  )

  it.effect("is kept up against controllers, not against the agent", () =>
    withHotel((hotel) =>
      Effect.gen(function* () {
        const plan = yield* broken(wrongBin, config)
        assert.strictEqual(yield* wrongBin.keep(plan, untouched), "kept")
        yield* KubeClient.patch(hotel.api, KubeClient.resources.deployments, namespace, "profile", "json", [
          { op: "replace", path: "/spec/template/spec/containers/0/command", value: ["profile"] }
        ])
        assert.strictEqual(yield* wrongBin.keep(plan, (key) => key === `deployments.apps/${namespace}/profile`), "kept")
        assert.strictEqual(yield* commandOf(hotel), '["profile"]')
        assert.strictEqual(yield* wrongBin.keep(plan, untouched), "re-applied")
        assert.strictEqual(yield* commandOf(hotel), '["geo"]')
        yield* mended(wrongBin, plan)
      })
    )
  )
})

describe("pod-failure", () => {
  const config = { service: "user" }
  it.effect("takes the service's pods down, and those that follow", () =>
    withHotel((hotel) =>
      Effect.gen(function* () {
        const plan = yield* broken(podFailure, config)
        const errors = [yield* errorsOfNextMinute(hotel), yield* errorsOfNextMinute(hotel), yield* errorsOfNextMinute(hotel)]
        assert.deepStrictEqual(
          errors.map(({ hotels }) => hotels),
          [0, 0, 0]
        )
        assert.include(
          errors.map(({ user }) => user),
          1
        )
        for (const { metadata } of yield* podsOf(hotel.api, "user"))
          yield* KubeClient.remove(hotel.api, KubeClient.resources.pods, namespace, metadata.name)
        yield* TestClock.adjust("20 seconds")
        assert.strictEqual(yield* podFailure.keep(plan, () => true), "re-applied")
        assert.strictEqual(yield* podFailure.keep(plan, () => true), "kept")
        yield* through(podFailure.verify(plan))
        yield* mended(podFailure, plan)
        assert.deepStrictEqual(yield* errorsOfNextMinute(hotel), healthy)
      })
    )
  )
})
