/** What a PersistentVolume is made of: exactly one of these. */
import type { JsonRecord } from "../../Json.ts"
import { array, isRecord, record } from "../../Json.ts"
import * as Names from "../Names.ts"
import type { Report } from "../Report.ts"
import { inRange, label, oneOf, subdomain, text } from "../Value.ts"

type Check = (source: JsonRecord, path: string, report: Report, volume: string) => void

const isEmpty = (value: unknown): boolean => value === undefined || value === "" || (Array.isArray(value) && value.length === 0)

const required =
  (...keys: ReadonlyArray<string>): Check =>
  (source, path, report) => {
    for (const key of keys) if (isEmpty(source[key])) report.required(`${path}.${key}`)
  }

const all =
  (...checks: ReadonlyArray<Check>): Check =>
  (source, path, report, volume) => {
    for (const check of checks) check(source, path, report, volume)
  }

/** A secret that is named has both a name and a namespace. */
const secretNamed =
  (key: string): Check =>
  (source, path, report, volume) => {
    if (isRecord(source[key])) required("name", "namespace")(source[key], `${path}.${key}`, report, volume)
  }

export const noBacksteps = (value: string, path: string, report: Report): void => {
  if (value.split("/").includes("..")) report.invalid(path, value, "must not contain '..'")
}

const hostPathTypes = ["", "BlockDevice", "CharDevice", "Directory", "DirectoryOrCreate", "File", "FileOrCreate", "Socket"]

const hostPath: Check = (source, path, report) => {
  if (isEmpty(source["path"])) return report.required(`${path}.path`)
  noBacksteps(text(source["path"]), `${path}.path`, report)
  oneOf(source["type"], hostPathTypes, `${path}.type`, report)
}

const local: Check = (source, path, report) => {
  if (isEmpty(source["path"])) return report.required(`${path}.path`)
  noBacksteps(text(source["path"]), `${path}.path`, report)
}

const nfs: Check = (source, path, report, volume) => {
  required("server", "path")(source, path, report, volume)
  if (!text(source["path"]).startsWith("/")) report.invalid(`${path}.path`, text(source["path"]), "must be an absolute path")
}

const partition: Check = (source, path, report) => inRange(source["partition"], 0, 255, `${path}.partition`, report)

const endpointsNamespace: Check = (source, path, report) => {
  const value = source["endpointsNamespace"]
  const field = `${path}.endpointsNamespace`
  if (value === "") report.invalid(field, value, "if the endpointnamespace is set, it must be a valid namespace name")
  else if (value !== undefined) label(text(value), field, report)
}

const flocker: Check = (source, path, report) => {
  const name = text(source["datasetName"])
  const uuid = text(source["datasetUUID"])
  if (name === "" && uuid === "") report.required(path, "one of datasetName and datasetUUID is required")
  if (name !== "" && uuid !== "") report.invalid(path, "resource", "datasetName and datasetUUID can not be specified simultaneously")
  if (name.includes("/")) report.invalid(`${path}.datasetName`, name, "must not contain '/'")
}

const pairs = "must be a host:port pair or multiple pairs separated by commas"

const quobyte: Check = (source, path, report, volume) => {
  const registry = text(source["registry"])
  if (registry === "") report.required(`${path}.registry`, pairs)
  else if (text(source["tenant"]).length >= 65) {
    report.required(`${path}.tenant`, "must be a UUID and may not exceed a length of 64 characters")
  } else {
    for (const pair of registry.split(",")) {
      if (!/^(\[[^\]]*\]|[^:]*):[^:]*$/.test(pair)) report.invalid(`${path}.registry`, registry, pairs)
    }
  }
  required("volume")(source, path, report, volume)
}

const formats: Readonly<Record<string, RegExp>> = {
  iqn: /iqn\.\d{4}-\d{2}\.([a-z0-9]+(?:[.-][a-z0-9]+)*)(?::.+)?$/,
  eui: /^eui.[a-fA-F0-9]{16}$/,
  naa: /^naa.[a-fA-F0-9]{32}$/
}

const initiator = (value: unknown, field: string, report: Report): void => {
  const name = text(value)
  if (formats[name.slice(0, 3)]?.test(name) !== true) report.invalid(field, name, "must be valid format")
}

const iscsi: Check = (source, path, report, volume) => {
  required("targetPortal")(source, path, report, volume)
  const portal = text(source["targetPortal"])
  if (source["initiatorName"] !== undefined && `${volume}:${portal}`.length > 64) {
    const why = "Total length of <volume name>:<iscsi.targetPortal> must be under 64 characters if iscsi.initiatorName is specified."
    report.invalid(`${path}.targetportal`, portal, why)
  }
  if (isEmpty(source["iqn"])) report.required(`${path}.iqn`)
  else initiator(source["iqn"], `${path}.iqn`, report)
  inRange(source["lun"], 0, 255, `${path}.lun`, report)
  if ((source["chapAuthDiscovery"] === true || source["chapAuthSession"] === true) && source["secretRef"] === undefined) {
    report.required(`${path}.secretRef`)
  }
  if (isRecord(source["secretRef"])) required("name")(source["secretRef"], `${path}.secretRef`, report, volume)
  if (source["initiatorName"] !== undefined) initiator(source["initiatorName"], `${path}.initiatorname`, report)
}

const fc: Check = (source, path, report) => {
  const names = array(source["targetWWNs"])
  const wide = array(source["wwids"])
  const field = `${path}.targetWWNs`
  if (names.length + wide.length === 0) report.required(field, "must specify either targetWWNs or wwids, but not both")
  if (names.length > 0 && wide.length > 0) report.invalid(field, names, "targetWWNs and wwids can not be specified simultaneously")
  if (names.length === 0) return
  if (source["lun"] === undefined) report.required(`${path}.lun`, "lun is required if targetWWNs is specified")
  else inRange(source["lun"], 0, 255, `${path}.lun`, report)
}

