/** ResourceClaims, their templates, and classes of devices. */
import type { KubeObject } from "@aiopslab/core/Kubernetes"
import { equal } from "../../Equal.ts"
import type { JsonRecord } from "../../Json.ts"
import { at, isRecord, record, records, strings } from "../../Json.ts"
import * as Internal from "../Internal.ts"
import * as Metadata from "../Metadata.ts"
import * as Names from "../Names.ts"
import { nodeSelector } from "../NodeSelector.ts"
import type { Report } from "../Report.ts"
import type { Rule } from "../Rule.ts"
import { immutableText, number, oneOf, qualifiedName, requiredName, requiredOneOf, text } from "../Value.ts"
import * as Items from "./Items.ts"

const modes = ["All", "ExactCount"]

const toleration = (value: JsonRecord, path: string, report: Report): void => {
  if (text(value["key"]) !== "") qualifiedName(text(value["key"]), `${path}.key`, report)
  const held = text(value["value"])
  if (value["operator"] === "Exists") {
    if (held !== "") report.invalid(`${path}.value`, held, "must be empty for operator `Exists`")
  } else if (value["operator"] === "Equal") report.each(`${path}.value`, held, Names.explainLabelValue(held))
  else requiredOneOf(value["operator"], ["Equal", "Exists"], `${path}.operator`, report)
  if (text(value["effect"]) !== "") oneOf(value["effect"], ["NoExecute", "NoSchedule"], `${path}.effect`, report)
}

const request = (value: JsonRecord, path: string, report: Report): void => {
  requiredName(value["deviceClassName"], (name) => Names.explain(name, Names.subdomain), `${path}.deviceClassName`, report)
  Items.selectors(value["selectors"], `${path}.selectors`, report)
  const mode = text(value["allocationMode"])
  const count = number(value["count"])
  if (mode === "All") {
    if (count !== 0) report.invalid(`${path}.count`, count, "must not be specified when allocationMode is 'All'")
  } else if (mode === "ExactCount") {
    if (count <= 0) report.invalid(`${path}.count`, count, "must be greater than zero")
  } else report.notSupported(`${path}.allocationMode`, mode, modes)
  for (const [i, one] of records(value["tolerations"]).entries()) toleration(one, `${path}.tolerations[${i}]`, report)
}

const named = (value: JsonRecord, path: string, report: Report): void => {
  Items.label(text(value["name"]), `${path}.name`, report)
  request(value, path, report)
}

const oneKind = "exactly one of `exactly` or `firstAvailable` is required"

const alternatives = (value: JsonRecord, path: string, report: Report): void => {
  const several = records(value["firstAvailable"]).length > 0
  const one = value["exactly"]
  Items.label(text(value["name"]), `${path}.name`, report)
  if (several) Items.named(value["firstAvailable"], 8, "name", named, `${path}.firstAvailable`, report)
  if (isRecord(one)) request(one, `${path}.exactly`, report)
  if (!several && !isRecord(one)) report.required(path, oneKind)
  if (several && isRecord(one)) report.invalid(path, undefined, `${oneKind}, but multiple fields are set`)
}

/** Names of requests, and of alternatives behind a slash. */
const namesOf = (devices: JsonRecord): ReadonlySet<string> =>
  new Set(
    records(devices["requests"]).flatMap((one) => {
      const name = text(one["name"])
      return [name, ...records(one["firstAvailable"]).map((other) => `${name}/${text(other["name"])}`)]
    })
  )

const unknownRequest = "must be the name of a request in the claim or the name of a request and a subrequest separated by '/'"

const reference =
  (names: ReadonlySet<string>) =>
  (name: string, path: string, report: Report): void => {
    const parts = name.split("/")
    if (parts.length > 2) return report.invalid(path, name, unknownRequest)
    for (const part of parts) Items.label(part, path, report)
    if (!names.has(name)) report.invalid(path, name, unknownRequest)
  }

const most = 32

const devices = (value: JsonRecord, path: string, report: Report): void => {
  const refer = reference(namesOf(value))
  Items.named(value["requests"], most, "name", alternatives, `${path}.requests`, report)
  Items.list(
    value["constraints"],
    most,
    (constraint, here) => {
      Items.texts(constraint["requests"], most, refer, `${here}.requests`, report)
      const { matchAttribute } = constraint
      if (typeof matchAttribute === "string") Items.fullyQualified(matchAttribute, `${here}.matchAttribute`, report)
      else report.required(`${here}.matchAttribute`)
    },
    `${path}.constraints`,
    report
  )
  Items.list(
    value["config"],
    most,
    (config, here) => {
      Items.texts(config["requests"], most, refer, `${here}.requests`, report)
      Items.configuration(config, here, report)
    },
    `${path}.config`,
    report
  )
}

