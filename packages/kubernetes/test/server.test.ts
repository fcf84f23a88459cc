import type { Identity, KubeApi, KubeObject, KubeReply, WatchEvent } from "@aiopslab/core/Kubernetes"
import { admin, KubeStatus, patchTypes } from "@aiopslab/core/Kubernetes"
import * as MemoryHost from "@aiopslab/kubernetes/MemoryHost"
import * as Scheme from "@aiopslab/kubernetes/Scheme"
import * as Server from "@aiopslab/kubernetes/Server"
import * as Store from "@aiopslab/kubernetes/Store"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Queue from "effect/Queue"
import * as Stream from "effect/Stream"
import * as TestClock from "effect/testing/TestClock"

const user: Identity = { user: "ann", groups: [] }
const pods = "/api/v1/namespaces/default/pods"

const pod = (name: string, more: Readonly<Record<string, unknown>> = {}): unknown => ({
  apiVersion: "v1",
  kind: "Pod",
  metadata: { name, labels: { app: name } },
  spec: { containers: [{ name: "c", image: "nginx:1" }], ...more }
})

const bare = Effect.gen(function* () {
  const host = yield* MemoryHost.make()
  const scheme = Scheme.make([
    { group: "plane.aiopslab.dev", version: "v1", kind: "Traffic", plural: "traffics", namespaced: true, hidden: true }
  ])
  const server = Server.make({ host, scheme, hiddenNamespaces: ["plane"] })
  return { host, server, api: server.api(admin) }
})

const post = (api: KubeApi, path: string, body: unknown) => api.request({ method: "POST", path, body })
const names = (reply: KubeReply): unknown => JSON.parse(JSON.stringify(reply.body)).items.map((item: KubeObject) => item.metadata.name)
const refused = <A>(effect: Effect.Effect<A, KubeStatus>) => Effect.map(Effect.flip(effect), ({ code, message }) => ({ code, message }))

const grant = (api: KubeApi, verbs: ReadonlyArray<string>, resources: ReadonlyArray<string>) =>
  Effect.gen(function* () {
    yield* post(api, "/apis/rbac.authorization.k8s.io/v1/clusterroles", {
      metadata: { name: "r" },
      rules: [{ apiGroups: ["*"], resources, verbs }]
    })
    yield* post(api, "/apis/rbac.authorization.k8s.io/v1/clusterrolebindings", {
      metadata: { name: "r" },
      roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: "r" },
      subjects: [{ apiGroup: "rbac.authorization.k8s.io", kind: "User", name: "ann" }]
    })
  })

describe("lists", () => {
  it.effect("take label and field selectors, and pages", () =>
    Effect.gen(function* () {
      const { api } = yield* bare
      for (const name of ["a", "b", "c"]) yield* post(api, pods, pod(name, name === "b" ? { nodeName: "n1" } : {}))
      assert.deepStrictEqual(names(yield* api.request({ method: "GET", path: pods, query: { labelSelector: "app in (a,c)" } })), ["a", "c"])
      assert.deepStrictEqual(
        names(yield* api.request({ method: "GET", path: "/api/v1/pods", query: { fieldSelector: "spec.nodeName=n1" } })),
        ["b"]
      )
      const first = yield* api.request({ method: "GET", path: pods, query: { limit: "2" } })
      assert.deepStrictEqual(names(first), ["a", "b"])
      const token: string = JSON.parse(JSON.stringify(first.body)).metadata.continue
      assert.deepStrictEqual(names(yield* api.request({ method: "GET", path: pods, query: { limit: "2", continue: token } })), ["c"])
    })
  )
})

