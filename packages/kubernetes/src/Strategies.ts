/**
 * What the server does to objects of a kind beyond defaulting: the first status, fields that it owns, whether generation counts. One
 * table each, by resource id. Observed on kube-apiserver 1.34.
 */
import type { KubeObject, KubeStatus } from "@aiopslab/core/Kubernetes"
import * as Result from "effect/Result"
import * as Addresses from "./Addresses.ts"
import { equal } from "./Equal.ts"
import type { WriteContext } from "./Host.ts"
import type { JsonRecord } from "./Json.ts"
import { array, at, isRecord, record, string, stringRecord, without } from "./Json.ts"
import type { Resource } from "./Scheme.ts"
import type { Store } from "./Store.ts"
import { kubeTime } from "./Time.ts"
import { qosClass } from "./defaults/QosClass.ts"
import { carryPod, carryPodStatus, gated, preparePod, withoutTerminating } from "./strategies/Pod.ts"
import { carrySigningRequest } from "./strategies/SigningRequest.ts"

/** Who has named an object. */
export type Naming = "given" | "generated"
type Prepare = (object: KubeObject, store: Store, context: WriteContext, naming: Naming) => KubeObject
type Carry = (next: KubeObject, previous: KubeObject, store: Store) => KubeObject

/** Kinds without a spec that still count generations compare all but metadata. */
const counted: ReadonlySet<string> = new Set([
  "pods",
  "podtemplates",
  "replicationcontrollers",
  "deployments.apps",
  "statefulsets.apps",
  "daemonsets.apps",
  "replicasets.apps",
  "jobs.batch",
  "cronjobs.batch",
  "ingresses.networking.k8s.io",
  "networkpolicies.networking.k8s.io",
  "poddisruptionbudgets.policy",
  "priorityclasses.scheduling.k8s.io",
  "endpointslices.discovery.k8s.io",
  "ingressclasses.networking.k8s.io",
  "mutatingwebhookconfigurations.admissionregistration.k8s.io",
  "validatingwebhookconfigurations.admissionregistration.k8s.io",
  "validatingadmissionpolicies.admissionregistration.k8s.io",
  "validatingadmissionpolicybindings.admissionregistration.k8s.io",
  "flowschemas.flowcontrol.apiserver.k8s.io",
  "prioritylevelconfigurations.flowcontrol.apiserver.k8s.io",
  "customresourcedefinitions.apiextensions.k8s.io",
  "deviceclasses.resource.k8s.io",
  "resourceslices.resource.k8s.io"
])

export const countsGenerations = (resource: Resource): boolean => counted.has(resource.id) || resource.type === undefined

/** The first change of a driver is its first generation. */
export const countsChanges = (resource: Resource): boolean => countsGenerations(resource) || resource.id === "csidrivers.storage.k8s.io"

/** Whether an update from one to the other is a new generation. */
export const isNewGeneration = (previous: KubeObject, next: KubeObject): boolean => {
  if (next.kind === "PriorityClass") return false
  // a deployment passes its annotations on to its replica sets
  if (next.kind === "Deployment" && !equal(previous.metadata.annotations, next.metadata.annotations)) return true
  if (next.kind === "EndpointSlice" && !equal(previous.metadata.labels, next.metadata.labels)) return true
  if (previous["spec"] !== undefined || next["spec"] !== undefined) return !equal(previous["spec"], next["spec"])
  for (const key of new Set([...Object.keys(previous), ...Object.keys(next)])) {
    if (key !== "metadata" && key !== "status" && !equal(previous[key], next[key])) return true
  }
  return false
}

/** Of webhooks, an empty list in the place of none is a new generation. */
export const isEmptied = ({ kind }: Resource, stored: KubeObject, given: KubeObject | undefined): boolean =>
  given !== undefined && kind.endsWith("WebhookConfiguration") && !equal(stored["webhooks"], given["webhooks"])

/** An update of these names the version it was made from. */
const versioned: ReadonlySet<string> = new Set([
  "mutatingwebhookconfigurations.admissionregistration.k8s.io",
  "validatingwebhookconfigurations.admissionregistration.k8s.io",
  "validatingadmissionpolicies.admissionregistration.k8s.io",
  "validatingadmissionpolicybindings.admissionregistration.k8s.io",
  "customresourcedefinitions.apiextensions.k8s.io",
  "apiservices.apiregistration.k8s.io",
  "leases.coordination.k8s.io",
  "runtimeclasses.node.k8s.io",
  "poddisruptionbudgets.policy",
  "csidrivers.storage.k8s.io",
  "csinodes.storage.k8s.io",
  "csistoragecapacities.storage.k8s.io",
  "volumeattachments.storage.k8s.io"
])