export const claim: Rule = (object, _, report) => devices(record(at(object, "spec", "devices")), "spec.devices", report)

export const claimTemplate: Rule = (object, _, report) => {
  const metadata = record(at(object, "spec", "metadata"))
  Metadata.annotations(metadata["annotations"], "spec.metadata.annotations", report)
  Metadata.labels(metadata["labels"], "spec.metadata.labels", report)
  devices(record(at(object, "spec", "spec", "devices")), "spec.spec.devices", report)
}

const fixed =
  (struct: "resource.ResourceClaimSpec" | "resource.ResourceClaimTemplateSpec"): Rule =>
  (object, previous, report) => {
    if (equal(object["spec"], previous?.["spec"]) || Internal.equal(struct, object["spec"], previous?.["spec"])) return
    report.invalid("spec", Internal.compact(struct, object["spec"]), immutableText)
  }

export const claimFixed = fixed("resource.ResourceClaimSpec")
export const claimTemplateFixed = fixed("resource.ResourceClaimTemplateSpec")

export const deviceClass: Rule = (object, _, report) => {
  const spec = record(object["spec"])
  Items.selectors(spec["selectors"], "spec.selectors", report)
  Items.list(spec["config"], most, Items.configuration, "spec.config", report)
}

const consumer = (value: JsonRecord, path: string, report: Report): void => {
  for (const key of ["resource", "name", "uid"]) if (text(value[key]) === "") report.required(`${path}.${key}`)
}

const result =
  (names: ReadonlySet<string>) =>
  (value: JsonRecord, path: string, report: Report): void => {
    reference(names)(text(value["request"]), `${path}.request`, report)
    Items.driver(value["driver"], `${path}.driver`, report)
    Items.pool(value["pool"], `${path}.pool`, report)
    Items.label(text(value["device"]), `${path}.device`, report)
    Items.binding(value, path, report)
  }

const allocation = (value: JsonRecord, names: ReadonlySet<string>, report: Report): void => {
  const path = "status.allocation"
  Items.list(at(value, "devices", "results"), most, result(names), `${path}.devices.results`, report)
  Items.list(
    at(value, "devices", "config"),
    2 * most,
    (config, here) => {
      requiredOneOf(config["source"], ["FromClaim", "FromClass"], `${here}.source`, report)
      Items.texts(config["requests"], most, reference(names), `${here}.requests`, report)
      Items.configuration(config, here, report)
    },
    `${path}.devices.config`,
    report
  )
  if (value["nodeSelector"] !== undefined) nodeSelector(value["nodeSelector"], `${path}.nodeSelector`, report)
}

const idOf = (value: JsonRecord): string => ["driver", "pool", "device"].map((key) => text(value[key])).join("/")

const mostConsumers = 256

export const claimStatus: Rule = (object: KubeObject, previous, report) => {
  const status = record(object["status"])
  const before = record(previous?.["status"])
  const given = status["allocation"]
  const allocated = new Set(records(at(given, "devices", "results")).map(idOf))
  Items.named(status["reservedFor"], mostConsumers, "uid", consumer, "status.reservedFor", report)
  Items.list(
    status["devices"],
    Number.POSITIVE_INFINITY,
    (one, path) => {
      Items.driver(one["driver"], `${path}.driver`, report)
      Items.pool(one["pool"], `${path}.pool`, report)
      Items.label(text(one["device"]), `${path}.device`, report)
      if (!allocated.has(idOf(one))) report.invalid(path, idOf(one), "must be an allocated device in the claim")
      if (one["data"] !== undefined) Items.raw(one["data"], `${path}.data`, report)
    },
    "status.devices",
    report
  )
  if (strings(status["reservedFor"]).length + records(status["reservedFor"]).length > 0 && !isRecord(given)) {
    report.forbidden("status.reservedFor", "may not be specified when `allocated` is not set")
  }
  if (!isRecord(given)) return
  if (!isRecord(before["allocation"])) allocation(given, namesOf(record(at(object, "spec", "devices"))), report)
  else if (!equal(given, before["allocation"])) report.invalid("status.allocation", given, immutableText)
}
