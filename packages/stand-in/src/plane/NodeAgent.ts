/** The agent's objects: one process on every node, in the node's own network and among its processes. */
import { resources } from "@aiopslab/core/KubeClient"
import type { KubeObject } from "@aiopslab/core/Kubernetes"
import { planeGroup, planeNamespace } from "@aiopslab/core/Workload"
import { planePrograms } from "../image/Folder.ts"
import { account } from "./Account.ts"

/** Its DaemonSet's, and everything else's of it. */
export const name = "node"

/** There once the node has been looked at. */
export const readyFile = "/tmp/ready"

const labels = { app: name }
const metadata = { name, namespace: planeNamespace }

const rules = [
  {
    apiGroups: [planeGroup],
    resources: [resources.networkImpairments.plural, resources.containerKills.plural],
    verbs: ["get", "list", "patch"]
  },
  { apiGroups: [""], resources: ["pods", "services"], verbs: ["get", "list"] }
]

export const objects = (image: string): ReadonlyArray<KubeObject> => [
  ...account(name, rules),
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
