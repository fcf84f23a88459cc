import { plugin as mongoPlugin } from "@aiopslab/behaviour-mongodb"
import type { Behaviour } from "@aiopslab/core/Behaviour"
import { assert, beforeAll, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { consul } from "../src/behaviours/Consul.ts"
import * as Frontend from "../src/behaviours/Frontend.ts"
import { hotelReservation } from "../src/behaviours/GoService.ts"
import { seeds } from "../src/behaviours/Seed.ts"
import { goServices } from "../src/GoServices.ts"
import { initScript } from "../src/manifests/InitScript.ts"
import { MiniCluster } from "./MiniCluster.ts"

const isBehaviour = (component: { readonly _tag: string }): component is Behaviour => component._tag === "Behaviour"
const mongo = (() => {
  const found = mongoPlugin.components.find(isBehaviour)
  if (found === undefined) throw new Error("no mongodb")
  return found
})()

beforeAll(() => Effect.runPromise(mongo.prepare))

const guardedGeo = goServices.flatMap(({ name, store }) => (name === "geo" && store !== undefined ? [store] : []))

const withStores = (): MiniCluster => {
  const cluster = new MiniCluster()
  cluster.start("consul", consul, consul.command)
  for (const { store } of goServices) {
    if (store === undefined) continue
    const files: Record<string, string> = {}
    if (store.credentials !== undefined) {
      for (const [name, text] of Object.entries(initScript("test", store).data ?? {}))
        files[`/docker-entrypoint-initdb.d/${name}`] = String(text)
    }
    cluster.start(store.host, mongo, [...mongo.command, ...(store.credentials === undefined ? [] : ["--auth"])], files)
  }
  return cluster
}

const evaluate = (cluster: MiniCluster, host: string, script: string): string => {
  const argv = ["mongo", "admin", "--quiet", ...(host === "mongodb-geo" ? ["-u", "root", "-p", "root"] : []), "--eval", script]
  for (const effect of cluster.containers.get(host)?.step({ _tag: "Exec", argv, stdin: "" }) ?? [])
    if (effect._tag === "Output") return effect.stdout.trim()
  throw new Error(`${host} did not answer`)
}

describe("a service that starts", () => {
  for (const service of goServices) {
    it(`${service.name} fills its collections, registers and listens`, () => {
      const cluster = withStores()
      const container = cluster.start(service.name, hotelReservation, [service.name])
      assert.deepStrictEqual(container.listening, [service.port])
      assert.deepStrictEqual(container.registered, [service.registeredAs])
      for (const { documents, name } of seeds[service.name] ?? []) {
        const { store } = service
        if (store === undefined || store.credentials !== undefined) continue
        assert.strictEqual(
          evaluate(cluster, store.host, `db.getSiblingDB("${store.database}").${name}.count()`),
          String(documents().length)
        )
      }
    })
  }

  it("does not fill a collection twice", () => {
    const cluster = withStores()
    cluster.start("geo", hotelReservation, ["geo"])
    cluster.start("geo", hotelReservation, ["geo"])
    assert.strictEqual(evaluate(cluster, "mongodb-geo", "db.getSiblingDB('geo-db').geo.count()"), "80")
  })

  it("is another service when its command names one", () => {
    const cluster = withStores()
    const container = cluster.start("profile", hotelReservation, ["geo"])
    assert.deepStrictEqual([container.listening, container.registered], [[8083], ["srv-geo"]])
  })
})

describe("a service that cannot start", () => {
  it("panics after ten seconds without its database", () => {
    const cluster = new MiniCluster()
    const container = cluster.start("geo", hotelReservation, ["geo"])
    for (let i = 0; i < 19; i++) cluster.later(500)
    assert.strictEqual(container.exitCode, undefined)
    cluster.later(500)
    assert.strictEqual(container.exitCode, 2)
    assert.include(container.logs, "panic: no reachable servers")
    assert.include(container.logs, "2026-01-01T00:00:10Z PNC cmd/geo/db.go:26 > no reachable servers")
  })

  it("panics when its user cannot log in", () => {
    const cluster = withStores()
    evaluate(cluster, "mongodb-geo", "db.dropUser('admin')")
    const container = cluster.start("geo", hotelReservation, ["geo"])
    assert.strictEqual(container.exitCode, 2)
    assert.include(container.logs, "panic: server returned error on SASL authentication step: Authentication failed.")
  })

  it("dies of the database's refusal when its user lost its role", () => {
    assert.strictEqual(guardedGeo.length, 1)
    const cluster = withStores()
    evaluate(cluster, "mongodb-geo", "db.revokeRolesFromUser('admin', [{role: 'readWrite', db: 'geo-db'}])")
    const container = cluster.start("geo", hotelReservation, ["geo"])
    assert.strictEqual(container.exitCode, 1)
    assert.match(
      container.logs.at(-1) ?? "",
      /^2026-01-01T00:00:00Z FTL cmd\/geo\/db.go:36 > not authorized on geo-db to execute command \{ count: "geo"/u
    )
    assert.deepStrictEqual(container.listening, [])
  })

  it("dies when it cannot register", () => {
    const container = new MiniCluster().start("search", hotelReservation, ["search"])
    assert.strictEqual(container.exitCode, 1)
    assert.match(container.logs.at(-1) ?? "", /FTL .*failed register: Put "http:\/\/consul:8500/u)
  })
})

describe("the frontend", () => {
  const get = (operation: string) => Frontend.answer(operation)
  const stay = "inDate=2015-04-09&outDate=2015-04-10"
  const place = "lat=37.7749&lon=-122.4194"
  const ids = (operation: string) => [...JSON.stringify(get(operation)).matchAll(/"id":"(\d+)"/gu)].map(([, id]) => id)

  it("shows the hotels nearby that have a price, the dearest first", () => {
    assert.deepStrictEqual(ids(`GET /hotels?${stay}&${place}`), ["2", "1", "3"])
    assert.deepStrictEqual(ids(`GET /hotels?${stay}&lat=0&lon=0`), [])
    assert.deepInclude(JSON.parse(JSON.stringify(get(`GET /hotels?${stay}&${place}`))).payload.features[0], {
      type: "Feature",
      properties: { name: "W San Francisco", phone_number: "(415) 284-4002" }
    })
  })

  it("recommends by distance, rate and price", () => {
    assert.deepStrictEqual(ids(`GET /recommendations?require=dis&${place}`), ["5"])
    assert.include(ids(`GET /recommendations?require=rate&${place}`), "2")
    assert.isNotEmpty(ids(`GET /recommendations?require=price&${place}`))
  })

  it("knows its users", () => {
    const message = (operation: string) => JSON.stringify(get(operation))
    assert.include(message("POST /user?username=Cornell_1&password=1111111111"), "Login successfully!")
    assert.include(message("POST /user?username=Cornell_1&password=2"), "Failed. Please check your username and password. ")
    const reserve = `POST /reservation?${stay}&hotelId=1&customerName=Cornell_1`
    assert.include(message(`${reserve}&username=Cornell_2&password=2222222222`), "Reserve successfully!")
  })

  it("says what is missing", () => {
    const said = [`GET /hotels`, `GET /hotels?${stay}`, `GET /recommendations?${place}`, "GET /user", "GET /nothing"].map(get)
    assert.deepStrictEqual(
      said.map((reply) => (reply._tag === "error" ? `${reply.code} ${reply.message}` : reply._tag)),
      [
        "400 Please specify inDate/outDate params",
        "400 Please specify location params",
        "400 Please specify require params",
        "400 Please specify username and password",
        "404 404 page not found"
      ]
    )
    assert.deepStrictEqual(["HTTP GET /hotels", "GET /"].map(get), [{ _tag: "ok" }, { _tag: "ok" }])
  })
})
