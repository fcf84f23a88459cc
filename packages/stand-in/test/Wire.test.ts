import type { NetworkReply } from "@aiopslab/core/Behaviour"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import type { Arrival } from "../src/Machine.ts"
import * as Instances from "../src/edge/Instances.ts"
import * as Wire from "../src/edge/Wire.ts"

const patience = 5_000

const served = (port: number, answer: (arrival: Arrival) => NetworkReply) =>
  Wire.listen(port, Instances.registrations(), (arrival) => Effect.sync(() => answer(arrival)))

const at = (port: number) => ({ host: "localhost", port })

describe("what stand-ins say to one another", () => {
  it.live("arrives whole, with its trace", () =>
    Effect.gen(function* () {
      const arrivals: Array<Arrival> = []
      yield* served(18_731, (arrival) => {
        arrivals.push(arrival)
        return { _tag: "ok", payload: { n: 3 } }
      })
      const trace = { traceId: "a".repeat(32), parentId: "b".repeat(16), method: "GET", path: "/x?a=1,2" }
      const request = {
        protocol: "mongodb",
        operation: "find geo-db.geo",
        payload: { filter: { a: 1 } },
        credentials: { user: "u", password: "p" }
      } as const
      const reply = yield* Wire.ask(at(18_731), request, patience, trace)
      assert.deepStrictEqual(reply, { _tag: "ok", payload: { n: 3 } })
      assert.deepStrictEqual(arrivals, [{ request, trace }])
    })
  )

  it.live("is HTTP where it is HTTP", () =>
    Effect.gen(function* () {
      yield* served(18_732, ({ request }) =>
        request.operation === "PUT /v1/x" && request.protocol === "http"
          ? { _tag: "ok", payload: request.payload ?? null }
          : { _tag: "error", code: "404", message: "404 page not found" }
      )
      const put = yield* Wire.ask(at(18_732), { protocol: "http", operation: "PUT /v1/x", payload: { a: 1 } }, patience, undefined)
      assert.deepStrictEqual(put, { _tag: "ok", payload: { a: 1 } })
      const get = yield* Wire.ask(at(18_732), { protocol: "http", operation: "GET /v1/y" }, patience, undefined)
      assert.deepStrictEqual(get, { _tag: "error", code: "404", message: "404 page not found" })
    })
  )

  it.live("fails as a Go program's calls do", () =>
    Effect.gen(function* () {
      yield* served(18_733, () => ({ _tag: "failure", failure: "reset", message: "" }))
      const request = { protocol: "grpc", operation: "A/B" } as const
      const refused = yield* Wire.ask({ host: "127.0.0.1", port: 9 }, request, patience, undefined)
      assert.deepStrictEqual(refused, { _tag: "failure", failure: "refused", message: "dial tcp 127.0.0.1:9: connect: connection refused" })
      const reset = yield* Wire.ask({ host: "127.0.0.1", port: 18_733 }, { protocol: "http", operation: "GET /" }, patience, undefined)
      assert.deepInclude(reset, { _tag: "failure", failure: "reset" })
      const unknown = yield* Wire.ask({ host: "no.such.host.invalid", port: 1 }, request, patience, undefined)
      assert.strictEqual(unknown._tag, "failure")
    })
  )

  it.live("gives up when its patience is over", () =>
    Effect.gen(function* () {
      yield* Wire.listen(18_734, Instances.registrations(), () => Effect.never)
      const late = yield* Wire.ask({ host: "127.0.0.1", port: 18_734 }, { protocol: "grpc", operation: "A/B" }, 50, undefined)
      assert.deepStrictEqual(late, { _tag: "failure", failure: "timeout", message: "dial tcp 127.0.0.1:18734: i/o timeout" })
    })
  )
})

describe("a registry", () => {
  it.live("knows whoever holds a registration, for as long", () =>
    Effect.gen(function* () {
      yield* served(18_735, () => ({ _tag: "ok" }))
      const found = Instances.find(at(18_735), "srv-geo")
      assert.deepStrictEqual(yield* found, [])
      yield* Effect.gen(function* () {
        yield* Effect.forkScoped(Instances.announce(at(18_735), "10.0.0.7", "srv-geo", 8083))
        yield* Effect.repeat(found, { until: (all) => all?.length === 1 })
        assert.deepStrictEqual(yield* found, [{ host: "10.0.0.7", port: 8083 }])
      }).pipe(Effect.scoped)
      yield* Effect.repeat(found, { until: (all) => all?.length === 0 })
    })
  )

  it.live("that does not answer is nobody's", () =>
    Effect.gen(function* () {
      assert.strictEqual(yield* Instances.find({ host: "127.0.0.1", port: 9 }, "srv-geo"), undefined)
    })
  )
})
