/** Annotations that mean something: mirrors, the cost of deletion, and the profiles that became fields. */
import type { JsonRecord } from "../../Json.ts"
import { at, isRecord, string } from "../../Json.ts"
import { text } from "../Check.ts"
import { descending } from "../Paths.ts"
import type { Report } from "../Report.ts"
import { eachContainer } from "./EachContainer.ts"

type Annotations = Readonly<Record<string, string>>

export const mirror = "kubernetes.io/config.mirror"
const cost = "controller.kubernetes.io/pod-deletion-cost"
export const seccompOfPod = "seccomp.security.alpha.kubernetes.io/pod"
export const seccompOfContainer = "container.seccomp.security.alpha.kubernetes.io/"
export const appArmor = "container.apparmor.security.beta.kubernetes.io/"

const isCost = (value: string): boolean =>
  /^(0|-?[1-9]\d*|-0+\d*)$/.test(value) && Math.abs(Number(value)) <= 2 ** 31 - (value.startsWith("-") ? 0 : 1)

const seccompPlain: ReadonlySet<string> = new Set(["runtime/default", "docker/default", "unconfined"])

const seccomp = (value: string, path: string, report: Report): void => {
  if (seccompPlain.has(value)) return
  if (value.startsWith("localhost/")) descending(value.slice("localhost/".length), path, report)
  else report.invalid(path, value, "must be a valid seccomp profile")
}

const appArmorPlain: ReadonlySet<string> = new Set(["", "runtime/default", "unconfined"])

const hasContainer = (spec: JsonRecord, name: string): boolean => {
  let found = false
  eachContainer(spec, "spec", (container) => {
    found ||= container["name"] === name
  })
  return found
}

export const podAnnotations = (annotations: Annotations, spec: JsonRecord, path: string, report: Report): void => {
  const keys = Object.keys(annotations)
  if (keys.length === 0) return
  const source = annotations[mirror]
  if (source !== undefined && text(spec, "nodeName") === "") {
    report.invalid(`${path}[${mirror}]`, source, "must set spec.nodeName if mirror pod annotation is set")
  }
  const price = annotations[cost]
  if (price !== undefined && !isCost(price)) report.invalid(`${path}[${cost}]`, price, "must be a 32bit integer")
  const profile = annotations[seccompOfPod]
  if (profile !== undefined) seccomp(profile, `${path}.${seccompOfPod}`, report)
  for (const key of keys) if (key.startsWith(seccompOfContainer)) seccomp(annotations[key] ?? "", `${path}.${key}`, report)
  for (const key of keys) {
    if (!key.startsWith(appArmor)) continue
    const name = key.slice(appArmor.length)
    const value = annotations[key] ?? ""
    if (!hasContainer(spec, name)) report.invalid(`${path}[${key}]`, name, "container not found")
    if (!appArmorPlain.has(value) && !value.startsWith("localhost/")) {
      report.invalid(`${path}[${key}]`, value, `invalid AppArmor profile name: ${JSON.stringify(value)}`)
    }
  }
}

export const podAnnotationUpdates = (next: Annotations, previous: Annotations, path: string, report: Report): void => {
  if (next === previous) return
  for (const [key, value] of Object.entries(previous)) {
    if (next[key] === value) continue
    if (key.startsWith(appArmor)) report.forbidden(`${path}[${key}]`, "may not remove or update AppArmor annotations")
    if (key === mirror) report.forbidden(`${path}[${key}]`, "may not remove or update mirror pod annotation")
  }
  for (const key of Object.keys(next)) {
    if (key in previous) continue
    if (key.startsWith(appArmor)) report.forbidden(`${path}[${key}]`, "may not add AppArmor annotations")
    if (key === mirror) report.forbidden(`${path}[${key}]`, "may not add mirror pod annotation")
  }
}

/** Of an annotation: the profile that a field would have. */
const plainNames: Readonly<Record<string, ReadonlyArray<string>>> = {
  Unconfined: ["unconfined"],
  RuntimeDefault: ["runtime/default", "docker/default"]
}

const agreement = (kind: "seccomp" | "apparmor", annotation: string, profile: JsonRecord, path: string, report: Report): void => {
  const type = text(profile, "type")
  const differs = () => report.forbidden(`${path}.type`, `${kind} type in annotation and field must match`)
  if (type === "Localhost") {
    if (!annotation.startsWith("localhost/")) differs()
    else if (string(profile["localhostProfile"]) !== annotation.slice("localhost/".length)) {
      report.forbidden(`${path}.localhostProfile`, `${kind} profile in annotation and field must match`)
    }
    return
  }
  const names = (plainNames[type] ?? []).slice(0, kind === "seccomp" ? 2 : 1)
  if (names.length > 0 && !names.includes(annotation)) differs()
}

/** A profile may be given both ways if it is the same. */
export const profileAgreement = (annotations: Annotations, spec: JsonRecord, path: string, report: Report): void => {
  if (Object.keys(annotations).length === 0) return
  const ofPod = at(spec, "securityContext", "seccompProfile")
  const annotation = annotations[seccompOfPod]
  if (isRecord(ofPod) && annotation !== undefined) {
    agreement("seccomp", annotation, ofPod, `${path}.securityContext.seccompProfile`, report)
  }
  eachContainer(spec, path, (container, here) => {
    const profile = at(container, "securityContext", "seccompProfile")
    const own = annotations[`${seccompOfContainer}${text(container, "name")}`]
    if (isRecord(profile) && own !== undefined) agreement("seccomp", own, profile, `${here}.securityContext.seccompProfile`, report)
  })
  if (at(spec, "os", "name") === "windows") return
  eachContainer(spec, path, (container, here) => {
    const profile = at(container, "securityContext", "appArmorProfile") ?? at(spec, "securityContext", "appArmorProfile")
    const own = annotations[`${appArmor}${text(container, "name")}`]
    if (isRecord(profile) && own !== undefined) agreement("apparmor", own, profile, `${here}.securityContext.appArmorProfile`, report)
  })
}