export const needsVersion = (resource: Resource): boolean => versioned.has(resource.id) || resource.type === undefined

/** An update of these makes what is not there. */
const createdByUpdate: ReadonlySet<string> = new Set([
  "endpoints",
  "events",
  "limitranges",
  "services",
  "leases.coordination.k8s.io",
  "runtimeclasses.node.k8s.io",
  "roles.rbac.authorization.k8s.io",
  "rolebindings.rbac.authorization.k8s.io",
  "clusterroles.rbac.authorization.k8s.io",
  "clusterrolebindings.rbac.authorization.k8s.io"
])

export const createsOnUpdate = (resource: Resource): boolean => createdByUpdate.has(resource.id)

/** Where the real server stores a resource, when not under its name. */
const places: Readonly<Record<string, string>> = {
  nodes: "minions",
  services: "services/specs",
  endpoints: "services/endpoints",
  replicationcontrollers: "controllers",
  "ingresses.networking.k8s.io": "ingress",
  "customresourcedefinitions.apiextensions.k8s.io": "apiextensions.k8s.io/customresourcedefinitions",
  "apiservices.apiregistration.k8s.io": "apiregistration.k8s.io/apiservices"
}

/** The key of an object in the real server's storage, which messages name. */
export const storageKey = (resource: Resource, namespace: string, name: string): string => {
  const place = places[resource.id] ?? (resource.custom === undefined ? resource.plural : `${resource.group}/${resource.plural}`)
  return `/${place}/${namespace === "" ? "" : `${namespace}/`}${name}`
}

/** The delete's answer is the object; otherwise it is a `Status` of success. */
const returned: ReadonlySet<string> = new Set([
  "pods",
  "services",
  "serviceaccounts",
  "persistentvolumes",
  "persistentvolumeclaims",
  "podtemplates",
  "resourcequotas",
  "deviceclasses.resource.k8s.io",
  "resourceclaims.resource.k8s.io",
  "resourceclaimtemplates.resource.k8s.io",
  "resourceslices.resource.k8s.io",
  "csidrivers.storage.k8s.io",
  "csinodes.storage.k8s.io",
  "storageclasses.storage.k8s.io",
  "volumeattachments.storage.k8s.io",
  "volumeattributesclasses.storage.k8s.io"
])

export const returnsDeleted = (resource: Resource): boolean => returned.has(resource.id)

/** Without a propagation policy the dependents of these are orphaned, for history's sake. */
const orphaning: ReadonlySet<string> = new Set(["jobs.batch", "replicationcontrollers"])

/** Nothing belongs to an event. */
export const isCollected = (resource: Resource): boolean => resource.id !== "events"

export const orphansByDefault = (resource: Resource): boolean => orphaning.has(resource.id)

/** A limit range may come without a name. */
export const nameOf = (resource: Resource, context: WriteContext): string => (resource.id === "limitranges" ? context.uid() : "")

const balancer = { loadBalancer: {} }

/** The server believes the class that a new pod says it has. */
const givenQuality = (pod: KubeObject): string | undefined => string(at(pod, "status", "qosClass")) || undefined

const locallyAvailable = (now: number): JsonRecord => ({
  type: "Available",
  status: "True",
  lastTransitionTime: kubeTime(now),
  reason: "Local",
  message: "Local APIServices are always available"
})

/** What a new object's status is, whatever its creator wrote there. Kinds not named begin with `{}`. */
const firstStatus: Readonly<Record<string, (object: KubeObject, context: WriteContext) => unknown>> = {
  pods: (pod, { now }) => ({ phase: "Pending", ...gated(pod, now), qosClass: givenQuality(pod) ?? qosClass(pod["spec"]) }),
  services: () => balancer,
  "ingresses.networking.k8s.io": () => balancer,
  namespaces: () => ({ phase: "Active" }),
  nodes: (node) => {
    const status = record(node["status"])
    return status["capacity"] !== undefined && status["allocatable"] === undefined ? { ...status, allocatable: status["capacity"] } : status
  },
  persistentvolumeclaims: () => ({ phase: "Pending" }),
  persistentvolumes: (_, { now }) => ({ phase: "Pending", lastPhaseTransitionTime: kubeTime(now) }),
  replicationcontrollers: () => ({ replicas: 0 }),
  "replicasets.apps": () => ({ replicas: 0 }),
  "statefulsets.apps": () => ({ replicas: 0, availableReplicas: 0 }),
  "daemonsets.apps": () => ({ currentNumberScheduled: 0, numberMisscheduled: 0, desiredNumberScheduled: 0, numberReady: 0 }),
  "volumeattachments.storage.k8s.io": () => ({ attached: false }),
  "poddisruptionbudgets.policy": () => ({ disruptionsAllowed: 0, currentHealthy: 0, desiredHealthy: 0, expectedPods: 0 }),
  // the server believes what its creator says
  "servicecidrs.networking.k8s.io": ({ status }) => status ?? {},
  "apiservices.apiregistration.k8s.io": (object, { now }) =>
    at(object, "spec", "service") === undefined ? { conditions: [locallyAvailable(now)] } : {},
  "horizontalpodautoscalers.autoscaling": () => ({ desiredReplicas: 0, currentMetrics: null })
}

