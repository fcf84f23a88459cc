/**
 * Who the agent is on the cluster, what it may do there, and a front that notices what it writes. It may do anything with the application's
 * workloads and configuration, and read the cluster; the namespace itself, RBAC and the hidden group are not its to change.
 */
import type { TouchedKey } from "@aiopslab/core/Fault"
import type { Identity, KubeApi, KubeObject, KubeReply, KubeRequest } from "@aiopslab/core/Kubernetes"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import { collectionKeys, isWrite, touchedKey } from "./Touched.ts"

export const identity: Identity = { user: "agent", groups: ["system:authenticated"] }

const rbac = "rbac.authorization.k8s.io"
const all = ["*"]
const read = ["get", "list", "watch"]

/**
 * What it may write of the core group. As in the stock role `edit`, status, bindings and endpoints are the cluster's own: whoever may
 * forge them decides which pod counts as ready. A wildcard would include the namespace.
 */
const coreResources = [
  "configmaps",
  "events",
  "limitranges",
  "persistentvolumeclaims",
  "pods",
  "pods/attach",
  "pods/ephemeralcontainers",
  "pods/eviction",
  "pods/exec",
  "pods/log",
  "pods/portforward",
  "podtemplates",
  "replicationcontrollers",
  "replicationcontrollers/scale",
  "resourcequotas",
  "secrets",
  "serviceaccounts",
  "services"
]

/** What it may write of the other groups, without their status. */
const groupResources = [
  {
    apiGroups: ["apps"],
    resources: [
      "controllerrevisions",
      "daemonsets",
      "deployments",
      "deployments/scale",
      "replicasets",
      "replicasets/scale",
      "statefulsets",
      "statefulsets/scale"
    ]
  },
  { apiGroups: ["batch"], resources: ["cronjobs", "jobs"] },
  { apiGroups: ["autoscaling"], resources: ["horizontalpodautoscalers"] },
  { apiGroups: ["networking.k8s.io"], resources: ["ingresses", "networkpolicies"] },
  { apiGroups: ["policy"], resources: ["poddisruptionbudgets"] },
  { apiGroups: ["events.k8s.io"], resources: ["events"] }
]

const clusterReads = [
  {
    apiGroups: [""],
    resources: [
      "nodes",
      "namespaces",
      "persistentvolumes",
      "persistentvolumeclaims",
      "pods",
      "pods/log",
      "services",
      "endpoints",
      "events"
    ],
    verbs: read
  },
  { apiGroups: ["events.k8s.io"], resources: ["events"], verbs: read },
  { apiGroups: ["apps"], resources: ["deployments", "daemonsets", "replicasets", "statefulsets"], verbs: read },
  { apiGroups: ["batch"], resources: ["jobs", "cronjobs"], verbs: read },
  { apiGroups: ["discovery.k8s.io"], resources: ["endpointslices"], verbs: read },
  { apiGroups: ["storage.k8s.io"], resources: ["storageclasses", "csinodes", "volumeattachments"], verbs: read },
  { apiGroups: ["scheduling.k8s.io"], resources: ["priorityclasses"], verbs: read },
  { apiGroups: ["apiextensions.k8s.io"], resources: ["customresourcedefinitions"], verbs: read },
  { apiGroups: ["metrics.k8s.io"], resources: ["pods", "nodes"], verbs: read }
]

const object = (
  kind: string,
  metadata: { readonly name: string; readonly namespace?: string },
  rest: Readonly<Record<string, unknown>>
): KubeObject => ({
  apiVersion: `${rbac}/v1`,
  kind,
  metadata,
  ...rest
})

const subjects = [{ kind: "User", name: identity.user, apiGroup: rbac }]

/** The objects that let the agent in, in the order in which to create them: two cluster-wide, then two in the application's namespace. */
export const grants = (namespace: string): ReadonlyArray<KubeObject> => [
  object(
    "ClusterRole",
    { name: "agent-read" },
    {
      rules: [...clusterReads, { apiGroups: [""], resources: ["persistentvolumes"], verbs: ["create", "update", "patch", "delete"] }]
    }
  ),
  object("ClusterRoleBinding", { name: "agent-read" }, { roleRef: { apiGroup: rbac, kind: "ClusterRole", name: "agent-read" }, subjects }),
  object(
    "Role",
    { name: "agent", namespace },
    {
      rules: [
        { apiGroups: [""], resources: coreResources, verbs: all },
        ...groupResources.map((group) => ({ ...group, verbs: all })),
        { apiGroups: [rbac], resources: ["roles", "rolebindings"], verbs: read }
      ]
    }
  ),
  object("RoleBinding", { name: "agent", namespace }, { roleRef: { apiGroup: rbac, kind: "Role", name: "agent" }, subjects })
]

/** One write that was made, or may have been: a request that was interrupted counts. */
export interface Written {
  readonly method: KubeRequest["method"]
  readonly path: string
  /** What it touched: one object, several of a collection, or nothing that has a key. */
  readonly keys: ReadonlyArray<TouchedKey>
}

/** The API with a front that tells of each write. Reads, reviews of one's own rights and dry runs are none; exec into a pod is one. */
export const recording = (api: KubeApi, onWrite: (written: Written) => void): KubeApi => {
  const tell = (request: KubeRequest, body: unknown, before: ReadonlyArray<TouchedKey>) => {
    const key = touchedKey(request, body)
    onWrite({ method: request.method, path: request.path, keys: key === undefined ? before : [key] })
  }
  const made = (exit: Exit.Exit<KubeReply, unknown>): boolean => Exit.isSuccess(exit) || Exit.hasInterrupts(exit)
  return {
    watch: api.watch,
    request: (request) => {
      if (!isWrite(request)) return api.request(request)
      const write = (before: ReadonlyArray<TouchedKey>) =>
        Effect.onExit(api.request(request), (exit) =>
          Effect.sync(() => {
            if (made(exit)) tell(request, Exit.isSuccess(exit) ? exit.value.body : undefined, before)
          })
        )
      return request.method === "DELETE" && touchedKey(request, undefined) === undefined
        ? Effect.flatMap(collectionKeys(api, request), write)
        : write([])
    },
    connect: (request) => Effect.tap(api.connect(request), () => Effect.sync(() => tell({ ...request, method: "POST" }, undefined, [])))
  }
}
