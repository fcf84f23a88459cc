import { assert, describe, it } from "@effect/vitest"
import { at, record, records } from "@aiopslab/kubernetes/Json"
import { text } from "@aiopslab/kubernetes/web/Web"
import * as Effect from "effect/Effect"
import * as Bare from "./Bare.ts"

/** The texts are those of kube-apiserver 1.34, asked with the same webhooks. */
const failures: ReadonlyArray<readonly [string, Bare.Answer, string]> = [
  ["with a 500", text(500, "boom\n"), 'failed to call webhook: an error on the server ("boom") has prevented the request from succeeding'],
  ["with a 404", text(404, "404 page not found\n"), "failed to call webhook: the server could not find the requested resource"],
  ["with another uid", { uid: "other", allowed: true }, "received invalid webhook response: expected response.uid="],
  [
    "with a patch that nobody may make",
    Bare.patch({ op: "test" }),
    "received invalid webhook response: validating webhook may not return response.patch"
  ],
  [
    "not at all",
    "dial tcp 127.0.0.1:19: connect: connection refused",
    'failed to call webhook: Post "https://hooks.example/it?timeout=3s": dial tcp 127.0.0.1:19: connect: connection refused'
  ]
]

const refused = (bare: Bare.Bare) =>
  Effect.map(Effect.flip(bare.create(Bare.configMaps, Bare.configMap("a"))), ({ code, message, reason }) => ({ code, message, reason }))

