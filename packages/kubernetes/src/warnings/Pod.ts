/** What the server warns of in pods and pod templates, although it takes them. */
import type { JsonRecord } from "../Json.ts"
import { at, isRecord, number, record, records, string, stringRecord, strings } from "../Json.ts"
import { child, text } from "../validation/Check.ts"
import * as Ip from "../validation/Ip.ts"
import { appArmor, seccompOfContainer, seccompOfPod } from "../validation/pod/Annotations.ts"
import { eachContainer } from "../validation/pod/EachContainer.ts"
import { quote } from "../validation/Report.ts"
import { fractional, isFractional } from "./Claim.ts"
import { byteWarnings, envWarnings, portWarnings } from "./Containers.ts"
import { labelWarning, termWarnings } from "./NodeLabels.ts"
import { volumeWarnings } from "./Volumes.ts"

type Warn = (text: string) => void

const required = "requiredDuringSchedulingIgnoredDuringExecution"
const preferred = "preferredDuringSchedulingIgnoredDuringExecution"

const nodes = (spec: JsonRecord, path: string, warn: Warn): void => {
  for (const key of Object.keys(record(spec["nodeSelector"]))) {
    const why = labelWarning(key)
    if (why !== undefined) warn(`${path}.nodeSelector[${key}]: ${why}`)
  }
  const affinity = at(spec, "affinity", "nodeAffinity")
  const here = `${path}.affinity.nodeAffinity`
  for (const [i, term] of records(at(affinity, required, "nodeSelectorTerms")).entries()) {
    termWarnings(term, "required", `${here}.${required}.nodeSelectorTerms[${i}]`, warn)
  }
  for (const [i, term] of records(at(affinity, preferred)).entries()) {
    termWarnings(record(term["preference"]), "preferred", `${here}.${preferred}[${i}].preference`, warn)
  }
}

const noPod = "a null labelSelector results in matching no pod"

const spread = (spec: JsonRecord, path: string, warn: Warn): void => {
  for (const [i, constraint] of records(spec["topologySpreadConstraints"]).entries()) {
    const here = `${path}.topologySpreadConstraints[${i}]`
    const key = text(constraint, "topologyKey")
    const why = labelWarning(key)
    if (why !== undefined) warn(`${here}.topologyKey: ${key} is ${why}`)
    if (constraint["labelSelector"] === undefined) warn(`${here}.labelSelector: ${noPod}`)
  }
}

const deprecated: ReadonlyArray<readonly [annotation: string, why: string]> = [
  ["scheduler.alpha.kubernetes.io/critical-pod", 'non-functional in v1.16+; use the "priorityClassName" field instead'],
  ["security.alpha.kubernetes.io/sysctls", 'non-functional in v1.11+; use the "sysctls" field instead'],
  ["security.alpha.kubernetes.io/unsafe-sysctls", 'non-functional in v1.11+; use the "sysctls" field instead']
]

const repeated = (values: ReadonlyArray<string>, say: (index: number, value: string) => void): void => {
  const seen = new Set<string>()
  for (const [i, value] of values.entries()) {
    if (seen.has(value)) say(i, value)
    seen.add(value)
  }
}

const names = (spec: JsonRecord, path: string, warn: Warn): void => {
  const aliases = records(spec["hostAliases"]).map((alias) => text(alias, "ip"))
  repeated(aliases, (i, ip) => warn(`${path}.hostAliases[${i}].ip: duplicate ip ${quote(ip)}`))
  const secrets = records(spec["imagePullSecrets"]).map((secret) => text(secret, "name"))
  repeated(secrets, (i, name) => warn(`${path}.imagePullSecrets[${i}].name: duplicate name ${quote(name)}`))
  for (const [i, name] of secrets.entries()) if (name === "") warn(`${path}.imagePullSecrets[${i}].name: invalid empty name ""`)
}

const overhead = (spec: JsonRecord, path: string, warn: Warn): void => {
  for (const name of ["memory", "ephemeral-storage"]) {
    const value = string(at(spec, "overhead", name))
    if (value !== undefined && isFractional(value)) warn(fractional(value, `${path}.overhead[${name}]`))
  }
}

