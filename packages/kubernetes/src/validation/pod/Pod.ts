/** Pods on their own: creation, and what of them may change. */
import type { KubeObject } from "@aiopslab/core/Kubernetes"
import type { JsonRecord } from "../../Json.ts"
import { at, isRecord, number, record, records, stringRecord, withAt, without } from "../../Json.ts"
import { text } from "../Check.ts"
import * as Internal from "../Internal.ts"
import * as Names from "../Names.ts"
import type { Report } from "../Report.ts"
import type { Checks, Rule } from "../Rule.ts"
import { changed, named, subdomain } from "../Rule.ts"
import { unifiedDiff } from "../UnifiedDiff.ts"
import { podAnnotations, podAnnotationUpdates, profileAgreement } from "./Annotations.ts"
import { imageSpaces } from "./Container.ts"
import { podSpec } from "./PodSpec.ts"
import { tolerations } from "./Scheduling.ts"

/** Kept while it is the same object, so that a write that leaves the spec alone costs nothing. */
const annotationsOf = (pod: KubeObject): Readonly<Record<string, string>> => pod.metadata.annotations ?? noAnnotations
const noAnnotations: Readonly<Record<string, string>> = {}

const tokenVolumes = (spec: JsonRecord, report: Report): void => {
  if (text(spec, "serviceAccountName") !== "") return
  for (const [i, volume] of records(spec["volumes"]).entries()) {
    for (const [j, source] of records(at(volume, "projected", "sources")).entries()) {
      if (!isRecord(source["serviceAccountToken"])) continue
      const here = `spec.volumes[${i}].projected.sources[${j}].serviceAccountToken`
      report.forbidden(here, "must not be specified when serviceAccountName is not set")
    }
  }
}

const whole: Rule = (pod, _, report) => {
  const spec = record(pod["spec"])
  const annotations = annotationsOf(pod)
  podAnnotations(annotations, spec, "metadata.annotations", report)
  podSpec(spec, { kind: "pod", name: pod.metadata.name, annotations }, "spec", report)
  tokenVolumes(spec, report)
  for (const list of ["containers", "initContainers"]) {
    for (const [i, container] of records(spec[list]).entries()) imageSpaces(container, `spec.${list}[${i}]`, report)
  }
}

const onlyNew: Rule = (pod, _, report) => {
  const spec = record(pod["spec"])
  if (records(spec["ephemeralContainers"]).length > 0) report.forbidden("spec.ephemeralContainers", "cannot be set on create")
  if (text(spec, "nodeName") !== "" && records(spec["schedulingGates"]).length > 0) {
    report.forbidden("spec.nodeName", "cannot be set until all schedulingGates have been cleared")
  }
  profileAgreement(annotationsOf(pod), spec, "spec", report)
}

/** Whether to go on. */
const images = (next: JsonRecord, previous: JsonRecord, key: string, report: Report): boolean => {
  const path = `spec.${key}`
  const list = records(next[key])
  if (list.length !== records(previous[key]).length) {
    report.forbidden(path, "pod updates may not add or remove containers")
    return false
  }
  for (const [i, container] of list.entries()) {
    if (text(container, "image") === "") report.required(`${path}[${i}].image`)
    imageSpaces(container, `${path}[${i}]`, report)
  }
  return true
}

const longest = 2_147_483_647

/** Whether to go on. */
const deadline = (next: JsonRecord, previous: JsonRecord, report: Report): boolean => {
  const path = "spec.activeDeadlineSeconds"
  const now = number(next["activeDeadlineSeconds"])
  const before = number(previous["activeDeadlineSeconds"])
  if (now === undefined) {
    if (before !== undefined) report.invalid(path, now, "must not update from a positive integer to nil value")
    return true
  }
  if (now < 0 || now > longest) report.invalid(path, now, Names.range(0, longest))
  else if (before !== undefined && before < now) report.invalid(path, now, "must be less than or equal to previous value")
  else return true
  return false
}

const addedTolerations = (next: JsonRecord, previous: JsonRecord, report: Report): void => {
  const path = "spec.tolerations"
  const list = records(next["tolerations"])
  const rest = (one: JsonRecord) => without(one, "tolerationSeconds")
  const kept = records(previous["tolerations"]).every((old) => list.some((one) => Internal.equal("core.Toleration", rest(one), rest(old))))
  if (kept) tolerations(list, path, report)
  else report.forbidden(path, "existing toleration can not be modified except its tolerationSeconds")
}

const removedGates = (next: JsonRecord, previous: JsonRecord, report: Report): void => {
  const known = new Set(records(previous["schedulingGates"]).map((gate) => text(gate, "name")))
  for (const [i, gate] of records(next["schedulingGates"]).entries()) {
    const name = text(gate, "name")
    if (known.has(name)) continue
    report.forbidden(`spec.schedulingGates[${i}].name`, `only deletion is allowed, but found new scheduling gate '${name}'`)
  }
}

const updatable = [
  "`spec.containers[*].image`",
  "`spec.initContainers[*].image`",
  "`spec.activeDeadlineSeconds`",
  "`spec.tolerations` (only additions to existing tolerations)",
  "`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)"
].join(",")

const withImagesOf = (next: JsonRecord, previous: JsonRecord, key: string): unknown =>
  next[key] === undefined
    ? undefined
    : records(next[key]).map((container, i) => ({ ...container, image: record(records(previous[key])[i])["image"] }))

