import type { KubeApi, KubeObject } from "@aiopslab/core/Kubernetes"
import { admin } from "@aiopslab/core/Kubernetes"
import * as JsonPath from "@aiopslab/kubernetes/custom/JsonPath"
import * as MemoryHost from "@aiopslab/kubernetes/MemoryHost"
import * as Server from "@aiopslab/kubernetes/Server"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"

const definitions = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"
const widgets = "/apis/example.io/v1/namespaces/default/widgets"

const definition = {
  apiVersion: "apiextensions.k8s.io/v1",
  kind: "CustomResourceDefinition",
  metadata: { name: "widgets.example.io" },
  spec: {
    group: "example.io",
    scope: "Namespaced",
    names: { plural: "widgets", kind: "Widget" },
    versions: [
      {
        name: "v1",
        served: true,
        storage: true,
        schema: { openAPIV3Schema: { type: "object", "x-kubernetes-preserve-unknown-fields": true } }
      }
    ]
  }
}

const widget = (name: string, more: Readonly<Record<string, unknown>> = {}) => ({
  apiVersion: "example.io/v1",
  kind: "Widget",
  metadata: { name, ...more }
})

const post = (api: KubeApi, path: string, body: unknown) => api.request({ method: "POST", path, body })
const code = (api: KubeApi, method: "GET" | "DELETE", path: string) =>
  api.request({ method, path }).pipe(
    Effect.map((reply) => reply.code),
    Effect.catch((status) => Effect.succeed(status.code))
  )

const started = Effect.gen(function* () {
  const host = yield* MemoryHost.make()
  return { host, api: Server.make({ host }).api(admin) }
})

describe("a custom resource", () => {
  it.effect("is served from the write of its definition on, and no longer than the definition", () =>
    Effect.gen(function* () {
      const { api } = yield* started
      assert.strictEqual(yield* code(api, "GET", widgets), 404)
      yield* post(api, definitions, definition)
      yield* post(api, widgets, widget("a"))
      assert.strictEqual(yield* code(api, "GET", `${widgets}/a`), 200)
      assert.strictEqual(yield* code(api, "DELETE", `${definitions}/widgets.example.io`), 200)
      assert.strictEqual(yield* code(api, "GET", widgets), 404)
      yield* post(api, definitions, definition)
      assert.strictEqual(yield* code(api, "GET", `${widgets}/a`), 404)
    })
  )

  it.effect("with a finalizer holds its definition, until the finalizer goes", () =>
    Effect.gen(function* () {
      const { api } = yield* started
      yield* post(api, definitions, definition)
      yield* post(api, widgets, widget("a", { finalizers: ["example.io/held"] }))
      yield* api.request({ method: "DELETE", path: `${definitions}/widgets.example.io` })
      assert.strictEqual(yield* code(api, "GET", `${definitions}/widgets.example.io`), 200)
      const body = { metadata: { finalizers: null } }
      yield* api.request({ method: "PATCH", path: `${widgets}/a`, body, contentType: "application/merge-patch+json" })
      assert.strictEqual(yield* code(api, "GET", `${definitions}/widgets.example.io`), 404)
    })
  )
})

describe("JSONPath", () => {
  const object: Pick<KubeObject, "kind"> & Readonly<Record<string, unknown>> = {
    kind: "X",
    spec: { size: 3, list: [{ n: "a" }, { n: "b" }], "a.b/c": 1 },
    status: {
      conditions: [
        { type: "Ready", status: "True" },
        { type: "Other", status: "False" }
      ]
    }
  }
  const cases: ReadonlyArray<readonly [string, ReadonlyArray<unknown>]> = [
    [".spec.size", [3]],
    [".spec.list[1].n", ["b"]],
    [".spec.list[*].n", ["a", "b"]],
    ['.status.conditions[?(@.type=="Ready")].status', ["True"]],
    [".spec['a.b/c']", [1]],
    [".spec.nope", []],
    [".spec[", []]
  ]
  for (const [path, values] of cases) {
    it(`${path} gives ${JSON.stringify(values)}`, () => assert.deepStrictEqual(JsonPath.values(object, path), values))
  }
})
