import * as App from "@aiopslab/core/App"
import * as Schema from "effect/Schema"
import { serviceLabel } from "./manifests/Kompose.ts"
import { manifests } from "./manifests/Manifests.ts"
import { digest, resetData } from "./StoreData.ts"
import { topology } from "./Topology.ts"

const namespace = "test-hotel-reservation"
const installed = manifests(namespace)

/** DeathStarBench's hotel reservation, as AIOpsLab deploys it. */
export const app = App.make({
  name: "hotel-reservation",
  summary: "DeathStarBench's hotel reservation: eight Go services over gRPC, MongoDB and memcached",
  config: Schema.Struct({}),
  install: () => ({
    app: "hotel-reservation",
    version: "1",
    namespace,
    manifests: installed,
    topology,
    serviceLabel,
    description:
      "A hotel reservation site: users search hotels near them, ask for recommendations, log in and book. The entry point is the HTTP service " +
      "frontend; it calls search, recommendation, user, reservation and profile over gRPC, and search calls geo and rate. Services find each " +
      "other through Consul, keep their data in MongoDB (one instance each, mongodb-*) and cache it in memcached. Traces go to Jaeger.",
    digest: digest(namespace),
    resetData: resetData(namespace)
  })
})
