/**
 * Subresources that write one part of an object: ephemeral containers and resources of a pod, the approval of a signing request, the
 * finalizers of a namespace. Everything else stays as it is stored.
 */
import type { KubeObject } from "@aiopslab/core/Kubernetes"
import * as Result from "effect/Result"
import * as Defaults from "../Defaults.ts"
import { equal } from "../Equal.ts"
import type { Write, WriteContext } from "../Host.ts"
import type { JsonRecord } from "../Json.ts"
import { at, record, records, strings, withAt } from "../Json.ts"
import * as Status from "../Status.ts"
import * as Store from "../Store.ts"
import * as SigningRequest from "../strategies/SigningRequest.ts"
import { approval as approvalRules } from "../validation/access/SigningRequest.ts"
import { finalizerDomain } from "../validation/Metadata.ts"
import { explainKey } from "../validation/Names.ts"
import { Report } from "../validation/Report.ts"
import type { ResourceCall } from "./Call.ts"

/** The stored object with the part that the new one brings, or what is wrong with it. */
type Merge = (previous: KubeObject, next: KubeObject, context: WriteContext) => KubeObject | ReadonlyArray<Status.Cause>

const forbidden = (field: string, why: string): ReadonlyArray<Status.Cause> => [
  { reason: "FieldValueForbidden", message: `Forbidden: ${why}`, field }
]

const withSpec = (object: KubeObject, key: string, value: unknown): KubeObject => ({
  ...object,
  spec: withAt(object["spec"], [key], value)
})

const ephemeral: Merge = (previous, next) => {
  const before = records(at(previous, "spec", "ephemeralContainers"))
  const after = records(at(next, "spec", "ephemeralContainers"))
  for (const one of before) {
    const same = after.find(({ name }) => name === one["name"])
    const name = JSON.stringify(one["name"])
    if (same === undefined) return forbidden("spec.ephemeralContainers", `existing ephemeral containers ${name} may not be removed\n`)
    if (!equal(same, one)) return forbidden("spec.ephemeralContainers", `existing ephemeral containers ${name} may not be changed\n`)
  }
  return withSpec(previous, "ephemeralContainers", after.length === 0 ? undefined : after)
}

const resized = (before: ReadonlyArray<JsonRecord>, after: ReadonlyArray<JsonRecord>): ReadonlyArray<JsonRecord> =>
  before.map((container) => {
    const found = after.find((one) => one["name"] === container["name"])
    return found === undefined ? container : withAt(container, ["resources"], found["resources"])
  })

const resize: Merge = (previous, next) => {
  const containers = records(at(previous, "spec", "containers"))
  return withSpec(previous, "containers", resized(containers, records(at(next, "spec", "containers"))))
}

/** The metadata with what a client may write of it. */
const described = ({ metadata }: KubeObject, { metadata: given }: KubeObject): KubeObject["metadata"] => {
  const { annotations: _, finalizers: __, labels: ___, ownerReferences: ____, ...kept } = metadata
  const written = ["labels", "annotations", "ownerReferences", "finalizers"].filter((key) => given[key] !== undefined)
  return { ...kept, ...Object.fromEntries(written.map((key) => [key, given[key]])), name: metadata.name }
}

const approval: Merge = (previous, next, { now }) => {
  const dated = SigningRequest.withTimes(next, previous, now)
  const conditions = records(at(dated, "status", "conditions"))
  const merged = {
    ...previous,
    metadata: described(previous, next),
    status: withAt(previous["status"], ["conditions"], conditions.length === 0 ? undefined : conditions)
  }
  const report = new Report()
  for (const rule of approvalRules) rule(merged, previous, report)
  return report.failed ? report.causes : merged
}

const finalize: Merge = (previous, next) => {
  const finalizers = strings(at(next, "spec", "finalizers"))
  const report = new Report()
  for (const [i, one] of finalizers.entries()) {
    report.each(`spec.finalizers[${i}]`, one, explainKey(one))
    finalizerDomain(one, `spec.finalizers[${i}]`, report)
  }
  if (report.failed) return report.causes
  return withSpec(previous, "finalizers", finalizers.length === 0 ? undefined : finalizers)
}

const merges: Readonly<Record<string, Merge>> = {
  "pods/ephemeralcontainers": ephemeral,
  "pods/resize": resize,
  "certificatesigningrequests.certificates.k8s.io/approval": approval,
  "namespaces/finalize": finalize
}

export const isPart = (resource: string, subresource: string): boolean => merges[`${resource}/${subresource}`] !== undefined

const isCauses = (value: KubeObject | ReadonlyArray<Status.Cause>): value is ReadonlyArray<Status.Cause> => Array.isArray(value)

const replace =
  (call: ResourceCall, object: KubeObject, merge: Merge): Write<KubeObject> =>
  (store, context) => {
    const { resource } = call
    const { name, namespace = "", resourceVersion = "" } = object.metadata
    const previous = Store.get(store, resource.id, namespace, name)
    if (previous === undefined) return Result.fail(Status.notFound(resource, name))
    if (resourceVersion !== "" && resourceVersion !== previous.metadata.resourceVersion) return Result.fail(Status.modified(resource, name))
    const merged = merge(previous, object, context)
    if (isCauses(merged)) return Result.fail(Status.invalid(resource, name, merged))
    // an empty list of finalizers is meant
    const whole = resource.id === "namespaces" ? merged : Defaults.apply(resource.id, merged)
    const { metadata } = whole
    const grown = metadata.generation !== undefined && !equal(whole["spec"], previous["spec"])
    const next = grown ? { ...whole, metadata: { ...metadata, generation: (metadata.generation ?? 0) + 1 } } : whole
    return Result.succeed(settled(store, call, next))
  }

/** A namespace whose deletion has begun goes with its last finalizer. */
const settled = (store: Store.Store, { resource }: ResourceCall, object: KubeObject): readonly [KubeObject, Store.Store] => {
  const { deletionTimestamp, finalizers = [], name, namespace = "" } = object.metadata
  const held = finalizers.length > 0 || strings(at(record(object["spec"]), "finalizers")).length > 0
  if (resource.id === "namespaces" && deletionTimestamp !== undefined && !held) {
    return [object, Store.remove(store, resource.id, namespace, name)]
  }
  const next = Store.put(store, resource.id, object)
  return [Store.get(next, resource.id, namespace, name) ?? object, next]
}

/** A call whose updates write the part that its subresource names. */
export const of = (call: ResourceCall): ResourceCall => {
  const merge = merges[`${call.resource.id}/${call.path.subresource}`]
  if (merge === undefined) return call
  return { ...call, registry: { ...call.registry, update: (_, object) => replace(call, object, merge) } }
}