export const withFirstStatus = (resource: Resource, object: KubeObject, context: WriteContext): KubeObject => {
  if (!resource.subresources.has("status")) return object
  if (resource.type === undefined) {
    const { status: _, ...rest } = object
    return rest
  }
  return { ...object, status: firstStatus[resource.id]?.(object, context) ?? {} }
}

const withMetadata = (object: KubeObject, more: JsonRecord): KubeObject => ({ ...object, metadata: { ...object.metadata, ...more } })

const protectedBy =
  (finalizer: string): Prepare =>
  (object) => {
    const finalizers = object.metadata.finalizers ?? []
    return finalizers.includes(finalizer) ? object : withMetadata(object, { finalizers: [...finalizers, finalizer] })
  }

const isNone = (value: unknown): boolean => Object.keys(record(value)).length === 0

/** A job's pods are found by its uid unless its author chose a selector. What is there already is left. */
const job: Prepare = (object, _, __, naming) => {
  const spec = record(object["spec"])
  if (spec["manualSelector"] === true) return object
  const uid = object.metadata.uid ?? ""
  const { name } = object.metadata
  const template = record(spec["template"])
  const metadata = record(template["metadata"])
  const given = metadata["labels"]
  const labels = {
    "batch.kubernetes.io/controller-uid": uid,
    "batch.kubernetes.io/job-name": name,
    "controller-uid": uid,
    "job-name": name,
    ...stringRecord(given)
  }
  const selector = record(spec["selector"])
  const matchLabels = { "batch.kubernetes.io/controller-uid": uid, ...record(selector["matchLabels"]) }
  return {
    ...object,
    spec: {
      ...spec,
      selector: { ...selector, matchLabels },
      template: { ...template, metadata: { ...metadata, labels } }
    },
    // labels that the job has from its template are one map with the template's, until a name is made in a copy
    metadata:
      isNone(object.metadata.labels) || (naming === "given" && object.metadata.labels === given)
        ? { ...object.metadata, labels }
        : object.metadata
  }
}

const notReady = { key: "node.kubernetes.io/not-ready", effect: "NoSchedule" }

const isKnownSource = (source: JsonRecord): boolean => {
  const group = source["apiGroup"] ?? ""
  return source["kind"] === "PersistentVolumeClaim"
    ? group === ""
    : source["kind"] === "VolumeSnapshot" && group === "snapshot.storage.k8s.io"
}

/** `dataSource` and `dataSourceRef` say the same. What a new claim names in the first that it does not know is dropped. */
const sourced = (spec: JsonRecord): JsonRecord => {
  const { dataSource, dataSourceRef } = spec
  if (dataSource !== undefined && dataSourceRef === undefined) return { ...spec, dataSourceRef: dataSource }
  return dataSource === undefined && isRecord(dataSourceRef) && (dataSourceRef["namespace"] ?? "") === ""
    ? { ...spec, dataSource: dataSourceRef }
    : spec
}

const known = (spec: JsonRecord): JsonRecord =>
  spec["dataSourceRef"] === undefined && isRecord(spec["dataSource"]) && !isKnownSource(spec["dataSource"])
    ? without(spec, "dataSource")
    : spec

const nameLabel = "kubernetes.io/metadata.name"

/** Selectors of namespaces can go by the name. */
const namedByLabel = (object: KubeObject): KubeObject => {
  const { labels, name } = object.metadata
  return labels?.[nameLabel] === name ? object : withMetadata(object, { labels: { ...labels, [nameLabel]: name } })
}