describe("validating webhooks", () => {
  for (const [how, answer, why] of failures) {
    it.effect(`one that answers ${how} refuses, or is ignored`, () =>
      Effect.gen(function* () {
        const bare = yield* Bare.make(() => answer)
        yield* Bare.configure(bare, "Validating", "one", Bare.webhook("it", { timeoutSeconds: 3 }))
        const found = yield* refused(bare)
        assert.deepInclude(found, { code: 500, reason: "InternalError" })
        assert.include(found.message, `Internal error occurred: failed calling webhook "it.example.com": ${why}`)
        const open = yield* Bare.make(() => answer)
        yield* Bare.configure(open, "Validating", "one", Bare.webhook("it", { failurePolicy: "Ignore" }))
        assert.strictEqual((yield* open.create(Bare.configMaps, Bare.configMap("a"))).code, 201)
      })
    )
  }

  it.effect("its refusal is passed on in its words, with its warnings", () =>
    Effect.gen(function* () {
      const bare = yield* Bare.make(({ request }) =>
        request.name === "silent"
          ? { allowed: false, warnings: ["careful"] }
          : { allowed: false, status: { code: 403, reason: "Forbidden", message: `no way for ${request.name}` } }
      )
      yield* Bare.configure(bare, "Validating", "one", Bare.webhook("it"))
      assert.deepStrictEqual(yield* refused(bare), {
        code: 403,
        reason: "Forbidden",
        message: 'admission webhook "it.example.com" denied the request: no way for a'
      })
      const silent = yield* Effect.flip(bare.create(Bare.configMaps, Bare.configMap("silent")))
      assert.deepStrictEqual(
        [silent.code, silent.reason, silent.message, silent.warnings],
        [400, "", 'admission webhook "it.example.com" denied the request without explanation', ["careful"]]
      )
    })
  )

  it.effect("is asked for what its rules, selectors and conditions name, and for nothing else", () =>
    Effect.gen(function* () {
      const bare = yield* Bare.make(() => ({ allowed: true }))
      yield* Bare.configure(
        bare,
        "Validating",
        "one",
        Bare.webhook("labelled", { objectSelector: { matchLabels: { a: "b" } } }),
        Bare.webhook("elsewhere", { namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "other" } } }),
        Bare.webhook("cluster", {
          rules: [{ apiGroups: [""], apiVersions: ["v1"], operations: ["*"], resources: ["*"], scope: "Cluster" }]
        }),
        Bare.webhook("condition", { matchConditions: [{ name: "x", expression: "object.data.a == 'c'" }] }),
        Bare.webhook("deletes", { rules: [{ apiGroups: [""], apiVersions: ["v1"], operations: ["DELETE"], resources: ["configmaps"] }] }),
        Bare.webhook("scaled", { rules: [{ apiGroups: ["apps"], apiVersions: ["v1"], operations: ["*"], resources: ["*/scale"] }] })
      )
      yield* bare.create(Bare.configMaps, Bare.configMap("plain"))
      yield* bare.create(Bare.configMaps, Bare.configMap("labelled", { labels: { a: "b" } }))
      yield* bare.create(Bare.configMaps, { ...Bare.configMap("chosen"), data: { a: "c" } })
      yield* bare.create("/api/v1/namespaces", { apiVersion: "v1", kind: "Namespace", metadata: { name: "other" } })
      yield* bare.create("/api/v1/namespaces/other/configmaps", Bare.configMap("there"))
      yield* bare.request({ method: "DELETE", path: `${Bare.configMaps}/plain` })
      const template = { metadata: { labels: { a: "b" } }, spec: { containers: [{ name: "x", image: "y" }] } }
      const deployments = "/apis/apps/v1/namespaces/default/deployments"
      const spec = { selector: { matchLabels: { a: "b" } }, template }
      yield* bare.create(deployments, { apiVersion: "apps/v1", kind: "Deployment", metadata: { name: "web" }, spec })
      const merge = { body: { spec: { replicas: 2 } }, contentType: "application/merge-patch+json" }
      yield* bare.request({ method: "PATCH", path: `${deployments}/web/scale`, ...merge })
      assert.deepStrictEqual(
        bare.asked.map(({ path, request }) => [path, request.operation, request.name, request.kind.kind]),
        [
          ["/labelled", "CREATE", "labelled", "ConfigMap"],
          ["/condition", "CREATE", "chosen", "ConfigMap"],
          ["/cluster", "CREATE", "other", "Namespace"],
          ["/elsewhere", "CREATE", "there", "ConfigMap"],
          ["/deletes", "DELETE", "plain", "ConfigMap"],
          ["/scaled", "UPDATE", "web", "Scale"]
        ]
      )
      assert.isNull(bare.asked[4]?.request.object)
      assert.strictEqual(bare.asked[4]?.request.oldObject?.metadata.name, "plain")
    })
  )

  it.effect("a version that its rules don't name is converted, unless it wants an exact match", () =>
    Effect.gen(function* () {
      const bare = yield* Bare.make(() => ({ allowed: true }))
      const rules = [{ apiGroups: ["autoscaling"], apiVersions: ["v1"], operations: ["*"], resources: ["horizontalpodautoscalers"] }]
      yield* Bare.configure(
        bare,
        "Validating",
        "one",
        Bare.webhook("same", { rules }),
        Bare.webhook("exact", { rules, matchPolicy: "Exact" })
      )
      const target = { scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name: "web" }, maxReplicas: 3 }
      yield* bare.create("/apis/autoscaling/v2/namespaces/default/horizontalpodautoscalers", {
        apiVersion: "autoscaling/v2",
        kind: "HorizontalPodAutoscaler",
        metadata: { name: "web" },
        spec: {
          ...target,
          metrics: [{ type: "Resource", resource: { name: "cpu", target: { type: "Utilization", averageUtilization: 70 } } }]
        }
      })
      assert.deepStrictEqual(
        bare.asked.map(({ path, request }) => [path, request.kind.version, request.object?.apiVersion]),
        [["/same", "v1", "autoscaling/v1"]]
      )
      assert.deepInclude(record(bare.asked[0]?.request.object?.["spec"]), { targetCPUUtilizationPercentage: 70 })
    })
  )

  it.effect("a dry run is for webhooks without side effects", () =>
    Effect.gen(function* () {
      const bare = yield* Bare.make(() => ({ allowed: true }))
      yield* Bare.configure(bare, "Validating", "one", Bare.webhook("it", { sideEffects: "NoneOnDryRun" }))
      yield* bare.create(Bare.configMaps, Bare.configMap("a"), { dryRun: "All" })
      assert.isTrue(bare.asked[0]?.request.dryRun)
      const path = `${Bare.configMaps}/a`
      assert.strictEqual((yield* Effect.flip(bare.request({ method: "GET", path }))).code, 404)
    })
  )
})

