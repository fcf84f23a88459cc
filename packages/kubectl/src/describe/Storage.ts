/** Persistent volumes and claims, ConfigMaps, Secrets. */
import { pathOf, resources } from "@aiopslab/core/KubeClient"
import * as Duration from "../Duration.ts"
import * as Effect from "effect/Effect"
import * as Fields from "../Fields.ts"
import { conditions } from "./Conditions.ts"
import { type Describer, items, plain } from "./Describer.ts"
import { source } from "./Volumes.ts"

const short: Readonly<Record<string, string>> = {
  ReadWriteOnce: "RWO",
  ReadOnlyMany: "ROX",
  ReadWriteMany: "RWX",
  ReadWriteOncePod: "RWOP"
}
const modes = (of: unknown): string =>
  Fields.list(of)
    .map((mode) => short[String(mode)] ?? String(mode))
    .join(",")
const finalizers = (object: unknown): string => `[${Fields.list(object, "metadata", "finalizers").map(String).join(" ")}]`

const terminating = (object: unknown, now: number): string | undefined => {
  const deleted = Fields.time(object, "metadata", "deletionTimestamp")
  return deleted === undefined ? undefined : `Terminating (lasts ${Duration.human(now - deleted)})`
}

export const persistentVolumeClaim: Describer = {
  events: true,
  write: Effect.fnUntraced(function* (page, { inv, name, namespace, now, object }) {
    const [spec, status] = [Fields.at(object, "spec"), Fields.at(object, "status")]
    const bound = Fields.text(spec, "volumeName") !== ""
    page.head(object)
    page.field(0, "StorageClass", Fields.text(spec, "storageClassName"))
    page.field(0, "Status", terminating(object, now) ?? Fields.text(status, "phase"))
    page.field(0, "Volume", Fields.text(spec, "volumeName"))
    page.labels(object)
    page.annotations(object)
    page.field(0, "Finalizers", finalizers(object))
    page.field(0, "Capacity", bound ? Fields.text(status, "capacity", "storage") : "")
    page.field(0, "Access Modes", bound ? modes(Fields.at(status, "accessModes")) : "")
    if (Fields.text(spec, "volumeMode") !== "") page.field(0, "VolumeMode", Fields.text(spec, "volumeMode"))
    const users = (yield* items(inv, pathOf(resources.pods, namespace)))
      .filter((pod) =>
        Fields.list(pod, "spec", "volumes").some((volume) => Fields.text(volume, "persistentVolumeClaim", "claimName") === name)
      )
      .map((pod) => Fields.text(pod, "metadata", "name"))
    page.field(0, "Used By", users[0] ?? "<none>")
    for (const user of users.slice(1)) page.line(0, "", user)
    conditions(page, status, ["LastProbeTime", "lastProbeTime"])
  })
}

export const persistentVolume: Describer = plain((page, { now, object }) => {
  const [spec, status] = [Fields.at(object, "spec"), Fields.at(object, "status")]
  page.field(0, "Name", object.metadata.name)
  page.labels(object)
  page.annotations(object)
  page.field(0, "Finalizers", finalizers(object))
  page.field(0, "StorageClass", Fields.text(spec, "storageClassName"))
  page.field(0, "Status", terminating(object, now) ?? Fields.text(status, "phase"))
  const claim = Fields.at(spec, "claimRef")
  page.field(0, "Claim", claim === undefined ? "" : `${Fields.text(claim, "namespace")}/${Fields.text(claim, "name")}`)
  page.field(0, "Reclaim Policy", Fields.text(spec, "persistentVolumeReclaimPolicy"))
  page.field(0, "Access Modes", modes(Fields.at(spec, "accessModes")))
  if (Fields.text(spec, "volumeMode") !== "") page.field(0, "VolumeMode", Fields.text(spec, "volumeMode"))
  page.field(0, "Capacity", Fields.text(spec, "capacity", "storage"))
  const terms = Fields.list(spec, "nodeAffinity", "required", "nodeSelectorTerms")
  page.line(0, ...(terms.length === 0 ? ["Node Affinity:", "<none>"] : ["Node Affinity:", ""]))
  if (terms.length > 0) page.line(1, "Required Terms:", "")
  for (const [index, term] of terms.entries()) {
    const parts = Fields.list(term, "matchExpressions").map(
      (one) =>
        `${Fields.text(one, "key")} ${Fields.text(one, "operator").toLowerCase()} [${Fields.list(one, "values").map(String).join(", ")}]`
    )
    page.field(2, `Term ${index}`, parts.join("\n\t"))
  }
  page.field(0, "Message", Fields.text(status, "message"))
  page.line(0, "Source:")
  for (const [name, value] of source(spec)) page.field(2, name, value)
})

export const configMap: Describer = plain((page, { object }) => {
  page.head(object)
  page.labels(object)
  page.annotations(object)
  page.text("\nData\n====\n")
  for (const [key, value] of Fields.sorted(Fields.record(object, "data"))) page.text(`${key}:\n----\n${String(value)}\n\n`)
  page.text("\nBinaryData\n====\n")
  for (const [key, value] of Fields.sorted(Fields.record(object, "binaryData"))) page.text(`${key}: ${bytes(String(value))} bytes\n`)
  page.text("\n")
})

const bytes = (base64: string): number => Math.floor((base64.replace(/=+$/u, "").length * 3) / 4)

export const secret: Describer = plain((page, { object }) => {
  page.head(object)
  page.labels(object)
  page.annotations(object)
  page.text("\n")
  page.field(0, "Type", Fields.text(object, "type"))
  page.text("\nData\n====\n")
  const token = Fields.text(object, "type") === "kubernetes.io/service-account-token"
  for (const [key, value] of Fields.sorted(Fields.record(object, "data")))
    page.field(0, key, token && key === "token" ? atob(String(value)) : `${bytes(String(value))} bytes`)
}, false)
