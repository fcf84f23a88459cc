/** Empties namespaces that are being deleted, and gives new ones what every namespace has. */
import { record, records } from "@aiopslab/kubernetes/Json"
import * as Store from "@aiopslab/kubernetes/Store"
import { kubeTime } from "@aiopslab/kubernetes/Time"
import type { Controller } from "../Controller.ts"
import { schemeAt } from "../Plane.ts"
import type { Turn } from "../Turn.ts"

const name = "namespace"
const account = "serviceaccount"

export const namespaces: Controller = {
  name,
  resources: ["*"],
  observe: (turn, { object, resource, type }) => {
    if (resource === "namespaces") {
      if (type !== "DELETED" && object.metadata.deletionTimestamp !== undefined) turn.enqueue(name, object.metadata.name)
      return
    }
    const { namespace } = object.metadata
    if (type !== "DELETED" || namespace === undefined) return
    if (turn.get("namespaces", "", namespace)?.metadata.deletionTimestamp !== undefined) turn.enqueue(name, namespace)
  },
  reconcile: (turn, key) => {
    const found = turn.get("namespaces", "", key)
    if (found?.metadata.deletionTimestamp === undefined) return
    const left = empty(turn, key)
    if (left.counts.size > 0) return report(turn, key, left)
    turn.put("namespaces", { ...found, spec: {} })
    turn.remove("namespaces", "", key)
  }
}

/** What is still in a namespace: numbers of objects by resource, and by the finalizers that hold them. */
interface Left {
  readonly counts: ReadonlyMap<string, number>
  readonly finalizers: ReadonlyMap<string, number>
}

/** Deletes everything in a namespace. */
const empty = (turn: Turn, namespace: string): Left => {
  const counts = new Map<string, number>()
  const finalizers = new Map<string, number>()
  const scheme = schemeAt(turn.store)
  for (const id of Store.resources(turn.store)) {
    const resource = scheme.byId.get(id)
    if (resource?.namespaced !== true) continue
    for (const object of Store.list(turn.store, id, namespace)) {
      if (object.metadata.deletionTimestamp === undefined)
        turn.remove(id, namespace, object.metadata.name, { propagationPolicy: "Background" })
    }
    const still = Store.list(turn.store, id, namespace)
    if (still.length === 0) continue
    counts.set(`${resource.plural}.${resource.group}`, still.length)
    for (const { metadata } of still) for (const one of metadata.finalizers ?? []) finalizers.set(one, (finalizers.get(one) ?? 0) + 1)
  }
  return { counts, finalizers }
}

const listed = (counts: ReadonlyMap<string, number>, word: string): string =>
  [...counts]
    .map(([name, count]) => `${name} ${word} ${count} resource instances`)
    .sort()
    .join(", ")

const report = (turn: Turn, namespace: string, { counts, finalizers }: Left): void => {
  const stored = turn.get("namespaces", "", namespace)
  if (stored === undefined) return
  const status = record(stored["status"])
  const before = records(status["conditions"])
  const condition = (type: string, holds: "False" | "True", reason: string, message: string) => {
    const known = before.find((one) => one["type"] === type && one["status"] === holds)
    return { type, status: holds, lastTransitionTime: known?.["lastTransitionTime"] ?? kubeTime(turn.now), reason, message }
  }
  const conditions = [
    condition("NamespaceDeletionDiscoveryFailure", "False", "ResourcesDiscovered", "All resources successfully discovered"),
    condition("NamespaceDeletionGroupVersionParsingFailure", "False", "ParsedGroupVersions", "All legacy kube types successfully parsed"),
    condition(
      "NamespaceDeletionContentFailure",
      "False",
      "ContentDeleted",
      "All content successfully deleted, may be waiting on finalization"
    ),
    condition("NamespaceContentRemaining", "True", "SomeResourcesRemain", `Some resources are remaining: ${listed(counts, "has")}`),
    finalizers.size === 0
      ? condition("NamespaceFinalizersRemaining", "False", "ContentHasNoFinalizers", "All content-preserving finalizers finished")
      : condition(
          "NamespaceFinalizersRemaining",
          "True",
          "SomeFinalizersRemain",
          `Some content in the namespace has finalizers remaining: ${listed(finalizers, "in")}`
        )
  ]
  turn.put("namespaces", { ...stored, status: { ...status, conditions } })
}

/** The account `default` and the certificate that its pods trust. */
export const serviceAccounts: Controller = {
  name: account,
  resources: ["namespaces", "serviceaccounts", "configmaps"],
  observe: (turn, { object, resource, type }) => {
    if (resource === "namespaces" && type === "ADDED") turn.enqueue(account, object.metadata.name)
    else if (type === "DELETED" && (object.metadata.name === "default" || object.metadata.name === "kube-root-ca.crt")) {
      turn.enqueue(account, object.metadata.namespace ?? "")
    }
  },
  reconcile: (turn, namespace) => {
    const found = turn.get("namespaces", "", namespace)
    if (found === undefined || found.metadata.deletionTimestamp !== undefined) return
    if (turn.get("serviceaccounts", namespace, "default") === undefined) {
      turn.create("serviceaccounts", { apiVersion: "v1", kind: "ServiceAccount", metadata: { name: "default", namespace } })
    }
    if (turn.get("configmaps", namespace, "kube-root-ca.crt") === undefined) {
      turn.create("configmaps", {
        apiVersion: "v1",
        kind: "ConfigMap",
        metadata: {
          name: "kube-root-ca.crt",
          namespace,
          annotations: {
            "kubernetes.io/description":
              "Contains a CA bundle that can be used to verify the kube-apiserver when using internal endpoints such as the internal service IP or kubernetes.default.svc. No other usage is guaranteed across distributions of Kubernetes clusters."
          }
        },
        data: { "ca.crt": turn.setting.trust.certificate }
      })
    }
  }
}
