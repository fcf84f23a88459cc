import type { KubeObject } from "@aiopslab/core/Kubernetes"
import { nearest } from "@aiopslab/core/Nearest"
import * as Normalise from "@aiopslab/core/Normalise"
import { assert, describe, it } from "@effect/vitest"

const deployment = (change: { readonly metadata?: object; readonly spec?: object; readonly status?: object } = {}): KubeObject => ({
  apiVersion: "apps/v1",
  kind: "Deployment",
  metadata: { name: "geo", namespace: "shop", ...change.metadata },
  spec: {
    replicas: 1,
    template: {
      spec: {
        containers: [
          { name: "geo", image: "a", env: [{ name: "X", value: "1" }] },
          { name: "side", image: "b" }
        ]
      }
    },
    ...change.spec
  },
  ...(change.status === undefined ? {} : { status: change.status })
})

const differs = (before: KubeObject, after: KubeObject, resource = "deployments.apps") =>
  Normalise.differences(resource, before, after).map(Normalise.describe)

describe("differences", () => {
  it("do not count the server's bookkeeping, status, and the traces of a restart", () => {
    const after = deployment({
      metadata: {
        resourceVersion: "9",
        uid: "b",
        generation: 4,
        creationTimestamp: "2026-01-01T00:00:00Z",
        managedFields: [{}],
        labels: {},
        annotations: { "deployment.kubernetes.io/revision": "3", "kubectl.kubernetes.io/last-applied-configuration": "{}" }
      },
      status: { replicas: 0 }
    })
    assert.deepStrictEqual(differs(deployment(), after), [])
    const template = (metadata: object) => deployment({ spec: { template: { metadata, spec: {} } } })
    assert.deepStrictEqual(
      differs(template({}), template({ annotations: { "kubectl.kubernetes.io/restartedAt": "x" }, creationTimestamp: null })),
      []
    )
  })

  it("say where, what is, and what was; containers by name, in whatever order", () => {
    const containers = [
      { name: "side", image: "b" },
      {
        name: "geo",
        image: "c",
        env: [
          { name: "X", value: "1" },
          { name: "Y", value: "2" }
        ]
      }
    ]
    const after = deployment({ metadata: { annotations: { note: "mine" } }, spec: { replicas: 0, template: { spec: { containers } } } })
    assert.deepStrictEqual(
      differs(deployment(), after),
      [
        'metadata.annotations.note is "mine", was nothing',
        "spec.replicas is 0, was 1",
        'spec.template.spec.containers[geo].image is "c", was "a"',
        'spec.template.spec.containers[geo].env[Y] is {"name":"Y","value":"2"}, was nothing'
      ].sort((a, b) => order(a) - order(b))
    )
    assert.deepStrictEqual(differs(after, deployment()).length, 4)
  })

  it("see a field that is missing, and one that is being deleted", () => {
    const { spec: _, ...bare } = deployment()
    assert.deepStrictEqual(differs(deployment(), bare)[0], "spec.replicas is nothing, was 1")
    assert.deepStrictEqual(differs(deployment(), deployment({ metadata: { deletionTimestamp: "x" } })), [
      'metadata.deletionTimestamp is "x", was nothing'
    ])
  })

  it("know which resource a rule is for", () => {
    const service = (spec: object): KubeObject => ({ apiVersion: "v1", kind: "Service", metadata: { name: "geo" }, spec })
    assert.deepStrictEqual(differs(service({ clusterIP: "1" }), service({ clusterIP: "2" }), "services"), [])
    assert.deepStrictEqual(differs(service({ clusterIP: "1" }), service({ clusterIP: "2" }), "others").length, 1)
    assert.deepStrictEqual(
      differs(service({ ports: [{ port: 80, targetPort: 80 }] }), service({ ports: [{ port: 80, targetPort: 81 }] }), "services"),
      ["spec.ports[0].targetPort is 81, was 80"]
    )
  })

  it("ignore what a caller adds to the table, with wildcards", () => {
    const after = deployment({
      spec: {
        replicas: 5,
        template: {
          spec: {
            containers: [
              { name: "geo", image: "x", env: [{ name: "X", value: "1" }] },
              { name: "side", image: "y" }
            ]
          }
        }
      }
    })
    const more = [
      ["spec", "replicas"],
      ["spec", "template", "spec", "containers", "*", "image"]
    ].map((path) => ({ path, reason: "test" }))
    assert.deepStrictEqual(Normalise.differences("deployments.apps", deployment(), after, more), [])
  })

  it("have a reason for each ignored field", () => {
    for (const { path, reason } of Normalise.ignoredFields) assert.isNotEmpty(reason, path.join("."))
  })
})

const order = (text: string): number =>
  ["metadata", "spec.replicas", "spec.template.spec.containers[geo].image", "spec.template"].findIndex((start) => text.startsWith(start))

describe("two states", () => {
  const controlled = (name: string): KubeObject => ({
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name, ownerReferences: [{ apiVersion: "apps/v1", kind: "ReplicaSet", name: "geo-1", uid: "u", controller: true }] }
  })
  const before = new Map<string, KubeObject>([
    ["deployments.apps/shop/geo", deployment()],
    ["pods/shop/geo-a", controlled("geo-a")],
    ["endpoints/shop/geo", { apiVersion: "v1", kind: "Endpoints", metadata: { name: "geo" }, subsets: [] }]
  ])

  it("are equal when pods were replaced and endpoints follow them", () => {
    const after = new Map<string, KubeObject>([
      ["deployments.apps/shop/geo", deployment({ metadata: { resourceVersion: "2" } })],
      ["pods/shop/geo-b", controlled("geo-b")]
    ])
    assert.deepStrictEqual(Normalise.differencesOf(before, after), [])
  })

  it("differ by what is gone, changed and new", () => {
    const after = new Map<string, KubeObject>([
      ["configmaps/shop/notes", { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "notes" } }]
    ])
    assert.deepStrictEqual(Normalise.differencesOf(before, after), ["deployments.apps/shop/geo is gone", "configmaps/shop/notes is new"])
    assert.deepStrictEqual(Normalise.differencesOf(before, after, { extra: "allowed" }), ["deployments.apps/shop/geo is gone"])
  })
})

describe("nearest", () => {
  it("finds the word with a slip in it, and nothing far away", () => {
    assert.strictEqual(nearest("hotles", ["hotels", "user"]), "hotels")
    assert.strictEqual(nearest("Hotel", ["hotels", "user"]), "hotels")
    assert.isUndefined(nearest("payment", ["hotels", "user"]))
    assert.isUndefined(nearest("x", []))
  })
})
