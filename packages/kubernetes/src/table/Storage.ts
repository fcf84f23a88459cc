/** The columns of volumes and claims. */
import type { KubeObject } from "@aiopslab/core/Kubernetes"
import { at, print, record, string, strings } from "../Json.ts"
import type { Column } from "./Column.ts"
import { age, joined, name, path, text, wide } from "./Column.ts"

const modes: Readonly<Record<string, string>> = {
  ReadWriteOnce: "RWO",
  ReadOnlyMany: "ROX",
  ReadWriteMany: "RWX",
  ReadWriteOncePod: "RWOP"
}

/** In the order of the table above, each once. */
const accessModes = (value: unknown): string => {
  const given = strings(value)
  return joined(
    Object.entries(modes)
      .filter(([mode]) => given.includes(mode))
      .map(([, short]) => short)
  )
}

const phase = (object: KubeObject): string =>
  object.metadata.deletionTimestamp === undefined ? (string(at(object, "status", "phase")) ?? "") : "Terminating"

const attributes = text("VolumeAttributesClass", path("<unset>", "spec", "volumeAttributesClassName"))
const mode = wide("VolumeMode", path("<unset>", "spec", "volumeMode"))

export const volumes: ReadonlyArray<Column> = [
  name,
  text("Capacity", path("", "spec", "capacity", "storage")),
  text("Access Modes", (object) => accessModes(at(object, "spec", "accessModes"))),
  text("Reclaim Policy", path("", "spec", "persistentVolumeReclaimPolicy")),
  text("Status", phase),
  text("Claim", (object) => {
    const claim = record(at(object, "spec", "claimRef"))
    return claim["name"] === undefined ? "" : `${print(claim["namespace"])}/${print(claim["name"])}`
  }),
  text("StorageClass", path("", "spec", "storageClassName")),
  attributes,
  text("Reason", path("", "status", "reason")),
  age,
  mode
]

const bound = (object: KubeObject): boolean => (at(object, "spec", "volumeName") ?? "") !== ""

export const claims: ReadonlyArray<Column> = [
  name,
  text("Status", phase),
  text("Volume", path("", "spec", "volumeName")),
  text("Capacity", (object) => (bound(object) ? (string(at(object, "status", "capacity", "storage")) ?? "") : "")),
  text("Access Modes", (object) => (bound(object) ? accessModes(at(object, "status", "accessModes")) : "")),
  text("StorageClass", path("", "spec", "storageClassName")),
  attributes,
  age,
  mode
]

const isDefault = "storageclass.kubernetes.io/is-default-class"

export const classes: ReadonlyArray<Column> = [
  {
    ...name,
    cell: (object) => (object.metadata.annotations?.[isDefault] === "true" ? `${object.metadata.name} (default)` : object.metadata.name)
  },
  text("Provisioner", path("", "provisioner")),
  text("ReclaimPolicy", path("Delete", "reclaimPolicy")),
  text("VolumeBindingMode", path("Immediate", "volumeBindingMode")),
  text("AllowVolumeExpansion", (object) => object["allowVolumeExpansion"] === true),
  age
]
