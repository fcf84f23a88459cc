import { assert, describe, it } from "@effect/vitest"
import { virtualEpoch } from "@aiopslab/core/Cluster"
import { admin } from "@aiopslab/core/Kubernetes"
import { at, record, records } from "@aiopslab/kubernetes/Json"
import { parseTime } from "@aiopslab/kubernetes/Time"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Stream from "effect/Stream"
import * as TestClock from "effect/testing/TestClock"
import { booted } from "../src/Boot.ts"
import * as EmbeddedCluster from "../src/EmbeddedCluster.ts"
import { playbook } from "./Demo.ts"

const nodeLeases = "/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases"
const systemLeases = "/apis/coordination.k8s.io/v1/namespaces/kube-system/leases"
const node = "/api/v1/nodes/kind-worker"

const begun = Effect.gen(function* () {
  yield* TestClock.setTime(virtualEpoch)
  const embedded = EmbeddedCluster.make({ name: "test", world: booted({ playbook, workers: 1, seed: "heart" }) })
  const api = embedded.cluster.api(admin)
  const get = (path: string) => Effect.map(api.request({ method: "GET", path }), ({ body }) => record(body))
  /** Seconds since the beginning at which a lease was renewed last. */
  const renewed = (path: string) =>
    Effect.map(get(path), (lease) => ((parseTime(at(lease, "spec", "renewTime")) ?? Number.NaN) - virtualEpoch) / 1000)
  const condition = (type: string) =>
    Effect.map(get(node), (found) => records(at(found, "status", "conditions")).find((one) => one["type"] === type) ?? {})
  return { ...embedded, api, get, renewed, condition }
})

describe("leases", () => {
  it.effect("are those of the nodes, the API server and the elected", () =>
    Effect.gen(function* () {
      const { get } = yield* begun
      const names = Effect.fnUntraced(function* (path: string) {
        return records((yield* get(path))["items"]).map((one) => String(at(one, "metadata", "name")))
      })
      assert.deepStrictEqual(yield* names(nodeLeases), ["kind-control-plane", "kind-worker"])
      assert.deepStrictEqual(yield* names(systemLeases), [
        "apiserver-aaaaaaaaaaaaaaaaaaaaaaaaaa",
        "kube-controller-manager",
        "kube-scheduler"
      ])
      const lease = yield* get(`${nodeLeases}/kind-worker`)
      const { renewTime: _, ...spec } = record(lease["spec"])
      assert.deepStrictEqual(spec, { holderIdentity: "kind-worker", leaseDurationSeconds: 40 })
      assert.strictEqual(records(at(lease, "metadata", "ownerReferences"))[0]?.["uid"], at(yield* get(node), "metadata", "uid"))
      assert.strictEqual(records(at(lease, "metadata", "managedFields"))[0]?.["manager"], "kubelet")
    })
  )

  it.effect("are renewed every ten seconds, give or take four in a hundred", () =>
    Effect.gen(function* () {
      const { renewed } = yield* begun
      const seen: Array<number> = [yield* renewed(`${nodeLeases}/kind-worker`)]
      for (let second = 1; second <= 120; second++) {
        yield* TestClock.adjust("1 second")
        const now = yield* renewed(`${nodeLeases}/kind-worker`)
        if (now !== seen.at(-1)) seen.push(now)
      }
      const gaps = seen.slice(1).map((one, i) => one - (seen[i] ?? 0))
      assert.isAbove(gaps.length, 9)
      assert.isTrue(gaps.every((gap) => gap >= 10 && gap <= 10.4))
    })
  )

  it.effect("are the same however often somebody looked", () =>
    Effect.gen(function* () {
      const once = yield* begun
      const often = yield* begun
      for (let second = 1; second <= 100; second++) {
        yield* TestClock.adjust("1 second")
        yield* often.get(nodeLeases)
      }
      for (const path of [`${nodeLeases}/kind-worker`, `${systemLeases}/kube-scheduler`]) {
        assert.deepStrictEqual(record((yield* once.get(path))["spec"]), record((yield* often.get(path))["spec"]))
      }
    })
  )

  it.effect("cost nothing till somebody looks", () =>
    Effect.gen(function* () {
      const { api, world } = yield* begun
      const before = yield* world
      yield* TestClock.adjust("7 minutes")
      yield* api.request({ method: "GET", path: "/api/v1/pods" })
      assert.strictEqual((yield* world).store, before.store)
    })
  )

  it.effect("come to who watches them", () =>
    Effect.gen(function* () {
      const { api } = yield* begun
      const events = yield* Effect.forkChild(
        api
          .watch({ method: "GET", path: nodeLeases, query: { fieldSelector: "metadata.name=kind-worker" } })
          .pipe(Stream.take(4), Stream.runCollect)
      )
      yield* TestClock.adjust("35 seconds")
      const got = yield* Fiber.join(events)
      assert.deepStrictEqual(
        got.map(({ type }) => type),
        ["ADDED", "MODIFIED", "MODIFIED", "MODIFIED"]
      )
      assert.strictEqual(new Set(got.map(({ object }) => at(object, "spec", "renewTime"))).size, 4)
    })
  )

  it.effect("that somebody took away are there again with the next renewal", () =>
    Effect.gen(function* () {
      const { api, get } = yield* begun
      yield* api.request({ method: "DELETE", path: `${nodeLeases}/kind-worker` })
      assert.strictEqual((yield* Effect.flip(get(`${nodeLeases}/kind-worker`))).code, 404)
      yield* TestClock.adjust("11 seconds")
      assert.strictEqual(at(yield* get(`${nodeLeases}/kind-worker`), "spec", "holderIdentity"), "kind-worker")
    })
  )

  it.effect("of a node without power end, and with them, 40 to 55 seconds later, what is known of it", () =>
    Effect.gen(function* () {
      const { condition, power, renewed } = yield* begun
      yield* TestClock.adjust("63 seconds")
      yield* power("kind-worker", "off")
      const last = yield* renewed(`${nodeLeases}/kind-worker`)
      yield* TestClock.adjust("39 seconds")
      assert.strictEqual((yield* condition("Ready"))["status"], "True")
      assert.strictEqual(yield* renewed(`${nodeLeases}/kind-worker`), last)
      yield* TestClock.adjust("17 seconds")
      const lost = yield* condition("Ready")
      assert.deepStrictEqual([lost["status"], lost["reason"]], ["Unknown", "NodeStatusUnknown"])
      const when = ((parseTime(lost["lastTransitionTime"]) ?? 0) - virtualEpoch) / 1000
      assert.isAtLeast(when, Math.floor(last + 50))
      assert.isAtMost(when, last + 55)
      yield* power("kind-worker", "on")
      assert.strictEqual(yield* renewed(`${nodeLeases}/kind-worker`), 119)
    })
  )
})

