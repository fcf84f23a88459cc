/** What pods for Windows and pods for Linux may not have of each other. */
import type { JsonRecord } from "../../Json.ts"
import { at, isRecord, print, record, records, string } from "../../Json.ts"
import type { Check } from "../Check.ts"
import { child, formatIfPresent, isSubdomain, under } from "../Check.ts"
import type { Report } from "../Report.ts"
import { eachContainer } from "./EachContainer.ts"

const control = /[\u0000-\u001f\u007f]/
const netBios = /^[^\\/:*?"<>|.][^\\/:*?"<>|]{0,14}$/
const dnsLabel = "[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?"
const dnsName = new RegExp(`^${dnsLabel}(?:\\.${dnsLabel})*$`)

const userName = (name: string): ReadonlyArray<string> => {
  if (name === "") return ["runAsUserName cannot be an empty string"]
  if (control.test(name)) return ["runAsUserName cannot contain control characters"]
  const parts = name.split("\\")
  if (parts.length > 2) return ["runAsUserName cannot contain more than one backslash"]
  const domain = parts.length === 2 ? (parts[0] ?? "") : undefined
  const user = parts.at(-1) ?? ""
  const found: Array<string> = []
  if (domain !== undefined && domain.length >= 256) found.push("runAsUserName's Domain length must be under 256 characters")
  if (domain !== undefined && !netBios.test(domain) && !dnsName.test(domain)) {
    found.push("runAsUserName's Domain doesn't match the NetBios nor the DNS format")
  }
  if (user === "") found.push("runAsUserName's User cannot be empty")
  else if (user.length > 104) found.push("runAsUserName's User length must not be longer than 104 characters")
  if (/^[. ]+$/.test(user)) found.push("runAsUserName's User cannot contain only periods or spaces")
  if (/["/\\:;|=,+*?<>@[\]]/.test(user)) {
    found.push("runAsUserName's User cannot contain the following characters: \"/\\:;|=,+*?<>@[]")
  }
  return found
}

const options: Check = (value, path, report) => {
  formatIfPresent("gmsaCredentialSpecName", isSubdomain)(value, path, report)
  const spec = string(value["gmsaCredentialSpec"])
  const here = child(path, "gmsaCredentialSpec")
  if (spec === "") report.invalid(here, spec, "gmsaCredentialSpec cannot be an empty string")
  else if (spec !== undefined && spec.length > 65_536) report.invalid(here, spec, "gmsaCredentialSpec size must be under 64 KiB")
  formatIfPresent("runAsUserName", userName)(value, path, report)
}

export const windowsOptions: Check = under("windowsOptions", options)

/** Of a host process pod all containers are. */
export const hostProcess = (spec: JsonRecord, path: string, report: Report): void => {
  const ofPod = at(spec, "securityContext", "windowsOptions", "hostProcess")
  let all = 0
  let host = 0
  eachContainer(spec, path, (container, here) => {
    all++
    const own = at(container, "securityContext", "windowsOptions", "hostProcess")
    if (ofPod !== undefined && own !== undefined && ofPod !== own) {
      const why = `pod hostProcess value must be identical if both are specified, was ${print(ofPod)}`
      report.invalid(`${here}.securityContext.windowsOptions.hostProcess`, own, why)
    }
    if ((own ?? ofPod) === true) host++
  })
  if (host === 0) return
  if (host !== all) {
    report.invalid(path, "", "If pod contains any hostProcess containers then all containers must be HostProcess containers")
  }
  if (spec["hostNetwork"] !== true) {
    report.invalid(`${path}.hostNetwork`, false, "hostNetwork must be true if pod contains any hostProcess containers")
  }
}

const linuxOnlyOfPod = [
  "securityContext.appArmorProfile",
  "securityContext.seLinuxOptions",
  "hostUsers",
  "hostPID",
  "hostIPC",
  "securityContext.seccompProfile",
  "securityContext.fsGroup",
  "securityContext.fsGroupChangePolicy",
  "securityContext.sysctls",
  "shareProcessNamespace",
  "securityContext.runAsUser",
  "securityContext.runAsGroup",
  "securityContext.supplementalGroups",
  "securityContext.supplementalGroupsPolicy",
  "securityContext.seLinuxChangePolicy"
]

/** False counts as absent for these. */
const flags: ReadonlySet<string> = new Set(["hostPID", "hostIPC"])

const linuxOnlyOfContainer = [
  "appArmorProfile",
  "seLinuxOptions",
  "seccompProfile",
  "capabilities",
  "readOnlyRootFilesystem",
  "privileged",
  "allowPrivilegeEscalation",
  "procMount",
  "runAsUser",
  "runAsGroup"
]

const isSet = (spec: JsonRecord, field: string): boolean => {
  const value = at(spec, ...field.split("."))
  if (field.endsWith("sysctls")) return records(value).length > 0
  return flags.has(field) ? value === true : value !== undefined
}

const forWindows = (spec: JsonRecord, path: string, report: Report): void => {
  for (const field of linuxOnlyOfPod) {
    if (isSet(spec, field)) report.forbidden(`${path}.${field}`, "cannot be set for a windows pod")
  }
  eachContainer(spec, path, (container, here) => {
    const security = record(container["securityContext"])
    for (const field of linuxOnlyOfContainer) {
      if (security[field] !== undefined) report.forbidden(`${here}.securityContext.${field}`, "cannot be set for a windows pod")
    }
  })
}

const forLinux = (spec: JsonRecord, path: string, report: Report): void => {
  const refuse = (security: unknown, here: string): void => {
    if (at(security, "windowsOptions") !== undefined) {
      report.forbidden(`${here}.securityContext.windowsOptions`, "windows options cannot be set for a linux pod")
    }
  }
  refuse(spec["securityContext"], path)
  eachContainer(spec, path, (container, here) => refuse(container["securityContext"], here))
}

export const operatingSystem = (spec: JsonRecord, path: string, report: Report): void => {
  const os = spec["os"]
  if (!isRecord(os)) return
  const name = string(os["name"]) ?? ""
  if (name === "") report.required(`${path}.os.name`)
  else if (name === "linux") forLinux(spec, path, report)
  else if (name === "windows") forWindows(spec, path, report)
  else report.notSupported(`${path}.os`, name, ["linux", "windows"])
}
