/** The kinds of volumes, each with its rules, in the order in which the server looks at them. */
import { isRecord, record, strings } from "../../Json.ts"
import * as Quantity from "../../Quantity.ts"
import { claimTemplate } from "../ClaimSpec.ts"
import type { Check } from "../Check.ts"
import {
  all,
  child,
  choice,
  format,
  inRange,
  isLabel,
  isSubdomain,
  oneOf,
  required,
  requiredFormat,
  requiredList,
  text,
  under
} from "../Check.ts"
import * as Names from "../Names.ts"
import { descending, noBacksteps } from "../Paths.ts"
import { configMap, downwardApi, projected, secret } from "./Projected.ts"

const emptyDir: Check = (value, path, report) => {
  const limit = value["sizeLimit"]
  if (limit !== undefined && Quantity.compare(limit, "0") < 0) {
    report.forbidden(child(path, "sizeLimit"), "SizeLimit field must be a valid resource quantity")
  }
}

const hostPathTypes = ["", "BlockDevice", "CharDevice", "Directory", "DirectoryOrCreate", "File", "FileOrCreate", "Socket"]

const hostPath: Check = (value, path, report) => {
  const where = text(value, "path")
  if (where === "") return report.required(child(path, "path"))
  noBacksteps(where, child(path, "path"), report)
  oneOf("type", hostPathTypes)(value, path, report)
}

const directory: Check = (value, path, report) => descending(text(value, "directory"), child(path, "directory"), report)

/** The message begins at 1, the rule at 0. */
const partition = inRange("partition", 0, 255, Names.range(1, 255))

const absolute: Check = (value, path, report) => {
  const where = text(value, "path")
  if (!where.startsWith("/")) report.invalid(child(path, "path"), where, "must be an absolute path")
}

const names: Readonly<Record<string, RegExp>> = {
  iqn: /iqn\.\d{4}-\d{2}\.([\dA-Za-z.-]+)(:[^,;*&$|\s]+)$/,
  eui: /^eui.[\dA-Za-z]{16}$/,
  naa: /^naa.[\dA-Za-z]{32}$/
}

const iscsiName = (value: string): ReadonlyArray<string> => {
  const pattern = names[value.slice(0, 3)]
  return pattern === undefined
    ? ["must be valid format starting with iqn, eui, or naa"]
    : pattern.test(value)
      ? []
      : ["must be valid format"]
}

const iscsi: Check = all(
  required("targetPortal"),
  requiredFormat("iqn", iscsiName),
  inRange("lun", 0, 255),
  (value, path, report) => {
    const secured = value["chapAuthDiscovery"] === true || value["chapAuthSession"] === true
    if (secured && value["secretRef"] === undefined) report.required(child(path, "secretRef"))
  },
  (value, path, report) => {
    const initiator = value["initiatorName"]
    if (typeof initiator === "string") report.each(child(path, "initiatorname"), initiator, iscsiName(initiator))
  }
)

const flocker: Check = (value, path, report) => {
  const name = text(value, "datasetName")
  const uuid = text(value, "datasetUUID")
  if (name === "" && uuid === "") report.required(path, "one of datasetName and datasetUUID is required")
  if (name !== "" && uuid !== "") {
    report.invalid(path, "resource", "datasetName and datasetUUID can not be specified simultaneously")
  }
  if (name.includes("/")) report.invalid(child(path, "datasetName"), name, "must not contain '/'")
}

const secretName: Check = under("secretRef", required("name"))

const pair = "must be a host:port pair or multiple pairs separated by commas"
const hostPort = /^(\[[^[\]]*\]|[^:[\]]*):[^:[\]]*$/

const quobyte: Check = (value, path, report) => {
  const registry = text(value, "registry")
  if (registry === "") report.required(child(path, "registry"), pair)
  else if (text(value, "tenant").length >= 65) {
    report.required(child(path, "tenant"), "must be a UUID and may not exceed a length of 64 characters")
  } else {
    for (const one of registry.split(",")) if (!hostPort.test(one)) report.invalid(child(path, "registry"), registry, pair)
  }
  required("volume")(value, path, report)
}

const fibreChannel: Check = (value, path, report) => {
  const targets = strings(value["targetWWNs"])
  const here = child(path, "targetWWNs")
  if (targets.length === 0 && strings(value["wwids"]).length === 0) {
    report.required(here, "must specify either targetWWNs or wwids, but not both")
  }
  if (targets.length === 0) return
  if (strings(value["wwids"]).length > 0) report.invalid(here, targets, "targetWWNs and wwids can not be specified simultaneously")
  if (value["lun"] === undefined) report.required(child(path, "lun"), "lun is required if targetWWNs is specified")
  else inRange("lun", 0, 255)(value, path, report)
}

