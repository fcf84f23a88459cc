/** A small application on a cluster that answers lists, and what agents may have done to it. */
import { InstalledApp, type Installation } from "@aiopslab/core/App"
import { Cluster } from "@aiopslab/core/Cluster"
import { Baseline } from "@aiopslab/core/Evaluator"
import type { KubeApi, KubeObject } from "@aiopslab/core/Kubernetes"
import { KubeStatus } from "@aiopslab/core/Kubernetes"
import { labError } from "@aiopslab/core/LabError"
import type { OperationStats } from "@aiopslab/core/Telemetry"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"

export const namespace = "test-shop"

export interface Workload {
  readonly name: string
  readonly replicas: number
  readonly image: string
  /** `ready`, or the reason why its containers wait. */
  readonly pods: string
  /** Distinguishes the pods of a restart. */
  readonly generation: number
}

export interface Scene {
  readonly workloads: ReadonlyArray<Workload>
  /** Service → workload whose pods it selects. */
  readonly services: Readonly<Record<string, string>>
  readonly others: ReadonlyArray<readonly [resource: string, object: KubeObject]>
  readonly digest: string | undefined
  readonly traffic: ReadonlyArray<OperationStats>
}

const stats = (operation: string, requests: number, errors = 0, p99 = 8): OperationStats => ({ operation, requests, errors, p50: 4, p99 })

const workload = (name: string, replicas = 1): Workload => ({ name, replicas, image: "shop:1", pods: "ready", generation: 1 })

const plain = (
  apiVersion: string,
  kind: string,
  name: string,
  more: Readonly<Record<string, unknown>> = {},
  inNamespace = true
): KubeObject => ({
  apiVersion,
  kind,
  metadata: { name, uid: `uid-${kind}-${name}`, ...(inNamespace ? { namespace } : {}) },
  ...more
})

export const healthy: Scene = {
  workloads: [workload("web", 2), workload("geo"), workload("mongodb-geo")],
  services: { web: "web", geo: "geo", "mongodb-geo": "mongodb-geo" },
  others: [
    ["configmaps", plain("v1", "ConfigMap", "settings", { data: { level: "info" } })],
    ["persistentvolumeclaims", plain("v1", "PersistentVolumeClaim", "geo-data", { spec: { volumeName: "pv-geo" } })],
    ["persistentvolumes", plain("v1", "PersistentVolume", "pv-geo", { spec: {} }, false)]
  ],
  digest: "sha-1",
  traffic: [stats("hotels", 360), stats("user", 3)]
}

export const failingTraffic: ReadonlyArray<OperationStats> = [stats("hotels", 355, 355, 2), stats("user", 3)]

const owner = (kind: string, name: string, apiVersion = "apps/v1") => [
  { apiVersion, kind, name, uid: `uid-${kind}-${name}`, controller: true }
]

const podOf = ({ generation, name, pods }: Workload, i: number): KubeObject => {
  const ready = pods === "ready"
  const base = plain("v1", "Pod", `${name}-${generation}-${i}`)
  return {
    ...base,
    metadata: {
      ...base.metadata,
      ownerReferences: owner("ReplicaSet", `${name}-rs`),
      ...(pods === "terminating" ? { deletionTimestamp: "2026-01-01T00:00:00Z" } : {})
    },
    spec: {},
    status: {
      phase: pods === "Pending" ? "Pending" : "Running",
      conditions: [{ type: "Ready", status: ready ? "True" : "False" }],
      containerStatuses: [{ name, state: ready || pods === "Pending" ? { running: {} } : { waiting: { reason: pods } } }]
    }
  }
}

const objectsOf = (one: Workload): ReadonlyArray<readonly [string, KubeObject]> => {
  const ready = one.pods === "ready" ? one.replicas : 0
  const deployment = plain("apps/v1", "Deployment", one.name, {
    spec: { replicas: one.replicas, template: { spec: { containers: [{ name: one.name, image: one.image }] } } },
    status: { observedGeneration: 1, replicas: one.replicas, updatedReplicas: one.replicas, readyReplicas: ready }
  })
  const replicaSet = plain("apps/v1", "ReplicaSet", `${one.name}-rs`, { spec: { replicas: one.replicas }, status: {} })
  return [
    ["deployments.apps", deployment],
    ["replicasets.apps", { ...replicaSet, metadata: { ...replicaSet.metadata, ownerReferences: owner("Deployment", one.name) } }],
    ...Array.from({ length: one.replicas }, (_, i) => ["pods", podOf(one, i)] as const)
  ]
}

const serviceObjects = (scene: Scene): ReadonlyArray<readonly [string, KubeObject]> =>
  Object.entries(scene.services).flatMap(([name, target]) => {
    const behind = scene.workloads.find((one) => one.name === target)
    const ready = behind === undefined || behind.pods !== "ready" ? 0 : behind.replicas
    return [
      ["services", plain("v1", "Service", name, { spec: { selector: { app: target }, clusterIP: "10.96.0.1" } })] as const,
      [
        "endpoints",
        plain("v1", "Endpoints", name, {
          subsets: [
            {
              addresses: Array.from({ length: ready }, (_, i) => ({
                ip: `10.0.0.${i}`,
                targetRef: { kind: "Pod", name: `${target}-${behind?.generation}-${i}` }
              }))
            }
          ]
        })
      ] as const
    ]
  })

