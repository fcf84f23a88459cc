/** What agents do on a real embedded cluster with the hotel reservation, and what the evaluators say to it. */
import type { Evaluation } from "@aiopslab/core/Evaluator"
import * as KubeClient from "@aiopslab/core/KubeClient"
import type { KubeStatus } from "@aiopslab/core/Kubernetes"
import { assert, describe, it } from "@effect/vitest"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Schema from "effect/Schema"
import * as TestClock from "effect/testing/TestClock"
import { plugin } from "../src/index.ts"
import { baselined } from "./Hotel.ts"

const { resources } = KubeClient
const evaluators = plugin.components.filter((component) => component._tag === "Evaluator")

type Hotel = Effect.Success<typeof baselined>

const passTime = <A, E, R>(effect: Effect.Effect<A, E, R>, minutes: number) =>
  Effect.gen(function* () {
    const fiber = yield* Effect.forkChild(effect)
    yield* TestClock.adjust(minutes * 60_000)
    return yield* Fiber.join(fiber)
  })

/** All evaluators, one after the other: name, verdict, reason. */
const evaluations = (hotel: Hotel) =>
  Effect.gen(function* () {
    const out: Record<string, Evaluation> = {}
    for (const { config, evaluate, name } of evaluators) {
      const decoded = yield* Schema.decodeUnknownEffect(config)({})
      out[name] = yield* passTime(hotel.provide(evaluate(decoded)), 30)
    }
    return out
  })

const verdicts = (found: Readonly<Record<string, Evaluation>>) =>
  Object.fromEntries(Object.entries(found).map(([name, { verdict }]) => [name, verdict]))
const all = (verdict: Evaluation["verdict"]) => Object.fromEntries(evaluators.map(({ name }) => [name, verdict]))

const restart = ({ api, app }: Hotel, prefix: string) =>
  Effect.gen(function* () {
    for (const { metadata } of yield* KubeClient.list(api, resources.pods, app.namespace)) {
      if (metadata.name.startsWith(prefix)) yield* KubeClient.remove(api, resources.pods, app.namespace, metadata.name)
    }
  })

const mongo = ({ api, app }: Hotel, script: string) =>
  Effect.gen(function* () {
    const pods = yield* KubeClient.list(api, resources.pods, app.namespace)
    const pod = pods.find(({ metadata }) => metadata.name.startsWith("mongodb-geo-"))?.metadata.name ?? ""
    const result = yield* KubeClient.exec(api, { namespace: app.namespace, pod }, [
      "mongo",
      "admin",
      "-u",
      "root",
      "-p",
      "root",
      "--quiet",
      "--eval",
      script
    ])
    assert.strictEqual(result.exitCode, 0, result.stderr + result.stdout)
  })

/** The role of geo's user is revoked; geo notices when it starts. */
const breakGeo = (hotel: Hotel) =>
  Effect.gen(function* () {
    yield* mongo(hotel, 'db.revokeRolesFromUser("admin", [{ role: "readWrite", db: "geo-db" }])')
    yield* restart(hotel, "geo-")
    yield* TestClock.adjust("1 minute")
  })

const repairGeo = (hotel: Hotel) =>
  Effect.gen(function* () {
    yield* mongo(hotel, 'db.grantRolesToUser("admin", [{ role: "readWrite", db: "geo-db" }])')
    yield* restart(hotel, "geo-")
  })

const eachDeployment = <A>(hotel: Hotel, act: (name: string) => Effect.Effect<A, KubeStatus>) =>
  Effect.gen(function* () {
    for (const { metadata } of yield* KubeClient.list(hotel.api, resources.deployments, hotel.app.namespace)) yield* act(metadata.name)
  })

