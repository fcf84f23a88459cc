import { Cluster } from "@aiopslab/core/Cluster"
import { WallClock } from "@aiopslab/core/WallClock"
import { plugin as hotel } from "@aiopslab/app-hotel-reservation"
import { plugin as embedded } from "@aiopslab/cluster-embedded"
import * as RuntimeServices from "@aiopslab/runtime/RuntimeServices"
import { VirtualTime } from "@aiopslab/runtime/time/VirtualTime"
import { clusterConformance } from "@aiopslab/testkit/ClusterConformance"
import * as Playbook from "@aiopslab/core/Playbook"
import * as Effect from "effect/Effect"

const provider = embedded.components.find((component) => component._tag === "ClusterProvider")
const behaviours = hotel.components.filter((component) => component._tag === "Behaviour")

clusterConformance("embedded, in virtual time", {
  image: "memcached",
  run: (test) => {
    const time = new VirtualTime()
    const leased = Effect.gen(function* () {
      if (provider === undefined) return yield* Effect.die(new Error("no provider"))
      const pool = yield* provider.open({}, { ...Playbook.empty, behaviours })
      return yield* Effect.provideService(test, Cluster, yield* pool.lease)
    })
    return Effect.runPromise(
      Effect.flatten(
        time.run(
          "conformance",
          Effect.scoped(leased).pipe(Effect.provideService(WallClock, time.wallClock), Effect.provide(RuntimeServices.layer))
        )
      )
    )
  }
})
