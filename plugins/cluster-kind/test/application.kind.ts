/**
 * An application on a Kind cluster by its stand-ins: it starts, serves its users, breaks in the words of the embedded cluster, is seen, and
 * suffers from faults of networks and containers.
 */
import { plugin as hotel } from "@aiopslab/app-hotel-reservation"
import { plugin as mongodb } from "@aiopslab/behaviour-mongodb"
import * as KubeClient from "@aiopslab/core/KubeClient"
import { createAll, discover } from "@aiopslab/core/Kinds"
import { admin, type KubeApi } from "@aiopslab/core/Kubernetes"
import * as Playbook from "@aiopslab/core/Playbook"
import * as Registry from "@aiopslab/core/Registry"
import { number, record, records } from "@aiopslab/kubernetes/Json"
import { plugin as container } from "@aiopslab/fault-container"
import { plugin as network } from "@aiopslab/fault-network"
import { configOf } from "@aiopslab/testkit/Lab"
import { InstalledApp } from "@aiopslab/core/App"
import { Cluster } from "@aiopslab/core/Cluster"
import type { Fault } from "@aiopslab/core/Fault"
import * as Exit from "effect/Exit"
import * as Scope from "effect/Scope"
import type { OperationStats, Telemetry } from "@aiopslab/core/Telemetry"
import { planeNamespace } from "@aiopslab/core/Workload"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { image, inNode, missing, nodesOf, noteApart } from "./Machine.ts"
import { provider, services } from "./Provider.ts"

noteApart()

const namespace = "test-hotel-reservation"
const repertoire = Playbook.of(Registry.make([hotel, mongodb]))
const app = (() => {
  const [found] = Registry.all(Registry.make([hotel]), "App")
  if (found === undefined) throw new Error("no application")
  return found.component.install({})
})()
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

const installed = Effect.gen(function* () {
  const pool = yield* provider.open({ clusters: 1, images: "stand-in", ...image }, repertoire)
  const cluster = yield* pool.lease
  const kube = cluster.api(admin)
  yield* createAll(kube, yield* discover(kube), repertoire.manifests)
  const workloads = repertoire.manifests.filter(({ kind }) => kind === "Deployment").length
  yield* until(ready(kube), ({ length }) => length === workloads)
  yield* KubeClient.create(kube, traffics, traffic)
  return { cluster, kube, telemetry: cluster.telemetry }
})

const healthy = (telemetry: Telemetry) =>
  until(users(telemetry), (all) => all.length === 4 && all.every(({ errors, requests }) => requests > 3 && errors === 0))

/** What is left of impairments on a node: interfaces, and filters of others. */
const leftOn = (node: string): string =>
  inNode(
    node,
    "sh",
    "-c",
    "ip -o link show type vxlan; ip -o link show type ifb; ip -o link | grep alias; tc qdisc show | grep clsact; true"
  )

const agents = (api: KubeApi) =>
  Effect.map(KubeClient.list(api, pods, planeNamespace, { labelSelector: "app=node" }), (all) => all.map(({ metadata }) => metadata.name))

const restarts = (api: KubeApi, service: string) =>
  Effect.map(KubeClient.list(api, pods, namespace, { labelSelector: `io.kompose.service=${service}` }), (all) =>
    all.flatMap(({ status }) => records(record(status)["containerStatuses"]).map(({ restartCount }) => number(restartCount) ?? 0))
  )

const found = (name: string): Fault => {
  for (const { components } of [network, container]) {
    for (const component of components) if (component._tag === "Fault" && component.name === name) return component
  }
  throw new Error(`no fault ${name}`)
}

/** The fault is there, verified; what it gives ends it, verified. */
const begun = (name: string, config: unknown) =>
  Effect.gen(function* () {
    const fault = found(name)
    const plan = yield* Effect.flatMap(configOf(fault, config), fault.plan)
    yield* fault.inject(plan)
    yield* fault.verify(plan)
    return Effect.andThen(fault.recover(plan), fault.verifyRecovered(plan))
  })

describe.skipIf(missing !== undefined)(`the hotel on Kind${missing ?? ""}`, () => {
  const scope = Scope.makeUnsafe()
  let stage: Effect.Success<typeof installed>

  beforeAll(
    () =>
      installed.pipe(
        Effect.map((made) => void (stage = made)),
        Scope.provide(scope),
        Effect.provide(services),
        Effect.runPromise
      ),
    600_000
  )
  afterAll(() => Effect.runPromise(Scope.close(scope, Exit.void)))

  const on = (body: (at: typeof stage) => Effect.Effect<void, unknown, Cluster | InstalledApp>) =>
    body(stage).pipe(Effect.provideService(Cluster, stage.cluster), Effect.provideService(InstalledApp, app), Effect.runPromise)

  it("serves its users, and breaks as its stores do", () =>
    on(({ kube, telemetry }) =>
      Effect.gen(function* () {
        const served = yield* healthy(telemetry)
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
        yield* healthy(telemetry)
      })
    ))

  it("is late where the network of a service is, and as before when that is over", () =>
    on(({ telemetry }) =>
      Effect.gen(function* () {
        const end = yield* begun("network-delay", { service: "user", latency: "3s" })
        const slow = yield* until(users(telemetry), (all) => all.some(({ operation, p50 }) => operation === "user" && p50 >= 3_000))
        const of = (name: string) => slow.find(({ operation }) => operation === name)
        // one answer late over a connection that is open, and no more
        expect([of("user")?.errors, (of("user")?.p50 ?? 0) < 4_000, (of("hotels")?.p99 ?? 0) < 3_000]).toEqual([0, true, true])
        yield* end
        expect(nodesOf(stage.cluster.name).map(leftOn)).toEqual(["", ""])
      })
    ))

  it("loses packets until that is over, though the agents on its nodes are killed meanwhile", () =>
    on(({ kube }) =>
      Effect.gen(function* () {
        const end = yield* begun("network-loss", { service: "geo", loss: 90 })
        const before = yield* agents(kube)
        for (const name of before) {
          const path = KubeClient.pathOf(pods, planeNamespace, name)
          yield* kube.request({ method: "DELETE", path, body: { apiVersion: "v1", kind: "DeleteOptions", gracePeriodSeconds: 0 } })
        }
        yield* end
        expect(nodesOf(stage.cluster.name).map(leftOn)).toEqual(["", ""])
        const after = yield* until(agents(kube), ({ length }) => length === before.length)
        expect(after.filter((name) => before.includes(name))).toEqual([])
      })
    ))

  it("starts a container again that is killed, for as long as that goes on", () =>
    on(({ kube, telemetry }) =>
      Effect.gen(function* () {
        const end = yield* begun("container-kill", { service: "recommendation", every: "5s" })
        yield* until(restarts(kube, "recommendation"), (all) => all.some((times) => times >= 2))
        yield* end
        const times = yield* restarts(kube, "recommendation")
        yield* healthy(telemetry)
        expect(yield* restarts(kube, "recommendation")).toEqual(times)
      })
    ))
})
