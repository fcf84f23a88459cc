/** As whom a program of the plane asks the API server, and what it may. */
import type { KubeObject } from "@aiopslab/core/Kubernetes"
import { planeNamespace } from "@aiopslab/core/Workload"

export interface Rule {
  readonly apiGroups: ReadonlyArray<string>
  readonly resources: ReadonlyArray<string>
  readonly verbs: ReadonlyArray<string>
}

const group = "rbac.authorization.k8s.io"

/** A service account of this name with its role in the whole cluster. */
export const account = (name: string, rules: ReadonlyArray<Rule>): ReadonlyArray<KubeObject> => {
  const [own, everywhere] = [{ name, namespace: planeNamespace }, { name: `aiopslab-${name}` }]
  return [
    { apiVersion: "v1", kind: "ServiceAccount", metadata: own },
    { apiVersion: `${group}/v1`, kind: "ClusterRole", metadata: everywhere, rules },
    {
      apiVersion: `${group}/v1`,
      kind: "ClusterRoleBinding",
      metadata: everywhere,
      roleRef: { apiGroup: group, kind: "ClusterRole", name: everywhere.name },
      subjects: [{ kind: "ServiceAccount", ...own }]
    }
  ]
}
