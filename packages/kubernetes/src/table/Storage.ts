/** The columns of volumes and claims. */
import type { KubeObject } from "@aiopslab/core/Kubernetes"
import { at, print, record, records, string, strings } from "../Json.ts"
import type { Column } from "./Column.ts"
import { age, boolean, integer, joined, name, path, size, text, wide } from "./Column.ts"

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

/** What was an annotation before it was a field still counts first. */
const className = (object: KubeObject): string =>
  object.metadata.annotations?.["volume.beta.kubernetes.io/storage-class"] ?? string(at(object, "spec", "storageClassName")) ?? ""

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
  text("StorageClass", className),
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
  text("Capacity", (object) => (bound(object) ? (string(at(object, "status", "capacity", "storage")) ?? "0") : "")),
  text("Access Modes", (object) => (bound(object) ? accessModes(at(object, "status", "accessModes")) : "")),
  text("StorageClass", className),
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

const driverFlag = (name: string, key: string, otherwise: "true" | "false"): Column =>
  boolean(name, (object) => (at(object, "spec", key) ?? otherwise === "true") === true)

export const drivers: ReadonlyArray<Column> = [
  name,
  driverFlag("AttachRequired", "attachRequired", "true"),
  driverFlag("PodInfoOnMount", "podInfoOnMount", "false"),
  driverFlag("StorageCapacity", "storageCapacity", "false"),
  text("TokenRequests", (object) => {
    const requests = at(object, "spec", "tokenRequests")
    return requests === undefined ? "<unset>" : joined(records(requests).map((one) => print(one["audience"])))
  }),
  driverFlag("RequiresRepublish", "requiresRepublish", "false"),
  text("Modes", (object) => joined(strings(at(object, "spec", "volumeLifecycleModes")), "<none>")),
  age
]

export const nodes: ReadonlyArray<Column> = [name, integer("Drivers", (object) => size(at(object, "spec", "drivers"))), age]

export const attachments: ReadonlyArray<Column> = [
  name,
  { ...text("Attacher", path("", "spec", "attacher")), format: "name" },
  text("PV", path("", "spec", "source", "persistentVolumeName")),
  text("Node", path("", "spec", "nodeName")),
  boolean("Attached", (object) => at(object, "status", "attached") === true),
  age
]

export const attributesClasses: ReadonlyArray<Column> = [name, text("DriverName", path("", "driverName")), age]