describe("on the hotel reservation", () => {
  it.effect(
    "an untouched application passes every evaluator",
    () =>
      Effect.gen(function* () {
        const hotel = yield* baselined
        assert.deepStrictEqual(verdicts(yield* evaluations(hotel)), all("pass"))
      }),
    120_000
  )

  it.effect(
    "a pod of the agent's own, adopted in the place of the broken store, is no repair",
    () =>
      Effect.gen(function* () {
        const hotel = yield* baselined
        const { api, app } = hotel
        yield* breakGeo(hotel)
        const store = (yield* KubeClient.list(api, resources.pods, app.namespace)).find(({ metadata }) =>
          metadata.name.startsWith("mongodb-geo-")
        )
        assert.isDefined(store)
        const spec = Schema.decodeUnknownSync(
          Schema.Struct({ containers: Schema.Array(Schema.Record(Schema.String, Schema.Unknown)), volumes: Schema.Unknown })
        )(store.spec)
        // without access control, and with nothing that a controller would look at until it runs
        yield* KubeClient.create(api, resources.pods, {
          apiVersion: "v1",
          kind: "Pod",
          metadata: { name: "mine", namespace: app.namespace },
          spec: { containers: spec.containers.map((container) => ({ ...container, args: [] })), volumes: spec.volumes }
        })
        yield* TestClock.adjust("10 seconds")
        // of two the replica set keeps the one that is ready
        yield* api.request({
          method: "PATCH",
          path: KubeClient.pathOf(resources.pods, app.namespace, store.metadata.name, "status"),
          contentType: "application/strategic-merge-patch+json",
          body: { status: { conditions: [{ type: "Ready", status: "False" }] } }
        })
        yield* KubeClient.patch(api, resources.pods, app.namespace, "mine", "merge", { metadata: { labels: store.metadata.labels } })
        yield* TestClock.adjust("1 minute")
        yield* restart(hotel, "geo-")
        const found = yield* evaluations(hotel)
        assert.deepStrictEqual(verdicts(found), { ...all("pass"), replicas: "fail" })
        assert.strictEqual(
          found["replicas"]?.reason,
          "pod mine does not run what Deployment mongodb-geo specifies (containers[hotel-reserv-geo-mongo].args)."
        )
      }),
    120_000
  )

  it.effect(
    "a crashed geo fails /hotels in statistics, spans, log lines and counters alike; a repair passes every evaluator",
    () =>
      Effect.gen(function* () {
        const hotel = yield* baselined
        const { app, cluster } = hotel
        yield* breakGeo(hotel)
        const since = yield* Clock.currentTimeMillis
        yield* TestClock.adjust("1 minute")
        const range = { namespace: app.namespace, since, until: yield* Clock.currentTimeMillis }
        const stats = yield* cluster.telemetry.traffic(range)
        const hotels = stats.find(({ operation }) => operation === "hotels")
        assert.isAbove(hotels?.requests ?? 0, 200)
        assert.strictEqual(hotels?.errors, hotels?.requests)
        assert.strictEqual(stats.find(({ operation }) => operation === "recommendations")?.errors, 0)

        const spans = yield* cluster.telemetry.traces({ ...range, limit: 10_000 })
        const failed = spans.filter(({ error, parentId }) => error && parentId === undefined)
        assert.approximately(failed.length, hotels?.errors ?? 0, 1)
        assert.isTrue(failed.every(({ operation, tags }) => operation === "HTTP GET /hotels" && tags["http.status_code"] === "500"))
        assert.isTrue(spans.every(({ service }) => service !== "geo"))
        assert.include(
          spans.find(({ operation }) => operation === "/geo.Geo/Nearby")?.tags["error.message"],
          "rpc error: code = Unavailable desc = "
        )

        const pods = yield* KubeClient.list(hotel.api, resources.pods, app.namespace)
        const logOf = (prefix: string) =>
          KubeClient.log(hotel.api, app.namespace, pods.find(({ metadata }) => metadata.name.startsWith(prefix))?.metadata.name ?? "", {
            sinceSeconds: 60
          })
        const lines = (yield* logOf("frontend-")).split("\n").filter((line) => line.includes("/hotels"))
        assert.approximately(lines.length, failed.length, 1)

        const sent = (yield* cluster.telemetry.metrics({ ...range, stepSeconds: 10 })).filter(
          ({ name }) => name === "container_network_transmit_bytes_total"
        )
        const grown = (pod: string) => {
          const points = sent.find(({ labels }) => labels["pod"]?.startsWith(pod))?.points ?? []
          return (points.at(-1)?.[1] ?? 0) - (points[0]?.[1] ?? 0)
        }
        assert.isAbove(grown("frontend-"), 10_000)
        assert.strictEqual(grown("rate-"), 0)

        const found = yield* evaluations(hotel)
        assert.deepStrictEqual(verdicts(found), { ...all("fail"), "spec-baseline": "pass", "nothing-lost": "pass" })
        assert.match(found["traffic-healthy"]?.reason ?? "", /^After 360 s pod geo-.* is in CrashLoopBackOff/u)
        yield* repairGeo(hotel)
        const repaired = yield* evaluations(hotel)
        assert.deepStrictEqual(verdicts(repaired), all("pass"), JSON.stringify(repaired))
      }),
    120_000
  )

  it.effect(
    "a restart of everything repairs nothing",
    () =>
      Effect.gen(function* () {
        const hotel = yield* baselined
        yield* breakGeo(hotel)
        yield* restart(hotel, "")
        const found = yield* evaluations(hotel)
        assert.strictEqual(found["traffic-healthy"]?.verdict, "fail")
        assert.strictEqual(found["replicas"]?.verdict, "fail")
      }),
    120_000
  )

  it.effect(
    "scaling everything to zero, or deleting it, repairs nothing",
    () =>
      Effect.gen(function* () {
        const hotel = yield* baselined
        yield* breakGeo(hotel)
        yield* eachDeployment(hotel, (name) => KubeClient.scale(hotel.api, resources.deployments, hotel.app.namespace, name, 0))
        assert.deepStrictEqual(verdicts(yield* evaluations(hotel)), { ...all("fail"), settled: "pass" })
        yield* eachDeployment(hotel, (name) => KubeClient.remove(hotel.api, resources.deployments, hotel.app.namespace, name))
        const found = yield* evaluations(hotel)
        assert.deepStrictEqual(verdicts(found), { ...all("fail"), settled: "pass" })
        assert.include(found["nothing-lost"]?.reason, "deployments.apps/test-hotel-reservation/consul is gone")
      }),
    120_000
  )

  it.effect(
    "a Service that is deleted, or led to another program, is noticed",
    () =>
      Effect.gen(function* () {
        const hotel = yield* baselined
        const { api, app } = hotel
        yield* KubeClient.remove(api, resources.services, app.namespace, "geo")
        // geo is found through Consul: users don't notice
        assert.deepStrictEqual(verdicts(yield* evaluations(hotel)), {
          ...all("pass"),
          "spec-baseline": "fail",
          endpoints: "fail",
          "nothing-lost": "fail"
        })
        yield* KubeClient.patch(api, resources.services, app.namespace, "mongodb-rate", "merge", {
          spec: { selector: { "io.kompose.service": "mongodb-user" } }
        })
        const { endpoints, "spec-baseline": spec } = yield* evaluations(hotel)
        assert.include(endpoints?.reason, "Service mongodb-rate leads to mongodb-user-")
        assert.include(
          spec?.reason,
          'services/test-hotel-reservation/mongodb-rate: spec.selector.io.kompose.service is "mongodb-user", was "mongodb-rate"'
        )
      }),
    120_000
  )

  it.effect(
    "lost data is noticed",
    () =>
      Effect.gen(function* () {
        const hotel = yield* baselined
        yield* mongo(hotel, 'db.getSiblingDB("geo-db").geo.deleteOne({})')
        const found = yield* evaluations(hotel)
        assert.deepStrictEqual(verdicts(found), { ...all("pass"), "nothing-lost": "fail" })
        assert.strictEqual(found["nothing-lost"]?.reason, "The users' data is not what it was at the baseline.")
      }),
    120_000
  )

  it.effect(
    "a pod of its own, crash-looping beside the application, is not held against anybody",
    () =>
      Effect.gen(function* () {
        const hotel = yield* baselined
        yield* KubeClient.create(hotel.api, resources.pods, {
          apiVersion: "v1",
          kind: "Pod",
          metadata: { name: "debug", namespace: hotel.app.namespace },
          spec: { containers: [{ name: "debug", image: "no-such-image:1" }] }
        })
        assert.deepStrictEqual(verdicts(yield* evaluations(hotel)), all("pass"))
      }),
    120_000
  )
})
