/**
 * What a writer gave, apart from what the server decided. Our defaulting fills in some fields that kube-apiserver fills in later, in
 * admission or when it allocates; those are nobody's unless the writer named them. Others are the other way round: the real server's
 * conversion and defaulting make them the writer's, ours comes later.
 */
import type { KubeObject } from "@aiopslab/core/Kubernetes"
import { undropped } from "../defaults/Disabled.ts"
import { at, isRecord, record, withAt } from "../Json.ts"

/** By resource id. */
const decided: Readonly<Record<string, ReadonlyArray<ReadonlyArray<string>>>> = {
  pods: [
    ["spec", "preemptionPolicy"],
    ["spec", "priority"],
    ["spec", "tolerations"]
  ],
  namespaces: [["spec", "finalizers"]],
  services: [
    ["spec", "ipFamilies"],
    ["spec", "ipFamilyPolicy"]
  ]
}

/** By resource id. */
const converted: Readonly<Record<string, (object: KubeObject, input: KubeObject) => KubeObject>> = {
  "daemonsets.apps": (object) => ({
    ...object,
    metadata: { ...object.metadata, annotations: { "deprecated.daemonset.template.generation": "0", ...object.metadata.annotations } }
  }),
  "customresourcedefinitions.apiextensions.k8s.io": (object) => ({
    ...object,
    spec: { conversion: { strategy: "None" }, ...record(object["spec"]) }
  }),
  // a name that the server makes comes after its defaults
  namespaces: (object, input) =>
    (input.metadata.name ?? "") === ""
      ? object
      : {
          ...object,
          metadata: { ...object.metadata, labels: { ...object.metadata.labels, "kubernetes.io/metadata.name": object.metadata.name } }
        }
}

/** Fields of features that are off, which the server drops after it has seen whose they are. */
const dropped: Readonly<Record<string, ReadonlyArray<ReadonlyArray<string>>>> = {
  "leases.coordination.k8s.io": [
    ["spec", "strategy"],
    ["spec", "preferredHolder"]
  ],
  "deviceclasses.resource.k8s.io": [["spec", "extendedResourceName"]]
}

const restored = (resource: string, input: KubeObject, object: KubeObject): KubeObject =>
  (dropped[resource] ?? none).reduce<KubeObject>((out, [part = "", ...path]) => {
    const value = at(input, part, ...path)
    return value === undefined ? out : { ...out, [part]: withAt(out[part], path, value) }
  }, object)

/** Where kinds have the spec of a pod. */
const podSpecs: ReadonlyArray<ReadonlyArray<string>> = [
  ["spec", "template", "spec"],
  ["template", "spec"],
  ["spec", "jobTemplate", "spec", "template", "spec"]
]

const specs: Readonly<Record<string, ReadonlyArray<ReadonlyArray<string>>>> = {
  pods: [["spec"]],
  "csidrivers.storage.k8s.io": [["spec"]]
}

/** With the fields of features that are off, which the real server drops later. */
const undroppedAt = (object: KubeObject, [part = "", ...path]: ReadonlyArray<string>): KubeObject => {
  const spec = at(object, part, ...path)
  const whole = isRecord(spec) ? undropped(spec) : spec
  return whole === spec ? object : { ...object, [part]: withAt(object[part], path, whole) }
}

const accounts: ReadonlyArray<ReadonlyArray<string>> = [
  ["spec", "serviceAccountName"],
  ["spec", "serviceAccount"]
]

/** The account of a pod that names none. */
const decidedFor = (resource: string, input: KubeObject): ReadonlyArray<ReadonlyArray<string>> => {
  const known = decided[resource] ?? none
  return resource !== "pods" || accounts.some((path) => (at(input, ...path) ?? "") !== "") ? known : [...known, ...accounts]
}

const none: ReadonlyArray<ReadonlyArray<string>> = []

/** `object` is `input` with its defaults. */
export const given = (resource: string, input: KubeObject, object: KubeObject): KubeObject =>
  decidedFor(resource, input).reduce<KubeObject>(
    (out, [part = "", ...path]) =>
      at(input, part, ...path) === undefined && at(out, part, ...path) !== undefined
        ? { ...out, [part]: withAt(out[part], path, undefined) }
        : out,
    (specs[resource] ?? podSpecs).reduce(undroppedAt, restored(resource, input, converted[resource]?.(object, input) ?? object))
  )
