/** Any cluster that a kubeconfig reaches: Kind, a cloud's, or one served by `aiopslab cluster up` in another process. */
import * as ClusterProvider from "@aiopslab/core/ClusterProvider"
import { labError } from "@aiopslab/core/LabError"
import { definePlugin } from "@aiopslab/core/Plugin"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { attach } from "./AttachedCluster.ts"

const Config = Schema.Struct({
  kubeconfig: Schema.optionalKey(Schema.String).annotate({ description: "Path of the kubeconfig; default as kubectl finds it" }),
  context: Schema.optionalKey(Schema.String).annotate({ description: "Default: the current context" })
})

const kubeconfig = ClusterProvider.make({
  name: "kubeconfig",
  summary: "Any cluster that a kubeconfig reaches; one trial at a time",
  config: Config,
  open: Effect.fnUntraced(function* (config) {
    const cluster = yield* attach({ kubeconfig: config.kubeconfig, context: config.context })
    return { time: cluster.time, capacity: 1, lease: Effect.succeed(cluster) }
  }),
  attach: (attachment) =>
    Schema.decodeUnknownEffect(Config)(attachment).pipe(
      Effect.mapError((error) => labError("CLUSTER_KUBECONFIG_INVALID", { file: "of the journal", why: error.message })),
      Effect.flatMap((config) => attach({ kubeconfig: config.kubeconfig, context: config.context }))
    )
})

export const plugin = definePlugin({ name: "@aiopslab/cluster-kubeconfig", components: [kubeconfig] })
