/** Questions to the authorizer: what is wrong with one, and what of its selectors can't be understood. */
import type { KubeObject } from "@aiopslab/core/Kubernetes"
import * as Result from "effect/Result"
import type { JsonRecord } from "../../Json.ts"
import { isRecord, record, records, strings } from "../../Json.ts"
import * as Selector from "../../Selector.ts"
import { isUsableRequirement, labelRequirement } from "../LabelSelector.ts"
import type { Report } from "../Report.ts"
import { inOrder } from "../Report.ts"
import type { Rule } from "../Rule.ts"
import { text } from "../Value.ts"

const set: ReadonlyArray<string> = ["In", "NotIn"]
const existence: ReadonlyArray<string> = ["Exists", "DoesNotExist"]

const fieldRequirement = (value: JsonRecord, path: string, report: Report): void => {
  const values = strings(value["values"])
  const operator = text(value["operator"])
  if (text(value["key"]) === "") report.required(`${path}.key`, "must be specified")
  if (set.includes(operator) && values.length === 0) {
    report.required(`${path}.values`, "must be specified when `operator` is 'In' or 'NotIn'")
  }
  if (existence.includes(operator) && values.length > 0) {
    report.forbidden(`${path}.values`, "may not be specified when `operator` is 'Exists' or 'DoesNotExist'")
  }
}

/** An operator that is not known is no error: it may be of a later version. */
const selector = (
  value: unknown,
  requirement: (value: JsonRecord, path: string, report: Report) => void,
  path: string,
  report: Report
): void => {
  if (!isRecord(value)) return
  const raw = text(value["rawSelector"])
  const requirements = records(value["requirements"])
  if (raw !== "" && requirements.length > 0) {
    report.invalid(`${path}.rawSelector`, raw, "may not specified at the same time as requirements")
  }
  if (raw === "" && requirements.length === 0) {
    report.required(`${path}.requirements`, `when ${path} is specified, requirements or rawSelector is required`)
  }
  for (const [i, one] of requirements.entries()) requirement(one, `${path}.requirements[${i}]`, report)
}

const owner = (value: JsonRecord): unknown => {
  const { apiVersion, blockOwnerDeletion, controller, kind, name, uid } = value
  return inOrder({ apiVersion, kind, name, uid, controller, blockOwnerDeletion })
}

const entry = (value: JsonRecord): unknown => {
  const { apiVersion, fieldsType, fieldsV1, manager, operation, subresource, time } = value
  return inOrder({ manager, operation, apiVersion, time, fieldsType, fieldsV1, subresource })
}

const metadataShown = (metadata: JsonRecord): unknown => {
  const { annotations, finalizers, generateName, generation, labels, managedFields, name, namespace, ownerReferences, resourceVersion } =
    metadata
  return inOrder({
    name: name === "" ? undefined : name,
    generateName,
    namespace,
    resourceVersion,
    generation,
    labels,
    annotations,
    ownerReferences: ownerReferences === undefined ? undefined : records(ownerReferences).map(owner),
    finalizers,
    managedFields: managedFields === undefined ? undefined : records(managedFields).map(entry)
  })
}

const hasMetadata = ({ managedFields: _, name, namespace: __, ...rest }: JsonRecord): boolean =>
  (name ?? "") !== "" || Object.keys(rest).length > 0

const pathShown = (value: unknown): unknown => {
  const { path, verb } = record(value)
  return inOrder({ Path: text(path), Verb: text(verb) })
}

/** `metadata` is the object's as the answer would show it. */
export const accessReview =
  (plural: string, metadata: JsonRecord): Rule =>
  (object: KubeObject, _, report) => {
    const spec = record(object["spec"])
    const { nonResourceAttributes, resourceAttributes } = spec
    const local = plural === "localsubjectaccessreviews"
    if (isRecord(resourceAttributes) && isRecord(nonResourceAttributes)) {
      const why = "cannot be specified in combination with resourceAttributes"
      report.invalid("spec.nonResourceAttributes", pathShown(nonResourceAttributes), why)
    }
    if (!isRecord(resourceAttributes) && !isRecord(nonResourceAttributes)) {
      const why = "exactly one of nonResourceAttributes or resourceAttributes must be specified"
      report.invalid("spec.resourceAttributes", undefined, why)
    }
    if (plural !== "selfsubjectaccessreviews" && text(spec["user"]) === "" && strings(spec["groups"]).length === 0) {
      report.invalid("spec.user", "", "at least one of user or group must be specified")
    }
    const asked = record(resourceAttributes)
    selector(asked["fieldSelector"], fieldRequirement, "spec.resourceAttributes.fieldSelector", report)
    selector(asked["labelSelector"], labelRequirement("unknown"), "spec.resourceAttributes.labelSelector", report)
    if (hasMetadata(metadata)) {
      report.invalid("metadata", metadataShown(metadata), `must be empty${local ? " except for namespace" : ""}`)
    }
    if (!local) return
    const namespace = text(asked["namespace"])
    if (isRecord(resourceAttributes) && namespace !== text(metadata["namespace"])) {
      report.invalid("spec.resourceAttributes.namespace", namespace, "must match metadata.namespace")
    }
    if (isRecord(nonResourceAttributes)) {
      report.invalid("spec.nonResourceAttributes", pathShown(nonResourceAttributes), "disallowed on this kind of request")
    }
  }

/** Field selectors know one value, and whether it is equal. */
const isUsableFieldRequirement = (value: JsonRecord): boolean =>
  set.includes(text(value["operator"])) && strings(value["values"]).length === 1

const isFieldSelector = (raw: string): boolean => raw.split(",").every((part) => part === "" || part.includes("="))

const isLabelSelector = (raw: string): boolean => Result.isSuccess(Selector.parse(raw))

const unparsed = (
  value: unknown,
  isSelector: (raw: string) => boolean,
  isUsable: (value: JsonRecord) => boolean,
  name: string
): ReadonlyArray<string> => {
  const { rawSelector, requirements } = record(value)
  const all = records(requirements)
  const usable = all.filter(isUsable)
  const failed = all.length > 0 ? usable.length < all.length : !isSelector(text(rawSelector))
  if (!failed) return []
  return [`spec.resourceAttributes.${name} ${usable.length > 0 ? "partially ignored" : "ignored"} due to parse error`]
}

/** What the answer says of selectors that the authorizer did not understand; nothing when it did. */
export const evaluationError = (spec: JsonRecord): string => {
  const asked = record(spec["resourceAttributes"])
  return [
    ...unparsed(asked["fieldSelector"], isFieldSelector, isUsableFieldRequirement, "fieldSelector"),
    ...unparsed(asked["labelSelector"], isLabelSelector, isUsableRequirement, "labelSelector")
  ].join("; ")
}