/** The new spec with everything that may change as it was before. */
const settled = (next: JsonRecord, previous: JsonRecord): JsonRecord => {
  const before = number(previous["terminationGracePeriodSeconds"]) ?? 0
  const ended = before < 0 && next["terminationGracePeriodSeconds"] === 1
  return {
    ...next,
    containers: withImagesOf(next, previous, "containers"),
    initContainers: withImagesOf(next, previous, "initContainers"),
    activeDeadlineSeconds: previous["activeDeadlineSeconds"],
    schedulingGates: previous["schedulingGates"],
    tolerations: previous["tolerations"],
    ...(ended ? { terminationGracePeriodSeconds: before } : {})
  }
}

const nodeAffinity = ["affinity", "nodeAffinity"]
const requiredTerms = "requiredDuringSchedulingIgnoredDuringExecution"

const onlyAdditions = (next: JsonRecord, previous: JsonRecord): boolean => {
  const count = (term: JsonRecord, key: string) => records(term[key]).length
  if (count(previous, "matchExpressions") + count(previous, "matchFields") === 0) {
    return count(next, "matchExpressions") + count(next, "matchFields") === 0
  }
  return ["matchExpressions", "matchFields"].every((key) =>
    records(previous[key]).every((one, i) => {
      const other = records(next[key])[i]
      return other !== undefined && Internal.equal("core.NodeSelectorRequirement", one, other)
    })
  )
}

/** A pod that waits at a gate may be sent to fewer nodes, not to others. */
const narrowed = (next: JsonRecord, previous: JsonRecord, report: Report): JsonRecord => {
  if (records(previous["schedulingGates"]).length === 0) return next
  const before = stringRecord(previous["nodeSelector"])
  const now = stringRecord(next["nodeSelector"])
  if (Object.entries(before).some(([key, value]) => now[key] !== value)) {
    report.invalid("spec.nodeSelector", next["nodeSelector"], "only additions to spec.nodeSelector are allowed (no mutations or deletions)")
  }
  const path = `spec.affinity.nodeAffinity.${requiredTerms}.nodeSelectorTerms`
  const old = records(at(previous, ...nodeAffinity, requiredTerms, "nodeSelectorTerms"))
  const terms = records(at(next, ...nodeAffinity, requiredTerms, "nodeSelectorTerms"))
  if (old.length > 0 && old.length !== terms.length) {
    const given = at(next, ...nodeAffinity, requiredTerms, "nodeSelectorTerms")
    const shown = given === undefined || given === null ? null : Internal.compactList("core.NodeSelectorTerm", terms)
    report.invalid(path, shown, "no additions/deletions to non-empty NodeSelectorTerms list are allowed")
  } else {
    for (const [i, term] of old.entries()) {
      const other = record(terms[i])
      if (onlyAdditions(other, term)) continue
      report.invalid(
        `${path}[${i}]`,
        Internal.compact("core.NodeSelectorTerm", other),
        "only additions are allowed (no mutations or deletions)"
      )
    }
  }
  const own = withAt(next, nodeAffinity, at(previous, ...nodeAffinity))
  const emptied = previous["affinity"] === undefined && Object.keys(record(own["affinity"])).length === 0
  return { ...(emptied ? without(own, "affinity") : own), nodeSelector: previous["nodeSelector"] }
}

const changes: Rule = (pod, old, report) => {
  const next = record(pod["spec"])
  const previous = record(old?.["spec"])
  if (!images(next, previous, "containers", report) || !images(next, previous, "initContainers", report)) return
  if (!deadline(next, previous, report)) return
  addedTolerations(next, previous, report)
  removedGates(next, previous, report)
  if (next === previous || Internal.equal("core.PodSpec", next, previous)) return
  const rest = narrowed(settled(next, previous), previous, report)
  if (Internal.equal("core.PodSpec", rest, previous)) return
  const difference = unifiedDiff(Internal.pretty("core.PodSpec", previous), Internal.pretty("core.PodSpec", rest))
  report.forbidden("spec", `pod updates may not change fields other than ${updatable}\n${difference}`)
}

const looked = ["annotations", "finalizers", "generateName", "labels", "ownerReferences", "uid"]

/** What was valid before is not looked at again. */
const unchanged = (pod: KubeObject, old: KubeObject | undefined): boolean =>
  old !== undefined && pod["spec"] === old["spec"] && looked.every((key) => pod.metadata[key] === old.metadata[key])

const update: Rule = (pod, old, report) => {
  if (unchanged(pod, old)) return
  named(subdomain)(pod, old, report)
  whole(pod, old, report)
  podAnnotationUpdates(annotationsOf(pod), old === undefined ? noAnnotations : annotationsOf(old), "metadata.annotations", report)
  podAnnotations(annotationsOf(pod), record(pod["spec"]), "metadata.annotations", report)
  changes(pod, old, report)
}

export const pods: Checks = { create: [named(subdomain), whole, onlyNew], update: [changed, update] }

/** `pods/ephemeralcontainers`: containers may be added to those. */
export const ephemeralUpdate: Rule = (pod, old, report) => {
  changed(pod, old, report)
  named(subdomain)(pod, old, report)
  whole(pod, old, report)
  const path = "spec.ephemeralContainers"
  const next = new Map(records(at(pod, ...path.split("."))).map((one) => [text(one, "name"), one]))
  for (const before of records(at(old, ...path.split(".")))) {
    const name = text(before, "name")
    const after = next.get(name)
    if (after === undefined) report.forbidden(path, `existing ephemeral containers ${JSON.stringify(name)} may not be removed\n`)
    else if (!Internal.equal("core.EphemeralContainer", before, after)) {
      const difference = unifiedDiff(Internal.pretty("core.EphemeralContainer", before), Internal.pretty("core.EphemeralContainer", after))
      report.forbidden(path, `existing ephemeral containers ${JSON.stringify(name)} may not be changed\n${difference}`)
    }
  }
}
