/** What a new API server creates by itself: namespaces, the service `kubernetes`, priority classes, the roles users are bound to. */
import type { KubeObject } from "@aiopslab/core/Kubernetes"
import { admin } from "@aiopslab/core/Kubernetes"
import * as Result from "effect/Result"
import type { WriteContext } from "./Host.ts"
import type { JsonRecord } from "./Json.ts"
import type { Names } from "./Names.ts"
import { trusted } from "./Registry.ts"
import { resourceOf } from "./Scheme.ts"
import * as Store from "./Store.ts"

const object = (apiVersion: string, kind: string, name: string, rest: JsonRecord): KubeObject => ({
  ...rest,
  apiVersion,
  kind,
  metadata: { name }
})

const bootstrapping = {
  labels: { "kubernetes.io/bootstrapping": "rbac-defaults" },
  annotations: { "rbac.authorization.kubernetes.io/autoupdate": "true" }
}

const role = (name: string, rules: ReadonlyArray<JsonRecord>): KubeObject => ({
  ...object("rbac.authorization.k8s.io/v1", "ClusterRole", name, { rules }),
  metadata: { name, ...bootstrapping }
})

const binding = (name: string, group: string): KubeObject => ({
  ...object("rbac.authorization.k8s.io/v1", "ClusterRoleBinding", name, {
    roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name },
    subjects: [{ apiGroup: "rbac.authorization.k8s.io", kind: "Group", name: group }]
  }),
  metadata: { name, ...bootstrapping }
})

const reading = ["get", "list", "watch"]
const writing = ["create", "delete", "deletecollection", "patch", "update"]

/** What the user-facing roles cover, by group. RBAC itself is for `admin` alone. */
const workloads: ReadonlyArray<readonly [string, ReadonlyArray<string>]> = [
  [
    "",
    [
      "configmaps",
      "endpoints",
      "events",
      "persistentvolumeclaims",
      "persistentvolumeclaims/status",
      "pods",
      "pods/log",
      "pods/status",
      "replicationcontrollers",
      "replicationcontrollers/scale",
      "serviceaccounts",
      "services",
      "services/status"
    ]
  ],
  [
    "apps",
    [
      "controllerrevisions",
      "daemonsets",
      "daemonsets/status",
      "deployments",
      "deployments/scale",
      "deployments/status",
      "replicasets",
      "replicasets/scale",
      "replicasets/status",
      "statefulsets",
      "statefulsets/scale",
      "statefulsets/status"
    ]
  ],
  ["autoscaling", ["horizontalpodautoscalers", "horizontalpodautoscalers/status"]],
  ["batch", ["cronjobs", "cronjobs/status", "jobs", "jobs/status"]],
  ["discovery.k8s.io", ["endpointslices"]],
  ["networking.k8s.io", ["ingresses", "ingresses/status", "networkpolicies"]],
  ["policy", ["poddisruptionbudgets", "poddisruptionbudgets/status"]]
]

const viewing = workloads.map(([group, resources]) => ({ verbs: reading, apiGroups: [group], resources }))
const namespaces = {
  verbs: reading,
  apiGroups: [""],
  resources: ["bindings", "events", "limitranges", "namespaces", "namespaces/status", "resourcequotas", "resourcequotas/status"]
}
const editing = [
  ...viewing,
  namespaces,
  ...workloads.map(([group, resources]) => ({
    verbs: writing,
    apiGroups: [group],
    resources: resources.filter((resource) => !resource.endsWith("/status") && !resource.endsWith("/log"))
  })),
  {
    verbs: [...reading, ...writing],
    apiGroups: [""],
    resources: ["pods/attach", "pods/exec", "pods/portforward", "pods/proxy", "secrets"]
  },
  { verbs: ["create"], apiGroups: [""], resources: ["pods/eviction"] }
]
const administering = [
  ...editing,
  { verbs: ["create"], apiGroups: ["authorization.k8s.io"], resources: ["localsubjectaccessreviews"] },
  { verbs: [...writing, ...reading], apiGroups: ["rbac.authorization.k8s.io"], resources: ["rolebindings", "roles"] }
]

const objects: ReadonlyArray<KubeObject> = [
  ...["kube-system", "default", "kube-node-lease", "kube-public"].map((name) => object("v1", "Namespace", name, {})),
  {
    ...object("v1", "Service", "kubernetes", {
      spec: {
        clusterIP: "10.96.0.1",
        ports: [{ name: "https", port: 443, protocol: "TCP", targetPort: 6443 }]
      }
    }),
    metadata: { name: "kubernetes", namespace: "default", labels: { component: "apiserver", provider: "kubernetes" } }
  },
  object("scheduling.k8s.io/v1", "PriorityClass", "system-cluster-critical", {
    value: 2_000_000_000,
    description: "Used for system critical pods that must run in the cluster, but can be moved to another node if necessary."
  }),
  object("scheduling.k8s.io/v1", "PriorityClass", "system-node-critical", {
    value: 2_000_001_000,
    description: "Used for system critical pods that must not be moved from their current node."
  }),
  role("cluster-admin", [
    { verbs: ["*"], apiGroups: ["*"], resources: ["*"] },
    { verbs: ["*"], nonResourceURLs: ["*"] }
  ]),
  role("admin", administering),
  role("edit", editing),
  role("view", [...viewing, namespaces]),
  binding("cluster-admin", "system:masters")
]

/** `now` in milliseconds since the epoch. */
export const initialStore = (now: number, names: Names): Store.Store => {
  const context: WriteContext = { now, identity: admin, manager: "kube-apiserver", uid: names.uid, suffix: names.suffix }
  let store = Store.empty
  for (const each of objects) {
    const resource = resourceOf(trusted.scheme, each)
    const written = resource === undefined ? undefined : trusted.create(resource, each)(store, context)
    if (written !== undefined && Result.isSuccess(written)) store = written.success[1]
  }
  return store
}
