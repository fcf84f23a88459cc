import { plugin as hotel } from "@aiopslab/app-hotel-reservation"
import { plugin as mongodb } from "@aiopslab/behaviour-mongodb"
import { plugin } from "@aiopslab/fault-kubernetes"
import { faultConformance } from "@aiopslab/testkit/FaultConformance"

const lab = { plugins: [hotel, mongodb, plugin], app: "hotel-reservation" }

faultConformance({ ...lab, fault: "wrong-bin-usage", config: { deployment: "profile", command: ["geo"] }, restart: "profile" })
faultConformance({ ...lab, fault: "pod-failure", config: { service: "user" }, restart: "user" })
