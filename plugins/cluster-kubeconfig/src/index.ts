/** Any cluster that a kubeconfig reaches: Kind, a cloud's, or one served by `aiopslab cluster up` in another process. */
import * as ClusterProvider from "@aiopslab/core/ClusterProvider"
import { type LabError, labError } from "@aiopslab/core/LabError"
import { definePlugin } from "@aiopslab/core/Plugin"
import { type Resolved, resolve, type Target } from "@aiopslab/kubernetes/client/Kubeconfig"
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
const meant = ({ connection: { server }, name }: Resolved): Effect.Effect<void, LabError> => {
  const why = looksLikeProduction(name, server)
  return why === undefined ? Effect.void : Effect.fail(labError("CLUSTER_LOOKS_LIKE_PRODUCTION", { context: name, server, why }))
}

const targetOf = ({ context, kubeconfig: file }: typeof Config.Type): Target => ({ kubeconfig: file, context })

const kubeconfig = ClusterProvider.make({
  name: "kubeconfig",
  summary: "Any cluster that a kubeconfig reaches; one trial at a time",
  config: Config,
  open: Effect.fnUntraced(function* (config) {
    const target = targetOf(config)
    const resolved = yield* resolve(target)
    if (config.yes !== true) yield* meant(resolved)
    const cluster = yield* attach(target, resolved)
    return { time: cluster.time, capacity: 1, lease: Effect.succeed(cluster) }
  }),
  attach: (attachment) =>
    Schema.decodeUnknownEffect(Config)(attachment).pipe(
      Effect.mapError((error) => labError("CLUSTER_KUBECONFIG_INVALID", { file: "of the journal", why: error.message })),
      Effect.map(targetOf),
      Effect.flatMap((target) => Effect.flatMap(resolve(target), (resolved) => attach(target, resolved)))
    )
})

export const plugin = definePlugin({ name: "@aiopslab/cluster-kubeconfig", components: [kubeconfig] })