export const objects = (scene: Scene): ReadonlyMap<string, KubeObject> =>
  new Map(
    [...scene.workloads.flatMap(objectsOf), ...serviceObjects(scene), ...scene.others].map(
      ([resource, object]) => [`${resource}/${object.metadata.namespace ?? ""}/${object.metadata.name}`, object] as const
    )
  )

/** Answers lists only; the evaluators need nothing else. */
const apiOf = (sceneAt: (seconds: number) => Scene): KubeApi => ({
  request: ({ path }) =>
    Effect.map(Clock.currentTimeMillis, (now) => {
      const [, group = "", plural = ""] = /^\/api(?:s\/([^/]+))?\/v1(?:\/namespaces\/[^/]+)?\/([a-z]+)$/u.exec(path) ?? []
      const prefix = `${plural}${group === "" ? "" : `.${group}`}/`
      const items = [...objects(sceneAt(now / 1000))].flatMap(([key, { apiVersion: _, kind: __, ...item }]) =>
        key.startsWith(prefix) ? [item] : []
      )
      return { code: 200, body: { items } }
    }),
  watch: () => Stream.die("no watch"),
  connect: () => Effect.fail(new KubeStatus({ code: 404, reason: "NotFound", message: "no connect" }))
})

const installation = (sceneAt: (seconds: number) => Scene): Installation => ({
  app: "shop",
  version: "1",
  namespace,
  manifests: [],
  topology: { entry: { service: "web", port: 80 }, operations: {}, services: {} },
  serviceLabel: "app",
  description: "",
  digest: Effect.flatMap(Clock.currentTimeMillis, (now) => {
    const { digest } = sceneAt(now / 1000)
    return digest === undefined
      ? Effect.fail(labError("CLUSTER_REQUEST_FAILED", { what: "Reading mongodb-geo", why: "connection refused" }))
      : Effect.succeed(digest)
  }),
  resetData: Effect.void
})

/** The services of evaluators over a cluster that is as `sceneAt` says, in seconds since the test's clock began. */
export const services = (sceneAt: (seconds: number) => Scene) => {
  const unsupported = Effect.fail(labError("CLUSTER_CANNOT", { cluster: "scene", what: "do this" }))
  return Layer.mergeAll(
    Layer.succeed(Cluster, {
      name: "scene",
      time: { _tag: "virtual" },
      api: () => apiOf(sceneAt),
      telemetry: {
        metrics: () => Effect.succeed([]),
        traces: () => Effect.succeed([]),
        traffic: ({ until }) => Effect.succeed(sceneAt(until / 1000).traffic)
      },
      snapshot: unsupported,
      reset: () => unsupported,
      forking: Option.none(),
      lifetime: "process",
      attachment: null
    }),
    Layer.succeed(InstalledApp, installation(sceneAt)),
    Layer.succeed(Baseline, { objects: objects(healthy), traffic: healthy.traffic, digest: "sha-1" })
  )
}

const each = (scene: Scene, change: (one: Workload) => Workload): Scene => ({ ...scene, workloads: scene.workloads.map(change) })

/** The fault: geo can't log in and crash-loops. */
export const faulty: Scene = {
  ...each(healthy, (one) => (one.name === "geo" ? { ...one, pods: "CrashLoopBackOff" } : one)),
  traffic: failingTraffic
}

export const restartedAll: Scene = each(faulty, (one) => ({ ...one, generation: 2 }))

export const scaledToZero: Scene = {
  ...each(healthy, (one) => ({ ...one, replicas: 0 })),
  digest: undefined,
  traffic: [stats("hotels", 360, 360, 1), stats("user", 2, 2, 1)]
}

export const deletedAll: Scene = { ...healthy, workloads: [], services: {}, others: [], digest: undefined, traffic: scaledToZero.traffic }

export const withoutService: Scene = { ...healthy, services: { web: "web", "mongodb-geo": "mongodb-geo" } }

/** The fault's symptom is hidden by running something else under the name. */
export const edited: Scene = each(healthy, (one) => (one.name === "geo" ? { ...one, image: "busybox" } : one))

/** geo's callers are sent to a pod that always answers. */
export const faked: Scene = {
  ...healthy,
  workloads: [...healthy.workloads, workload("fake")],
  services: { ...healthy.services, geo: "fake" }
}

/** Repaired, with a debug pod left behind that crash-loops. */
export const repaired: Scene = {
  ...each(healthy, (one) => ({ ...one, generation: 3 })),
  others: [
    ...healthy.others,
    [
      "pods",
      {
        ...plain("v1", "Pod", "debug"),
        spec: {},
        status: { phase: "Running", containerStatuses: [{ name: "debug", state: { waiting: { reason: "CrashLoopBackOff" } } }] }
      }
    ],
    ["configmaps", plain("v1", "ConfigMap", "notes")]
  ]
}
