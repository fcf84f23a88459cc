import { assert, describe, it } from "@effect/vitest"
import { goServices } from "../src/GoServices.ts"
import { app } from "../src/HotelReservation.ts"
import { seeds } from "../src/behaviours/Seed.ts"

const installed = app.install({})
const named = (kind: string) =>
  installed.manifests
    .filter((object) => object.kind === kind)
    .map(({ metadata }) => metadata.name)
    .sort()

describe("the manifests", () => {
  it("have upstream's nineteen deployments and their services", () => {
    assert.deepStrictEqual(named("Deployment"), [
      "consul",
      "frontend",
      "geo",
      "jaeger",
      "memcached-profile",
      "memcached-rate",
      "memcached-reserve",
      "mongodb-geo",
      "mongodb-profile",
      "mongodb-rate",
      "mongodb-recommendation",
      "mongodb-reservation",
      "mongodb-user",
      "profile",
      "rate",
      "recommendation",
      "reservation",
      "search",
      "user"
    ])
    assert.deepStrictEqual(named("Service"), [...named("Deployment"), "jaeger-out"].sort())
    assert.deepStrictEqual(named("PersistentVolumeClaim").length, 6)
  })
  it("say nothing of faults", () => assert.notMatch(JSON.stringify(installed.manifests), /fail|revoke|mitigat|chaos|inject/iu))
})

describe("the topology", () => {
  const { services } = installed.topology
  it("knows what every service with a store needs at its start", () => {
    for (const { name, store } of goServices) {
      assert.strictEqual(services[name]?.needs?.[0]?.store, store?.host)
      assert.strictEqual(seeds[name] === undefined, store === undefined)
    }
  })
})

describe("the data", () => {
  it("is upstream's", () => {
    const counts = Object.fromEntries(
      Object.entries(seeds).map(([name, collections]) => [name, collections.map(({ documents }) => documents().length)])
    )
    assert.deepStrictEqual(counts, { geo: [80], rate: [27], profile: [80], recommendation: [80], user: [501], reservation: [1, 80] })
    // the SHA-256 of 1111111111
    const [, second] = seeds.user?.[0]?.documents() ?? []
    assert.deepStrictEqual(second, { username: "Cornell_1", password: "d2d02ea74de2c9fab1d802db969c18d409a8663a9697977bb1c98ccdd9de4372" })
  })
})
