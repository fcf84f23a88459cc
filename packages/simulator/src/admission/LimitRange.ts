/** Defaults and bounds of what containers, pods and claims may use: plugin/pkg/admission/limitranger. */
import type { KubeObject } from "@aiopslab/core/Kubernetes"
import * as Quantity from "@aiopslab/kubernetes/Quantity"
import type { Admit } from "@aiopslab/kubernetes/Registry"
import * as Status from "@aiopslab/kubernetes/Status"
import * as Store from "@aiopslab/kubernetes/Store"
import { qosClass } from "@aiopslab/kubernetes/defaults/QosClass"
import * as Result from "effect/Result"
import type { ContainerSpec, Labels } from "../Kinds.ts"
import type { LimitRangeItem } from "../PolicyKinds.ts"
import { asClaim, asPod } from "../Kinds.ts"
import { asLimitRange } from "../PolicyKinds.ts"
import { podAmounts } from "../quota/Usage.ts"

const itemsOf = (store: Store.Store, object: KubeObject): ReadonlyArray<LimitRangeItem> =>
  Store.list(store, "limitranges", object.metadata.namespace ?? "").flatMap((one) => asLimitRange(one).spec.limits ?? [])

const absent = (has: Labels | undefined, defaults: Labels | undefined): ReadonlyArray<string> =>
  Object.keys(defaults ?? {})
    .filter((name) => has?.[name] === undefined)
    .sort()

interface Filled {
  readonly container: ContainerSpec
  /** What was set, in the words of the annotation. */
  readonly notes: ReadonlyArray<string>
}

const filled = (container: ContainerSpec, word: string, item: LimitRangeItem): Filled => {
  const { limits, requests } = container.resources ?? {}
  const newRequests = absent(requests, item.defaultRequest)
  const newLimits = absent(limits, item.default)
  if (newRequests.length + newLimits.length === 0) return { container, notes: [] }
  return {
    container: {
      ...container,
      resources: {
        ...container.resources,
        ...(limits === undefined && newLimits.length === 0 ? {} : { limits: { ...item.default, ...limits } }),
        ...(requests === undefined && newRequests.length === 0 ? {} : { requests: { ...item.defaultRequest, ...requests } })
      }
    },
    notes: [
      ...(newRequests.length === 0 ? [] : [`${newRequests.join(", ")} request for ${word} ${container.name}`]),
      ...(newLimits.length === 0 ? [] : [`${newLimits.join(", ")} limit for ${word} ${container.name}`])
    ]
  }
}

export const limitRange: Admit = (object, previous, resource, store) => {
  if (resource.id !== "pods" || previous !== undefined) return Result.succeed(object)
  let pod = asPod(object)
  for (const item of itemsOf(store, object)) {
    if (item.type !== "Container") continue
    const main = pod.spec.containers.map((one) => filled(one, "container", item))
    const init = pod.spec.initContainers?.map((one) => filled(one, "init container", item))
    const notes = [...main, ...(init ?? [])].flatMap((one) => one.notes)
    if (notes.length === 0) continue
    const annotation = { "kubernetes.io/limit-ranger": `LimitRanger plugin set: ${notes.join("; ")}` }
    const spec = {
      ...pod.spec,
      containers: main.map(({ container }) => container),
      ...(init === undefined ? {} : { initContainers: init.map(({ container }) => container) })
    }
    pod = {
      ...pod,
      metadata: { ...pod.metadata, annotations: { ...pod.metadata.annotations, ...annotation } },
      spec,
      status: { ...pod.status, qosClass: qosClass(spec) }
    }
  }
  return Result.succeed(pod)
}

interface Amounts {
  readonly requests?: Labels
  readonly limits?: Labels
}

const problems = (of: Amounts, item: LimitRangeItem): ReadonlyArray<string> => {
  const out: Array<string> = []
  const { limits = {}, requests = {} } = of
  for (const [name, least] of Object.entries(item.min ?? {})) {
    const text = `minimum ${name} usage per ${item.type} is ${least}`
    if (requests[name] === undefined) out.push(`${text}.  No request is specified`)
    else if (Quantity.compare(requests[name], least) < 0) out.push(`${text}, but request is ${requests[name]}`)
    else if (limits[name] !== undefined && Quantity.compare(limits[name], least) < 0) out.push(`${text}, but limit is ${limits[name]}`)
  }
  for (const [name, most] of Object.entries(item.max ?? {})) {
    const text = `maximum ${name} usage per ${item.type} is ${most}`
    const claim = item.type === "PersistentVolumeClaim"
    if (!claim && limits[name] === undefined) out.push(`${text}.  No limit is specified`)
    else if (limits[name] !== undefined && Quantity.compare(limits[name], most) > 0) out.push(`${text}, but limit is ${limits[name]}`)
    else if (claim && requests[name] === undefined) out.push(`${text}.  No request is specified`)
    else if (requests[name] !== undefined && Quantity.compare(requests[name], most) > 0)
      out.push(`${text}, but request is ${requests[name]}`)
  }
  for (const [name, most] of Object.entries(item.maxLimitRequestRatio ?? {})) {
    const text = `${name} max limit to request ratio per ${item.type} is ${most}`
    const asked = Quantity.milliValue(requests[name] ?? "0")
    const limit = Quantity.milliValue(limits[name] ?? "0")
    if (asked === 0) out.push(`${text}, but no request is specified or request is 0`)
    else if (limit === 0) out.push(`${text}, but no limit is specified or limit is 0`)
    else if (limit / asked > Quantity.milliValue(most) / 1000) out.push(`${text}, but provided ratio is ${(limit / asked).toFixed(6)}`)
  }
  return out
}

/** The bounds, after everybody has had a say. */
export const limits: Admit = (object, previous, resource, store) => {
  const isPod = resource.id === "pods" && previous === undefined
  if (!isPod && resource.id !== "persistentvolumeclaims") return Result.succeed(object)
  const found = itemsOf(store, object).flatMap((item) => {
    if (!isPod) return item.type === "PersistentVolumeClaim" ? problems(asClaim(object).spec.resources ?? {}, item) : []
    const pod = asPod(object)
    if (item.type === "Container") {
      return [...pod.spec.containers, ...(pod.spec.initContainers ?? [])].flatMap((one) => problems(one.resources ?? {}, item))
    }
    return item.type === "Pod" ? problems({ requests: podAmounts(pod, "requests"), limits: podAmounts(pod, "limits") }, item) : []
  })
  if (found.length === 0) return Result.succeed(object)
  return Result.fail(Status.forbidden(resource, object.metadata.name, found.length === 1 ? (found[0] ?? "") : `[${found.join(", ")}]`))
}
