/** Volumes in containers: mounted, or as devices. */
import type { JsonRecord } from "../../Json.ts"
import { at, isRecord, records, string } from "../../Json.ts"
import { text } from "../Check.ts"
import { descending, isAscending } from "../Paths.ts"
import type { Report } from "../Report.ts"

type Volumes = ReadonlyMap<string, JsonRecord>

const propagations = ["Bidirectional", "HostToContainer", "None"]
const readOnlyModes = ["Disabled", "Enabled", "IfPossible"]

const propagation = (mount: JsonRecord, container: JsonRecord, path: string, report: Report): void => {
  const mode = string(mount["mountPropagation"])
  if (mode === undefined) return
  if (!propagations.includes(mode)) report.notSupported(path, mode, propagations)
  if (mode === "Bidirectional" && at(container, "securityContext", "privileged") !== true) {
    report.forbidden(path, "Bidirectional mount propagation is available only to privileged containers")
  }
}

const recursive = (mount: JsonRecord, path: string, report: Report): void => {
  const mode = string(mount["recursiveReadOnly"])
  if (mode === undefined || mode === "Disabled") return
  if (!readOnlyModes.includes(mode)) return report.notSupported(path, mode, readOnlyModes)
  if (mount["readOnly"] !== true) report.forbidden(path, "may only be specified when readOnly is true")
  if ((mount["mountPropagation"] ?? "None") !== "None") {
    report.forbidden(path, "may only be specified when mountPropagation is None or not specified")
  }
}

/** The last of each name counts. */
const places = (list: ReadonlyArray<JsonRecord>, key: string): ReadonlyMap<string, string> =>
  new Map(list.map((one) => [text(one, "name"), text(one, key)]))

export const volumeMounts = (container: JsonRecord, volumes: Volumes, path: string, report: Report): void => {
  const mounts = records(container["volumeMounts"])
  if (mounts.length === 0) return
  const list = `${path}.volumeMounts`
  const devices = places(records(container["volumeDevices"]), "devicePath")
  const devicePaths = new Set(devices.values())
  const taken = new Set<string>()
  for (const [i, mount] of mounts.entries()) {
    const here = `${list}[${i}]`
    const name = text(mount, "name")
    const where = text(mount, "mountPath")
    if (name === "") report.required(`${here}.name`)
    if (!volumes.has(name)) report.notFound(`${here}.name`, name)
    if (where === "") report.required(`${here}.mountPath`)
    if (taken.has(where)) report.invalid(`${here}.mountPath`, where, "must be unique")
    taken.add(where)
    if (devices.has(name)) report.invalid(`${here}.name`, name, "must not already exist in volumeDevices")
    if (devicePaths.has(where)) report.invalid(`${here}.mountPath`, where, "must not already exist as a path in volumeDevices")
    // the rest is reported without the index, as the server has it
    const subPath = text(mount, "subPath")
    if (subPath !== "") descending(subPath, `${list}.subPath`, report)
    const expression = text(mount, "subPathExpr")
    if (expression !== "") {
      if (subPath !== "") report.invalid(`${here}.subPathExpr`, expression, "subPathExpr and subPath are mutually exclusive")
      descending(expression, `${list}.subPathExpr`, report)
    }
    propagation(mount, container, `${list}.mountPropagation`, report)
    recursive(mount, `${list}.recursiveReadOnly`, report)
  }
}

export const volumeDevices = (container: JsonRecord, volumes: Volumes, path: string, report: Report): void => {
  const devices = records(container["volumeDevices"])
  if (devices.length === 0) return
  const mounts = places(records(container["volumeMounts"]), "mountPath")
  const mountPaths = new Set(mounts.values())
  const names = new Set<string>()
  const paths = new Set<string>()
  for (const [i, device] of devices.entries()) {
    const here = `${path}.volumeDevices[${i}]`
    const name = text(device, "name")
    const where = text(device, "devicePath")
    const volume = volumes.get(name)
    if (name === "") report.required(`${here}.name`)
    if (names.has(name)) report.invalid(`${here}.name`, name, "must be unique")
    if (volume === undefined) report.notFound(`${here}.name`, name)
    else if (!isRecord(volume["persistentVolumeClaim"]) && !isRecord(volume["ephemeral"])) {
      report.invalid(`${here}.name`, name, "can only use volume source type of PersistentVolumeClaim or Ephemeral for block mode")
    }
    if (where === "") report.required(`${here}.devicePath`)
    if (paths.has(where)) report.invalid(`${here}.devicePath`, where, "must be unique")
    if (isAscending(where)) report.invalid(`${here}.devicePath`, where, "can not contain backsteps ('..')")
    else paths.add(where)
    if (mounts.has(name)) report.invalid(`${here}.name`, name, "must not already exist in volumeMounts")
    if (mountPaths.has(where)) report.invalid(`${here}.devicePath`, where, "must not already exist as a path in volumeMounts")
    if (name !== "") names.add(name)
  }
}
