/** The requests that sequences are made of, and what they are about. */
import type { KubeRequest } from "@aiopslab/core/Kubernetes"
import { patchTypes } from "@aiopslab/core/Kubernetes"

type Query = Readonly<Record<string, string>>

export const core = "/api/v1/namespaces/default"
export const apps = "/apis/apps/v1/namespaces/default"

export const by = (manager: string, more: Query = {}): Query => ({ fieldManager: manager, ...more })

export const post = (path: string, body: unknown, query: Query = {}): KubeRequest => ({ method: "POST", path, body, query })
export const put = (path: string, body: unknown, query: Query = {}): KubeRequest => ({ method: "PUT", path, body, query })
export const get = (path: string): KubeRequest => ({ method: "GET", path })
const patch =
  (contentType: string) =>
  (path: string, body: unknown, query: Query = {}): KubeRequest => ({ method: "PATCH", path, body, query, contentType })
export const merge = patch(patchTypes.merge)
export const strategic = patch(patchTypes.strategic)
export const json = patch(patchTypes.json)
export const apply = patch(patchTypes.apply)

export const config = (name: string, data: unknown, metadata: object = {}) => ({
  apiVersion: "v1",
  kind: "ConfigMap",
  metadata: { name, ...metadata },
  ...(data === undefined ? {} : { data })
})

export const labels = { app: "x" }
export const container = { name: "c", image: "i", ports: [{ containerPort: 80 }] }
export const deployment = (name: string, spec: object = {}, pod: object = {}) => ({
  apiVersion: "apps/v1",
  kind: "Deployment",
  metadata: { name, labels },
  spec: {
    selector: { matchLabels: labels },
    template: { metadata: { labels }, spec: { containers: [container], ...pod } },
    ...spec
  }
})

export const maps = `${core}/configmaps`
export const deployments = `${apps}/deployments`
export const entry = { manager: "q", operation: "Update", apiVersion: "v1", time: "2020-01-01T00:00:00Z", fieldsType: "FieldsV1" }
const lastApplied = "kubectl.kubernetes.io/last-applied-configuration"
export const clientSide = (name: string, data: object) =>
  config(name, data, { annotations: { [lastApplied]: `${JSON.stringify(config(name, data))}\n` } })

export const finalized = {
  ...deployment("p"),
  metadata: { name: "p", labels: { l: "1", m: "2" }, finalizers: ["x.y/a", "x.y/b"] },
  spec: {
    ...deployment("p").spec,
    template: {
      metadata: { labels },
      spec: {
        volumes: [{ name: "v", emptyDir: {} }],
        containers: [
          {
            ...container,
            ports: [{ containerPort: 80 }, { containerPort: 81 }],
            env: [
              { name: "A", value: "1" },
              { name: "B", value: "2" }
            ],
            args: ["x", "y"]
          },
          { name: "d", image: "j" }
        ]
      }
    }
  }
}

/** Each patch of an object of its own. */
export const patches = (
  send: typeof strategic,
  url: string,
  object: object,
  bodies: ReadonlyArray<unknown>,
  prefix: string
): ReadonlyArray<KubeRequest> =>
  bodies.flatMap((body, i) => {
    const name = `${prefix}${i}`
    return [
      post(url, { ...object, metadata: { ...Object(Object(object).metadata), name } }, by("a")),
      send(`${url}/${name}`, body, by("b"))
    ]
  })

/** A custom resource with a list of each kind. */
export const definition = {
  apiVersion: "apiextensions.k8s.io/v1",
  kind: "CustomResourceDefinition",
  metadata: { name: "gadgets.example.io" },
  spec: {
    group: "example.io",
    scope: "Namespaced",
    names: { plural: "gadgets", singular: "gadget", kind: "Gadget", listKind: "GadgetList" },
    versions: [
      {
        name: "v1",
        served: true,
        storage: true,
        schema: {
          openAPIV3Schema: {
            type: "object",
            properties: {
              spec: {
                type: "object",
                properties: {
                  parts: {
                    type: "array",
                    "x-kubernetes-list-type": "map",
                    "x-kubernetes-list-map-keys": ["name"],
                    items: {
                      type: "object",
                      required: ["name"],
                      properties: { name: { type: "string" }, size: { type: "integer" }, color: { type: "string", default: "red" } }
                    }
                  },
                  tags: { type: "array", "x-kubernetes-list-type": "set", items: { type: "string" } },
                  whole: { type: "array", items: { type: "string" } },
                  empty: { type: "array", "x-kubernetes-list-type": "set", items: { type: "string" } },
                  no: { type: "boolean" },
                  free: { type: "object", "x-kubernetes-preserve-unknown-fields": true }
                }
              }
            }
          }
        }
      }
    ]
  }
}

export const gadgets = "/apis/example.io/v1/namespaces/default/gadgets/g1"

export const gadget = (spec: object) => ({ apiVersion: "example.io/v1", kind: "Gadget", metadata: { name: "g1" }, spec })
