/** Services, and fields of other kinds that can't change. */
import type { KubeObject } from "@aiopslab/core/Kubernetes"
import { equal } from "../Equal.ts"
import { at, record, records, string, strings, without } from "../Json.ts"
import { oneOf, port } from "./PodSpec.ts"
import type { Report } from "./Report.ts"

const types = ["ClusterIP", "ExternalName", "LoadBalancer", "NodePort"]
const protocols = ["SCTP", "TCP", "UDP"]

export const service = (object: KubeObject, previous: KubeObject | undefined, report: Report): void => {
  const spec = record(object["spec"])
  const ports = records(spec["ports"])
  if (ports.length === 0 && spec["type"] !== "ExternalName" && spec["clusterIP"] !== "None") report.required("spec.ports")
  const names = new Set<string>()
  for (const [i, one] of ports.entries()) {
    const path = `spec.ports[${i}]`
    const name = string(one["name"]) ?? ""
    if (name === "" && ports.length > 1) report.required(`${path}.name`)
    else if (name !== "" && names.has(name)) report.duplicate(`${path}.name`, name)
    names.add(name)
    port(one["port"] ?? 0, `${path}.port`, report)
    oneOf(one["protocol"], protocols, `${path}.protocol`, report)
    port(one["targetPort"], `${path}.targetPort`, report)
  }
  oneOf(spec["sessionAffinity"], ["ClientIP", "None"], "spec.sessionAffinity", report)
  oneOf(spec["type"], types, "spec.type", report)
  if (spec["type"] === "ExternalName" && (spec["externalName"] ?? "") === "") report.required("spec.externalName")
  const before = at(previous, "spec", "clusterIP")
  if (before !== undefined && spec["type"] !== "ExternalName" && before !== spec["clusterIP"]) {
    report.invalid("spec.clusterIPs[0]", strings(spec["clusterIPs"]), "may not change once set")
  }
}

export const roleBinding = (object: KubeObject, previous: KubeObject | undefined, report: Report): void => {
  const ref = record(object["roleRef"])
  oneOf(ref["kind"], object.kind === "ClusterRoleBinding" ? ["ClusterRole"] : ["ClusterRole", "Role"], "roleRef.kind", report)
  if ((ref["name"] ?? "") === "") report.required("roleRef.name")
  for (const [i, subject] of records(object["subjects"]).entries()) {
    if ((subject["name"] ?? "") === "") report.required(`subjects[${i}].name`)
    if (subject["kind"] === "ServiceAccount" && (subject["namespace"] ?? "") === "") report.required(`subjects[${i}].namespace`)
  }
  if (previous !== undefined && !equal(ref, previous["roleRef"])) report.invalid("roleRef", ref, "cannot change roleRef")
}

export const configMap = (object: KubeObject, previous: KubeObject | undefined, report: Report): void => {
  if (previous?.["immutable"] !== true) return
  if (object["immutable"] !== true) report.forbidden("immutable", "field is immutable when `immutable` is set")
  for (const key of ["data", "binaryData"]) {
    if (!equal(object[key], previous[key])) report.forbidden(key, "field is immutable when `immutable` is set")
  }
}

export const secret = (object: KubeObject, previous: KubeObject | undefined, report: Report): void => {
  if (previous !== undefined && object["type"] !== previous["type"]) report.invalid("type", object["type"], "field is immutable")
  configMap(object, previous, report)
}

/** The requests of a bound claim may grow; the rest stays. */
const claimFixed = (spec: unknown): unknown =>
  without(without(without(record(spec), "resources"), "volumeAttributesClassName"), "volumeName")

export const claim = (object: KubeObject, previous: KubeObject | undefined, report: Report): void => {
  const spec = record(object["spec"])
  if (strings(spec["accessModes"]).length === 0) report.required("spec.accessModes", "at least 1 access mode is required")
  if (at(spec, "resources", "requests", "storage") === undefined) report.required("spec.resources[storage]")
  if (previous !== undefined && !equal(claimFixed(spec), claimFixed(previous["spec"]))) {
    report.forbidden("spec", "spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims")
  }
}

export const volume = (object: KubeObject, _: KubeObject | undefined, report: Report): void => {
  const spec = record(object["spec"])
  if (strings(spec["accessModes"]).length === 0) report.required("spec.accessModes")
  if (at(spec, "capacity") === undefined) report.required("spec.capacity")
}

export const priorityClass = (object: KubeObject, previous: KubeObject | undefined, report: Report): void => {
  if (previous !== undefined && object["value"] !== previous["value"]) report.forbidden("value", "may not be changed in an update.")
}
