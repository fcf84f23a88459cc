import { plugin as hotel } from "@aiopslab/app-hotel-reservation"
import { plugin as mongodb } from "@aiopslab/behaviour-mongodb"
import { plugin } from "@aiopslab/fault-container"
import { faultConformance } from "@aiopslab/testkit/FaultConformance"

const lab = { plugins: [hotel, mongodb, plugin], app: "hotel-reservation" }

faultConformance({ ...lab, fault: "pod-kill", config: { service: "user" }, restart: "user" })
faultConformance({ ...lab, fault: "container-kill", config: { service: "geo" }, restart: "geo" })
