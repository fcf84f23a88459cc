/** Every object of the application, in the order in which it is created. */
import type { KubeObject } from "@aiopslab/core/Kubernetes"
import { type Cache, consulPort, type GoService, goServices, memcachedPort, mongoPort, type Store } from "../GoServices.ts"
import { initScript, initScriptOf } from "./InitScript.ts"
import { deployment, type Mount, service, type ServicePort } from "./Kompose.ts"
import { volume } from "./Volume.ts"

export const images = {
  go: "yinfangchen/hotelreservation:latest",
  mongo: "mongo:4.4.6",
  memcached: "memcached",
  consul: "hashicorp/consul:latest",
  jaeger: "jaegertracing/all-in-one:1.57"
} as const

const byNumber = (port: number): ServicePort => ({ name: String(port), port })

const goObjects = (namespace: string, { container, name, port }: GoService): ReadonlyArray<KubeObject> => [
  deployment(namespace, name, {
    name: container,
    image: images.go,
    command: [name],
    env: { JAEGER_SAMPLE_RATIO: "1" },
    ports: [{ port }]
  }),
  service(namespace, name, [byNumber(port)])
]

const storeObjects = (namespace: string, store: Store): ReadonlyArray<KubeObject> => {
  const data: Mount = { name: store.volume, path: "/data/db", claim: `${store.volume}-pvc` }
  const init: Mount = { name: "init-script", path: "/docker-entrypoint-initdb.d", configMap: initScriptOf(store) }
  const guarded = store.credentials !== undefined
  return [
    ...volume(namespace, store.volume),
    ...(guarded ? [initScript(namespace, store)] : []),
    deployment(
      namespace,
      store.host,
      { name: store.container, image: images.mongo, ...(guarded ? { args: ["--auth"] } : {}), ports: [{ port: mongoPort }] },
      {
        mounts: guarded ? [data, init] : [data],
        strategy: "Recreate",
        ...(store.hostname === undefined ? {} : { hostname: store.hostname })
      }
    ),
    service(namespace, store.host, [{ name: store.host, port: mongoPort }])
  ]
}

const cacheObjects = (namespace: string, cache: Cache): ReadonlyArray<KubeObject> => [
  deployment(namespace, cache.host, {
    name: cache.container,
    image: images.memcached,
    env: { MEMCACHED_CACHE_SIZE: "128", MEMCACHED_THREADS: "2" },
    ports: [{ port: memcachedPort }]
  }),
  service(namespace, cache.host, [{ name: cache.host, port: memcachedPort }])
]

const consulObjects = (namespace: string): ReadonlyArray<KubeObject> => [
  deployment(namespace, "consul", {
    name: "consul",
    image: images.consul,
    ports: [{ port: 8300 }, { port: 8400 }, { port: consulPort }, { port: 53, protocol: "UDP" }]
  }),
  service(namespace, "consul", [
    byNumber(8300),
    byNumber(8400),
    byNumber(consulPort),
    { name: "8600", port: 8600, protocol: "UDP", targetPort: 53 }
  ])
]

const jaegerTcp = [14269, 5778, 14268, 14267, 16686]
const jaegerUdp = [5775, 6831, 6832]

const jaegerObjects = (namespace: string): ReadonlyArray<KubeObject> => [
  deployment(namespace, "jaeger", {
    name: "hotel-reserv-jaeger",
    image: images.jaeger,
    ports: [...jaegerTcp.map((port) => ({ port })), ...jaegerUdp.map((port) => ({ port, protocol: "UDP" as const }))]
  }),
  service(namespace, "jaeger", [
    ...jaegerTcp.map(byNumber),
    ...jaegerUdp.map((port): ServicePort => ({ name: String(port), port, protocol: "UDP" }))
  ]),
  service(namespace, "jaeger-out", [byNumber(16686)], { selects: "jaeger", type: "NodePort" })
]

export const manifests = (namespace: string): ReadonlyArray<KubeObject> => [
  { apiVersion: "v1", kind: "Namespace", metadata: { name: namespace } },
  ...consulObjects(namespace),
  ...jaegerObjects(namespace),
  ...goServices.flatMap(({ store }) => (store === undefined ? [] : storeObjects(namespace, store))),
  ...goServices.flatMap(({ cache }) => (cache === undefined ? [] : cacheObjects(namespace, cache))),
  ...goServices.flatMap((goService) => goObjects(namespace, goService))
]
