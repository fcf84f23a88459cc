import { grants, identity, recording, type Written } from "@aiopslab/agents/AgentAccess"
import { type KubeApi, patchTypes } from "@aiopslab/core/Kubernetes"
import { discover, ofKind } from "@aiopslab/kubectl/Discovery"
import { pathOf } from "@aiopslab/core/KubeClient"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { cluster, namespace } from "./World.ts"

const agent = Effect.gen(function* () {
  const { api, server } = yield* cluster
  const discovery = yield* discover(api)
  for (const object of grants(namespace)) {
    const resource = ofKind(discovery, object.apiVersion, object.kind)
    if (resource === undefined) return yield* Effect.die(new Error(`no ${object.kind}`))
    yield* api.request({ method: "POST", path: pathOf(resource, object.metadata.namespace), body: object })
  }
  return { admin: api, api: server.api(identity) }
})

const code = (api: KubeApi, method: "GET" | "POST" | "PATCH" | "DELETE", path: string, body?: unknown) =>
  api.request({ method, path, body, ...(method === "PATCH" ? { contentType: patchTypes.merge } : {}) }).pipe(
    Effect.map((reply) => reply.code),
    Effect.catch((status) => Effect.succeed(status.code))
  )

const inside = `/api/v1/namespaces/${namespace}`

describe("the agent", () => {
  it.effect("may do anything with the application's objects", () =>
    Effect.gen(function* () {
      const { api } = yield* agent
      assert.strictEqual(yield* code(api, "POST", `${inside}/configmaps`, { metadata: { name: "mine" } }), 201)
      assert.strictEqual(yield* code(api, "PATCH", `${inside}/configmaps/a`, { data: { x: "1" } }), 200)
      assert.strictEqual(yield* code(api, "DELETE", `${inside}/configmaps/b`), 200)
      assert.strictEqual(yield* code(api, "GET", `/apis/apps/v1/namespaces/${namespace}/deployments`), 200)
      assert.strictEqual(yield* code(api, "GET", `${inside}/secrets`), 200)
    })
  )

  it.effect("reads the cluster and repairs volumes", () =>
    Effect.gen(function* () {
      const { api } = yield* agent
      for (const path of [
        "/api/v1/nodes",
        "/api/v1/namespaces",
        "/api/v1/persistentvolumes",
        "/api/v1/events",
        "/api/v1/pods",
        "/apis/storage.k8s.io/v1/storageclasses"
      ]) {
        assert.strictEqual(yield* code(api, "GET", path), 200, path)
      }
      const volume = {
        metadata: { name: "pv" },
        spec: { capacity: { storage: "1Gi" }, accessModes: ["ReadWriteOnce"], hostPath: { path: "/x" } }
      }
      assert.strictEqual(yield* code(api, "POST", "/api/v1/persistentvolumes", volume), 201)
    })
  )

  it.effect("cannot delete the namespace, give itself rights, nor look elsewhere", () =>
    Effect.gen(function* () {
      const { api } = yield* agent
      for (const [method, path] of [
        ["DELETE", inside],
        ["PATCH", "/api/v1/nodes/n"],
        ["GET", "/api/v1/namespaces/kube-system/secrets"],
        ["GET", "/api/v1/namespaces/kube-system/configmaps"],
        ["DELETE", `/apis/rbac.authorization.k8s.io/v1/namespaces/${namespace}/rolebindings/agent`],
        ["DELETE", "/apis/rbac.authorization.k8s.io/v1/clusterroles/agent-read"]
      ] as const)
        assert.strictEqual(yield* code(api, method, path, {}), 403, `${method} ${path}`)
      assert.notStrictEqual(yield* code(api, "GET", "/apis/plane.aiopslab.dev/v1/traffics"), 200)
    })
  )
})

describe("the front that records", () => {
  const recorded = Effect.gen(function* () {
    const { api } = yield* cluster
    const written: Array<Written> = []
    return { api: recording(api, (one) => void written.push(one)), written }
  })
  const keys = (written: ReadonlyArray<Written>) => written.map(({ keys, method }) => [method, ...keys].join(" "))

  it.effect("tells every write with the object it touched", () =>
    Effect.gen(function* () {
      const { api, written } = yield* recorded
      yield* code(api, "POST", `${inside}/configmaps`, { metadata: { name: "c" } })
      yield* code(api, "POST", `${inside}/configmaps`, { metadata: { generateName: "g-" } })
      yield* code(api, "PATCH", `${inside}/configmaps/a`, { data: { x: "1" } })
      yield* code(api, "POST", "/api/v1/namespaces", { metadata: { name: "other" } })
      yield* code(api, "DELETE", "/api/v1/namespaces/other")
      const [, generated = ""] = keys(written)
      assert.match(generated, /^POST configmaps\/shop\/g-\w{5}$/u)
      assert.deepStrictEqual(
        keys(written).filter((key) => key !== generated),
        ["POST configmaps/shop/c", "PATCH configmaps/shop/a", "POST namespaces//other", "DELETE namespaces//other"]
      )
    })
  )

  it.effect("tells all objects of a collection that is deleted", () =>
    Effect.gen(function* () {
      const { api, written } = yield* recorded
      assert.strictEqual(yield* code(api, "DELETE", `${inside}/configmaps`), 200)
      assert.deepStrictEqual(
        written.flatMap((one) => one.keys).filter((key) => !key.endsWith("kube-root-ca.crt")),
        ["configmaps/shop/a", "configmaps/shop/b"]
      )
    })
  )

  it.effect("tells the object of a subresource, in groups as well", () =>
    Effect.gen(function* () {
      const { api, written } = yield* recorded
      const spec = {
        selector: { matchLabels: { a: "b" } },
        template: { metadata: { labels: { a: "b" } }, spec: { containers: [{ name: "c", image: "i" }] } }
      }
      yield* code(api, "POST", `/apis/apps/v1/namespaces/${namespace}/deployments`, { metadata: { name: "d" }, spec })
      assert.strictEqual(
        yield* code(api, "PATCH", `/apis/apps/v1/namespaces/${namespace}/deployments/d/scale`, { spec: { replicas: 3 } }),
        200
      )
      assert.deepStrictEqual(keys(written), ["POST deployments.apps/shop/d", "PATCH deployments.apps/shop/d"])
    })
  )

  it.effect("is silent about reads, refusals, dry runs and questions about oneself", () =>
    Effect.gen(function* () {
      const { api, written } = yield* recorded
      yield* code(api, "GET", `${inside}/configmaps`)
      yield* code(api, "DELETE", `${inside}/configmaps/nope`)
      yield* api.request({
        method: "PATCH",
        path: `${inside}/configmaps/a`,
        body: {},
        contentType: patchTypes.merge,
        query: { dryRun: "All" }
      })
      yield* code(api, "POST", "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews", {
        spec: { resourceAttributes: { verb: "get", resource: "pods" } }
      })
      assert.deepStrictEqual(written, [])
    })
  )

  it.effect("tells exec into a pod, which may change anything", () =>
    Effect.gen(function* () {
      const written: Array<Written> = []
      const { api } = yield* cluster
      const duplex = { send: () => Effect.void, end: () => Effect.void, received: Stream.empty }
      const front = recording({ ...api, connect: () => Effect.succeed(duplex) }, (one) => void written.push(one))
      yield* Effect.scoped(front.connect({ method: "GET", path: `${inside}/pods/geo-1/exec`, query: { command: "ls" } }))
      assert.deepStrictEqual(written, [{ method: "POST", path: `${inside}/pods/geo-1/exec`, keys: ["pods/shop/geo-1"] }])
    })
  )
})
