/** The embedded cluster: Kubernetes simulated in this process. Nothing to install; milliseconds; virtual time; seeded. */
import * as ClusterProvider from "@aiopslab/core/ClusterProvider"
import type { Snapshot } from "@aiopslab/core/Cluster"
import { labError } from "@aiopslab/core/LabError"
import { definePlugin } from "@aiopslab/core/Plugin"
import { booted } from "@aiopslab/simulator/Boot"
import * as EmbeddedCluster from "@aiopslab/simulator/EmbeddedCluster"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"

/** `nodes`: workers beside the control plane; default 1. */
const Config = Schema.Struct({
  nodes: Schema.optionalKey(Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 50 })))
})

const bootSeed = "embedded"

export const embedded = ClusterProvider.make({
  name: "embedded",
  summary: "Kubernetes simulated in this process, in virtual time",
  config: Config,
  open: ({ nodes = 1 }, playbook) =>
    Effect.gen(function* () {
      // the start of a container may need what `exec` needs: a database runs its init scripts
      yield* Effect.forEach(playbook.behaviours, ({ prepare }) => prepare, { discard: true })
      // every lease is a fork of one booted, empty cluster
      const world = booted({ playbook, workers: nodes, seed: bootSeed })
      const shelf = new Map<string, Snapshot>()
      return {
        time: { _tag: "virtual" },
        capacity: undefined,
        lease: Effect.sync(() => EmbeddedCluster.make({ name: "embedded", world, shelf }).cluster)
      }
    }),
  serve: ({ nodes = 1 }, playbook, options) =>
    Effect.flatMap(
      Effect.promise(() => import("./serve/Serve.ts")),
      ({ serve }) => serve(nodes, playbook, options)
    ),
  attach: () => Effect.fail(labError("CLUSTER_UNREACHABLE", { where: "embedded", why: "it ended with its process" }))
})

export const plugin = definePlugin({ name: "@aiopslab/cluster-embedded", components: [embedded] })
