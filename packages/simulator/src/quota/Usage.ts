/** What objects count towards quotas: pkg/quota/v1/evaluator/core. Amounts are by the quota's names of resources. */
import type { KubeObject } from "@aiopslab/core/Kubernetes"
import { at, number, record, records, string } from "@aiopslab/kubernetes/Json"
import * as Quantity from "@aiopslab/kubernetes/Quantity"
import * as Store from "@aiopslab/kubernetes/Store"
import { qosClass } from "@aiopslab/kubernetes/defaults/QosClass"
import { isFinished } from "../controllers/Owned.ts"
import type { Labels, Pod } from "../Kinds.ts"
import type { ResourceQuota } from "../PolicyKinds.ts"
import { asClaim, asPod } from "../Kinds.ts"

/** Resources that every container must name where a quota limits them, in order. */
export const compute = ["cpu", "limits.cpu", "limits.memory", "memory", "requests.cpu", "requests.memory"]

/** `limits.cpu` is a limit of cpu, `cpu` and `requests.cpu` a request. */
export const split = (name: string): { readonly kind: "limits" | "requests"; readonly resource: string } =>
  name.startsWith("limits.")
    ? { kind: "limits", resource: name.slice("limits.".length) }
    : { kind: "requests", resource: name.startsWith("requests.") ? name.slice("requests.".length) : name }

const sum = (a: Labels, b: Labels): Labels => {
  const out: Record<string, string> = { ...a }
  for (const [name, amount] of Object.entries(b)) out[name] = Quantity.add(out[name] ?? "0", amount)
  return out
}

const larger = (a: Labels, b: Labels): Labels => {
  const out: Record<string, string> = { ...a }
  for (const [name, amount] of Object.entries(b)) if (Quantity.compare(amount, out[name] ?? "0") > 0) out[name] = amount
  return out
}

/** Of a pod as a whole: its containers together, or an init container that needs more; sidecars stay; overhead comes on top. */
export const podAmounts = ({ spec }: Pod, kind: "limits" | "requests"): Labels => {
  const own = (resources: { readonly requests?: Labels; readonly limits?: Labels } | undefined): Labels => resources?.[kind] ?? {}
  let running: Labels = {}
  let most: Labels = {}
  for (const one of spec.initContainers ?? []) {
    if (one.restartPolicy === "Always") {
      running = sum(running, own(one.resources))
      most = larger(most, running)
    } else most = larger(most, sum(running, own(one.resources)))
  }
  const main = spec.containers.reduce((total, one) => sum(total, own(one.resources)), running)
  const whole = { ...larger(main, most), ...own(spec.resources) }
  return spec.overhead === undefined ? whole : kind === "requests" ? sum(whole, spec.overhead) : whole
}

const plain: ReadonlySet<string> = new Set(["cpu", "memory", "ephemeral-storage"])

const ofPod = (pod: Pod): Labels => {
  if (isFinished(pod)) return {}
  const out: Record<string, string> = { pods: "1" }
  for (const [name, amount] of Object.entries(podAmounts(pod, "requests"))) {
    if (plain.has(name) || name.startsWith("hugepages-")) out[name] = amount
    out[`requests.${name}`] = amount
  }
  for (const [name, amount] of Object.entries(podAmounts(pod, "limits"))) if (plain.has(name)) out[`limits.${name}`] = amount
  return out
}

const ofService = (service: KubeObject): Labels => {
  const type = at(service, "spec", "type")
  const ports = records(at(service, "spec", "ports"))
  const nodePorts =
    type === "NodePort" ? ports.length : type === "LoadBalancer" ? ports.filter((one) => (number(one["nodePort"]) ?? 0) > 0).length : 0
  return {
    services: "1",
    ...(nodePorts === 0 ? {} : { "services.nodeports": String(nodePorts) }),
    ...(type === "LoadBalancer" ? { "services.loadbalancers": "1" } : {})
  }
}