describe("mutating webhooks", () => {
  it.effect("see what the one before made of the object; the server's defaults follow; IfNeeded sees later changes", () =>
    Effect.gen(function* () {
      const bare = yield* Bare.make(({ path, request }) => {
        const labels = request.object?.metadata.labels ?? {}
        if (path === "/first")
          return Bare.patch({ op: "add", path: "/metadata/labels", value: { ...labels, first: String(Object.keys(labels).length) } })
        return Bare.patch({ op: "add", path: "/metadata/labels/second", value: "yes" })
      })
      yield* Bare.configure(bare, "Mutating", "a", Bare.webhook("first", { reinvocationPolicy: "IfNeeded" }))
      yield* Bare.configure(bare, "Mutating", "b", Bare.webhook("second"))
      const { body } = yield* bare.create(Bare.configMaps, { ...Bare.configMap(""), metadata: { generateName: "gen-" } })
      assert.deepStrictEqual(at(body, "metadata", "labels"), { first: "2", second: "yes" })
      assert.match(String(at(body, "metadata", "name")), /^gen-.{5}$/u)
      assert.deepStrictEqual(
        bare.asked.map(({ path, request }) => [path, request.name, request.object?.metadata.uid]),
        [
          ["/first", undefined, undefined],
          ["/second", undefined, undefined],
          ["/first", undefined, undefined]
        ]
      )
    })
  )

  it.effect("what is patched in is defaulted and validated", () =>
    Effect.gen(function* () {
      const pods = { rules: [{ apiGroups: [""], apiVersions: ["v1"], operations: ["CREATE"], resources: ["pods"] }] }
      const bare = yield* Bare.make(({ request }) =>
        Bare.patch({ op: "add", path: "/spec/containers/-", value: { name: request.name === "bad" ? "NO" : "side", image: "busybox" } })
      )
      yield* Bare.configure(bare, "Mutating", "a", Bare.webhook("sidecar", pods))
      const pod = (name: string) => ({
        apiVersion: "v1",
        kind: "Pod",
        metadata: { name },
        spec: { containers: [{ name: "x", image: "y" }] }
      })
      const { body } = yield* bare.create("/api/v1/namespaces/default/pods", pod("good"))
      assert.deepInclude(records(at(body, "spec", "containers"))[1], {
        name: "side",
        terminationMessagePath: "/dev/termination-log",
        imagePullPolicy: "Always"
      })
      const bad = yield* Effect.flip(bare.create("/api/v1/namespaces/default/pods", pod("bad")))
      assert.include(bad.message, 'spec.containers[1].name: Invalid value: "NO"')
    })
  )

  it.effect("a configuration is not asked about itself", () =>
    Effect.gen(function* () {
      const bare = yield* Bare.make(() => ({ allowed: false }))
      const rules = [{ apiGroups: ["*"], apiVersions: ["*"], operations: ["*"], resources: ["*"] }]
      yield* Bare.configure(bare, "Validating", "all", Bare.webhook("all", { rules }))
      assert.strictEqual((yield* refused(bare)).code, 400)
      const path = "/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations/all"
      assert.strictEqual((yield* bare.request({ method: "DELETE", path })).code, 200)
      assert.strictEqual((yield* bare.create(Bare.configMaps, Bare.configMap("a"))).code, 201)
    })
  )
})