describe("watch", () => {
  it.effect("tells what a selector begins and ceases to match", () =>
    Effect.gen(function* () {
      const { api, host } = yield* bare
      const { revision } = yield* host.store
      const events = yield* api
        .watch({ method: "GET", path: pods, query: { resourceVersion: String(revision), labelSelector: "app=a" } })
        .pipe(
          Stream.take(3),
          Stream.map(({ object, type }) => `${type} ${object.metadata.name}`),
          Stream.runCollect,
          Effect.forkChild({ startImmediately: true })
        )
      yield* post(api, pods, pod("b"))
      yield* post(api, pods, pod("a"))
      const label = (app: string, contentType: string) =>
        api.request({ method: "PATCH", path: `${pods}/a`, body: { metadata: { labels: { app } } }, contentType })
      yield* label("x", patchTypes.merge)
      yield* label("a", patchTypes.strategic)
      assert.deepStrictEqual(yield* Fiber.join(events), ["ADDED a", "DELETED a", "ADDED a"])
    })
  )

  it.effect("begins with what is there, then a bookmark, when asked", () =>
    Effect.gen(function* () {
      const { api } = yield* bare
      yield* post(api, pods, pod("a"))
      const query = { sendInitialEvents: "true", allowWatchBookmarks: "true", resourceVersionMatch: "NotOlderThan" }
      const events = yield* api.watch({ method: "GET", path: pods, query }).pipe(Stream.take(2), Stream.runCollect)
      assert.deepStrictEqual(
        events.map(({ type }) => type),
        ["ADDED", "BOOKMARK"]
      )
      assert.strictEqual(events[1]?.object.metadata.annotations?.["k8s.io/initial-events-end"], "true")
    })
  )

  it.effect("sends who wants them bookmarks each minute, and when much happened that is not for it", () =>
    Effect.gen(function* () {
      const { api } = yield* bare
      const heard = yield* Queue.unbounded<WatchEvent>()
      const next = Effect.map(Queue.take(heard), ({ object, type }) => ({ type, revision: Number(object.metadata.resourceVersion) }))
      const revision = (reply: KubeReply): number => Number(JSON.parse(JSON.stringify(reply.body)).metadata.resourceVersion)
      const query = { allowWatchBookmarks: "true", resourceVersion: "0" }
      yield* api.watch({ method: "GET", path: pods, query }).pipe(
        Stream.runForEach((event) => Queue.offer(heard, event)),
        Effect.forkChild({ startImmediately: true })
      )
      const first = revision(yield* post(api, pods, pod("a")))
      assert.deepStrictEqual(yield* next, { type: "ADDED", revision: first })
      yield* TestClock.adjust("1 minute")
      assert.deepStrictEqual(yield* next, { type: "BOOKMARK", revision: first })
      for (let i = 0; i < 500; i++) {
        yield* post(api, "/api/v1/namespaces/default/configmaps", { apiVersion: "v1", kind: "ConfigMap", metadata: { name: `c${i}` } })
      }
      assert.deepStrictEqual(yield* next, { type: "BOOKMARK", revision: first + 500 })
      const second = revision(yield* post(api, pods, pod("b")))
      assert.deepStrictEqual(yield* next, { type: "ADDED", revision: second })
    })
  )

  it.effect("fails with 410 when the revision was compacted away", () =>
    Effect.gen(function* () {
      const { api, host } = yield* bare
      yield* post(api, pods, pod("a"))
      yield* host.restore(Store.compact(yield* host.store))
      const failure = yield* api.watch({ method: "GET", path: pods, query: { resourceVersion: "2" } }).pipe(Stream.runDrain, refused)
      assert.strictEqual(failure.code, 410)
    })
  )
})

