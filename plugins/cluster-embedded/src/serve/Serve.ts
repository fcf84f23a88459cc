/**
 * The embedded cluster for other processes: over HTTPS, with an application in it if one is asked for, until the scope closes.
 */
import type { Installation } from "@aiopslab/core/App"
import { type Cluster, virtualEpoch } from "@aiopslab/core/Cluster"
import type { ServedCluster, ServeOptions } from "@aiopslab/core/ClusterProvider"
import type { Playbook } from "@aiopslab/core/Playbook"
import * as KubeClient from "@aiopslab/core/KubeClient"
import { admin, type KubeApi, type KubeObject } from "@aiopslab/core/Kubernetes"
import { type LabError, labError } from "@aiopslab/core/LabError"
import * as Certificates from "@aiopslab/kubernetes/edge/Certificates"
import * as HttpsEdge from "@aiopslab/kubernetes/edge/HttpsEdge"
import { call } from "@aiopslab/kubernetes/edge/WebhookCaller"
import { kubeconfig } from "@aiopslab/kubernetes/edge/Kubeconfig"
import { resourceOf } from "@aiopslab/kubernetes/Scheme"
import { booted } from "@aiopslab/simulator/Boot"
import * as EmbeddedCluster from "@aiopslab/simulator/EmbeddedCluster"
import { scheme } from "@aiopslab/simulator/Plane"
import * as Clock from "effect/Clock"
import type * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type * as Scope from "effect/Scope"
import * as PlaneRoutes from "./PlaneRoutes.ts"
import * as ServedClock from "./ServedClock.ts"

/** How long the cluster has been up when it is first seen: long enough for every application to have started. */
const headStart = 600_000

/** An application that is not ready after this time of the cluster's will not be. */
const readyMillis = 300_000
const step = 1_000

const create = (api: KubeApi, object: KubeObject): Effect.Effect<void, LabError> => {
  const resource = resourceOf(scheme, object)
  const what = `Creating ${object.kind} ${object.metadata.name}`
  if (resource === undefined) return Effect.fail(labError("CLUSTER_REQUEST_FAILED", { what, why: `no such kind in ${object.apiVersion}` }))
  return KubeClient.create(api, resource, object).pipe(
    Effect.asVoid,
    Effect.mapError((status) => labError("CLUSTER_REQUEST_FAILED", { what, why: status.message }))
  )
}

const isReady = Schema.is(
  Schema.Struct({ conditions: Schema.Array(Schema.Struct({ type: Schema.String, status: Schema.String })) }).check(
    Schema.makeFilter(({ conditions }) => conditions.some(({ status, type }) => type === "Ready" && status === "True"))
  )
)

const notReady = (pods: ReadonlyArray<KubeObject>): string | undefined => pods.find((pod) => !isReady(pod["status"]))?.metadata.name

/** Creates everything and moves the clock until all pods are ready. */
const install = Effect.fnUntraced(function* (
  cluster: Context.Service.Shape<typeof Cluster>,
  app: Installation,
  clock: ServedClock.ServedClock
): Effect.fn.Return<void, LabError> {
  const api = cluster.api(admin)
  for (const object of app.manifests) yield* create(api, object)
  const begin = yield* Clock.currentTimeMillis
  let now = begin
  for (;;) {
    now += step
    yield* clock.advanceTo(now)
    const pods = yield* KubeClient.list(api, KubeClient.resources.pods, app.namespace).pipe(
      Effect.mapError((status) => labError("CLUSTER_REQUEST_FAILED", { what: "Listing pods", why: status.message }))
    )
    const waiting = pods.length === 0 ? "no pod" : notReady(pods)
    if (waiting === undefined) return
    if (now - begin > readyMillis) {
      return yield* labError("CLUSTER_NOT_READY", {
        waitingFor: `app ${app.app}`,
        seconds: readyMillis / 1000,
        state: `pod ${waiting} is not ready`
      })
    }
  }
})

/** On the wall's clock it seems to have been up for ten minutes; on a virtual one it begins where every trial does. */
export const serve = Effect.fn("Serve.serve")(function* (
  workers: number,
  playbook: Playbook,
  options: ServeOptions
): Effect.fn.Return<ServedCluster, LabError, Scope.Scope> {
  yield* Effect.forEach(playbook.behaviours, ({ prepare }) => prepare, { discard: true })
  const present = yield* Clock.currentTimeMillis
  const begin = options.time._tag === "wall" ? present - headStart : virtualEpoch
  const clock = yield* ServedClock.make(options.time, begin)
  const certificates = yield* Certificates.make(admin)
  const world = booted({
    playbook,
    workers,
    seed: options.seed,
    now: begin,
    certificate: certificates.authority,
    tokenSeed: certificates.client.key
  })
  const embedded = EmbeddedCluster.make({ name: "embedded", world, time: options.time, outside: call })
  return yield* Effect.gen(function* () {
    if (options.app !== undefined) yield* install(embedded.cluster, options.app, clock)
    if (options.time._tag === "wall") yield* clock.advanceTo(present)
    const api = yield* PlaneRoutes.make(embedded.cluster, options.time, clock)
    yield* Effect.forkScoped(embedded.drive)
    const { authenticate, authorize } = embedded
    const edge = yield* HttpsEdge.serve({ api, certificates, port: options.port, authenticate, authorize }).pipe(
      Effect.mapError((error) => labError("CLUSTER_REQUEST_FAILED", { what: `Listening on port ${options.port}`, why: error.message }))
    )
    return {
      url: edge.url,
      kubeconfig: kubeconfig({
        name: "aiopslab-embedded",
        server: edge.url,
        certificates,
        ...(options.app === undefined ? {} : { namespace: options.app.namespace })
      })
    }
  }).pipe(Effect.provideService(Clock.Clock, clock.clock))
})
