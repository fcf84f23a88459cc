/** The kinds of storage.k8s.io. */
import type { KubeObject } from "@aiopslab/core/Kubernetes"
import { equal } from "../../Equal.ts"
import type { JsonRecord } from "../../Json.ts"
import { at, number as numberOf, record, records, string, strings } from "../../Json.ts"
import * as Internal from "../Internal.ts"
import { labelSelector, shownSelector } from "../LabelSelector.ts"
import * as Names from "../Names.ts"
import type { Report } from "../Report.ts"
import { immutable, immutableText, notNegative, oneOf, qualifiedName, quantityNotNegative, subdomain, text } from "../Value.ts"
import { volumeSpec } from "./Volume.ts"
import { csiDriver as driverName } from "./VolumeSource.ts"

const mostParameters = 512
const longestParameters = 256 * 1024

const provisioner = (value: unknown, path: string, report: Report): void => {
  if (text(value) === "") return report.required(path)
  for (const why of Names.explainKey(text(value).toLowerCase())) report.invalid(path, text(value).toLowerCase(), why)
}

const parameters = (value: unknown, path: string, report: Report): void => {
  const entries = Object.entries(record(value))
  if (entries.length > mostParameters) return report.tooLong(path, mostParameters)
  let size = 0
  for (const [key, item] of entries) {
    if (key === "") report.invalid(path, key, "field can not be empty.")
    size += Buffer.byteLength(key) + Buffer.byteLength(text(item))
  }
  if (size > longestParameters) report.tooLong(path, longestParameters)
}

const topologies = (value: unknown, report: Report): void => {
  const seen: Array<string> = []
  for (const [i, term] of records(value).entries()) {
    const path = `allowedTopologies[${i}].matchLabelExpressions`
    const byKey = new Map<string, ReadonlyArray<string>>()
    for (const [j, one] of records(term["matchLabelExpressions"]).entries()) {
      const here = `${path}[${j}]`
      const values = strings(one["values"])
      const key = text(one["key"])
      if (values.length === 0) report.required(`${here}.values`)
      for (const [k, item] of values.entries()) if (values.indexOf(item) < k) report.duplicate(`${here}.values[${k}]`, item)
      report.each(`${here}.key`, key, Names.explainKey(key))
      if (byKey.has(key)) report.duplicate(`${here}.key`, key)
      byKey.set(key, [...new Set(values)].sort())
    }
    const whole = JSON.stringify([...byKey].sort(([a], [b]) => (a < b ? -1 : 1)))
    for (const other of seen) if (other === whole) report.duplicate(path, "")
    // an empty term is like those that are still to come
    if (byKey.size === 0) for (const _ of records(value)) report.duplicate(path, "")
    seen.push(whole)
  }
}

export const storageClass = (object: KubeObject, _: KubeObject | undefined, report: Report): void => {
  provisioner(object["provisioner"], "provisioner", report)
  parameters(object["parameters"], "parameters", report)
  if (object["reclaimPolicy"] !== "") oneOf(object["reclaimPolicy"], ["Delete", "Retain"], "reclaimPolicy", report)
  oneOf(object["volumeBindingMode"], ["Immediate", "WaitForFirstConsumer"], "volumeBindingMode", report)
  topologies(object["allowedTopologies"], report)
}

const forbidden = (object: KubeObject, previous: KubeObject | undefined, key: string, report: Report): void => {
  if (!equal(object[key], previous?.[key])) report.forbidden(key, `updates to ${key} are forbidden.`)
}

export const storageClassUpdate = (object: KubeObject, previous: KubeObject | undefined, report: Report): void => {
  for (const key of ["parameters", "provisioner", "reclaimPolicy"]) forbidden(object, previous, key, report)
  immutable(object["volumeBindingMode"], previous?.["volumeBindingMode"], "volumeBindingMode", report)
}

export const attributesClass = (object: KubeObject, _: KubeObject | undefined, report: Report): void => {
  provisioner(object["driverName"], "driverName", report)
  parameters(object["parameters"], "parameters", report)
  if (Object.keys(record(object["parameters"])).length === 0) report.required("parameters", "must contain at least one key/value pair")
}

export const attributesClassUpdate = (object: KubeObject, previous: KubeObject | undefined, report: Report): void => {
  for (const key of ["driverName", "parameters"]) forbidden(object, previous, key, report)
}

const one = "must specify exactly one of inlineVolumeSpec and persistentVolumeName"

export const attachment = (object: KubeObject, _: KubeObject | undefined, report: Report): void => {
  const spec = record(object["spec"])
  const { inlineVolumeSpec, persistentVolumeName: name } = record(spec["source"])
  if (text(spec["attacher"]) === "") report.required("spec.attacher")
  if (inlineVolumeSpec === undefined && name === undefined) report.required("spec.source", one)
  else if (inlineVolumeSpec !== undefined && name !== undefined) report.forbidden("spec.source", one)
  else if (name === "") report.required("spec.source.persistentVolumeName", "must specify non empty persistentVolumeName")
  else if (inlineVolumeSpec !== undefined) volumeSpec(record(inlineVolumeSpec), "spec.source.inlineVolumeSpec", "", "inline", report)
  subdomain(text(spec["nodeName"]), "spec.nodeName", report)
}