const flexVolume: Check = (value, path, report) => {
  required("driver")(value, path, report)
  for (const key of Object.keys(record(value["options"]))) {
    const [owner = ""] = key.split("/")
    if (/\.(kubernetes|k8s)\.io$/.test(`.${owner.toLowerCase()}`)) {
      report.invalid(`${child(path, "options")}[${key}]`, key, "kubernetes.io and k8s.io namespaces are reserved")
    }
  }
}

const managedUri = "/subscriptions/{sub-id}/resourcegroups/{group-name}/providers/microsoft.compute/disks/{disk-id}"
const blobUri = "https://{account-name}.blob.core.windows.net/{container-name}/{disk-name}.vhd"

const azureUri: Check = (value, path, report) => {
  const kind = text(value, "kind")
  const uri = text(value, "diskURI")
  const here = child(path, "diskURI")
  if (kind === "Managed" && !uri.startsWith("/subscriptions/")) report.notSupported(here, uri, [managedUri])
  if (kind !== "" && kind !== "Managed" && !uri.startsWith("https://")) report.notSupported(here, uri, [blobUri])
}

export const driverName: Check = (value, path, report) => {
  const driver = text(value, "driver")
  const here = child(path, "driver")
  if (driver === "") report.required(here)
  if (driver.length > 63) report.tooLong(here, 63)
  report.each(here, driver, Names.explain(driver.toLowerCase(), Names.subdomain))
}

const csi: Check = all(driverName, (value, path, report) => {
  const ref = value["nodePublishSecretRef"]
  if (!isRecord(ref)) return
  if (text(ref, "name") === "") report.required(`${path}.nodePublishSecretRef.name`)
  // not the field's own path, as the server has it
  else report.each(`${path}.name`, text(ref, "name"), isSubdomain(text(ref, "name")))
})

const ephemeral: Check = (value, path, report) => {
  if (isRecord(value["volumeClaimTemplate"])) claimTemplate(value["volumeClaimTemplate"], `${path}.volumeClaimTemplate`, report)
  else report.required(`${path}.volumeClaimTemplate`)
}

const image: Check = choice("pullPolicy", ["Always", "IfNotPresent", "Never"])

export interface Source {
  readonly key: string
  readonly check: Check
  /** Where its rules report, and where it does when it is one too many: the server has slips in both. */
  readonly path?: string
  readonly extraPath?: string
}

export const sources: ReadonlyArray<Source> = [
  { key: "emptyDir", check: emptyDir },
  { key: "hostPath", check: hostPath },
  { key: "gitRepo", check: all(required("repository"), directory) },
  { key: "gcePersistentDisk", check: all(required("pdName"), partition), path: "persistentDisk" },
  { key: "awsElasticBlockStore", check: all(required("volumeID"), partition) },
  { key: "secret", check: secret },
  { key: "nfs", check: all(required("server", "path"), absolute) },
  { key: "iscsi", check: iscsi },
  { key: "glusterfs", check: required("endpoints", "path") },
  { key: "flocker", check: flocker },
  { key: "persistentVolumeClaim", check: required("claimName") },
  { key: "rbd", check: all(requiredList("monitors"), required("image")) },
  { key: "cinder", check: all(required("volumeID"), secretName) },
  { key: "cephfs", check: requiredList("monitors"), extraPath: "cephFS" },
  { key: "quobyte", check: quobyte },
  { key: "downwardAPI", check: downwardApi, extraPath: "downwarAPI" },
  { key: "fc", check: fibreChannel },
  { key: "flexVolume", check: flexVolume },
  { key: "configMap", check: configMap },
  { key: "azureFile", check: required("secretName", "shareName") },
  { key: "vsphereVolume", check: required("volumePath") },
  { key: "photonPersistentDisk", check: required("pdID") },
  { key: "portworxVolume", check: required("volumeID") },
  {
    key: "azureDisk",
    check: all(
      required("diskName", "diskURI"),
      oneOf("cachingMode", ["None", "ReadOnly", "ReadWrite"]),
      oneOf("kind", ["Dedicated", "Managed", "Shared"]),
      azureUri
    )
  },
  { key: "storageos", check: all(requiredFormat("volumeName", isLabel), format("volumeNamespace", isLabel), secretName) },
  { key: "projected", check: projected },
  { key: "scaleIO", check: required("gateway", "system", "volumeName") },
  { key: "csi", check: csi },
  { key: "ephemeral", check: ephemeral },
  { key: "image", check: image }
]
