import { plugin } from "@aiopslab/cluster-kubeconfig"
import { Cluster } from "@aiopslab/core/Cluster"
import * as RuntimeServices from "@aiopslab/runtime/RuntimeServices"
import * as ScaledTime from "@aiopslab/runtime/time/ScaledTime"
import { clusterConformance } from "@aiopslab/testkit/ClusterConformance"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as ManagedRuntime from "effect/ManagedRuntime"
import { ServedCluster } from "./ServedCluster.ts"

const attached = Layer.effect(
  Cluster,
  Effect.gen(function* () {
    const { kubeconfig } = yield* ServedCluster
    const provider = plugin.components.find((component) => component._tag === "ClusterProvider")
    if (provider === undefined) return yield* Effect.die(new Error("no provider"))
    return yield* provider.attach({ kubeconfig })
  })
).pipe(Layer.provide(ServedCluster.layer("x60")), Layer.provide(RuntimeServices.layer))

const runtime = ManagedRuntime.make(attached)

clusterConformance("kubeconfig, served by another process", {
  image: "memcached",
  run: (test) =>
    runtime.runPromise(
      Effect.flatMap(Cluster, ({ time }) =>
        time._tag === "wall" ? Effect.provideService(test, Clock.Clock, ScaledTime.make(time.rate, time.origin)) : test
      )
    ),
  close: () => runtime.dispose()
})
