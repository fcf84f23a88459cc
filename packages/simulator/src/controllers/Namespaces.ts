/** Empties namespaces that are being deleted, and gives new ones what every namespace has. */
import * as Store from "@aiopslab/kubernetes/Store"
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
    if (empty(turn, key) > 0) return
    turn.put("namespaces", { ...found, spec: {} })
    turn.remove("namespaces", "", key)
  }
}

/** Deletes everything in a namespace; gives how many objects are still there. */
const empty = (turn: Turn, namespace: string): number => {
  let left = 0
  const scheme = schemeAt(turn.store)
  for (const resource of Store.resources(turn.store)) {
    if (scheme.byId.get(resource)?.namespaced !== true) continue
    for (const object of Store.list(turn.store, resource, namespace)) {
      if (object.metadata.deletionTimestamp === undefined)
        turn.remove(resource, namespace, object.metadata.name, { propagationPolicy: "Background" })
    }
    left += Store.list(turn.store, resource, namespace).length
  }
  return left
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
