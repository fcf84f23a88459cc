/** `spec.volumes`: names, and exactly one source each. */
import type { JsonRecord } from "../../Json.ts"
import { at, isRecord, records, string } from "../../Json.ts"
import { isLabel, isSubdomain, text } from "../Check.ts"
import type { Report } from "../Report.ts"
import { Report as Fresh } from "../Report.ts"
import { sources } from "./VolumeSource.ts"

const source = (volume: JsonRecord, path: string, pod: string, report: Report): void => {
  const name = text(volume, "name")
  let found = false
  for (const { check, extraPath, key, path: own } of sources) {
    const value = volume[key]
    if (!isRecord(value)) continue
    if (found) report.forbidden(`${path}.${extraPath ?? key}`, "may not specify more than 1 volume type")
    else check(value, `${path}.${own ?? key}`, report)
    if (key === "iscsi" && typeof value["initiatorName"] === "string" && `${name}:${text(value, "targetPortal")}`.length > 64) {
      const why = "Total length of <volume name>:<iscsi.targetPortal> must be under 64 characters if iscsi.initiatorName is specified."
      report.invalid(`${path}.name`, name, why)
    }
    if (key === "ephemeral" && !found && pod !== "" && name !== "") {
      for (const why of isSubdomain(`${pod}-${name}`)) report.invalid(`${path}.name`, name, `PVC name "${pod}-${name}": ${why}`)
    }
    found = true
  }
  if (!found) report.required(path, "must specify a volume type")
}

/** The volumes that containers may mount: those without faults. `pod`: its name, empty in a template. */
export const volumes = (spec: JsonRecord, pod: string, path: string, report: Report): ReadonlyMap<string, JsonRecord> => {
  const sound = new Map<string, JsonRecord>()
  const list = records(spec["volumes"])
  if (list.length === 0) return sound
  const created = new Set(pod === "" ? [] : list.filter((one) => isRecord(one["ephemeral"])).map((one) => `${pod}-${text(one, "name")}`))
  for (const [i, volume] of list.entries()) {
    const here = `${path}[${i}]`
    const name = text(volume, "name")
    const own = new Fresh()
    source(volume, here, pod, own)
    if (name === "") own.required(`${here}.name`)
    else own.each(`${here}.name`, name, isLabel(name))
    if (sound.has(name)) own.duplicate(`${here}.name`, name)
    if (own.failed) report.causes.push(...own.causes)
    else sound.set(name, volume)
    const claim = string(at(volume, "persistentVolumeClaim", "claimName"))
    if (claim !== undefined && created.has(claim)) {
      report.invalid(`${here}.persistentVolumeClaim.claimName`, claim, "must not reference a PVC that gets created for an ephemeral volume")
    }
  }
  return sound
}
