/** A small application in a world made by hand: web → search (by Consul) → db with a login, cache that may be down. */
import * as Behaviour from "@aiopslab/core/Behaviour"
import type { NetworkReply, NetworkRequest } from "@aiopslab/core/Behaviour"
import { virtualEpoch } from "@aiopslab/core/Cluster"
import type { KubeObject } from "@aiopslab/core/Kubernetes"
import type { Topology } from "@aiopslab/core/Topology"
import type { NetworkImpairmentSpec } from "@aiopslab/core/NetworkImpairment"
import type { TrafficSpec } from "@aiopslab/core/Workload"
import { planeNamespace, planeVersion } from "@aiopslab/core/Workload"
import * as Store from "@aiopslab/kubernetes/Store"
import * as Trust from "@aiopslab/kubernetes/trust/Trust"
import type { Container } from "@aiopslab/simulator/Container"
import type { Pod } from "@aiopslab/simulator/Kinds"
import * as SystemFiles from "@aiopslab/simulator/kubelet/SystemFiles"
import { networkImpairments, traffics } from "@aiopslab/simulator/Plane"
import type { World } from "@aiopslab/simulator/World"
import { corefile } from "@aiopslab/simulator/dns/Manifests"
import { load, Serving } from "@aiopslab/simulator/dns/Serving"
import * as WorldModule from "@aiopslab/simulator/World"
import * as Result from "effect/Result"

export const namespace = "test-shop"
export const start = virtualEpoch

const store: NetworkRequest = {
  protocol: "mongodb",
  operation: "find shop.items",
  credentials: { user: "app", password: "secret", database: "admin" }
}

export const topology: Topology = {
  entry: { service: "web", port: 80 },
  operations: {
    browse: { method: "GET", path: "/browse?page=1", service: "web", handler: "HTTP GET /browse" },
    about: { method: "GET", path: "/about", service: "web", handler: "HTTP GET /about" }
  },
  services: {
    web: {
      workload: "web",
      container: "web",
      port: 80,
      protocol: "http",
      discovery: { _tag: "kubernetes" },
      handlers: {
        "HTTP GET /browse": {
          latency: { medianMillis: 1, sigma: 0.3 },
          cpuMillis: 2,
          calls: [
            [{ to: "search", handler: "search.Search/Find" }],
            [{ to: "cache", request: { protocol: "memcached", operation: "get banner" }, onFailure: "ignore" }]
          ],
          log: { ok: "{time} INF {method} {path} 200", failed: "{time} ERR {method} {path} 500 {error}" }
        },
        "HTTP GET /about": { latency: { medianMillis: 0.5, sigma: 0.3 }, cpuMillis: 1, calls: [] }
      }
    },
    search: {
      workload: "search",
      container: "search",
      port: 8082,
      protocol: "grpc",
      discovery: { _tag: "registry", registeredAs: "srv-search", registry: "consul" },
      handlers: {
        "search.Search/Find": {
          latency: { medianMillis: 0.6, sigma: 0.3 },
          cpuMillis: 1,
          calls: [
            [{ to: "cache", request: { protocol: "memcached", operation: "get 1" }, onFailure: "ignore" }],
            [{ to: "db", request: store, share: 0.25 }]
          ],
          log: { failed: "{time} ERR search: {error}" }
        }
      }
    },
    db: { workload: "db", container: "mongo", port: 27017, protocol: "mongodb", discovery: { _tag: "kubernetes" }, handlers: {} },
    cache: { workload: "cache", container: "cache", port: 11211, protocol: "memcached", discovery: { _tag: "kubernetes" }, handlers: {} }
  }
}

/** Its memory is what it answers to every request. */
const program = Behaviour.program<NetworkReply>({
  initial: { _tag: "ok" },
  step: (state, input) => ({ state, effects: input._tag === "Request" ? [{ _tag: "Answer", reply: state }] : [] })
})

export interface Part {
  readonly name: string
  readonly port: number
  /** Pods; an answer for each. `down` has no ready endpoint, `deaf` is ready but doesn't listen. */
  readonly pods: ReadonlyArray<NetworkReply | "down" | "deaf">
  /** What the pods' specs say of names, each by its index; default nothing. */
  readonly names?: ReadonlyArray<Pick<Pod["spec"], "dnsPolicy" | "dnsConfig" | "hostAliases">>
}