/** What a new attachment is checked for beyond. */
export const attachmentCreate = (object: KubeObject, _: KubeObject | undefined, report: Report): void => {
  const spec = record(object["spec"])
  const name = at(spec, "source", "persistentVolumeName")
  driverName(text(spec["attacher"]), "spec.attacher", report)
  if (typeof name === "string") subdomain(name, "spec.source.persistentVolumeName", report)
}

const longestError = 1024
/** What the server says in its place. */
const saidLongest = 262_144

export const attachmentStatus = (object: KubeObject, _: KubeObject | undefined, report: Report): void => {
  for (const key of ["attachError", "detachError"]) {
    const message = text(at(object, "status", key, "message"))
    if (Buffer.byteLength(message) > longestError) report.tooLong(`status.${key}.message`, saidLongest)
  }
}

export const attachmentUpdate = (object: KubeObject, previous: KubeObject | undefined, report: Report): void => {
  const spec = record(object["spec"])
  if (equal(spec, previous?.["spec"])) return
  report.invalid("spec", Internal.compact("storage.VolumeAttachmentSpec", spec), immutableText)
}

const shortest = 600

const tokens = (value: unknown, report: Report): void => {
  const seen = new Set<string>()
  for (const [i, request] of records(value).entries()) {
    const path = `spec.tokenRequests[${i}]`
    const audience = text(request["audience"])
    if (seen.has(audience)) {
      report.duplicate(`${path}.audience`, audience)
      continue
    }
    seen.add(audience)
    const seconds = numberOf(request["expirationSeconds"])
    if (seconds === undefined) continue
    const field = `${path}.expirationSeconds`
    if (seconds < shortest) report.invalid(field, seconds, "may not specify a duration less than 10 minutes")
    if (seconds > 2 ** 32) report.invalid(field, seconds, "may not specify a duration larger than 2^32 seconds")
  }
}

const lifecycles = ["Persistent", "Ephemeral"]

export const csiDriver = (object: KubeObject, _: KubeObject | undefined, report: Report): void => {
  const spec = record(object["spec"])
  oneOf(spec["fsGroupPolicy"], ["File", "None", "ReadWriteOnceWithFSType"], "spec.fsGroupPolicy", report)
  tokens(spec["tokenRequests"], report)
  for (const mode of strings(spec["volumeLifecycleModes"])) {
    if (!lifecycles.includes(mode)) report.notSupportedAsListed("spec.volumeLifecycleModes", mode, lifecycles)
  }
  const period = numberOf(spec["nodeAllocatableUpdatePeriodSeconds"])
  if (period !== undefined && period < 10) {
    report.invalid("spec.nodeAllocatableUpdatePeriodSeconds", period, "must be greater than or equal to 10 seconds")
  }
}

export const csiDriverUpdate = (object: KubeObject, previous: KubeObject | undefined, report: Report): void => {
  const spec = record(object["spec"])
  const before = record(previous?.["spec"])
  immutable(spec["attachRequired"], before["attachRequired"], "spec.attachedRequired", report)
  immutable(spec["volumeLifecycleModes"], before["volumeLifecycleModes"], "spec.volumeLifecycleModes", report)
}

const longestNodeId = 256

const nodeDriver = (driver: JsonRecord, names: Set<string>, path: string, report: Report): void => {
  const name = text(driver["name"])
  const id = text(driver["nodeID"])
  driverName(name, `${path}.name`, report)
  if (id === "") report.required(`${path}.nodeID`)
  if (Buffer.byteLength(id) > longestNodeId) report.invalid(`${path}.nodeID`, id, `must be ${longestNodeId} characters or less`)
  notNegative(at(driver, "allocatable", "count"), `${path}.allocatable.count`, report)
  if (names.has(name)) report.duplicate(`${path}.name`, name)
  names.add(name)
  const keys = strings(driver["topologyKeys"])
  for (const [i, key] of keys.entries()) {
    if (key === "") report.required(path)
    if (keys.indexOf(key) < i) report.duplicate(path, key)
    qualifiedName(key, path, report)
  }
}

export const csiNode = (object: KubeObject, _: KubeObject | undefined, report: Report): void => {
  const names = new Set<string>()
  for (const [i, driver] of records(at(object, "spec", "drivers")).entries()) nodeDriver(driver, names, `spec.drivers[${i}]`, report)
}

export const csiNodeUpdate = (object: KubeObject, previous: KubeObject | undefined, report: Report): void => {
  const drivers = records(at(object, "spec", "drivers"))
  for (const old of records(at(previous, "spec", "drivers"))) {
    for (const driver of drivers) {
      if (driver["name"] !== old["name"] || equal(driver, old)) continue
      report.invalid("spec.drivers", Internal.compact("storage.CSINodeDriver", driver), immutableText)
    }
  }
}

export const csiStorageCapacity = (object: KubeObject, _: KubeObject | undefined, report: Report): void => {
  labelSelector(object["nodeTopology"], "nodeTopology", report)
  subdomain(string(object["storageClassName"]) ?? "", "storageClassName", report)
  quantityNotNegative(object["capacity"], "capacity", report)
}

export const csiStorageCapacityUpdate = (object: KubeObject, previous: KubeObject | undefined, report: Report): void => {
  const { nodeTopology } = object
  if (!equal(nodeTopology, previous?.["nodeTopology"])) report.invalid("nodeTopology", shownSelector(nodeTopology), immutableText)
  immutable(object["storageClassName"], previous?.["storageClassName"], "storageClassName", report)
}
