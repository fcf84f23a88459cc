/** The status of a pod, which kubelets and schedulers write. */
import type { KubeObject } from "@aiopslab/core/Kubernetes"
import type { JsonRecord } from "../../Json.ts"
import { array, at, isRecord, number, record, records, string } from "../../Json.ts"
import { ids, isId, isSubdomain, text } from "../Check.ts"
import * as Internal from "../Internal.ts"
import * as Ip from "../Ip.ts"
import * as Names from "../Names.ts"
import type { Report } from "../Report.ts"
import type { Rule } from "../Rule.ts"
import { changed } from "../Rule.ts"
import { podAnnotations, podAnnotationUpdates } from "./Annotations.ts"

const statusOf = (pod: KubeObject | undefined): JsonRecord => record(pod?.["status"])
const annotationsOf = (pod: KubeObject | undefined) => pod?.metadata.annotations ?? {}

const metadata: Rule = (pod, previous, report) => {
  changed(pod, previous, report)
  podAnnotationUpdates(annotationsOf(pod), annotationsOf(previous), "metadata.annotations", report)
  podAnnotations(annotationsOf(pod), record(pod["spec"]), "metadata.annotations", report)
}

const system: ReadonlySet<string> = new Set(["PodScheduled", "Ready", "Initialized"])
const generation = "must be a non-negative integer"

const conditions = (status: JsonRecord, report: Report): void => {
  for (const [i, condition] of records(status["conditions"]).entries()) {
    const here = `status.conditions[${i}]`
    const seen = number(condition["observedGeneration"]) ?? 0
    if (seen < 0) report.invalid(`${here}.observedGeneration`, seen, generation)
    const type = text(condition, "type")
    if (!system.has(type)) report.each(`${here}.Type`, type, Names.explainKey(type))
  }
}

const own: Rule = (pod, previous, report) => {
  const status = statusOf(pod)
  const before = statusOf(previous)
  conditions(status, report)
  const nominated = text(status, "nominatedNodeName")
  if (nominated !== text(before, "nominatedNodeName") && nominated !== "") {
    report.each("status.nominatedNodeName", nominated, isSubdomain(nominated))
    if (text(record(previous?.["spec"]), "nodeName") !== "") {
      report.forbidden("status.nominatedNodeName", "may not be set on pods that are already bound to a node")
    }
  }
  const seen = number(status["observedGeneration"]) ?? 0
  if (seen < 0) report.invalid("status.observedGeneration", seen, generation)
  if (text(status, "qosClass") !== text(before, "qosClass")) {
    report.invalid("status.qosClass", text(status, "qosClass"), "field is immutable")
  }
}

const isEnded = (status: JsonRecord): boolean => isRecord(at(status, "state", "terminated"))

/** A container that has ended for good does not run again. */
const transitions = (key: string, pod: KubeObject, previous: KubeObject | undefined, report: Report): void => {
  const spec = record(previous?.["spec"])
  const policy = key === "ephemeralContainerStatuses" ? "Never" : text(spec, "restartPolicy")
  if (policy === "Always") return
  const sidecars = new Set(
    key === "initContainerStatuses"
      ? records(spec["initContainers"]).flatMap((one) => (one["restartPolicy"] === "Always" ? [one["name"]] : []))
      : []
  )
  for (const [i, old] of records(statusOf(previous)[key]).entries()) {
    if (!isEnded(old) || sidecars.has(old["name"])) continue
    const failed = (number(at(old, "state", "terminated", "exitCode")) ?? 0) !== 0
    if (failed && policy === "OnFailure") continue
    for (const next of records(statusOf(pod)[key])) {
      if (next["name"] === old["name"] && !isEnded(next)) {
        report.forbidden(`status.${key}[${i}].state`, "may not be transitioned to non-terminated state")
      }
    }
  }
}

const claims = (pod: KubeObject, report: Report): void => {
  const known = new Set(records(at(pod, "spec", "resourceClaims")).map((claim) => text(claim, "name")))
  const seen = new Set<string>()
  for (const [i, status] of records(statusOf(pod)["resourceClaimStatuses"]).entries()) {
    const here = `status.resourceClaimStatuses[${i}].name`
    const name = text(status, "name")
    if (!known.has(name)) report.invalid(here, name, "must match the name of an entry in `spec.resourceClaims`")
    if (seen.has(name)) report.duplicate(here, name)
    seen.add(name)
    const claim = string(status["resourceClaimName"])
    if (claim !== undefined) report.each(here, claim, isSubdomain(claim))
  }
}

/** One address of each family. */
const families = (addresses: ReadonlyArray<string>): boolean => {
  const parsed = addresses.map(Ip.parse)
  return (
    parsed.length === 2 && parsed.some((ip) => ip !== undefined && Ip.isV6(ip)) && parsed.some((ip) => ip !== undefined && !Ip.isV6(ip))
  )
}

const addresses = (key: "podIPs" | "hostIPs", pod: KubeObject, previous: KubeObject | undefined, report: Report): void => {
  const path = `status.${key}`
  const list = records(statusOf(pod)[key])
  const found = list.map((one) => text(one, "ip"))
  const known = records(statusOf(previous)[key]).map((one) => text(one, "ip"))
  if (key === "hostIPs" && found[0] !== undefined && found[0] !== text(statusOf(pod), "hostIP")) {
    report.invalid(`${path}[0].ip`, found[0], "must be equal to `hostIP`")
  }
  for (const [i, ip] of found.entries()) if (!known.includes(ip)) Ip.legacy(`${path}[${i}]`, ip, report)
  if (found.length < 2) return
  const bad = found.find((ip) => Ip.parse(ip) === undefined)
  if (bad !== undefined) report.internal(path, `failed to check for dual stack with error:invalid IP[${found.indexOf(bad)}]: ${bad}`)
  if (!families(found)) {
    const shown = Internal.compactList(key === "podIPs" ? "core.PodIP" : "core.HostIP", list)
    report.invalid(path, shown, "may specify no more than one IP for each IP family")
  }
}

const users = (key: string, pod: KubeObject, report: Report): void => {
  const os = string(at(pod, "spec", "os", "name")) ?? "linux"
  for (const [i, status] of records(statusOf(pod)[key]).entries()) {
    const linux = at(status, "user", "linux")
    const here = `status.${key}[${i}].user.linux`
    if (!isRecord(linux)) continue
    if (os === "windows") report.forbidden(here, "cannot be set for a windows pod")
    else for (const check of [isId("uid"), isId("gid"), ids("supplementalGroups")]) check(linux, here, report)
  }
}

const lists = ["containerStatuses", "initContainerStatuses", "ephemeralContainerStatuses"]

const containers: Rule = (pod, previous, report) => {
  for (const key of lists) if (array(statusOf(previous)[key]).length > 0) transitions(key, pod, previous, report)
  claims(pod, report)
  addresses("podIPs", pod, previous, report)
  addresses("hostIPs", pod, previous, report)
  for (const key of lists) users(key, pod, report)
}

export const podStatus: ReadonlyArray<Rule> = [metadata, own, containers]