describe("nodes' reports", () => {
  it.effect("come every five minutes when nothing changes, and change nothing else", () =>
    Effect.gen(function* () {
      const { condition, get } = yield* begun
      const seen = new Set<unknown>()
      const { status: first } = yield* get(node)
      for (let minute = 0; minute < 30; minute++) {
        yield* TestClock.adjust("1 minute")
        seen.add((yield* condition("Ready"))["lastHeartbeatTime"])
      }
      assert.isAtLeast(seen.size, 6)
      assert.isAtMost(seen.size, 8)
      const still = (status: unknown) => records(at(status, "conditions")).map(({ lastHeartbeatTime: _, ...one }) => one)
      assert.deepStrictEqual(still((yield* get(node))["status"]), still(first))
    })
  )
})

describe("the service kubernetes", () => {
  const path = "/api/v1/namespaces/default"
  const slice = "/apis/discovery.k8s.io/v1/namespaces/default/endpointslices/kubernetes"

  it.effect("has endpoints and a slice of the API server's", () =>
    Effect.gen(function* () {
      const { get } = yield* begun
      const found = yield* get(slice)
      assert.deepStrictEqual(found["endpoints"], [{ addresses: ["172.18.0.2"], conditions: { ready: true } }])
      assert.deepStrictEqual(found["ports"], [{ name: "https", port: 6443, protocol: "TCP" }])
      assert.deepStrictEqual(at(found, "metadata", "labels"), { "kubernetes.io/service-name": "kubernetes" })
    })
  )

  it.effect("is there again ten seconds after somebody took it away", () =>
    Effect.gen(function* () {
      const { api, get } = yield* begun
      yield* TestClock.adjust("3 seconds")
      for (const gone of [slice, `${path}/services/kubernetes`]) yield* api.request({ method: "DELETE", path: gone })
      assert.strictEqual((yield* Effect.flip(get(`${path}/services/kubernetes`))).code, 404)
      yield* TestClock.adjust("7 seconds")
      assert.strictEqual(at(yield* get(`${path}/services/kubernetes`), "spec", "clusterIP"), "10.96.0.1")
      assert.deepStrictEqual(records((yield* get(`${path}/endpoints/kubernetes`))["subsets"])[0]?.["addresses"], [{ ip: "172.18.0.2" }])
      assert.deepStrictEqual(records((yield* get(slice))["endpoints"])[0]?.["addresses"], ["172.18.0.2"])
    })
  )
})
