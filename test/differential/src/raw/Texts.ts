/** Answers that are compared byte by byte, but for what differs by nature: in which order fields, maps and custom resources are written. */
import type { RawRequest } from "./Requests.ts"

type Body = Readonly<Record<string, unknown>>

const bodied = (line: string, object: Body, ...headers: ReadonlyArray<string>): Pick<RawRequest, "head" | "body"> => {
  const body = Buffer.from(JSON.stringify(object))
  return { head: [`${line} HTTP/1.1`, "Content-Type: application/json", `Content-Length: ${body.length}`, ...headers], body }
}

const text = (name: string, request: Pick<RawRequest, "head" | "body">): RawRequest => ({ name, ...request, as: "text" })

const get = (name: string, target: string, ...headers: ReadonlyArray<string>): RawRequest =>
  text(name, { head: [`GET ${target} HTTP/1.1`, ...headers] })

const pods = "/api/v1/namespaces/NAMESPACE/pods"
const widgets = "/apis/texts.example.io/v1/namespaces/NAMESPACE/widgets"
const definitions = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"
const labels = { zone: "a", "10": "ten", "2": "two", app: "shop" }

const definition = {
  spec: {
    versions: [
      {
        storage: true,
        schema: {
          openAPIV3Schema: {
            "x-kubernetes-preserve-unknown-fields": true,
            properties: {
              zeta: { type: "object", additionalProperties: { type: "string" }, default: { z: "1", a: "2" } },
              alpha: { type: "integer" }
            },
            type: "object"
          }
        },
        name: "v1",
        served: true
      }
    ],
    names: { plural: "widgets", kind: "Widget" },
    group: "texts.example.io",
    scope: "Namespaced"
  },
  metadata: { name: "widgets.texts.example.io" },
  kind: "CustomResourceDefinition",
  apiVersion: "apiextensions.k8s.io/v1"
}

const pod = {
  spec: {
    nodeSelector: { disk: "ssd", arch: "arm" },
    containers: [
      {
        resources: { requests: { memory: "64Mi", cpu: "100m" }, limits: { memory: "128Mi", cpu: "1" } },
        env: [{ value: "b", name: "A" }],
        image: "nginx",
        name: "c"
      }
    ]
  },
  metadata: { labels, annotations: { z: "<shop> & more", a: '{"x":1}' }, name: "texts" },
  kind: "Pod",
  apiVersion: "v1"
}

const deployment = {
  apiVersion: "apps/v1",
  kind: "Deployment",
  metadata: { name: "texts" },
  spec: {
    template: { spec: { containers: [{ name: "c", image: "nginx" }] }, metadata: { labels: { tier: "x", app: "y" } } },
    selector: { matchLabels: { tier: "x", app: "y" } }
  }
}

const widget = {
  zeta: { y: "1", b: "2" },
  spec: { list: [{ q: 1, b: { d: 1, a: 2 } }] },
  alpha: 1,
  kind: "Widget",
  apiVersion: "texts.example.io/v1"
}

const metadataOnly = (list: "" | "List"): string => `Accept: application/json;as=PartialObjectMetadata${list};v=v1;g=meta.k8s.io`

/** In order: what is made is read. */
export const texts: ReadonlyArray<RawRequest> = [
  text("text: a definition made", bodied(`POST ${definitions}`, definition)),
  text(
    "text: a config map made",
    bodied("POST /api/v1/namespaces/NAMESPACE/configmaps", {
      data: { z: "1", a: "<b>", "10": "x", "9": "y" },
      metadata: { labels, name: "texts" },
      kind: "ConfigMap",
      apiVersion: "v1"
    })
  ),
  text("text: a service account made", bodied("POST /api/v1/namespaces/NAMESPACE/serviceaccounts", { metadata: { name: "default" } })),
  text("text: a pod made", bodied(`POST ${pods}`, pod)),
  text("text: a deployment made", bodied("POST /apis/apps/v1/namespaces/NAMESPACE/deployments", deployment)),
  { ...text("text: a moment for the definition", { head: [`GET ${widgets} HTTP/1.1`] }), settles: true },
  text("text: a custom resource made", bodied(`POST ${widgets}`, { ...widget, metadata: { name: "w", labels } })),
  text("text: one with a default", bodied(`POST ${widgets}`, { ...widget, zeta: undefined, metadata: { name: "d" } })),
  get("text: a pod", `${pods}/texts`),
  get("text: a pod for people", `${pods}/texts?pretty=true`),
  get("text: a pod for curl", `${pods}/texts`, "User-Agent: curl/8.0"),
  get("text: a pod for a browser that likes lines", `${pods}/texts?pretty=0`, "User-Agent: Mozilla/5.0 (X11)"),
  get("text: pods", pods),
  get("text: a pod's metadata", `${pods}/texts`, metadataOnly("")),
  get("text: metadata of pods", pods, metadataOnly("List")),
  get("text: pods heard of", `${pods}?watch=1&timeoutSeconds=1`),
  get("text: a page of config maps", "/api/v1/namespaces/NAMESPACE/configmaps?limit=500"),
  get("text: a deployment", "/apis/apps/v1/namespaces/NAMESPACE/deployments/texts"),
  get("text: its scale", "/apis/apps/v1/namespaces/NAMESPACE/deployments/texts/scale"),
  get("text: a custom resource", `${widgets}/w`),
  get("text: a custom resource for people", `${widgets}/w?pretty=1`),
  get("text: custom resources", widgets),
  get("text: custom resources heard of", `${widgets}?watch=1&timeoutSeconds=1`),
  get("text: metadata of custom resources", widgets, metadataOnly("List")),
  get("text: nothing there", `${pods}/none`),
  get("text: nothing there, for people", `${pods}/none?pretty=true`),
  text("text: what is refused", bodied(`POST ${pods}`, { ...pod, metadata: { name: "Bad", labels: { "b/c/d": "x" } } })),
  text("text: a pod patched", {
    head: [`PATCH ${pods}/texts HTTP/1.1`, "Content-Type: application/merge-patch+json", "Content-Length: 44"],
    body: Buffer.from('{"metadata":{"labels":{"b":"1","a0":"2"}}}  ')
  })
]
