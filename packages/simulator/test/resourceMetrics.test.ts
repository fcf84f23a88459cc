import { assert, describe, it } from "@effect/vitest"
import { virtualEpoch } from "@aiopslab/core/Cluster"
import * as KubeClient from "@aiopslab/core/KubeClient"
import { admin, type Identity, type KubeApi } from "@aiopslab/core/Kubernetes"
import { planeNamespace } from "@aiopslab/core/Workload"
import { array, at, records } from "@aiopslab/kubernetes/Json"
import * as Quantity from "@aiopslab/kubernetes/Quantity"
import * as Effect from "effect/Effect"
import * as TestClock from "effect/testing/TestClock"
import { booted } from "../src/Boot.ts"
import * as EmbeddedCluster from "../src/EmbeddedCluster.ts"
import { playbook } from "./Demo.ts"
import { deployment } from "./Scenario.ts"

const root = "/apis/metrics.k8s.io/v1beta1"

const read = (api: KubeApi, path: string, accept = "application/json") =>
  Effect.map(api.request({ method: "GET", path: `${root}/${path}`, accept }), ({ body }) => body)

/** A cluster with a deployment of two pods. */
const withWeb = Effect.gen(function* () {
  yield* TestClock.setTime(virtualEpoch)
  const { cluster } = EmbeddedCluster.make({ name: "test", world: booted({ playbook, workers: 1, seed: "test" }) })
  const api = cluster.api(admin)
  yield* KubeClient.create(api, KubeClient.resources.deployments, deployment("web", { replicas: 2 }))
  yield* TestClock.adjust("20 seconds")
  return { cluster, api }
})

describe("metrics.k8s.io", () => {
  it.effect("knows what a pod uses once it has run for a whole window", () =>
    Effect.gen(function* () {
      const { api } = yield* withWeb
      assert.deepStrictEqual(at(yield* read(api, "namespaces/default/pods"), "items"), [])
      yield* TestClock.adjust("60 seconds")
      const pods = yield* read(api, "namespaces/default/pods")
      assert.deepInclude(pods, { kind: "PodMetricsList", apiVersion: "metrics.k8s.io/v1beta1", metadata: {} })
      const items = records(at(pods, "items"))
      assert.strictEqual(items.length, 2)
      const [first] = items
      assert.deepInclude(first, { window: "30s", timestamp: "2026-01-01T00:01:20Z" })
      assert.strictEqual(at(first, "metadata", "labels", "app"), "web")
      const [container] = records(first?.["containers"])
      assert.strictEqual(container?.["name"], "web")
      assert.isAbove(Quantity.milliValue(at(container, "usage", "cpu")), 0)
      assert.isAbove(Quantity.value(at(container, "usage", "memory")), 1024 * 1024)
      const name = String(at(first, "metadata", "name"))
      assert.deepStrictEqual(at(yield* read(api, `namespaces/default/pods/${name}`), "containers"), first?.["containers"])
    })
  )

  it.effect("a node uses what its pods use", () =>
    Effect.gen(function* () {
      const { api } = yield* withWeb
      yield* TestClock.adjust("60 seconds")
      const pods = records(at(yield* read(api, "pods"), "items")).flatMap((pod) => records(pod["containers"]))
      const nodes = records(at(yield* read(api, "nodes"), "items"))
      for (const [resource, measure] of [
        ["cpu", Quantity.milliValue],
        ["memory", Quantity.value]
      ] as const) {
        const sum = (all: ReadonlyArray<unknown>) => all.reduce<number>((total, one) => total + measure(at(one, "usage", resource)), 0)
        assert.strictEqual(sum(nodes), sum(pods))
      }
      assert.deepStrictEqual(
        nodes.map((node) => at(node, "metadata", "name")),
        ["kind-control-plane", "kind-worker"]
      )
    })
  )

  it.effect("prints the columns of metrics-server", () =>
    Effect.gen(function* () {
      const { api } = yield* withWeb
      yield* TestClock.adjust("60 seconds")
      const table = yield* read(api, "namespaces/default/pods", "application/json;as=Table;v=v1;g=meta.k8s.io")
      assert.deepStrictEqual(
        records(at(table, "columnDefinitions")).map(({ format, name }) => [name, format]),
        [
          ["Name", "name"],
          ["cpu", "quantity"],
          ["memory", "quantity"],
          ["Window", "duration"]
        ]
      )
      const [row] = records(at(table, "rows"))
      const [name, cpu, memory, window] = array(row?.["cells"]).map(String)
      assert.match(`${name} ${cpu} ${memory} ${window}`, /^web-\S+ \d+m \d+Ki 30s$/u)
    })
  )

  it.effect("can only be read, and only where the pods can be seen", () =>
    Effect.gen(function* () {
      const { api, cluster } = yield* withWeb
      const veiled = deployment("veiled")
      yield* KubeClient.create(api, KubeClient.resources.deployments, {
        ...veiled,
        metadata: { ...veiled.metadata, namespace: planeNamespace }
      })
      const agent: Identity = { user: "agent", groups: ["system:authenticated"] }
      assert.strictEqual((yield* Effect.flip(read(cluster.api(agent), "nodes"))).code, 403)
      yield* api.request({
        method: "POST",
        path: "/apis/rbac.authorization.k8s.io/v1/clusterrolebindings",
        body: {
          metadata: { name: "agent" },
          roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: "cluster-admin" },
          subjects: [{ kind: "User", name: "agent", apiGroup: "rbac.authorization.k8s.io" }]
        }
      })
      yield* TestClock.adjust("60 seconds")
      const namespaces = (api: KubeApi) =>
        Effect.map(read(api, "pods"), (pods) => new Set(records(at(pods, "items")).map((pod) => at(pod, "metadata", "namespace"))))
      assert.deepStrictEqual(yield* namespaces(api), new Set(["default", "kube-system", planeNamespace]))
      assert.deepStrictEqual(yield* namespaces(cluster.api(agent)), new Set(["default", "kube-system"]))
      const [hidden] = records(at(yield* read(api, `namespaces/${planeNamespace}/pods`), "items"))
      const path = `namespaces/${planeNamespace}/pods/${String(at(hidden, "metadata", "name"))}`
      assert.strictEqual(at(yield* read(api, path), "window"), "30s")
      assert.strictEqual((yield* Effect.flip(read(cluster.api(agent), path))).code, 404)
      const refused = yield* Effect.flip(api.request({ method: "DELETE", path: `${root}/namespaces/default/pods/web` }))
      assert.strictEqual(refused.code, 405)
      const missing = yield* Effect.flip(read(api, "namespaces/default/pods/nobody"))
      assert.deepStrictEqual([missing.code, missing.message], [404, 'pods.metrics.k8s.io "default/nobody" not found'])
    })
  )
})