const ofClaim = (object: KubeObject): Labels => {
  const { storageClassName, resources } = asClaim(object).spec
  const storage = resources?.requests?.["storage"] ?? "0"
  const own = `${storageClassName}.storageclass.storage.k8s.io`
  return {
    persistentvolumeclaims: "1",
    "requests.storage": storage,
    ...(storageClassName === undefined ? {} : { [`${own}/requests.storage`]: storage, [`${own}/persistentvolumeclaims`]: "1" })
  }
}

const counted: ReadonlySet<string> = new Set(["configmaps", "secrets", "replicationcontrollers", "resourcequotas"])

export const of = (resource: string, object: KubeObject): Labels => {
  const generic = { [`count/${resource}`]: "1" }
  if (resource === "pods") return { ...ofPod(asPod(object)), ...generic }
  if (resource === "services") return { ...ofService(object), ...generic }
  if (resource === "persistentvolumeclaims") return { ...ofClaim(object), ...generic }
  return counted.has(resource) ? { [resource]: "1", ...generic } : generic
}

/** What one amount has more than another. */
export const difference = (after: Labels, before: Labels): Labels => {
  const out: Record<string, string> = {}
  for (const [name, amount] of Object.entries(after))
    out[name] = before[name] === undefined ? amount : Quantity.add(amount, `-${before[name]}`)
  return out
}

/** The resource whose objects a quota's name is about. */
export const resourceOf = (name: string): string => {
  if (name.startsWith("count/")) return name.slice("count/".length)
  if (name.startsWith("services")) return "services"
  if (name === "persistentvolumeclaims" || name.endsWith("requests.storage") || name.endsWith("/persistentvolumeclaims"))
    return "persistentvolumeclaims"
  return counted.has(name) ? name : "pods"
}

const inScope = (pod: Pod, scope: string, operator: string, values: ReadonlyArray<string>): boolean => {
  const { affinity, activeDeadlineSeconds, priorityClassName = "" } = pod.spec
  switch (scope) {
    case "BestEffort":
      return qosClass(pod.spec) === "BestEffort"
    case "NotBestEffort":
      return qosClass(pod.spec) !== "BestEffort"
    case "Terminating":
      return activeDeadlineSeconds !== undefined
    case "NotTerminating":
      return activeDeadlineSeconds === undefined
    case "PriorityClass":
      if (operator === "Exists") return priorityClassName !== ""
      if (operator === "DoesNotExist") return priorityClassName === ""
      return values.includes(priorityClassName) === (operator === "In")
    case "CrossNamespacePodAffinity":
      return JSON.stringify(affinity ?? {}).includes('"namespace')
    default:
      return true
  }
}

/** Whether a quota is about an object: by its scopes, which are pods' alone. */
export const applies = (quota: ResourceQuota, resource: string, object: KubeObject): boolean => {
  const expressions = records(record(quota.spec.scopeSelector)["matchExpressions"]).map((one) => ({
    scope: string(one["scopeName"]) ?? "",
    operator: string(one["operator"]) ?? "",
    values: Array.isArray(one["values"]) ? one["values"].map(String) : []
  }))
  const scopes = [...(quota.spec.scopes ?? []).map((scope) => ({ scope, operator: "Exists", values: [] })), ...expressions]
  if (scopes.length === 0) return true
  return resource === "pods" && scopes.every(({ operator, scope, values }) => inScope(asPod(object), scope, operator, values))
}

/** What a namespace uses of these, now. */
export const used = (store: Store.Store, quota: ResourceQuota, names: ReadonlyArray<string>): Labels => {
  const out: Record<string, string> = Object.fromEntries(names.map((name) => [name, "0"]))
  for (const resource of new Set(names.map(resourceOf))) {
    for (const object of Store.list(store, resource, quota.metadata.namespace ?? "")) {
      if (!applies(quota, resource, object)) continue
      const amounts = of(resource, object)
      for (const name of names) if (amounts[name] !== undefined) out[name] = Quantity.add(out[name] ?? "0", amounts[name])
    }
  }
  return Object.fromEntries(Object.entries(out).map(([name, amount]) => [name, Quantity.canonical(amount) ?? "0"]))
}
