/** The load, the same for both servers: what a cluster with a thousand pods and many informers asks of its API server. */
import * as Effect from "effect/Effect"
import * as Client from "./Client.ts"
import type { Side } from "./Side.ts"

/** Milliseconds of processor time for one request: of all processes of the server, and of the client. */
export interface Processor {
  readonly server: number
  readonly client: number
}

export interface Figures {
  /** Milliseconds that the client waits, or MiB. */
  readonly seen: Readonly<Record<string, number>>
  readonly processor: Readonly<Record<string, Processor>>
}

const namespace = "speed"
const pods = `/api/v1/namespaces/${namespace}/pods`
const configMaps = `/api/v1/namespaces/${namespace}/configmaps`

const pod = (name: string): string =>
  JSON.stringify({
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name, labels: { app: "web", tier: "front" } },
    spec: {
      containers: [
        {
          name: "web",
          image: "registry.example/web:1.2.3",
          ports: [{ containerPort: 8080 }],
          env: [{ name: "MODE", value: "production" }],
          resources: { requests: { cpu: "100m", memory: "64Mi" } },
          readinessProbe: { httpGet: { path: "/ready", port: 8080 } }
        }
      ]
    }
  })

const applied = (replicas: number): string =>
  JSON.stringify({
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name: "applied", labels: { app: "web" } },
    spec: {
      replicas,
      selector: { matchLabels: { app: "web" } },
      template: { metadata: { labels: { app: "web" } }, spec: { containers: [{ name: "web", image: `registry.example/web:${replicas}` }] } }
    }
  })

const configMap = (name: string): string =>
  JSON.stringify({ apiVersion: "v1", kind: "ConfigMap", metadata: { name }, data: { key: "value" } })

/** Of sorted values, the nearest rank. */
const percentile = (values: ReadonlyArray<number>, share: number): number => {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN
}

const timed = <A>(work: Effect.Effect<A>): Effect.Effect<number> =>
  Effect.suspend(() => {
    const began = performance.now()
    return Effect.map(work, () => performance.now() - began)
  })

interface Took {
  /** Milliseconds of each of some requests. */
  readonly wall: ReadonlyArray<number>
  readonly processor: Processor
}

/** The first tenth warms up and is not counted. `work` answers with the milliseconds of the requests `from` to `to`. */
const counted = Effect.fnUntraced(function* (
  side: Side,
  count: number,
  work: (from: number, to: number) => Effect.Effect<ReadonlyArray<number>>
) {
  const warm = Math.floor(count / 10)
  yield* work(0, warm)
  const before = side.cpuMillis()
  const own = process.cpuUsage()
  const wall = yield* work(warm, count)
  const { system, user } = process.cpuUsage(own)
  const requests = count - warm
  const took: Took = {
    wall,
    processor: { server: (side.cpuMillis() - before) / requests, client: (user + system) / 1000 / requests }
  }
  return took
})

const range = (from: number, to: number): ReadonlyArray<number> => Array.from({ length: to - from }, (_, i) => from + i)

/** One after the other. */
const each = (side: Side, count: number, work: (i: number) => Effect.Effect<unknown>): Effect.Effect<Took> =>
  counted(side, count, (from, to) => Effect.forEach(range(from, to), (i) => timed(work(i))))

const watchers = 1_000
const connections = 10
const events = 50

/** Milliseconds from the request that changes something to each of a thousand watchers hearing of it. */
const fanOut = Effect.fnUntraced(function* (side: Side, client: Client.Client) {
  const heard: Array<number> = []
  let began = 0
  let left = 0
  let done: () => void = () => {}
  const others = yield* Effect.forEach(Array.from({ length: connections }), () => Client.make(side))
  for (let i = 0; i < watchers; i++) {
    yield* (others[i % connections] ?? client).watch(`${configMaps}?watch=1&resourceVersion=0`, () => {
      heard.push(performance.now() - began)
      if (--left === 0) done()
    })
  }
  const event = Effect.fnUntraced(function* (i: number) {
    heard.length = 0
    left = watchers
    const everyone = Effect.callback<void>((resume) => {
      done = () => resume(Effect.void)
    })
    began = performance.now()
    yield* Effect.all([everyone, client.ask("POST", configMaps, configMap(`event-${i}`))], { concurrency: 2 })
    return [...heard]
  })
  return yield* counted(side, events, (from, to) => Effect.map(Effect.forEach(range(from, to), event), (all) => all.flat()))
}, Effect.scoped)

export const run = Effect.fnUntraced(function* (side: Side) {
  const client = yield* Client.make(side)
  yield* client.ask("POST", "/api/v1/namespaces", JSON.stringify({ apiVersion: "v1", kind: "Namespace", metadata: { name: namespace } }))
  const created = yield* each(side, 1_000, (i) => client.ask("POST", pods, pod(`pod-${i}`)))
  const got = yield* each(side, 2_000, (i) => client.ask("GET", `${pods}/pod-${i % 1_000}`))
  const listed = yield* each(side, 50, () => client.ask("GET", pods))
  const applying = yield* each(side, 300, (i) =>
    client.ask(
      "PATCH",
      `/apis/apps/v1/namespaces/${namespace}/deployments/applied?fieldManager=speed`,
      applied(1 + (i % 5)),
      "application/apply-patch+yaml"
    )
  )
  const heard = yield* fanOut(side, client)
  const crowd = yield* counted(side, 9_000, (from, to) =>
    Effect.map(
      timed(Effect.forEach(range(from, to), (i) => client.ask("POST", pods, pod(`pod-${1_000 + i}`)), { concurrency: 32, discard: true })),
      (took) => [took / (to - from)]
    )
  )
  const figures: Figures = {
    seen: {
      "start to first answer": side.startMillis,
      "GET of a pod, p50": percentile(got.wall, 0.5),
      "GET of a pod, p99": percentile(got.wall, 0.99),
      "LIST of 1,000 pods, p50": percentile(listed.wall, 0.5),
      "LIST of 1,000 pods, p99": percentile(listed.wall, 0.99),
      "create of a pod, p50": percentile(created.wall, 0.5),
      "create of a pod, p99": percentile(created.wall, 0.99),
      "create of 9,000 pods, 32 at a time, each": percentile(crowd.wall, 0.5),
      "apply of a deployment, p50": percentile(applying.wall, 0.5),
      "apply of a deployment, p99": percentile(applying.wall, 0.99),
      "an event to 1,000 watchers, p50": percentile(heard.wall, 0.5),
      "an event to 1,000 watchers, p99": percentile(heard.wall, 0.99),
      "memory with 10,000 pods": side.memoryMiB()
    },
    processor: {
      "GET of a pod": got.processor,
      "LIST of 1,000 pods": listed.processor,
      "create of a pod": created.processor,
      "create of a pod, 32 at a time": crowd.processor,
      "apply of a deployment": applying.processor,
      "an event to 1,000 watchers": heard.processor
    }
  }
  return figures
}, Effect.scoped)
