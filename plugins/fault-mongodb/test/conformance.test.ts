import { plugin as hotel } from "@aiopslab/app-hotel-reservation"
import { plugin as mongodb } from "@aiopslab/behaviour-mongodb"
import { plugin } from "@aiopslab/fault-mongodb"
import { faultConformance } from "@aiopslab/testkit/FaultConformance"

faultConformance({
  plugins: [hotel, mongodb, plugin],
  app: "hotel-reservation",
  fault: "mongodb-revoke-roles",
  config: { store: "mongodb-geo" },
  restart: "geo"
})
