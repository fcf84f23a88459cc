/** `securityContext` of containers and pods. */
import type { JsonRecord } from "../../Json.ts"
import { at, isRecord, record, records, string, strings } from "../../Json.ts"
import type { Check } from "../Check.ts"
import { all, child, choice, ids, isId, oneOf, text, under } from "../Check.ts"
import * as Internal from "../Internal.ts"
import { descending } from "../Paths.ts"
import type { Report } from "../Report.ts"
import { windowsOptions } from "./Windows.ts"

const profileTypes = ["Localhost", "RuntimeDefault", "Unconfined"]

const seccompProfile: Check = (value, path, report) => {
  choice("type", profileTypes, "type is required when seccompProfile is set")(value, path, report)
  const profile = string(value["localhostProfile"])
  const here = child(path, "localhostProfile")
  if (value["type"] === "Localhost") {
    if (profile === undefined) report.required(here, "must be set when seccomp type is Localhost")
    else descending(profile, here, report)
  } else if (profile !== undefined) {
    report.invalid(here, Internal.compact("core.SeccompProfile", value), "can only be set when seccomp type is Localhost")
  }
}

const longestPath = 4095

const appArmorProfile: Check = (value, path, report) => {
  const profile = string(value["localhostProfile"])
  const here = child(path, "localhostProfile")
  switch (value["type"]) {
    case "Localhost":
      if (profile === undefined) return report.required(here, "must be set when AppArmor type is Localhost")
      if (profile.trim() !== profile) report.invalid(here, profile, "must not be padded with whitespace")
      else if (profile === "") report.required(here, "must be set when AppArmor type is Localhost")
      if (Buffer.byteLength(profile) > longestPath) report.tooLong(here, longestPath)
      return
    case "RuntimeDefault":
    case "Unconfined":
      if (profile !== undefined) report.invalid(here, profile, "can only be set when AppArmor type is Localhost")
      return
    default:
      choice("type", profileTypes, "type is required when appArmorProfile is set")(value, path, report)
  }
}

const escalation = (value: JsonRecord, path: string, report: Report): void => {
  if (value["allowPrivilegeEscalation"] !== false) return
  const refuse = (what: string) =>
    report.invalid(path, Internal.compact("core.SecurityContext", value), `cannot set \`allowPrivilegeEscalation\` to false and ${what}`)
  if (value["privileged"] === true) refuse("`privileged` to true")
  for (const capability of strings(at(value, "capabilities", "add"))) {
    if (capability === "CAP_SYS_ADMIN") refuse("`capabilities.Add` CAP_SYS_ADMIN")
  }
}

const procMounts = ["Default", "Unmasked"]

export const containerSecurity = (value: unknown, path: string, users: "host" | "own", report: Report): void => {
  if (!isRecord(value)) return
  isId("runAsUser")(value, path, report)
  isId("runAsGroup")(value, path, report)
  const mount = string(value["procMount"])
  if (mount !== undefined && !procMounts.includes(mount)) report.notSupportedAsListed(child(path, "procMount"), mount, procMounts)
  if (users === "host" && mount === "Unmasked") {
    report.invalid(child(path, "procMount"), mount, "`hostUsers` must be false to use `Unmasked`")
  }
  under("seccompProfile", seccompProfile)(value, path, report)
  escalation(value, path, report)
  windowsOptions(value, path, report)
  under("appArmorProfile", appArmorProfile)(value, path, report)
}

const sysctlName = "([a-z0-9]([-_a-z0-9]*[a-z0-9])?[\\./])*[a-z0-9]([-_a-z0-9]*[a-z0-9])?"
const sysctlPattern = new RegExp(`^${sysctlName}$`)

const ofInterprocess: ReadonlySet<string> = new Set([
  "kernel.sem",
  "kernel.shmall",
  "kernel.shmmax",
  "kernel.shmmni",
  "kernel.shm_rmid_forced",
  "kernel.shm",
  "kernel.msgmax",
  "kernel.msgmnb",
  "kernel.msgmni",
  "kernel.msg"
])

/** Slashes separate as dots do, when they come first. */
const normalName = (name: string): string => {
  const first = /[./]/.exec(name)?.[0]
  return first === "/" ? name.replaceAll(/[./]/g, (one) => (one === "/" ? "." : "/")) : name
}

const namespaceOf = (name: string): "net" | "ipc" | undefined => {
  const normal = normalName(name).split("*")[0] ?? ""
  if (ofInterprocess.has(normal)) return "ipc"
  if (normal === "net" || normal.startsWith("net.")) return "net"
  return normal === "fs.mqueue" || normal.startsWith("fs.mqueue.") ? "ipc" : undefined
}

const sysctls = (value: JsonRecord, spec: JsonRecord, path: string, report: Report): void => {
  const names = new Set<string>()
  for (const [i, one] of records(value["sysctls"]).entries()) {
    const here = `${path}.sysctls[${i}].name`
    const name = text(one, "name")
    if (name === "") report.required(here)
    else if (name.length > 253 || !sysctlPattern.test(name)) {
      report.invalid(here, name, `must have at most 253 characters and match regex ^${sysctlName}$`)
    } else if (names.has(name)) report.duplicate(here, name)
    const namespace = namespaceOf(name)
    if (spec["hostNetwork"] === true && namespace === "net") {
      report.invalid(here, name, "may not be specified when 'hostNetwork' is true")
    } else if (spec["hostIPC"] === true && namespace === "ipc") {
      report.invalid(here, name, "may not be specified when 'hostIPC' is true")
    }
    names.add(name)
  }
}

const before: Check = all(isId("fsGroup"), isId("runAsUser"), isId("runAsGroup"), ids("supplementalGroups"))

const after: Check = all(
  oneOf("fsGroupChangePolicy", ["Always", "OnRootMismatch"]),
  under("seccompProfile", seccompProfile),
  windowsOptions,
  under("appArmorProfile", appArmorProfile),
  oneOf("supplementalGroupsPolicy", ["Merge", "Strict"]),
  oneOf("seLinuxChangePolicy", ["Recursive"])
)

export const podSecurity = (spec: JsonRecord, path: string, report: Report): void => {
  const value = record(spec["securityContext"])
  const here = `${path}.securityContext`
  before(value, here, report)
  if (spec["shareProcessNamespace"] === true && spec["hostPID"] === true) {
    report.invalid(`${here}.shareProcessNamespace`, true, "ShareProcessNamespace and HostPID cannot both be enabled")
  }
  sysctls(value, spec, here, report)
  after(value, here, report)
}
