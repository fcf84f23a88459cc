/** Service accounts, roles and their bindings, quotas, storage classes. */
import * as Fields from "../Fields.ts"
import { type Describer, plain } from "./Describer.ts"

const names = (of: ReadonlyArray<unknown>): string => of.map((one) => Fields.text(one, "name")).join(", ") || "<none>"

export const serviceAccount: Describer = plain((page, { object }) => {
  page.head(object)
  page.labels(object)
  page.annotations(object)
  page.field(0, "Image pull secrets", names(Fields.list(object, "imagePullSecrets")))
  page.field(0, "Mountable secrets", names(Fields.list(object, "secrets")))
  page.field(0, "Tokens", "<none>")
})

const list = (of: unknown, key: string): string => `[${Fields.list(of, key).map(String).join(" ")}]`

export const role: Describer = plain((page, { object }) => {
  page.field(0, "Name", object.metadata.name)
  page.labels(object)
  page.annotations(object)
  page.line(0, "PolicyRule:")
  page.line(1, "Resources", "Non-Resource URLs", "Resource Names", "Verbs")
  page.line(1, "---------", "-----------------", "--------------", "-----")
  const rows = Fields.list(object, "rules").flatMap((rule) => {
    const rest = [list(rule, "nonResourceURLs"), list(rule, "resourceNames"), list(rule, "verbs")]
    const groups = Fields.list(rule, "apiGroups").map(String)
    const resources = Fields.list(rule, "resources").map(String)
    // behind all groups
    if (resources.length === 0) return [{ order: "~", cells: ["", ...rest] }]
    return groups.flatMap((group) =>
      resources.map((resource) => ({ order: `${group}/${resource}`, cells: [group === "" ? resource : `${resource}.${group}`, ...rest] }))
    )
  })
  for (const row of rows.sort((a, b) => (a.order < b.order ? -1 : 1))) page.line(1, ...row.cells)
}, false)

export const roleBinding: Describer = plain((page, { object }) => {
  page.field(0, "Name", object.metadata.name)
  page.labels(object)
  page.annotations(object)
  page.line(0, "Role:")
  page.field(1, "Kind", Fields.text(object, "roleRef", "kind"))
  page.field(1, "Name", Fields.text(object, "roleRef", "name"))
  page.line(0, "Subjects:")
  page.line(1, "Kind", "Name", "Namespace")
  page.line(1, "----", "----", "---------")
  for (const subject of Fields.list(object, "subjects"))
    page.line(1, Fields.text(subject, "kind"), Fields.text(subject, "name"), Fields.text(subject, "namespace"))
}, false)

export const resourceQuota: Describer = plain((page, { object }) => {
  page.head(object)
  page.line(0, "Resource", "Used", "Hard")
  page.line(0, "--------", "----", "----")
  for (const [key, hard] of Fields.sorted(Fields.record(object, "status", "hard")))
    page.line(0, key, Fields.text(object, "status", "used", key), String(hard))
}, false)

export const priorityClass: Describer = plain((page, { object }) => {
  page.field(0, "Name", object.metadata.name)
  page.field(0, "Value", Fields.text(object, "value"))
  page.field(0, "GlobalDefault", Fields.text(object, "globalDefault") || "false")
  page.field(0, "PreemptionPolicy", Fields.text(object, "preemptionPolicy"))
  page.field(0, "Description", Fields.text(object, "description"))
  page.field(
    0,
    "Annotations",
    Fields.sorted(Fields.record(object, "metadata", "annotations"))
      .map(([key, value]) => `${key}=${String(value)}`)
      .join(",") || "<none>"
  )
})

export const storageClass: Describer = plain((page, { object }) => {
  page.field(0, "Name", object.metadata.name)
  const isDefault = Fields.text(object, "metadata", "annotations", "storageclass.kubernetes.io/is-default-class") === "true"
  page.field(0, "IsDefaultClass", isDefault ? "Yes" : "No")
  page.field(
    0,
    "Annotations",
    Fields.sorted(Fields.record(object, "metadata", "annotations"))
      .map(([key, value]) => `${key}=${String(value)}`)
      .join(",") || "<none>"
  )
  page.field(0, "Provisioner", Fields.text(object, "provisioner"))
  page.field(
    0,
    "Parameters",
    Fields.sorted(Fields.record(object, "parameters"))
      .map(([key, value]) => `${key}=${String(value)}`)
      .join(",") || "<none>"
  )
  page.field(
    0,
    "AllowVolumeExpansion",
    Fields.at(object, "allowVolumeExpansion") === undefined
      ? "<unset>"
      : Fields.at(object, "allowVolumeExpansion") === true
        ? "True"
        : "False"
  )
  page.field(0, "MountOptions", Fields.list(object, "mountOptions").map(String).join(",") || "<none>")
  page.field(0, "ReclaimPolicy", Fields.text(object, "reclaimPolicy"))
  page.field(0, "VolumeBindingMode", Fields.text(object, "volumeBindingMode"))
})
