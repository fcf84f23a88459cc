/** `metadata` of every kind, and labels wherever they stand. */
import type { KubeObject, OwnerReference } from "@aiopslab/core/Kubernetes"
import { record, stringRecord } from "../Json.ts"
import * as Names from "./Names.ts"
import { inOrder, quote } from "./Report.ts"
import type { Report } from "./Report.ts"

export interface NameRule {
  readonly name: (text: string) => ReadonlyArray<string>
  /** Of the beginning that `generateName` gives. */
  readonly generated: (text: string) => ReadonlyArray<string>
}

export const formatted = (format: Parameters<typeof Names.explain>[1]): NameRule => ({
  name: (text) => Names.explain(text, format),
  generated: (text) => Names.explainGenerated(text, format)
})

const segment: NameRule = { name: Names.explainPathSegment, generated: Names.explainPathPrefix }

/** Labels at a path: of an object, of a template. */
export const labels = (value: unknown, path: string, report: Report): void => {
  for (const [key, item] of Object.entries(stringRecord(value))) {
    report.each(path, key, Names.explainKey(key))
    report.each(path, item, Names.explainLabelValue(item))
  }
}

const annotationsLimit = 256 * 1024

/** Annotations at a path: keys in any case, and a limit on all of them together. */
export const annotations = (value: unknown, path: string, report: Report): void => {
  let size = 0
  for (const [key, item] of Object.entries(stringRecord(value))) {
    report.each(path, key, Names.explainKey(key.toLowerCase()))
    size += Buffer.byteLength(key) + Buffer.byteLength(item)
  }
  if (size > annotationsLimit) report.tooLong(path, annotationsLimit)
}

const path = "metadata.ownerReferences"

const owners = (references: ReadonlyArray<OwnerReference>, report: Report): void => {
  let controller = ""
  for (const reference of references) {
    const { apiVersion, kind, name, uid } = complete(reference)
    if (!hasVersion(apiVersion)) report.invalid(`${path}.apiVersion`, apiVersion, "version must not be empty")
    if (kind === "") report.invalid(`${path}.kind`, kind, "must not be empty")
    if (name === "") report.invalid(`${path}.name`, name, "must not be empty")
    if (uid === "") report.invalid(`${path}.uid`, uid, "must not be empty")
    if (apiVersion === "v1" && kind === "Event") {
      report.invalid(path, printed(reference), "/v1, Kind=Event is disallowed from being an owner")
    }
    if (reference.controller !== true) continue
    const here = `${kind}/${name}`
    if (controller === "") controller = here
    else {
      const why = `Only one reference can have Controller set to true. Found "true" in references for ${controller} and ${here}`
      report.invalid(path, references.map(printed), why)
    }
  }
}

/** `v1`, `apps/v1`: what is neither names no version. */
const hasVersion = (apiVersion: string): boolean => {
  const parts = apiVersion.split("/")
  return parts.length <= 2 && parts.at(-1) !== ""
}

const complete = (reference: OwnerReference): OwnerReference => ({ ...noOwner, ...reference })
const noOwner = { apiVersion: "", kind: "", name: "", uid: "" }

const printed = (reference: OwnerReference): unknown => {
  const { apiVersion, blockOwnerDeletion, controller, kind, name, uid } = complete(reference)
  return inOrder({ apiVersion, kind, name, uid, controller, blockOwnerDeletion })
}

const finalizerNames = (finalizers: ReadonlyArray<string>, report: Report): void => {
  for (const one of finalizers) report.each("metadata.finalizers", one, Names.explainKey(one))
  if (finalizers.includes("orphan") && finalizers.includes("foregroundDeletion")) {
    report.invalid("metadata.finalizers", finalizers, "finalizer orphan and foregroundDeletion cannot be both set")
  }
}

const standard: ReadonlySet<string> = new Set(["kubernetes", "orphan", "foregroundDeletion"])

