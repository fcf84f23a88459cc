/** PersistentVolumes and their claims. */
import type { KubeObject } from "@aiopslab/core/Kubernetes"
import { equal } from "../../Equal.ts"
import type { JsonRecord } from "../../Json.ts"
import { at, isArray, isRecord, record, strings, without } from "../../Json.ts"
import * as Quantity from "../../Quantity.ts"
import { claimSpec } from "../ClaimSpec.ts"
import * as Internal from "../Internal.ts"
import { nodeSelector } from "../NodeSelector.ts"
import type { Report } from "../Report.ts"
import { unifiedDiff } from "../UnifiedDiff.ts"
import { immutable, oneOf, quantityPositive, subdomain, text } from "../Value.ts"
import { sourceKeys, volumeSource } from "./VolumeSource.ts"

const accessModes = ["ReadOnlyMany", "ReadWriteMany", "ReadWriteOnce", "ReadWriteOncePod"]
const volumeModes = ["Block", "Filesystem"]

const modes = (spec: JsonRecord, path: string, report: Report): void => {
  const given = strings(spec["accessModes"])
  for (const mode of given) oneOf(mode, accessModes, `${path}.accessModes`, report)
  const others = given.some((mode) => mode !== "ReadWriteOncePod" && accessModes.includes(mode))
  if (given.includes("ReadWriteOncePod") && others) {
    report.forbidden(`${path}.accessModes`, "may not use ReadWriteOncePod with other access modes")
  }
}

