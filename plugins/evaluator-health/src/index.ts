import { definePlugin } from "@aiopslab/core/Plugin"
import { endpoints } from "./Endpoints.ts"
import { nothingLost } from "./NothingLost.ts"
import { replicas } from "./Replicas.ts"
import { settled } from "./Settled.ts"
import { specBaseline } from "./SpecBaseline.ts"
import { trafficHealthy } from "./TrafficHealthy.ts"

export const plugin = definePlugin({
  name: "@aiopslab/evaluator-health",
  components: [settled, trafficHealthy, specBaseline, replicas, endpoints, nothingLost]
})