const ok: NetworkReply = { _tag: "ok" }

export const parts = (
  changed: Readonly<Record<string, Part["pods"]>> = {},
  names: Readonly<Record<string, Part["names"]>> = {}
): ReadonlyArray<Part> =>
  (
    [
      ["web", 80],
      ["search", 8082],
      ["consul", 8500],
      ["db", 27017],
      ["cache", 11211]
    ] as const
  ).map(([name, port]) => ({
    name,
    port,
    pods: changed[name] ?? [ok],
    names: names[name] ?? []
  }))

export const containerKey = (name: string, index = 0): string => `uid-${name}-${index}/${name}`

const filesOf = ({ name, names }: Part, index: number, ip: string): Container["files"] =>
  SystemFiles.of(
    { apiVersion: "v1", kind: "Pod", metadata: { name, namespace }, spec: { containers: [], ...names?.[index] }, status: {} },
    ip
  )

const containerOf = (part: Part, index: number, state: NetworkReply | "down" | "deaf", at: number): Container => ({
  key: containerKey(part.name, index),
  namespace,
  pod: `${part.name}-${index}`,
  podUid: `uid-${part.name}-${index}`,
  podIp: `10.244.1.${(part.port % 200) + index}`,
  node: "node-1",
  name: part.name,
  image: `shop/${part.name}:1`,
  behaviour: undefined,
  argv: [part.name],
  env: {},
  state: state === "down" ? { _tag: "Waiting", reason: "CrashLoopBackOff" } : { _tag: "Running", startedAt: at },
  last: undefined,
  started: state !== "down",
  ready: state !== "down",
  probed: false,
  restarts: 0,
  program: state === "down" ? undefined : program,
  memory: typeof state === "string" ? ok : state,
  holds: undefined,
  listening: typeof state === "string" ? [] : [part.port],
  registered: state === "down" ? [] : [{ name: `srv-${part.name}`, port: part.port }],
  watched: [],
  files: filesOf(part, index, `10.244.1.${(part.port % 200) + index}`),
  data: {},
  lockedExcept: undefined,
  input: undefined,
  mounts: [],
  instance: undefined,
  previous: undefined,
  timers: {}
})

const objectsOf = (part: Part): ReadonlyArray<readonly [resource: string, object: KubeObject]> => [
  [
    "services",
    {
      apiVersion: "v1",
      kind: "Service",
      metadata: { name: part.name, namespace },
      spec: { clusterIP: `10.96.0.${part.port % 200}`, ports: [{ name: "main", port: part.port }] }
    }
  ],
  [
    "endpoints",
    {
      apiVersion: "v1",
      kind: "Endpoints",
      metadata: { name: part.name, namespace },
      subsets: [
        {
          addresses: part.pods.flatMap((state, i) =>
            state === "down"
              ? []
              : [{ ip: "10.244.1.1", targetRef: { kind: "Pod", name: `${part.name}-${i}`, namespace, uid: `uid-${part.name}-${i}` } }]
          ),
          ports: [{ name: "main", port: part.port }]
        }
      ]
    }
  ]
]

const podsOf = ({ name, pods }: Part): ReadonlyArray<KubeObject> =>
  pods.map((_, i) => ({
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name: `${name}-${i}`, namespace, uid: `uid-${name}-${i}`, labels: { app: name } },
    spec: { containers: [{ name, image: `shop/${name}:1` }] },
    status: {}
  }))

export const policy = (name: string, spec: KubeObject["spec"]): KubeObject => ({
  apiVersion: "networking.k8s.io/v1",
  kind: "NetworkPolicy",
  metadata: { name, namespace },
  spec
})

/** Of what the pods of a part send, to those of another if there is one. */
export const impairment = (effect: NetworkImpairmentSpec["effect"], pods: string, to?: string): KubeObject => ({
  apiVersion: planeVersion,
  kind: "NetworkImpairment",
  metadata: { name: [effect._tag.toLowerCase(), pods, to ?? "all"].join("-"), namespace: planeNamespace },
  spec: { namespace, pods: { app: pods }, ...(to === undefined ? {} : { to: { app: to } }), effect }
})

