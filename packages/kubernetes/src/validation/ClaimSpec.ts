/** The spec of a PersistentVolumeClaim, also inside a pod or a StatefulSet. */
import { at, isRecord, record, string, strings } from "../Json.ts"
import * as Quantity from "../Quantity.ts"
import type { Check } from "./Check.ts"
import { all, child, format, isLabel, isSubdomain, oneOf, required, requiredList, text, under } from "./Check.ts"
import { selector } from "./LabelSelector.ts"
import { annotations, labels } from "./Metadata.ts"

const modes: ReadonlyArray<string> = ["ReadOnlyMany", "ReadWriteMany", "ReadWriteOnce", "ReadWriteOncePod"]

const accessModes: Check = (value, path, report) => {
  const here = child(path, "accessModes")
  const chosen = strings(value["accessModes"])
  for (const mode of chosen) if (!modes.includes(mode)) report.notSupported(here, mode, modes)
  if (chosen.includes("ReadWriteOncePod") && chosen.some((mode) => mode !== "ReadWriteOncePod" && modes.includes(mode))) {
    report.forbidden(here, "may not use ReadWriteOncePod with other access modes")
  }
}

const storage: Check = (value, path, report) => {
  const size = string(at(value, "resources", "requests", "storage"))
  const here = `${child(path, "resources")}[storage]`
  if (size === undefined) report.required(here)
  else if (Quantity.compare(size, "0") <= 0) report.invalid(here, size, "must be greater than zero")
}

const claimKind = "PersistentVolumeClaim"

const source: Check = all(
  required("name", "kind"),
  (value, path, report) => {
    if (text(value, "apiGroup") === "" && text(value, "kind") !== claimKind) {
      report.invalid(path, text(value, "kind"), "must be 'PersistentVolumeClaim' when referencing the default apiGroup")
    }
  },
  format("apiGroup", isSubdomain)
)

const sources: Check = (value, path, report) => {
  const { dataSource, dataSourceRef } = value
  if (!isRecord(dataSource) || !isRecord(dataSourceRef)) return
  const same = ["apiGroup", "kind", "name"].every((key) => dataSource[key] === dataSourceRef[key])
  // the value printed is Go's empty struct: the path of the other field
  if (text(dataSourceRef, "namespace") !== "") {
    report.invalid(path, {}, "may not be specified when dataSourceRef.namespace is specified")
  } else if (!same) report.invalid(path, {}, "must match dataSourceRef")
}

export const claimSpec: Check = all(
  requiredList("accessModes", "at least 1 access mode is required"),
  selector("selector"),
  accessModes,
  storage,
  format("storageClassName", isSubdomain),
  oneOf("volumeMode", ["Block", "Filesystem"]),
  under("dataSource", source),
  under("dataSourceRef", all(source, format("namespace", isLabel))),
  sources,
  format("volumeAttributesClassName", isSubdomain)
)

const templateMetadata = ["annotations", "labels"]

/** Metadata in the order of Go's struct. */
const metadataFields = [
  "name",
  "generateName",
  "namespace",
  "selfLink",
  "uid",
  "resourceVersion",
  "generation",
  "creationTimestamp",
  "deletionTimestamp",
  "deletionGracePeriodSeconds",
  ...templateMetadata,
  "ownerReferences",
  "finalizers",
  "managedFields"
]

/** The names Go gives them: only the first letter is made small. */
const goField: Readonly<Record<string, string>> = { uid: "uID" }

export const claimTemplate: Check = (value, path, report) => {
  const metadata = record(value["metadata"])
  const here = `${path}.metadata`
  annotations(metadata["annotations"], `${here}.annotations`, report)
  labels(metadata["labels"], `${here}.labels`, report)
  for (const field of metadataFields) {
    const set = metadata[field] !== undefined && metadata[field] !== "" && metadata[field] !== 0
    if (set && !templateMetadata.includes(field)) report.forbidden(`${here}.${goField[field] ?? field}`, "cannot be set")
  }
  claimSpec(record(value["spec"]), `${path}.spec`, report)
}
