/** The objects by which a plane stands on a cluster, in the order in which they are created. */
import { type Resource, resources } from "@aiopslab/core/KubeClient"
import type { KubeObject } from "@aiopslab/core/Kubernetes"
import { planeGroup, planeNamespace } from "@aiopslab/core/Workload"
import { account } from "./Account.ts"
import * as NodeAgent from "./NodeAgent.ts"

/** Its Service and everything else of it. */
export const name = "plane"

/** Of its Service: OTLP and queries. */
export const port = 4318

/** Its image, which is on the nodes already. The number goes up when other objects than before need it: one Docker may serve several versions. */
export const planeImage = "aiopslab/plane:2"

const labels = { app: name }
const metadata = { name, namespace: planeNamespace }

/** A kind of the hidden group; its spec is for the plane and its agents to understand. */
const definition = ({ group, kind, plural, version }: Resource): KubeObject => ({
  apiVersion: "apiextensions.k8s.io/v1",
  kind: "CustomResourceDefinition",
  metadata: { name: `${plural}.${group}` },
  spec: {
    group,
    scope: "Namespaced",
    names: { kind, plural, singular: kind.toLowerCase(), listKind: `${kind}List` },
    versions: [
      {
        name: version,
        served: true,
        storage: true,
        schema: {
          openAPIV3Schema: { type: "object", properties: { spec: { type: "object", "x-kubernetes-preserve-unknown-fields": true } } }
        }
      }
    ]
  }
})

const controlPlane = "node-role.kubernetes.io/control-plane"

/** What workers have is the applications'. */
const besideTheApplication = {
  tolerations: [{ key: controlPlane, operator: "Exists" }],
  affinity: {
    nodeAffinity: {
      preferredDuringSchedulingIgnoredDuringExecution: [
        { weight: 100, preference: { matchExpressions: [{ key: controlPlane, operator: "Exists" }] } }
      ]
    }
  }
}

const rules = [
  { apiGroups: [planeGroup], resources: ["*"], verbs: ["get", "list", "watch"] },
  { apiGroups: [""], resources: ["nodes", "pods"], verbs: ["get", "list"] },
  { apiGroups: [""], resources: ["nodes/metrics", "nodes/proxy"], verbs: ["get"] }
]

export const manifests: ReadonlyArray<KubeObject> = [
  { apiVersion: "v1", kind: "Namespace", metadata: { name: planeNamespace } },
  definition(resources.traffics),
  definition(resources.networkImpairments),
  definition(resources.containerKills),
  ...account(name, rules),
  {
    apiVersion: "v1",
    kind: "Service",
    metadata,
    spec: { selector: labels, ports: [{ name: "otlp", port, targetPort: port }] }
  },
  {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata,
    spec: {
      replicas: 1,
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: {
          serviceAccountName: name,
          ...besideTheApplication,
          containers: [
            {
              name,
              image: planeImage,
              imagePullPolicy: "Never",
              ports: [{ containerPort: port }],
              resources: { requests: { cpu: "100m" } },
              // once it runs it is asked, however slow a busy machine lets it answer
              startupProbe: { httpGet: { path: "/healthz", port }, periodSeconds: 1, timeoutSeconds: 5, failureThreshold: 120 }
            }
          ]
        }
      }
    }
  },
  ...NodeAgent.objects(planeImage)
]
