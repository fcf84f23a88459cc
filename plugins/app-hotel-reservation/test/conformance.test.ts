import { plugin } from "@aiopslab/app-hotel-reservation"
import { plugin as mongodb } from "@aiopslab/behaviour-mongodb"
import { appConformance } from "@aiopslab/testkit/AppConformance"
import * as Effect from "effect/Effect"
import { inStore } from "./Store.ts"

appConformance({
  plugins: [plugin, mongodb],
  app: "hotel-reservation",
  damage: (api) => Effect.asVoid(inStore(api, "mongodb-geo", "db.getSiblingDB('geo-db').geo.deleteOne({hotelId: '7'})"))
})
