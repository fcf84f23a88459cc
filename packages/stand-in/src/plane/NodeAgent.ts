/** The agent's objects: one process on every node, in the node's own network and among its processes. */
import type { KubeObject } from "@aiopslab/core/Kubernetes"
import { planeGroup, planeNamespace } from "@aiopslab/core/Workload"
import { planePrograms } from "../image/Folder.ts"

/** Its DaemonSet's, and everything else's of it. */
export const name = "node"

/** There once the node has been looked at. */
export const readyFile = "/tmp/ready"

const labels = { app: name }
const metadata = { name, namespace: planeNamespace }
const rbac = "rbac.authorization.k8s.io"

const rules = [
  { apiGroups: [planeGroup], resources: ["networkimpairments", "containerkills"], verbs: ["get", "list", "patch"] },
  { apiGroups: [""], resources: ["pods", "services"], verbs: ["get", "list"] }
]

export const objects = (image: string): ReadonlyArray<KubeObject> => [
  { apiVersion: "v1", kind: "ServiceAccount", metadata },
  { apiVersion: `${rbac}/v1`, kind: "ClusterRole", metadata: { name: `aiopslab-${name}` }, rules },
  {
    apiVersion: `${rbac}/v1`,
    kind: "ClusterRoleBinding",
    metadata: { name: `aiopslab-${name}` },
    roleRef: { apiGroup: rbac, kind: "ClusterRole", name: `aiopslab-${name}` },
    subjects: [{ kind: "ServiceAccount", ...metadata }]
  },
  {
    apiVersion: "apps/v1",
    kind: "DaemonSet",
    metadata,
    spec: {
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: {
          serviceAccountName: name,
          hostNetwork: true,
          hostPID: true,
          tolerations: [{ operator: "Exists" }],
          containers: [
            {
              name,
              image,
              imagePullPolicy: "Never",
              command: ["node", `/opt/aiopslab/${planePrograms.node}`],
              env: [{ name: "NODE_NAME", valueFrom: { fieldRef: { fieldPath: "spec.nodeName" } } }],
              securityContext: { privileged: true },
              resources: { requests: { cpu: "20m" } },
              startupProbe: { exec: { command: ["test", "-e", readyFile] }, periodSeconds: 1, timeoutSeconds: 5, failureThreshold: 120 }
            }
          ]
        }
      }
    }
  }
]