/** A finalizer without a domain is one of Kubernetes' own. */
export const finalizerDomain = (finalizer: string, field: string, report: Report): void => {
  if (!finalizer.includes("/") && !standard.has(finalizer)) {
    report.invalid(field, finalizer, "name is neither a standard finalizer name nor is it fully qualified")
  }
}

const finalizerDomains = ({ metadata: { finalizers = [] } }: KubeObject, report: Report): void => {
  for (const [i, one] of finalizers.entries()) finalizerDomain(one, `metadata.finalizers[${i}]`, report)
}

/** Without the domains of finalizers, which the kinds of some groups leave unchecked. */
const whole = (object: KubeObject, rule: NameRule, report: Report): void => {
  const { finalizers, generateName, generation = 0, name, namespace, ownerReferences } = object.metadata
  if (generateName !== undefined && generateName !== "") report.each("metadata.generateName", generateName, rule.generated(generateName))
  if (name === "") report.required("metadata.name", "name or generateName is required")
  else report.each("metadata.name", name, rule.name(name))
  if (namespace !== undefined && namespace !== "") {
    report.each("metadata.namespace", namespace, Names.explainGenerated(namespace, Names.dnsLabel))
  }
  if (generation < 0) report.invalid("metadata.generation", generation, "must be greater than or equal to 0")
  labels(object.metadata.labels, "metadata.labels", report)
  annotations(object.metadata.annotations, "metadata.annotations", report)
  owners(ownerReferences ?? [], report)
  finalizerNames(finalizers ?? [], report)
}

/** Go's `%#v` of strings. */
const goStrings = (list: ReadonlyArray<string>): string => `[]string{${list.map(quote).join(", ")}}`

const immutable = ["uid", "deletionTimestamp", "deletionGracePeriodSeconds"] as const

const moved = (object: KubeObject, previous: KubeObject, report: Report): void => {
  const { finalizers = [] } = object.metadata
  const before = previous.metadata
  if (before.deletionTimestamp !== undefined) {
    const known = before.finalizers ?? []
    const added = [...new Set(finalizers)].filter((one) => !known.includes(one)).sort()
    if (added.length > 0) {
      report.forbidden(
        "metadata.finalizers",
        `no new finalizers can be added if the object is being deleted, found new finalizers ${goStrings(added)}`
      )
    }
  }
  for (const key of immutable) {
    if (object.metadata[key] !== before[key]) report.invalid(`metadata.${key}`, object.metadata[key], "field is immutable")
  }
  labels(object.metadata.labels, "metadata.labels", report)
  annotations(object.metadata.annotations, "metadata.annotations", report)
  owners(object.metadata.ownerReferences ?? [], report)
}

/** What the strategy of a kind checks of a new object's metadata. */
export const created = (object: KubeObject, rule: NameRule, report: Report): void => {
  whole(object, rule, report)
  finalizerDomains(object, report)
}

/** What the strategy of a kind checks of an update's. */
export const updated = (object: KubeObject, previous: KubeObject, report: Report): void => {
  if (unchanged(object, previous)) return
  moved(object, previous, report)
  finalizerDomains(object, report)
}

/** `created` and `updated` of the groups that don't look at a finalizer's domain. */
export { whole as createdPlain, moved as updatedPlain }

/** What is checked of any new object once its kind finds nothing wrong. */
export const common = (object: KubeObject, report: Report): void => whole(object, segment, report)

/** What is checked of any update before its kind does. */
export const commonUpdate = (object: KubeObject, previous: KubeObject, report: Report): void => {
  if (unchanged(object, previous)) return
  whole(object, segment, report)
  moved(object, previous, report)
}

/** Parts that an update leaves as they were were valid when they were written. */
const unchanged = (object: KubeObject, previous: KubeObject): boolean => {
  const now = record(object.metadata)
  const before = record(previous.metadata)
  return watched.every((key) => now[key] === before[key])
}

const watched: ReadonlyArray<string> = ["annotations", "finalizers", "generateName", "labels", "ownerReferences", ...immutable]