describe("RBAC", () => {
  it.effect("refuses in the server's words", () =>
    Effect.gen(function* () {
      const { server } = yield* bare
      const api = server.api(user)
      assert.deepStrictEqual(yield* refused(api.request({ method: "GET", path: "/api/v1/namespaces/x/pods" })), {
        code: 403,
        message: 'pods is forbidden: User "ann" cannot list resource "pods" in API group "" in the namespace "x"'
      })
      assert.deepStrictEqual(yield* refused(api.request({ method: "DELETE", path: "/apis/apps/v1/namespaces/x/deployments/web" })), {
        code: 403,
        message:
          'deployments.apps "web" is forbidden: User "ann" cannot delete resource "deployments" in API group "apps" in the namespace "x"'
      })
      assert.deepStrictEqual(yield* refused(api.request({ method: "GET", path: "/api/v1/nodes" })), {
        code: 403,
        message: 'nodes is forbidden: User "ann" cannot list resource "nodes" in API group "" at the cluster scope'
      })
    })
  )

  it.effect("allows what a role aggregates through another: admin through edit what view has", () =>
    Effect.gen(function* () {
      const { api, server } = yield* bare
      yield* post(api, "/apis/rbac.authorization.k8s.io/v1/clusterrolebindings", {
        metadata: { name: "r" },
        roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: "admin" },
        subjects: [{ apiGroup: "rbac.authorization.k8s.io", kind: "User", name: "ann" }]
      })
      yield* post(api, pods, pod("a"))
      assert.strictEqual((yield* server.api(user).request({ method: "GET", path: `${pods}/a` })).code, 200)
    })
  )

  it.effect("allows what a binding grants, and nothing beside it", () =>
    Effect.gen(function* () {
      const { api, server } = yield* bare
      yield* grant(api, ["get", "list"], ["pods"])
      const ann = server.api(user)
      assert.deepStrictEqual(names(yield* ann.request({ method: "GET", path: pods })), [])
      assert.strictEqual((yield* refused(post(ann, pods, pod("a")))).code, 403)
      const review = (verb: string) =>
        post(ann, "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews", {
          spec: { resourceAttributes: { verb, resource: "pods", namespace: "default" } }
        }).pipe(Effect.map((reply) => JSON.parse(JSON.stringify(reply.body)).status.allowed))
      assert.isTrue(yield* review("list"))
      assert.isFalse(yield* review("delete"))
    })
  )
})

describe("what is hidden", () => {
  it.effect("does not exist for an administrator who is no master", () =>
    Effect.gen(function* () {
      const { api, server } = yield* bare
      yield* grant(api, ["*"], ["*"])
      yield* post(api, "/api/v1/namespaces", { metadata: { name: "plane" } })
      yield* post(api, "/api/v1/namespaces/plane/pods", pod("secret"))
      yield* post(api, "/apis/plane.aiopslab.dev/v1/namespaces/default/traffics", { metadata: { name: "t" }, spec: { rate: 1 } })
      assert.deepStrictEqual(names(yield* api.request({ method: "GET", path: "/apis/plane.aiopslab.dev/v1/traffics" })), ["t"])

      const ann = server.api(user)
      const unknown = yield* refused(ann.request({ method: "GET", path: "/apis/nope.dev/v1/things" }))
      assert.deepStrictEqual(yield* refused(ann.request({ method: "GET", path: "/apis/plane.aiopslab.dev/v1/traffics" })), unknown)
      assert.strictEqual((yield* refused(ann.request({ method: "GET", path: "/apis/plane.aiopslab.dev/v1" }))).code, 404)
      const groups = JSON.stringify((yield* ann.request({ method: "GET", path: "/apis" })).body)
      assert.notInclude(groups, "plane")
      assert.deepStrictEqual(names(yield* ann.request({ method: "GET", path: "/api/v1/pods" })), [])
      assert.notInclude(JSON.stringify(names(yield* ann.request({ method: "GET", path: "/api/v1/namespaces" }))), "plane")
      assert.deepStrictEqual(yield* refused(post(ann, "/api/v1/namespaces/plane/pods", pod("x"))), {
        code: 404,
        message: 'namespaces "plane" not found'
      })
      assert.deepStrictEqual(yield* refused(ann.request({ method: "DELETE", path: "/api/v1/namespaces/plane/pods/secret" })), {
        code: 404,
        message: 'pods "secret" not found'
      })
    })
  )
})