const useSeccomp = 'non-functional in v1.27+; use the "seccompProfile" field instead'
const useAppArmor = 'deprecated since v1.30; use the "appArmorProfile" field instead'

/** Whether the profile of the pod is what the annotation says. */
const isProfile = (profile: unknown, annotation: string): boolean => {
  const type = at(profile, "type")
  if (annotation === "unconfined") return type === "Unconfined"
  if (annotation === "runtime/default") return type === "RuntimeDefault"
  return type === "Localhost" && annotation === `localhost/${string(at(profile, "localhostProfile")) ?? ""}` && annotation !== "localhost/"
}

const terms = (spec: JsonRecord, path: string, warn: Warn): void => {
  for (const kind of ["podAffinity", "podAntiAffinity"]) {
    const here = `${path}.affinity.${kind}`
    const affinity = at(spec, "affinity", kind)
    for (const [i, term] of records(at(affinity, required)).entries()) {
      if (term["labelSelector"] === undefined) warn(`${here}.${required}[${i}].labelSelector: ${noPod}`)
    }
    for (const [i, term] of records(at(affinity, preferred)).entries()) {
      if (at(term, "podAffinityTerm", "labelSelector") === undefined) {
        warn(`${here}.${preferred}[${i}].podAffinityTerm.labelSelector: ${noPod}`)
      }
    }
  }
}

const addresses = (spec: JsonRecord, path: string, warn: Warn): void => {
  for (const [i, server] of strings(at(spec, "dnsConfig", "nameservers")).entries()) {
    for (const one of Ip.warnings(`${path}.dnsConfig.nameservers[${i}]`, server)) warn(one)
  }
  for (const [i, alias] of records(spec["hostAliases"]).entries()) {
    for (const one of Ip.warnings(`${path}.hostAliases[${i}].ip`, text(alias, "ip"))) warn(one)
  }
}

/** `owner` has `metadata` and `spec`: a pod, whose `parent` is empty, or a template. */
export const podWarnings = (owner: unknown, parent: string): ReadonlyArray<string> => {
  const found: Array<string> = []
  const warn: Warn = (warning) => found.push(warning)
  const whole = record(owner)
  const spec = record(whole["spec"])
  const notes = stringRecord(at(whole, "metadata", "annotations"))
  const note = (key: string) => `${child(parent, "metadata")}.annotations[${key}]`
  const path = child(parent, "spec")
  nodes(spec, path, warn)
  spread(spec, path, warn)
  for (const [key, why] of deprecated) if (key in notes) warn(`${note(key)}: ${why}`)
  if (spec["volumes"] !== undefined) volumeWarnings(records(spec["volumes"]), `${path}.volumes`, warn)
  names(spec, path, warn)
  overhead(spec, path, warn)
  if (seccompOfPod in notes && at(spec, "securityContext", "seccompProfile") === undefined) warn(`${note(seccompOfPod)}: ${useSeccomp}`)
  const ofPod = at(spec, "securityContext", "appArmorProfile")
  eachContainer(spec, path, (container, here) => {
    const security = record(container["securityContext"])
    const seccomp = `${seccompOfContainer}${text(container, "name")}`
    if (seccomp in notes && !isRecord(security["seccompProfile"])) warn(`${note(seccomp)}: ${useSeccomp}`)
    const profile = notes[`${appArmor}${text(container, "name")}`]
    if (parent !== "" && profile !== undefined && !isRecord(security["appArmorProfile"]) && !isProfile(ofPod, profile)) {
      warn(`${note(`${appArmor}${text(container, "name")}`)}: ${useAppArmor}`)
    }
    byteWarnings(container, here, warn)
    envWarnings(container, here, warn)
  })
  portWarnings(spec, path, warn)
  if ((number(spec["terminationGracePeriodSeconds"]) ?? 0) < 0) {
    warn(`${path}.terminationGracePeriodSeconds: must be >= 0; negative values are invalid and will be treated as 1`)
  }
  terms(spec, path, warn)
  addresses(spec, path, warn)
  return found
}
