/** Any cluster that a kubeconfig reaches: Kind, a cloud's, or one served by `aiopslab cluster up` in another process. */
import * as ClusterProvider from "@aiopslab/core/ClusterProvider"
import { labError } from "@aiopslab/core/LabError"
import { definePlugin } from "@aiopslab/core/Plugin"
import { resolve } from "@aiopslab/kubernetes/client/Kubeconfig"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { attach } from "./AttachedCluster.ts"
import { looksLikeProduction } from "./Production.ts"

const Config = Schema.Struct({
  kubeconfig: Schema.optionalKey(Schema.String).annotate({ description: "Path of the kubeconfig; default as kubectl finds it" }),
  context: Schema.optionalKey(Schema.String).annotate({ description: "Default: the current context" }),
  yes: Schema.optionalKey(Schema.Boolean).annotate({ description: "Use it even if it looks like production" })
})

/** Faults break what runs on a cluster: one that people may depend on has to be meant. */
const meant = Effect.fnUntraced(function* ({ context, kubeconfig, yes = false }: typeof Config.Type) {
  if (yes) return
  const { connection, name } = yield* resolve({ kubeconfig, context })
  const why = looksLikeProduction(name, connection.server)
  if (why !== undefined) return yield* labError("CLUSTER_LOOKS_LIKE_PRODUCTION", { context: name, server: connection.server, why })
})

const kubeconfig = ClusterProvider.make({
  name: "kubeconfig",
  summary: "Any cluster that a kubeconfig reaches; one trial at a time",
  config: Config,
  open: Effect.fnUntraced(function* (config) {
    yield* meant(config)
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
