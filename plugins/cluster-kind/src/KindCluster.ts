/** One Kind cluster: made, found again, deleted, by the program `kind`. Its kubeconfig is a file of its own; the user's is not touched. */
import type { Cluster } from "@aiopslab/core/Cluster"
import * as KubeClient from "@aiopslab/core/KubeClient"
import { admin, type KubeApi } from "@aiopslab/core/Kubernetes"
import { type LabError, labError } from "@aiopslab/core/LabError"
import { refused, until } from "@aiopslab/core/Looking"
import { resolve } from "@aiopslab/kubernetes/client/Kubeconfig"
import * as RealCluster from "@aiopslab/kubernetes/client/RealCluster"
import * as PlaneClient from "@aiopslab/stand-in/plane/Client"
import type * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type { ChildProcessSpawner } from "effect/process/ChildProcessSpawner"
import * as Schema from "effect/Schema"
import type * as Scope from "effect/Scope"
import type { KindConfig } from "./Config.ts"
import * as Holdings from "./edge/Holdings.ts"
import { fileFor } from "./edge/Layout.ts"
import { call } from "./Programs.ts"

type ClusterShape = Context.Service.Shape<typeof Cluster>

export const Attachment = Schema.Struct({ cluster: Schema.String, kubeconfig: Schema.String })

const waitSeconds = 180
const settleMillis = 300_000

const lines = (text: string): ReadonlyArray<string> => text.split("\n").filter((line) => line !== "")

/** The clusters of this machine's Docker whose names are like ours. */
export const names: Effect.Effect<ReadonlyArray<string>, LabError, ChildProcessSpawner> = Effect.map(
  call("kind", ["get", "clusters"]),
  (text) => lines(text).filter((name) => name.startsWith(Holdings.prefix))
)

/** The containers that are its nodes. */
export const nodesOf = (name: string): Effect.Effect<ReadonlyArray<string>, LabError, ChildProcessSpawner> =>
  Effect.map(call("kind", ["get", "nodes", "--name", name]), (text) => lines(text).toSorted())

/** One that is not there, or only half, is no error. */
export const remove = (name: string, kubeconfig: string): Effect.Effect<void, LabError, ChildProcessSpawner> =>
  Effect.asVoid(call("kind", ["delete", "cluster", "--name", name, "--kubeconfig", kubeconfig]))

/** Until the API answers; what is in the cluster may still be starting. */
export const create = (name: string, folder: string, config: KindConfig): Effect.Effect<void, LabError, ChildProcessSpawner> =>
  Effect.gen(function* () {
    const kubeconfig = Holdings.kubeconfigOf(folder)
    const file = yield* Effect.sync(() => fileFor(config, folder))
    const image = config.image === undefined ? [] : ["--image", config.image]
    const where = ["--name", name, "--config", file, "--kubeconfig", kubeconfig]
    yield* call("kind", ["create", "cluster", ...where, ...image, "--wait", `${waitSeconds}s`])
  })

/** Puts images of this machine's Docker on all of its nodes. */
export const load = (name: string, images: ReadonlyArray<string>): Effect.Effect<void, LabError, ChildProcessSpawner> =>
  images.length === 0 ? Effect.void : Effect.asVoid(call("kind", ["load", "docker-image", "--name", name, ...images]))

/** The port to it. Asks nothing of the server yet. */
export const reach = (name: string, kubeconfig: string): Effect.Effect<ClusterShape, LabError, Scope.Scope> =>
  Effect.flatMap(resolve({ kubeconfig, context: undefined }), (resolved) =>
    RealCluster.connect({ ...resolved, name }, { cluster: name, kubeconfig } satisfies typeof Attachment.Type)
  )

/** With the telemetry of its plane, if one stands there. */
export const connect = (name: string, kubeconfig: string): Effect.Effect<ClusterShape, LabError, Scope.Scope> =>
  Effect.flatMap(reach(name, kubeconfig), PlaneClient.seen)

const Conditions = Schema.decodeUnknownOption(
  Schema.Struct({
    status: Schema.Struct({ conditions: Schema.Array(Schema.Struct({ type: Schema.String, status: Schema.String })) })
  })
)

const isReady = (object: unknown): boolean =>
  Option.exists(Conditions(object), ({ status }) => status.conditions.some(({ status: is, type }) => type === "Ready" && is === "True"))

const notReady = (api: KubeApi): Effect.Effect<string | undefined, LabError> =>
  Effect.gen(function* () {
    for (const resource of [KubeClient.resources.nodes, KubeClient.resources.pods]) {
      const objects = yield* KubeClient.list(api, resource).pipe(Effect.mapError(refused(`Listing ${resource.plural}`)))
      const waiting = objects.find((object) => !isReady(object))
      if (waiting !== undefined) return `${resource.kind.toLowerCase()}/${waiting.metadata.name} is not ready`
      if (objects.length === 0) return `there are no ${resource.plural}`
    }
    return undefined
  })

/** Every node, and every pod that comes with the cluster, is ready. */
export const settled = (name: string, cluster: ClusterShape): Effect.Effect<void, LabError> =>
  until(notReady(cluster.api(admin)), settleMillis, (state) =>
    labError("CLUSTER_NOT_READY", { waitingFor: `cluster ${name}`, seconds: settleMillis / 1000, state })
  )
