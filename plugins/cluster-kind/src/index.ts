/** Clusters of the program `kind`, in Docker: real kubelets and networks on this machine. */
import * as ClusterProvider from "@aiopslab/core/ClusterProvider"
import { admin } from "@aiopslab/core/Kubernetes"
import { labError } from "@aiopslab/core/LabError"
import { definePlugin } from "@aiopslab/core/Plugin"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { KindConfig } from "./Config.ts"
import { diagnose, fits } from "./doctor/Diagnose.ts"
import * as Holdings from "./edge/Holdings.ts"
import * as Images from "./Images.ts"
import * as KindCluster from "./KindCluster.ts"
import { collect, manage } from "./Manage.ts"
import * as Pool from "./Pool.ts"

const kind = ClusterProvider.make({
  name: "kind",
  summary: "Kind clusters in Docker, leased to one trial at a time and reset between trials",
  config: KindConfig,
  open: (config, playbook) =>
    Effect.gen(function* () {
      const images = yield* Effect.cached(Images.built(config, playbook))
      // dead runs' clusters would take the room of new ones
      yield* Effect.ignore(Effect.interruptible(collect))
      return config.clusters === undefined
        ? yield* Pool.open({ config, images, capacity: yield* Effect.interruptible(fits(config)), when: "asked" })
        : yield* Pool.open({ config, images, capacity: config.clusters, when: "ahead" })
    }),
  attach: (attachment) =>
    Effect.gen(function* () {
      const found = yield* Schema.decodeUnknownEffect(KindCluster.Attachment)(attachment).pipe(
        Effect.mapError((error) => labError("CLUSTER_KUBECONFIG_INVALID", { file: "of the journal", why: error.message }))
      )
      const there = (yield* KindCluster.names).includes(found.cluster) && (yield* Holdings.isThere(found.kubeconfig))
      if (!there) return yield* labError("CLUSTER_GONE", { cluster: found.cluster })
      const cluster = yield* KindCluster.connect(found.cluster, found.kubeconfig)
      yield* cluster
        .api(admin)
        .request({ method: "GET", path: "/version" })
        .pipe(Effect.mapError(({ message }) => labError("CLUSTER_UNREACHABLE", { where: found.cluster, why: message })))
      return cluster
    }),
  manage,
  diagnose
})

export const plugin = definePlugin({ name: "@aiopslab/cluster-kind", components: [kind] })
