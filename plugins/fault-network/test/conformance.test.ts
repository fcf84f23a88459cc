import { plugin as hotel } from "@aiopslab/app-hotel-reservation"
import { plugin as mongodb } from "@aiopslab/behaviour-mongodb"
import { plugin } from "@aiopslab/fault-network"
import { faultConformance } from "@aiopslab/testkit/FaultConformance"

const lab = { plugins: [hotel, mongodb, plugin], app: "hotel-reservation" }

faultConformance({
  ...lab,
  fault: "network-delay",
  config: { service: "user", latency: "2s", jitter: "500ms", correlation: 50 },
  restart: "user"
})
faultConformance({ ...lab, fault: "network-loss", config: { service: "user", loss: 60 }, restart: "user" })
faultConformance({ ...lab, fault: "network-partition", config: { service: "search", to: "geo" }, restart: "geo" })
