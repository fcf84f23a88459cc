import { plugin } from "@aiopslab/app-hotel-reservation"
import { plugin as mongodb } from "@aiopslab/behaviour-mongodb"
import * as Lab from "@aiopslab/testkit/Lab"
import * as Effect from "effect/Effect"
import { assert, describe, it } from "@effect/vitest"
import { inStore } from "./Store.ts"

const lab = Lab.make({ plugins: [plugin, mongodb], app: "hotel-reservation" })

describe("the users' data", () => {
  it("what users book does not count, and a store without its administrator begins anew", () =>
    lab.run(({ api, app }) =>
      Effect.gen(function* () {
        const before = yield* app.digest
        assert.match(before, /^mongodb-profile\nhotels [0-9a-f]{32}\nmongodb-geo\ngeo [0-9a-f]{32}\n/u)
        yield* inStore(api, "mongodb-reservation", "db.getSiblingDB('reservation-db').reservation.insertOne({hotelId: '1'})")
        assert.strictEqual(yield* app.digest, before)
        for (const script of ["db.dropUser('admin')", "db.dropUser('root')"]) {
          yield* inStore(api, "mongodb-rate", script)
          yield* app.resetData
          assert.strictEqual(yield* app.digest, before)
        }
      })
    ))
})