const flexVolume: Check = (source, path, report, volume) => {
  required("driver")(source, path, report, volume)
  for (const key of Object.keys(record(source["options"])).sort()) {
    const domain = `.${key.split("/")[0]?.toLowerCase() ?? ""}`
    if (domain.endsWith(".kubernetes.io") || domain.endsWith(".k8s.io")) {
      report.invalid(`${path}.options[${key}]`, key, "kubernetes.io and k8s.io namespaces are reserved")
    }
  }
}

const azureFile: Check = (source, path, report, volume) => {
  required("secretName", "shareName")(source, path, report, volume)
  if (source["secretNamespace"] === "") report.required(`${path}.secretNamespace`)
}

const managed = "/subscriptions/{sub-id}/resourcegroups/{group-name}/providers/microsoft.compute/disks/{disk-id}"
const blob = "https://{account-name}.blob.core.windows.net/{container-name}/{disk-name}.vhd"

const azureDisk: Check = (source, path, report, volume) => {
  required("diskName", "diskURI")(source, path, report, volume)
  oneOf(source["cachingMode"], ["None", "ReadOnly", "ReadWrite"], `${path}.cachingMode`, report)
  oneOf(source["kind"], ["Dedicated", "Managed", "Shared"], `${path}.kind`, report)
  const uri = text(source["diskURI"])
  if (source["kind"] === "Managed") {
    if (!uri.startsWith("/subscriptions/")) report.notSupported(`${path}.diskURI`, uri, [managed])
  } else if (source["kind"] !== undefined && !uri.startsWith("https://")) report.notSupported(`${path}.diskURI`, uri, [blob])
}

const storageos: Check = (source, path, report, volume) => {
  const name = text(source["volumeName"])
  if (name === "") report.required(`${path}.volumeName`)
  else label(name, `${path}.volumeName`, report)
  if (!isEmpty(source["volumeNamespace"])) label(text(source["volumeNamespace"]), `${path}.volumeNamespace`, report)
  secretNamed("secretRef")(source, path, report, volume)
}

/** Of a CSI driver: required, at most 63 bytes, a subdomain in any case. */
export const csiDriver = (name: string, path: string, report: Report): void => {
  if (name === "") report.required(path)
  if (Buffer.byteLength(name) > 63) report.tooLong(path, 63)
  report.each(path, name, Names.explain(name.toLowerCase(), Names.subdomain))
}

const csiSecrets = ["controllerPublishSecretRef", "controllerExpandSecretRef", "nodePublishSecretRef", "nodeExpandSecretRef"]

const csi: Check = (source, path, report, volume) => {
  csiDriver(text(source["driver"]), `${path}.driver`, report)
  required("volumeHandle")(source, path, report, volume)
  for (const key of csiSecrets) {
    const secret = source[key]
    if (!isRecord(secret)) continue
    const field = `${path}.${key}`
    if (isEmpty(secret["name"])) report.required(`${field}.name`)
    else subdomain(text(secret["name"]), `${field}.name`, report)
    if (isEmpty(secret["namespace"])) report.required(`${field}.namespace`)
    else label(text(secret["namespace"]), `${field}.namespace`, report)
  }
}

interface Source {
  readonly key: string
  readonly check: Check
  /** Where its faults are reported, when not under its own name. */
  readonly field?: string
}

/** In the order in which they are looked for. */
const sources: ReadonlyArray<Source> = [
  { key: "hostPath", check: hostPath },
  { key: "gcePersistentDisk", check: all(required("pdName"), partition), field: "persistentDisk" },
  { key: "awsElasticBlockStore", check: all(required("volumeID"), partition) },
  { key: "glusterfs", check: all(required("endpoints", "path"), endpointsNamespace) },
  { key: "flocker", check: flocker },
  { key: "nfs", check: nfs },
  { key: "rbd", check: required("monitors", "image") },
  { key: "quobyte", check: quobyte },
  { key: "cephfs", check: required("monitors") },
  { key: "iscsi", check: iscsi },
  { key: "cinder", check: all(required("volumeID"), secretNamed("secretRef")) },
  { key: "fc", check: fc },
  { key: "flexVolume", check: flexVolume },
  { key: "azureFile", check: azureFile },
  { key: "vsphereVolume", check: required("volumePath") },
  { key: "photonPersistentDisk", check: required("pdID") },
  { key: "portworxVolume", check: required("volumeID") },
  { key: "azureDisk", check: azureDisk },
  { key: "scaleIO", check: required("gateway", "system", "volumeName") },
  { key: "local", check: local },
  { key: "storageos", check: storageos },
  { key: "csi", check: csi }
]

export const sourceKeys: ReadonlyArray<string> = sources.map(({ key }) => key)

const more = "may not specify more than 1 volume type"

/** `volume` is the name of the PersistentVolume. */
export const volumeSource = (spec: JsonRecord, path: string, volume: string, report: Report): void => {
  let found = 0
  for (const { check, field, key } of sources) {
    const source = spec[key]
    if (!isRecord(source)) continue
    if (found > 0 && key !== "flexVolume") {
      report.forbidden(`${path}.${key === "cephfs" ? "cephFS" : key}`, more)
      continue
    }
    found++
    check(source, `${path}.${field ?? key}`, report, volume)
    if (key === "local" && spec["nodeAffinity"] === undefined) {
      report.required(`${path}.nodeAffinity`, "Local volume requires node affinity")
    }
  }
  if (found === 0) report.required(path, "must specify a volume type")
}
