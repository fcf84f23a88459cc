/** The hotel reservation on a real embedded cluster, installed, with its usual traffic, under the test's clock. */
import { InstalledApp, type Installation } from "@aiopslab/core/App"
import { Cluster, virtualEpoch } from "@aiopslab/core/Cluster"
import { Baseline } from "@aiopslab/core/Evaluator"
import * as KubeClient from "@aiopslab/core/KubeClient"
import { admin, type KubeObject } from "@aiopslab/core/Kubernetes"
import type { LabError } from "@aiopslab/core/LabError"
import type { Plugin } from "@aiopslab/core/Plugin"
import { plugin as hotel } from "@aiopslab/app-hotel-reservation"
import { plugin as mongodb } from "@aiopslab/behaviour-mongodb"
import { booted } from "@aiopslab/simulator/Boot"
import * as EmbeddedCluster from "@aiopslab/simulator/EmbeddedCluster"
import { plugin as httpMix } from "@aiopslab/workload-http-mix"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as TestClock from "effect/testing/TestClock"

const components = [hotel, mongodb, httpMix].flatMap((plugin: Plugin) => plugin.components)
const behaviours = components.filter((component) => component._tag === "Behaviour")

const installation = (): Installation => {
  const app = components.find((component) => component._tag === "App")
  if (app === undefined) throw new Error("no app")
  return app.install(Schema.decodeUnknownSync(app.config)({}))
}

const traffic = (app: Installation): ReadonlyArray<KubeObject> => {
  const workload = components.find((component) => component._tag === "Workload")
  if (workload === undefined) throw new Error("no workload")
  const config = Schema.decodeUnknownSync(workload.config)({
    rate: "10/s",
    mix: { hotels: 60, recommendations: 39, user: 0.5, reservation: 0.5 }
  })
  return workload.objects(config, app)
}

/** Listed under these names, and created in the manifests' order. */
const resources = {
  ...KubeClient.resources,
  replicationControllers: { group: "", version: "v1", plural: "replicationcontrollers", kind: "ReplicationController", namespaced: true },
  roles: { group: "rbac.authorization.k8s.io", version: "v1", plural: "roles", kind: "Role", namespaced: true },
  roleBindings: { group: "rbac.authorization.k8s.io", version: "v1", plural: "rolebindings", kind: "RoleBinding", namespaced: true },
  storageClasses: { group: "storage.k8s.io", version: "v1", plural: "storageclasses", kind: "StorageClass", namespaced: false }
} satisfies Record<string, KubeClient.Resource>

const resourceOf = (object: KubeObject): KubeClient.Resource => {
  const found = Object.values(resources).find(({ kind }) => kind === object.kind)
  if (found === undefined) throw new Error(`no resource for ${object.kind}`)
  return found
}

export const objects = Effect.gen(function* () {
  const cluster = yield* Cluster
  const { namespace } = yield* InstalledApp
  const out = new Map<string, KubeObject>()
  for (const resource of Object.values(resources)) {
    if (resource.plural === "traffics" || resource.plural === "events") continue
    const items = yield* KubeClient.list(cluster.api(admin), resource, resource.namespaced ? namespace : undefined).pipe(
      Effect.catchIf(
        (status) => status.code === 404,
        () => Effect.succeed([])
      )
    )
    for (const item of items) out.set(`${KubeClient.groupResource(resource)}/${item.metadata.namespace ?? ""}/${item.metadata.name}`, item)
  }
  return out
})

/** Everything as at the end of a trial's phase baseline. */
export const baselined = Effect.gen(function* () {
  for (const { prepare } of behaviours) yield* prepare
  yield* TestClock.setTime(virtualEpoch)
  const app = installation()
  const topologies = { [app.app]: app.topology }
  const embedded = EmbeddedCluster.make({ name: "test", world: booted({ playbook: { behaviours, topologies }, workers: 1, seed: "1" }) })
  const { cluster } = embedded
  const api = cluster.api(admin)
  for (const object of app.manifests) yield* KubeClient.create(api, resourceOf(object), object)
  yield* TestClock.adjust("3 minutes")
  for (const object of traffic(app)) yield* KubeClient.create(api, KubeClient.resources.traffics, object)
  const since = yield* Clock.currentTimeMillis
  yield* TestClock.adjust("3 minutes")
  const stats = yield* cluster.telemetry.traffic({ namespace: app.namespace, since, until: yield* Clock.currentTimeMillis })
  const state = yield* objects.pipe(Effect.provideService(Cluster, cluster), Effect.provideService(InstalledApp, app))
  const digest = yield* app.digest.pipe(Effect.provideService(Cluster, cluster))
  const provide = <A>(effect: Effect.Effect<A, LabError, Cluster | InstalledApp | Baseline>) =>
    effect.pipe(
      Effect.provideService(Cluster, cluster),
      Effect.provideService(InstalledApp, app),
      Effect.provideService(Baseline, { objects: state, traffic: stats, digest })
    )
  return { app, api, cluster, embedded, stats, digest, state, provide }
})