export const traffic = (spec: Partial<TrafficSpec> = {}): KubeObject => ({
  apiVersion: planeVersion,
  kind: "Traffic",
  metadata: { name: "shop", namespace: planeNamespace },
  spec: { namespace, app: "shop", rate: 10, arrivals: "exponential", mix: { browse: 3, about: 1 }, ...spec }
})

export interface Stage {
  /** Seconds since the beginning. */
  readonly at: number
  readonly parts: ReadonlyArray<Part>
  readonly traffic?: KubeObject
  readonly policies?: ReadonlyArray<KubeObject>
  readonly impairments?: ReadonlyArray<KubeObject>
  /** What the cluster's DNS serves; `down` without a server. Default: Kind's. */
  readonly corefile?: string
}

const dnsKey = "uid-dns/coredns"

/** The cluster's DNS, one process. */
const dnsOf = (text: string): Container => {
  const path = "/etc/coredns/Corefile"
  const { servers } = Result.getOrThrow(load(path, text, { env: {}, file: () => undefined, list: () => [] }))
  const serving = new Serving({ servers, path, digest: "", startedAt: start, everyMillis: 30_000 })
  const like = containerOf({ name: "coredns", port: 53, pods: [] }, 0, ok, start)
  return { ...like, key: dnsKey, namespace: "kube-system", podUid: "uid-dns", memory: serving, registered: [] }
}

const dnsObjects = (namespaces: ReadonlyArray<string>): ReadonlyArray<readonly [resource: string, object: KubeObject]> => {
  const metadata = { name: "kube-dns", namespace: "kube-system" }
  const targetRef = { kind: "Pod", name: "coredns-0", namespace: "kube-system", uid: "uid-dns" }
  return [
    ...namespaces.map((name) => ["namespaces", { apiVersion: "v1", kind: "Namespace", metadata: { name } }] as const),
    [
      "services",
      {
        apiVersion: "v1",
        kind: "Service",
        metadata,
        spec: { clusterIP: "10.96.0.10", ports: [{ name: "dns", port: 53, protocol: "UDP" }] }
      }
    ],
    [
      "endpoints",
      {
        apiVersion: "v1",
        kind: "Endpoints",
        metadata,
        subsets: [{ addresses: [{ ip: "10.244.0.2", targetRef }], ports: [{ name: "dns", port: 53, protocol: "UDP" }] }]
      }
    ]
  ]
}

/** A world whose past went through these stages, an epoch each. */
export const world = (stages: ReadonlyArray<Stage>, nowSeconds: number, seed = "7"): World => {
  let made = WorldModule.empty(
    { playbook: { behaviours: [], topologies: { shop: topology } }, nodes: [], trust: Trust.make({ seed, begin: start }) },
    seed
  )
  for (const stage of stages) {
    const at = start + stage.at * 1000
    let objects = Store.empty
    for (const [resource, object] of [...dnsObjects([namespace]), ...stage.parts.flatMap(objectsOf)])
      objects = Store.put(objects, resource, object)
    if (stage.policies !== undefined || stage.impairments !== undefined)
      for (const object of stage.parts.flatMap(podsOf)) objects = Store.put(objects, "pods", object)
    for (const object of stage.policies ?? []) objects = Store.put(objects, "networkpolicies.networking.k8s.io", object)
    for (const object of stage.impairments ?? []) objects = Store.put(objects, networkImpairments, object)
    if (stage.traffic !== undefined) objects = Store.put(objects, traffics, stage.traffic)
    let { containers } = WorldModule.empty(made.setting, seed)
    if (stage.corefile !== "down") containers = containers.with(dnsKey, dnsOf(stage.corefile ?? corefile))
    for (const part of stage.parts) {
      part.pods.forEach((state, i) => {
        const container = containerOf(part, i, state, at)
        containers = containers.with(container.key, container)
      })
    }
    const world: World = { ...made, store: objects, containers, now: at }
    made = { ...world, epochs: { from: at, world, before: world.epochs } }
  }
  return { ...made, now: start + nowSeconds * 1000 }
}

/** All is well from the first second. */
export const healthy = (nowSeconds: number, spec: Partial<TrafficSpec> = {}, seed?: string): World =>
  world([{ at: 0, parts: parts(), traffic: traffic(spec) }], nowSeconds, seed)
