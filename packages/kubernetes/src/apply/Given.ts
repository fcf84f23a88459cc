/**
 * What a writer gave, apart from what the server decided. Our defaulting fills in some fields that kube-apiserver fills in later, in
 * admission or when it allocates; those are nobody's unless the writer named them. Others are the other way round: the real server's
 * conversion and defaulting make them the writer's, ours comes later.
 */
import type { KubeObject } from "@aiopslab/core/Kubernetes"
import { at, record, withAt } from "../Json.ts"

/** By resource id. */
const decided: Readonly<Record<string, ReadonlyArray<ReadonlyArray<string>>>> = {
  pods: [
    ["spec", "preemptionPolicy"],
    ["spec", "priority"],
    ["spec", "tolerations"],
    ["spec", "serviceAccountName"],
    ["spec", "serviceAccount"]
  ],
  namespaces: [["spec", "finalizers"]],
  services: [
    ["spec", "ipFamilies"],
    ["spec", "ipFamilyPolicy"]
  ]
}

/** By resource id. */
const converted: Readonly<Record<string, (object: KubeObject) => KubeObject>> = {
  "daemonsets.apps": (object) => ({
    ...object,
    metadata: { ...object.metadata, annotations: { "deprecated.daemonset.template.generation": "0", ...object.metadata.annotations } }
  }),
  "customresourcedefinitions.apiextensions.k8s.io": (object) => ({
    ...object,
    spec: { conversion: { strategy: "None" }, ...record(object["spec"]) }
  }),
  namespaces: (object) => ({
    ...object,
    metadata: { ...object.metadata, labels: { ...object.metadata.labels, "kubernetes.io/metadata.name": object.metadata.name } }
  })
}

/** `object` is `input` with its defaults. */
export const given = (resource: string, input: KubeObject, object: KubeObject): KubeObject =>
  (decided[resource] ?? []).reduce<KubeObject>(
    (out, [part = "", ...path]) =>
      at(input, part, ...path) === undefined && at(out, part, ...path) !== undefined
        ? { ...out, [part]: withAt(out[part], path, undefined) }
        : out,
    converted[resource]?.(object) ?? object
  )
