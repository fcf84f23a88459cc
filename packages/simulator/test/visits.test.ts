import { assert, describe, it } from "@effect/vitest"
import { virtualEpoch } from "@aiopslab/core/Cluster"
import * as KubeClient from "@aiopslab/core/KubeClient"
import { admin } from "@aiopslab/core/Kubernetes"
import type { Topology } from "@aiopslab/core/Topology"
import { planeNamespace, planeVersion } from "@aiopslab/core/Workload"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as TestClock from "effect/testing/TestClock"
import { advance, change } from "../src/Advance.ts"
import { booted } from "../src/Boot.ts"
import * as EmbeddedCluster from "../src/EmbeddedCluster.ts"
import * as Execute from "../src/kubelet/Execute.ts"
import { traffics } from "../src/Plane.ts"
import type { World } from "../src/World.ts"
import { demo } from "./Demo.ts"
import { create, deployment } from "./Scenario.ts"

const topology: Topology = {
  entry: { service: "web", port: 80 },
  operations: {
    browse: { method: "GET", path: "/browse?page=1", service: "web", handler: "HTTP GET /browse" }
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
          calls: [[{ to: "db", request: { protocol: "tcp", operation: "ask" } }]],
          log: { ok: "{method} {path} 200", failed: "{method} {path} 500 {error}" }
        }
      }
    },
    db: { workload: "db", container: "db", port: 81, protocol: "tcp", discovery: { _tag: "kubernetes" }, handlers: {} }
  }
}

const service = (name: string, port: number) => ({
  apiVersion: "v1",
  kind: "Service",
  metadata: { name, namespace: "default" },
  spec: { selector: { app: name }, ports: [{ port, targetPort: 8080 }] }
})

const playbook = { behaviours: [demo], topologies: { shop: topology } }

/** The application, with nobody who uses it. */
const withShop = Effect.gen(function* () {
  yield* TestClock.setTime(virtualEpoch)
  const { cluster } = EmbeddedCluster.make({ name: "test", world: booted({ playbook, workers: 1, seed: "visits" }) })
  const api = cluster.api(admin)
  for (const [name, port] of [
    ["web", 80],
    ["db", 81]
  ] as const) {
    yield* KubeClient.create(api, KubeClient.resources.deployments, deployment(name))
    yield* KubeClient.create(api, KubeClient.resources.services, service(name, port))
  }
  yield* TestClock.adjust("30 seconds")
  const pods = yield* KubeClient.list(api, KubeClient.resources.pods, "default")
  const web = pods.find(({ metadata }) => metadata.name.startsWith("web-"))?.metadata.name ?? ""
  const get = Effect.fnUntraced(function* (path: string) {
    const asking = yield* Effect.forkChild(
      Effect.result(api.request({ method: "GET", path: `/api/v1/namespaces/default/pods/${web}:8080/proxy${path}` }))
    )
    yield* TestClock.adjust("40 seconds")
    const result = yield* Fiber.join(asking)
    return result._tag === "Success"
      ? `${result.success.code} ${String(result.success.body)}`
      : `${result.failure.code} ${result.failure.message}`
  })
  const range = { namespace: "default", since: virtualEpoch, until: virtualEpoch + 3_600_000 }
  const spans = Effect.map(cluster.telemetry.traces({ ...range, limit: 100 }), (all) =>
    all.map(({ error, operation, service: of, tags }) => `${of} ${operation} ${tags["http.url"] ?? ""}${error ? " failed" : ""}`)
  )
  return { api, cluster, get, range, spans, web }
})