const beforeCreate: Readonly<Record<string, Prepare>> = {
  pods: preparePod,
  "jobs.batch": job,
  namespaces: (object) => {
    const finalizers = array(at(object, "spec", "finalizers"))
    const spec = { finalizers: finalizers.includes("kubernetes") ? finalizers : [...finalizers, "kubernetes"] }
    return namedByLabel({ ...object, spec })
  },
  persistentvolumeclaims: (object, store, context, naming) =>
    protectedBy("kubernetes.io/pvc-protection")({ ...object, spec: sourced(known(record(object["spec"]))) }, store, context, naming),
  persistentvolumes: protectedBy("kubernetes.io/pv-protection"),
  "volumeattributesclasses.storage.k8s.io": protectedBy("kubernetes.io/vac-protection"),
  "daemonsets.apps": (object) =>
    withMetadata(object, { annotations: { "deprecated.daemonset.template.generation": "1", ...object.metadata.annotations } }),
  nodes: (object) => {
    const spec = record(object["spec"])
    return array(spec["taints"]).some((taint) => at(taint, "key") === notReady.key)
      ? object
      : { ...object, spec: { ...spec, taints: [...array(spec["taints"]), notReady] } }
  }
}

const runOf = ({ isDry }: WriteContext) => (isDry === true ? "dry" : "real")

/** Fields the server fills in on creation, after defaulting. */
export const prepare = (
  resource: Resource,
  object: KubeObject,
  store: Store,
  context: WriteContext,
  naming: Naming
): Result.Result<KubeObject, KubeStatus> =>
  resource.id === "services"
    ? Addresses.allocate(object, store, runOf(context))
    : Result.succeed(beforeCreate[resource.id]?.(object, store, context, naming) ?? object)

const beforeUpdate: Readonly<Record<string, Carry>> = {
  pods: carryPod,
  persistentvolumeclaims: (next) => {
    const spec = record(next["spec"])
    const whole = sourced(spec)
    return whole === spec ? next : { ...next, spec: whole }
  },
  // finalizers go by a subresource alone
  namespaces: (next, previous) => namedByLabel(next["spec"] === previous["spec"] ? next : { ...next, spec: previous["spec"] }),
  "daemonsets.apps": (next, previous) => {
    const key = "deprecated.daemonset.template.generation"
    const isSame = equal(at(next, "spec", "template"), at(previous, "spec", "template"))
    const count = Number(previous.metadata.annotations?.[key] ?? "0") + (isSame ? 0 : 1)
    if (next.metadata.annotations?.[key] === String(count)) return next
    return withMetadata(next, { annotations: { ...next.metadata.annotations, [key]: String(count) } })
  }
}

/** Fields an update may leave out because the server allocated them. */
export const carry = (
  resource: Resource,
  next: KubeObject,
  previous: KubeObject,
  store: Store,
  context: WriteContext
): Result.Result<KubeObject, KubeStatus> =>
  resource.id === "services"
    ? Addresses.carry(next, previous, store, runOf(context))
    : Result.succeed(beforeUpdate[resource.id]?.(next, previous, store) ?? next)

/** When the phase of a volume changed, unless the writer says. */
const transition = (next: KubeObject, previous: KubeObject, { now }: WriteContext): KubeObject => {
  const status = record(next["status"])
  const before = record(previous["status"])
  const key = "lastPhaseTransitionTime"
  const isSaid = status[key] !== undefined && status[key] !== null
  const time =
    status["phase"] !== before["phase"]
      ? isSaid && status[key] !== before[key]
        ? status[key]
        : kubeTime(now)
      : isSaid
        ? status[key]
        : before[key]
  return time === status[key] ? next : { ...next, status: { ...status, [key]: time } }
}

const beforeStatus: Readonly<Record<string, (next: KubeObject, previous: KubeObject, context: WriteContext) => KubeObject>> = {
  pods: carryPodStatus,
  persistentvolumes: transition,
  // the codes of errors are a feature that is off
  "volumeattachments.storage.k8s.io": (next) => {
    const status = record(next["status"])
    const errors = ["attachError", "detachError"].filter((key) => isRecord(status[key]))
    const plain = errors.map((key) => [key, without(record(status[key]), "errorCode")] as const)
    return errors.length === 0 ? next : { ...next, status: { ...status, ...Object.fromEntries(plain) } }
  },
  "certificatesigningrequests.certificates.k8s.io": (next, previous, { now }) => carrySigningRequest(next, previous, now),
  "deployments.apps": withoutTerminating,
  "replicasets.apps": withoutTerminating
}

/** What a write of the status may leave out, or can't set. */
export const carryStatus = (resource: Resource, next: KubeObject, previous: KubeObject, context: WriteContext): KubeObject =>
  beforeStatus[resource.id]?.(next, previous, context) ?? next
