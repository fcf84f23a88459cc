/** An application on a Kind cluster by its stand-ins: it starts, serves its users, breaks in the words of the embedded cluster, and is seen. */
import { plugin as hotel } from "@aiopslab/app-hotel-reservation"
import { plugin as mongodb } from "@aiopslab/behaviour-mongodb"
import * as KubeClient from "@aiopslab/core/KubeClient"
import { createAll, discover } from "@aiopslab/core/Kinds"
import { admin, type KubeApi } from "@aiopslab/core/Kubernetes"
import * as Playbook from "@aiopslab/core/Playbook"
import * as Registry from "@aiopslab/core/Registry"
import type { OperationStats, Telemetry } from "@aiopslab/core/Telemetry"
import { planeNamespace } from "@aiopslab/core/Workload"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import { describe, expect, it } from "vitest"
import { image, missing, noteApart } from "./Machine.ts"
import { provider, services } from "./Provider.ts"

noteApart()

const namespace = "test-hotel-reservation"
const repertoire = Playbook.of(Registry.make([hotel, mongodb]))
const { deployments, pods, traffics } = KubeClient.resources

const traffic = {
  apiVersion: "plane.aiopslab.dev/v1",
  kind: "Traffic",
  metadata: { name: "hotel-reservation", namespace: planeNamespace },
  spec: {
    namespace,
    app: "hotel-reservation",
    rate: 5,
    arrivals: "constant",
    mix: { hotels: 1, recommendations: 1, user: 1, reservation: 1 }
  }
}

/** Looks until it is so; the test's own limit ends it. */
const until = Effect.fnUntraced(function* <A, E, R>(look: Effect.Effect<A, E, R>, isSo: (found: A) => boolean) {
  while (true) {
    const found = yield* look
    if (isSo(found)) return found
    yield* Effect.sleep("2 seconds")
  }
})

const ready = (api: KubeApi) =>
  Effect.map(KubeClient.list(api, deployments, namespace), (all) =>
    all.filter((one) => JSON.stringify(one["status"]).includes('"readyReplicas":1')).map(({ metadata }) => metadata.name)
  )

/** What users met with in the ten seconds before now, but for those who still wait. */
const users = (telemetry: Telemetry): Effect.Effect<ReadonlyArray<OperationStats>, unknown> =>
  Effect.flatMap(Clock.currentTimeMillis, (now) => telemetry.traffic({ namespace, since: now - 15_000, until: now - 5_000 }))

const mongo = (api: KubeApi, script: string) =>
  Effect.gen(function* () {
    const [pod] = yield* KubeClient.list(api, pods, namespace, { labelSelector: "io.kompose.service=mongodb-geo" })
    const container = { namespace, pod: pod?.metadata.name ?? "", container: "hotel-reserv-geo-mongo" }
    return yield* KubeClient.exec(api, container, ["mongo", "admin", "-u", "root", "-p", "root", "--quiet", "--eval", script])
  }).pipe(Effect.scoped)

const restartGeo = (api: KubeApi) =>
  Effect.gen(function* () {
    const [pod] = yield* KubeClient.list(api, pods, namespace, { labelSelector: "io.kompose.service=geo" })
    yield* KubeClient.remove(api, pods, namespace, pod?.metadata.name ?? "")
  })

const lastWords = (api: KubeApi) =>
  Effect.gen(function* () {
    const [pod] = yield* KubeClient.list(api, pods, namespace, { labelSelector: "io.kompose.service=geo" })
    return yield* KubeClient.log(api, namespace, pod?.metadata.name ?? "", { tailLines: 20 })
  }).pipe(Effect.catch(() => Effect.succeed("")))

describe.skipIf(missing !== undefined)(`the hotel on Kind${missing ?? ""}`, () => {
  it("serves its users, and breaks as its stores do", () =>
    Effect.gen(function* () {
      const pool = yield* provider.open({ clusters: 1, images: "stand-in", ...image }, repertoire)
      const { api, telemetry } = yield* pool.lease
      const kube = api(admin)
      yield* createAll(kube, yield* discover(kube), repertoire.manifests)
      const workloads = repertoire.manifests.filter(({ kind }) => kind === "Deployment").length
      yield* until(ready(kube), ({ length }) => length === workloads)
      yield* KubeClient.create(kube, traffics, traffic)

      const served = yield* until(
        users(telemetry),
        (all) => all.length === 4 && all.every(({ errors, requests }) => requests > 3 && errors === 0)
      )
      // the API server keeps no order of a map's keys
      expect(served.map(({ operation }) => operation).toSorted()).toEqual(["hotels", "recommendations", "reservation", "user"])

      const since = yield* Effect.map(Clock.currentTimeMillis, (now) => now - 60_000)
      const spans = yield* until(telemetry.traces({ namespace, since, until: since + 600_000, limit: 50 }), (all) =>
        all.some(({ operation, service }) => service === "geo" && operation === "/geo.Geo/Nearby")
      )
      expect(spans.filter(({ error }) => error)).toEqual([])
      const series = yield* until(
        Effect.flatMap(Clock.currentTimeMillis, (now) =>
          telemetry.metrics({ namespace, since: now - 60_000, until: now, stepSeconds: 10 })
        ),
        (all) => all.some(({ labels, name }) => name === "container_memory_rss" && labels["container"] === "hotel-reserv-geo")
      )
      expect(series.every(({ labels }) => labels["namespace"] === namespace)).toBe(true)

      // the users' role goes: who is connected goes on, who starts anew is refused
      const revoke = `db.revokeRolesFromUser("admin", [{ role: "readWrite", db: "geo-db" }])`
      expect(yield* mongo(kube, revoke)).toMatchObject({ exitCode: 0 })
      yield* restartGeo(kube)
      expect(yield* until(lastWords(kube), (log) => log.includes("not authorized"))).toContain("not authorized on geo-db")
      const broken = yield* until(users(telemetry), (all) => all.some(({ errors, operation }) => operation === "hotels" && errors > 3))
      expect(broken.find(({ operation }) => operation === "recommendations")?.errors).toBe(0)

      yield* mongo(kube, revoke.replace("revokeRolesFrom", "grantRolesTo"))
      yield* restartGeo(kube)
      yield* until(users(telemetry), (all) => all.every(({ errors, requests }) => requests > 3 && errors === 0))
    }).pipe(Effect.scoped, Effect.provide(services), Effect.runPromise))
})