describe("a request that somebody makes by hand", () => {
  it.effect("goes through the application as a user's, and leaves what theirs leave", () =>
    Effect.gen(function* () {
      const { api, cluster, get, range, spans, web } = yield* withShop
      assert.deepStrictEqual(yield* spans, [])
      assert.strictEqual(yield* get("/browse?page=7"), '200 {"calls":1}\n')
      assert.deepStrictEqual(yield* spans, ["web HTTP GET /browse /browse?page=7", "web ask "])
      assert.include(yield* KubeClient.log(api, "default", web), "GET /browse?page=7 200\n")
      assert.deepStrictEqual(yield* cluster.telemetry.traffic(range), [])
    })
  )

  it.effect("fails where a user's does", () =>
    Effect.gen(function* () {
      const { api, get, spans, web } = yield* withShop
      yield* api.request({
        method: "PATCH",
        path: "/apis/apps/v1/namespaces/default/deployments/db/scale",
        contentType: "application/merge-patch+json",
        body: { spec: { replicas: 0 } }
      })
      yield* TestClock.adjust("60 seconds")
      const said = yield* get("/browse")
      assert.match(said, /^500 .*dial tcp \S+:81: connect: connection refused/u)
      assert.deepStrictEqual(yield* spans, ["web HTTP GET /browse /browse failed", "web ask  failed"])
      assert.match(yield* KubeClient.log(api, "default", web), /GET \/browse 500 dial tcp/u)
    })
  )

  it.effect("for what no user asks is the program's alone", () =>
    Effect.gen(function* () {
      const { get, spans } = yield* withShop
      assert.strictEqual(yield* get("/other"), '200 {"calls":1}\n')
      assert.deepStrictEqual(yield* spans, [])
    })
  )

  it.live("comes from another pod as well, and is none of the users'", () =>
    Effect.gen(function* () {
      const { api, cluster, range, spans } = yield* withShop
      const spec = { namespace: "default", app: "shop", rate: 1, arrivals: "constant", mix: { browse: 1 } }
      yield* api.request({
        method: "POST",
        path: `/apis/${planeVersion}/namespaces/${planeNamespace}/${traffics.split(".")[0]}`,
        body: { apiVersion: planeVersion, kind: "Traffic", metadata: { name: "shop", namespace: planeNamespace }, spec }
      })
      yield* TestClock.adjust("5500 millis")
      const before = (yield* spans).length
      const [stats] = yield* cluster.telemetry.traffic(range)
      const [db] = (yield* KubeClient.list(api, KubeClient.resources.pods, "default")).filter(({ metadata }) =>
        metadata.name.startsWith("db-")
      )
      const command = ["wget", "-qO-", "http://web/browse?by=hand"]
      const asking = KubeClient.exec(api, { namespace: "default", pod: db?.metadata.name ?? "" }, command)
      const passing = Effect.forever(Effect.andThen(TestClock.withLive(Effect.sleep("5 millis")), TestClock.adjust("1 millis")))
      assert.strictEqual((yield* Effect.raceFirst(asking, passing)).stdout, '{"calls":1}')
      yield* TestClock.adjust("100 millis")
      assert.include(yield* spans, "web HTTP GET /browse /browse?by=hand")
      assert.strictEqual((yield* spans).length, before + 2)
      assert.deepStrictEqual((yield* cluster.telemetry.traffic(range))[0]?.requests, stats?.requests)
    }).pipe(Effect.provide(TestClock.layer()))
  )

  it("takes as long as a user's where the network is slow, and as its own packets do", () => {
    const made = booted({ playbook, workers: 1, seed: "visits" })
    const objects = [deployment("web"), deployment("db"), service("web", 80), service("db", 81)]
    const well = advance(objects.reduce(create, made), made.now + 30_000)
    const slow = create(well, {
      apiVersion: planeVersion,
      kind: "NetworkImpairment",
      metadata: { name: "slow", namespace: planeNamespace },
      spec: {
        namespace: "default",
        pods: { app: "web" },
        effect: { _tag: "Delay", latencyMillis: 1_000, jitterMillis: 0, correlation: 0 }
      }
    })
    const millis = (world: World, path: string): number => {
      const asker = world.containers.valuesArray().find(({ name, namespace }) => namespace === "default" && name === "db")
      if (asker === undefined) throw new Error("no db")
      const [{ elapsedMillis, outcome }] = change(world, (turn) =>
        Execute.execute(turn, asker, ["wget", "-qO-", `http://web${path}`], 60_000)
      )
      assert.deepStrictEqual(outcome, { _tag: "Exited", status: 0 })
      return elapsedMillis
    }
    assert.isTrue(millis(well, "/browse") > 0 && millis(well, "/browse") < 100)
    // late are the answers to the handshake and to the request, and what the program itself asks
    assert.approximately(millis(slow, "/browse"), 3_000, 100)
    assert.deepStrictEqual([millis(well, "/other"), millis(slow, "/other")], [0, 2_000])
  })
})
