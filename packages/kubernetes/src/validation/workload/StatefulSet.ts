/** StatefulSets: pods with names and claims of their own. */
import type { JsonRecord } from "../../Json.ts"
import { at, isRecord, number, record, records, stringRecord, without } from "../../Json.ts"
import { equal } from "../../Equal.ts"
import { isLabel, notNegative, text } from "../Check.ts"
import { claimSpec } from "../ClaimSpec.ts"
import * as Internal from "../Internal.ts"
import { annotations, labels } from "../Metadata.ts"
import { podAnnotations } from "../pod/Annotations.ts"
import type { Report } from "../Report.ts"
import type { Checks, Rule } from "../Rule.ts"
import { apart, dnsLabel } from "../Rule.ts"
import { isZero, notMoreThanAll, positive } from "./IntOrPercent.ts"
import { endless, isMatched, mismatch, ownSelector, podTemplate } from "./Template.ts"

const management = (spec: JsonRecord, report: Report): void => {
  const policy = text(spec, "podManagementPolicy")
  const path = "spec.podManagementPolicy"
  if (policy === "") report.required(path)
  else if (policy !== "OrderedReady" && policy !== "Parallel") {
    report.invalid(path, policy, "must be 'OrderedReady' or 'Parallel'")
  }
}

const rollingUpdate = (value: unknown, path: string, report: Report): void => {
  if (!isRecord(value)) return
  notNegative("partition")(value, path, report)
  const { maxUnavailable } = value
  if (maxUnavailable === undefined) return
  positive(maxUnavailable, `${path}.maxUnavailable`, report)
  if (isZero(maxUnavailable)) report.invalid(`${path}.maxUnavailable`, maxUnavailable, "cannot be 0")
  notMoreThanAll(maxUnavailable, `${path}.maxUnavailable`, report)
}

const strategy = (spec: JsonRecord, report: Report): void => {
  const value = record(spec["updateStrategy"])
  const path = "spec.updateStrategy"
  switch (text(value, "type")) {
    case "":
      return report.required(path)
    case "OnDelete":
      if (value["rollingUpdate"] !== undefined) {
        const shown = Internal.compact("apps.RollingUpdateStatefulSetStrategy", value["rollingUpdate"])
        report.invalid(`${path}.rollingUpdate`, shown, "only allowed for updateStrategy 'RollingUpdate'")
      }
      return
    case "RollingUpdate":
      return rollingUpdate(value["rollingUpdate"], `${path}.rollingUpdate`, report)
    default:
      report.invalid(path, Internal.compact("apps.StatefulSetUpdateStrategy", value), "must be 'RollingUpdate' or 'OnDelete'")
  }
}

const retained = ["Retain", "Delete"]

const retention = (spec: JsonRecord, report: Report): void => {
  const value = spec["persistentVolumeClaimRetentionPolicy"]
  if (!isRecord(value)) return
  for (const key of ["whenDeleted", "whenScaled"]) {
    const policy = text(value, key)
    if (!retained.includes(policy)) {
      report.notSupportedAsListed(`spec.persistentVolumeClaimRetentionPolicy.${key}`, policy, retained)
    }
  }
}

/** What its pods will have: a name by the set, and the volumes of the claims. */
const asMade = (spec: JsonRecord): JsonRecord => {
  const template = record(spec["template"])
  const claims = new Map(
    records(spec["volumeClaimTemplates"]).map((claim) => {
      const name = text(record(claim["metadata"]), "name")
      return [name, { name, persistentVolumeClaim: { claimName: name } }]
    })
  )
  const own = record(template["spec"])
  const volumes = [...claims.values(), ...records(own["volumes"]).filter((volume) => !claims.has(text(volume, "name")))]
  return {
    ...template,
    spec: { ...without(without(own, "subdomain"), "hostname"), ...(claims.size === 0 ? {} : { volumes }) }
  }
}

const template = (spec: JsonRecord, report: Report): void => {
  const path = "spec.template"
  const made = asMade(spec)
  const metadata = record(made["metadata"])
  if (!isMatched(spec["selector"], made)) mismatch(made, path, report)
  podTemplate(made, path, report)
  // once more, as the server does
  labels(metadata["labels"], `${path}.labels`, report)
  annotations(metadata["annotations"], `${path}.annotations`, report)
  podAnnotations(stringRecord(metadata["annotations"]), record(made["spec"]), `${path}.annotations`, report)
}

const statefulSet: Rule = (object, previous, report) => {
  const spec = record(object["spec"])
  management(spec, report)
  strategy(spec, report)
  retention(spec, report)
  if (previous === undefined) {
    for (const [i, claim] of records(spec["volumeClaimTemplates"]).entries()) {
      claimSpec(record(claim["spec"]), `spec.volumeClaimTemplates[${i}].spec`, report)
    }
  }
  notNegative("replicas", "minReadySeconds")(spec, "spec", report)
  const start = number(at(spec, "ordinals", "start")) ?? 0
  if (start < 0) report.invalid("spec.ordinals.start", start, "must be greater than or equal to 0")
  const service = text(spec, "serviceName")
  if (previous === undefined && service !== "") report.each("spec.serviceName", service, isLabel(service))
  if (ownSelector(spec, "statefulset", "", report)) template(spec, report)
  endless(record(record(spec["template"])["spec"]), "StatefulSet", "spec.template", report)
}

const mutable = [
  "replicas",
  "ordinals",
  "template",
  "updateStrategy",
  "revisionHistoryLimit",
  "persistentVolumeClaimRetentionPolicy",
  "minReadySeconds"
]

const changes: Rule = (object, previous, report) => {
  const now = record(object["spec"])
  const before = record(previous?.["spec"])
  const fixed = [...new Set([...Object.keys(now), ...Object.keys(before)])].filter((key) => !mutable.includes(key))
  if (fixed.every((key) => equal(now[key] ?? "", before[key] ?? ""))) return
  const names = mutable.map((key) => `'${key}'`)
  const list = `${names.slice(0, -1).join(", ")} and ${names.at(-1) ?? ""}`
  report.forbidden("spec", `updates to statefulset spec for fields other than ${list} are forbidden`)
}

export const statefulSets: Checks = apart(dnsLabel, [statefulSet], [statefulSet, changes])