describe("writes", () => {
  it.effect("a dry run changes nothing", () =>
    Effect.gen(function* () {
      const { api, host } = yield* bare
      const before = yield* host.store
      const reply = yield* api.request({ method: "POST", path: pods, body: pod("a"), query: { dryRun: "All" } })
      assert.strictEqual(reply.code, 201)
      assert.strictEqual(yield* host.store, before)
    })
  )

  it.effect("a status write leaves the spec, any other leaves the status", () =>
    Effect.gen(function* () {
      const { api } = yield* bare
      yield* post(api, pods, pod("a"))
      const patch = (path: string, body: unknown) => api.request({ method: "PATCH", path, body, contentType: patchTypes.merge })
      yield* patch(`${pods}/a/status`, { status: { phase: "Running" }, spec: { nodeName: "n" }, metadata: { labels: { x: "y" } } })
      const { body } = yield* patch(`${pods}/a`, { status: { phase: "Failed" }, metadata: { labels: { z: "1" } } })
      const object: KubeObject = JSON.parse(JSON.stringify(body))
      assert.deepStrictEqual(object["status"], { phase: "Running", qosClass: "BestEffort" })
      // the endpoint of the status writes metadata too: seen on kube-apiserver 1.34
      assert.deepStrictEqual(object.metadata.labels, { app: "a", x: "y", z: "1" })
      assert.notProperty(object["spec"], "nodeName")
      assert.strictEqual(object.metadata.generation, 1)
    })
  )

  it.effect("two equal histories give equal objects", () =>
    Effect.gen(function* () {
      const run = Effect.gen(function* () {
        const { api, host } = yield* bare
        yield* post(api, pods, { ...Object(pod("x")), metadata: { generateName: "x-" } })
        yield* post(api, "/api/v1/namespaces/default/services", { metadata: { name: "s" }, spec: { ports: [{ port: 80 }] } })
        const store = yield* host.store
        return JSON.stringify(Store.resources(store).map((resource) => Store.list(store, resource)))
      })
      assert.strictEqual(yield* run, yield* run)
    })
  )

  it.effect("a binding assigns a pod once", () =>
    Effect.gen(function* () {
      const { api } = yield* bare
      yield* post(api, pods, pod("a"))
      const bind = post(api, `${pods}/a/binding`, { metadata: { name: "a" }, target: { kind: "Node", name: "n1" } })
      assert.strictEqual((yield* bind).code, 201)
      assert.deepStrictEqual(yield* refused(bind), {
        code: 409,
        message: 'Operation cannot be fulfilled on pods/binding "a": pod a is already assigned to node "n1"'
      })
    })
  )

  it.effect("an eviction that its body calls dry changes nothing", () =>
    Effect.gen(function* () {
      const { api } = yield* bare
      yield* post(api, pods, pod("a", { nodeName: "n1" }))
      const evict = (deleteOptions: unknown) =>
        post(api, `${pods}/a/eviction`, { metadata: { name: "a", namespace: "default" }, deleteOptions })
      const left = Effect.map(api.request({ method: "GET", path: pods }), names)
      assert.strictEqual((yield* evict({ dryRun: ["All"], gracePeriodSeconds: 0 })).code, 201)
      assert.deepStrictEqual(yield* left, ["a"])
      assert.strictEqual((yield* evict({ gracePeriodSeconds: 0 })).code, 201)
      assert.deepStrictEqual(yield* left, [])
    })
  )

  it.effect("a disruption budget refuses an eviction", () =>
    Effect.gen(function* () {
      const { api } = yield* bare
      yield* post(api, pods, pod("a", { nodeName: "n1" }))
      yield* api.request({
        method: "PATCH",
        path: `${pods}/a/status`,
        body: { status: { phase: "Running" } },
        contentType: patchTypes.merge
      })
      yield* post(api, "/apis/policy/v1/namespaces/default/poddisruptionbudgets", {
        metadata: { name: "b" },
        spec: { minAvailable: 1, selector: { matchLabels: { app: "a" } } }
      })
      const failure = yield* refused(post(api, `${pods}/a/eviction`, { metadata: { name: "a" } }))
      assert.deepStrictEqual(failure, { code: 429, message: "Cannot evict pod as it would violate the pod's disruption budget." })
    })
  )
})

describe("logs", () => {
  it.effect("ask for a container when there are several", () =>
    Effect.gen(function* () {
      const { api } = yield* bare
      yield* post(
        api,
        pods,
        pod("a", {
          containers: [
            { name: "c", image: "x" },
            { name: "d", image: "x" }
          ]
        })
      )
      assert.deepStrictEqual(yield* refused(api.request({ method: "GET", path: `${pods}/a/log` })), {
        code: 400,
        message: "a container name must be specified for pod a, choose one of: [c d]"
      })
      assert.strictEqual((yield* api.request({ method: "GET", path: `${pods}/a/log`, query: { container: "d" } })).body, "")
    })
  )
})