/** `volume` is its name; `inline` specs are those of a VolumeAttachment. */
export const volumeSpec = (spec: JsonRecord, path: string, volume: string, scope: "object" | "inline", report: Report): void => {
  const inline = scope === "inline"
  const only = "in the context of inline volumes"
  const capacity = record(spec["capacity"])
  const names = Object.keys(capacity).sort()
  if (inline) {
    if (spec["claimRef"] !== undefined) report.forbidden(`${path}.claimRef`, `may not be specified ${only}`)
    if (names.length > 0) report.forbidden(`${path}.capacity`, `may not be specified ${only}`)
    if (spec["csi"] === undefined) report.required(`${path}.csi`, `has to be specified ${only}`)
  }
  if (strings(spec["accessModes"]).length === 0) report.required(`${path}.accessModes`)
  modes(spec, path, report)
  if (!inline) {
    if (names.length === 0) report.required(`${path}.capacity`)
    if (capacity["storage"] === undefined || names.length > 1) {
      report.notSupported(`${path}.capacity`, spec["capacity"], ["storage"])
    }
    for (const name of names) {
      if (Quantity.compare(capacity[name], "0") < 0) {
        report.invalid(`${path}.capacity[${name}]`, Quantity.value(capacity[name]), "must be a valid resource quantity")
      }
      quantityPositive(capacity[name], `${path}.capacity[${name}]`, report)
    }
  }
  const policy = text(spec["persistentVolumeReclaimPolicy"])
  if (policy !== "" && !inline) oneOf(policy, ["Delete", "Recycle", "Retain"], `${path}.persistentVolumeReclaimPolicy`, report)
  if (policy !== "" && policy !== "Retain" && inline) {
    report.forbidden(`${path}.persistentVolumeReclaimPolicy`, `may only be Retain ${only}`)
  }
  if (spec["nodeAffinity"] !== undefined) {
    const required = at(spec, "nodeAffinity", "required")
    if (inline) report.forbidden(`${path}.nodeAffinity`, `may not be specified ${only}`)
    else if (required === undefined) report.required(`${path}.nodeAffinity.required`, "must specify required node constraints")
    else nodeSelector(required, `${path}.nodeAffinity.required`, report)
  }
  volumeSource(spec, path, volume, report)
  if (policy === "Recycle" && /^\/+(\.\/*)*$/.test(text(at(spec, "hostPath", "path")))) {
    report.forbidden(`${path}.persistentVolumeReclaimPolicy`, "may not be 'recycle' for a hostPath mount of '/'")
  }
  const storageClass = text(spec["storageClassName"])
  if (storageClass !== "" && inline) report.forbidden(`${path}.storageClassName`, `may not be specified ${only}`)
  else if (storageClass !== "") subdomain(storageClass, `${path}.storageClassName`, report)
  if (!inline) oneOf(spec["volumeMode"], volumeModes, `${path}.volumeMode`, report)
  else if (spec["volumeMode"] !== undefined && spec["volumeMode"] !== "Filesystem") {
    report.forbidden(`${path}.volumeMode`, `may not specify volumeMode other than Filesystem ${only}`)
  }
  attributesClass(spec, path, report)
}

const attributesClass = (spec: JsonRecord, path: string, report: Report): void => {
  const value = spec["volumeAttributesClassName"]
  if (value === undefined) return
  if (value === "") report.required(`${path}.volumeAttributesClassName`, "an empty string is disallowed")
  else subdomain(text(value), `${path}.volumeAttributesClassName`, report)
  if (spec["csi"] === undefined) report.required(`${path}.csi`, "has to be specified when using volumeAttributesClassName")
}

const optionsKey = "volume.beta.kubernetes.io/mount-options"

/** The types that mount with options. */
const mounting: ReadonlySet<string> = new Set([
  "gcePersistentDisk",
  "awsElasticBlockStore",
  "glusterfs",
  "nfs",
  "rbd",
  "quobyte",
  "iscsi",
  "cinder",
  "cephfs",
  "azureFile",
  "vsphereVolume",
  "azureDisk",
  "photonPersistentDisk"
])

export const volume = (object: KubeObject, _: KubeObject | undefined, report: Report): void => {
  const spec = record(object["spec"])
  volumeSpec(spec, "spec", object.metadata.name, "object", report)
  if (object.metadata.annotations?.[optionsKey] !== undefined && !sourceKeys.some((key) => mounting.has(key) && spec[key] !== undefined)) {
    report.forbidden(`metadata.annotations.${optionsKey}`, "may not specify mount options for this volume type")
  }
}

const sourceOf = (spec: JsonRecord): JsonRecord =>
  Object.fromEntries(sourceKeys.map((key) => [key, spec[key]]).filter(([, value]) => value !== undefined))

export const volumeUpdate = (object: KubeObject, previous: KubeObject | undefined, report: Report): void => {
  const spec = record(object["spec"])
  const before = record(previous?.["spec"])
  const old = sourceOf(before)
  const added = at(before, "csi", "controllerExpandSecretRef") === undefined && before["csi"] !== undefined && spec["csi"] !== undefined
  const now = added ? { ...sourceOf(spec), csi: without(record(spec["csi"]), "controllerExpandSecretRef") } : sourceOf(spec)
  if (!equal(now, old)) {
    const difference = unifiedDiff(Internal.pretty("core.PersistentVolumeSource", old), Internal.pretty("core.PersistentVolumeSource", now))
    report.forbidden("spec.persistentvolumesource", `spec.persistentvolumesource is immutable after creation\n${difference}`)
  }
  immutable(spec["volumeMode"], before["volumeMode"], "volumeMode", report)
  if (before["nodeAffinity"] !== undefined && !equal(renamed(spec["nodeAffinity"], before["nodeAffinity"]), before["nodeAffinity"])) {
    report.invalid("nodeAffinity", affinity(spec["nodeAffinity"]), "field is immutable, except for updating from beta label to GA")
  }
  if (before["volumeAttributesClassName"] !== undefined && spec["volumeAttributesClassName"] === undefined) {
    report.forbidden("spec.volumeAttributesClassName", "update from non-nil value to nil is forbidden")
  }
}

const ga: ReadonlyMap<unknown, string> = new Map([
  ["failure-domain.beta.kubernetes.io/zone", "topology.kubernetes.io/zone"],
  ["failure-domain.beta.kubernetes.io/region", "topology.kubernetes.io/region"],
  ["beta.kubernetes.io/instance-type", "node.kubernetes.io/instance-type"],
  ["beta.kubernetes.io/os", "kubernetes.io/os"],
  ["beta.kubernetes.io/arch", "kubernetes.io/arch"]
])

/** With the old names of labels that have newer ones; the server takes an empty name for the newer one of any other label. */
const renamed = (next: unknown, before: unknown): unknown => {
  if (isArray(next) && isArray(before)) return next.map((item, i) => renamed(item, before[i]))
  if (!isRecord(next) || !isRecord(before)) return next
  return Object.fromEntries(
    Object.entries(next).map(([key, value]) => {
      const old = before[key]
      const isFresh = key === "key" && typeof old === "string" && value === (ga.get(old) ?? "")
      return [key, isFresh ? old : renamed(value, old)]
    })
  )
}

const affinity = (value: unknown): unknown => (value === undefined ? undefined : Internal.compact("core.VolumeNodeAffinity", value))

export const claim = (object: KubeObject, _: KubeObject | undefined, report: Report): void =>
  claimSpec(record(object["spec"]), "spec", report)

const claimType = "core.PersistentVolumeClaimSpec"
const classKey = "volume.beta.kubernetes.io/storage-class"

/** What a bound claim may change, and what any may while it has none. */
const fixed = (spec: JsonRecord, before: JsonRecord, phase: unknown): JsonRecord => {
  let out = spec
  if (before["storageClassName"] === undefined && spec["storageClassName"] !== undefined) {
    out = { ...out, storageClassName: undefined }
  }
  if (phase === "Bound") {
    const size = at(before, "resources", "requests", "storage")
    const resources = record(out["resources"])
    out = {
      ...out,
      resources: { ...resources, requests: { ...record(resources["requests"]), storage: size } },
      volumeAttributesClassName: before["volumeAttributesClassName"]
    }
  }
  return Object.fromEntries(Object.entries(out).filter(([, value]) => value !== undefined))
}

export const claimUpdate = (object: KubeObject, previous: KubeObject | undefined, report: Report): void => {
  const spec = record(object["spec"])
  const before = record(previous?.["spec"])
  const annotation = object.metadata.annotations?.[classKey]
  const old = previous?.metadata.annotations?.[classKey]
  const upgraded = old !== undefined && before["storageClassName"] === undefined && spec["storageClassName"] === old
  if (!(upgraded && (annotation === undefined || annotation === old)) && annotation !== old) {
    report.invalid(`metadata.annotations.${classKey}`, annotation ?? "", "field is immutable")
  }
  const now = fixed(spec, before, at(previous, "status", "phase"))
  // a volume is named once: until then the claim counts as if it had been named before
  const then = text(before["volumeName"]) === "" && text(now["volumeName"]) !== "" ? { ...before, volumeName: now["volumeName"] } : before
  if (!equal(now, then)) {
    const difference = unifiedDiff(Internal.pretty(claimType, then), Internal.pretty(claimType, now))
    report.forbidden(
      "spec",
      `spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims\n${difference}`
    )
  }
  const size = at(spec, "resources", "requests", "storage") ?? "0"
  if (Quantity.compare(size, at(before, "resources", "requests", "storage") ?? "0") < 0) {
    const actual = at(previous, "status", "capacity", "storage") ?? "0"
    if (Quantity.compare(size, actual) <= 0) {
      report.forbidden("spec.resources.requests.storage", "field can not be less than status.capacity")
    }
  }
  immutable(spec["volumeMode"], before["volumeMode"], "volumeMode", report)
}
