/** CustomResourceDefinitions, but for their schemas. */
import type { KubeObject } from "@aiopslab/core/Kubernetes"
import { isEstablished } from "../../custom/Definition.ts"
import type { JsonRecord } from "../../Json.ts"
import { array, at, isArray, isRecord, record, records, strings } from "../../Json.ts"
import { isPrintable } from "../../apply/GoText.ts"
import * as Metadata from "../Metadata.ts"
import * as Names from "../Names.ts"
import type { Report } from "../Report.ts"
import { inOrder } from "../Report.ts"
import type { Checks, Rule } from "../Rule.ts"
import { changedPlain } from "../Rule.ts"
import { immutable, requiredOneOf, text } from "../Value.ts"
import * as WebhookClient from "../extension/WebhookClient.ts"
import type { Lifted } from "./Lifted.ts"
import { lifted } from "./Lifted.ts"
import { schema } from "./Schema.ts"
import { selectable } from "./Selectable.ts"

/** All reasons in one. */
const joined = (value: string, explained: ReadonlyArray<string>, path: string, report: Report, before = ""): void => {
  if (explained.length > 0) report.invalid(path, value, `${before}${explained.join(",")}`)
}

const label = (value: string): ReadonlyArray<string> => Names.explain(value, Names.serviceName)

const names = (value: JsonRecord, path: string, report: Report): void => {
  const of = (key: string): string => text(value[key])
  for (const key of ["plural", "singular"]) if (of(key) !== "") joined(of(key), label(of(key)), `${path}.${key}`, report)
  for (const key of ["kind", "listKind"]) {
    const mixed = "may have mixed case, but should otherwise match: "
    if (of(key) !== "") joined(of(key), label(of(key).toLowerCase()), `${path}.${key}`, report, mixed)
  }
  for (const [i, one] of strings(value["shortNames"]).entries()) joined(one, label(one), `${path}.shortNames[${i}]`, report)
  if (of("kind") !== "" && of("kind") === of("listKind")) {
    report.invalid(`${path}.listKind`, of("listKind"), "kind and listKind may not be the same")
  }
  for (const [i, one] of strings(value["categories"]).entries()) joined(one, label(one), `${path}.categories[${i}]`, report)
}

const longestWarning = 256

const deprecation = (version: JsonRecord, path: string, report: Report): void => {
  const warning = version["deprecationWarning"]
  if (typeof warning !== "string") return
  const invalid = (why: string): void => report.invalid(`${path}.deprecationWarning`, warning, why)
  if (version["deprecated"] !== true) return invalid("can only be set for deprecated versions")
  if (Buffer.byteLength(warning) > longestWarning) invalid(`must be <= ${longestWarning} characters long`)
  if (warning === "") invalid("must not be an empty string")
  let index = 0
  for (const character of warning) {
    if (!isPrintable(character)) {
      return invalid(`must only contain printable UTF-8 characters; non-printable character found at index ${index}`)
    }
    index += Buffer.byteLength(character)
  }
}

/** A path as `kubectl` prints it: only its beginning is looked at. */
const simplePath = (value: string, path: string, report: Report): "simple" | "refused" => {
  if (value.startsWith(".")) return "simple"
  report.invalid(path, value, "must be a simple json path starting with .")
  return "refused"
}

const scalePath = (value: string, path: string, under: ReadonlyArray<string>, report: Report): void => {
  if (simplePath(value, path, report) === "refused" || under.some((one) => value.startsWith(`.${one}.`))) return
  const where = under.length === 1 ? `under .${under[0]}` : `under either ${under.map((one) => `.${one}`).join(" or ")}`
  report.invalid(path, value, `should be a json path ${where}`)
}

const subresources = (value: unknown, path: string, report: Report): void => {
  const { scale } = record(value)
  if (!isRecord(scale)) return
  for (const [key, part] of [
    ["specReplicasPath", "spec"],
    ["statusReplicasPath", "status"]
  ] as const) {
    const found = text(scale[key])
    if (found === "") report.required(`${path}.scale.${key}`)
    else scalePath(found, `${path}.scale.${key}`, [part], report)
  }
  const selector = text(scale["labelSelectorPath"])
  if (selector !== "") scalePath(selector, `${path}.scale.labelSelectorPath`, ["spec", "status"], report)
}

const columnTypes = ["boolean", "date", "integer", "number", "string"]
const columnFormats = ["byte", "date", "date-time", "double", "float", "int32", "int64", "password"]

const column = (value: JsonRecord, path: string, report: Report): void => {
  const type = text(value["type"])
  const format = text(value["format"])
  const from = text(value["jsonPath"])
  const types = `must be one of ${columnTypes.join(",")}`
  if (text(value["name"]) === "") report.required(`${path}.name`)
  if (type === "") report.required(`${path}.type`, types)
  else if (!columnTypes.includes(type)) report.invalid(`${path}.type`, type, types)
  if (format !== "" && !columnFormats.includes(format)) {
    report.invalid(`${path}.format`, format, `must be one of ${columnFormats.join(",")}`)
  }
  if (from === "") report.required(`${path}.JSONPath`)
  else simplePath(from, `${path}.JSONPath`, report)
}

const hasStatus = (version: unknown): boolean => at(version, "subresources", "status") !== undefined

/** What versions say; `schemaPath` is where the server has the schema. */
const content = (value: Lifted, versions: ReadonlyArray<JsonRecord>, path: string, schemaPath: string, report: Report): void => {
  const root = at(value.schema, "openAPIV3Schema")
  if (isRecord(root)) schema(root, { hasStatus: versions.some(hasStatus) }, `${path}.${schemaPath}.openAPIV3Schema`, report)
  subresources(value.subresources, `${path}.subresources`, report)
  for (const [i, one] of records(value.columns).entries()) column(one, `${path}.additionalPrinterColumns[${i}]`, report)
  const fields = records(value.selectable)
  if (fields.length === 0) return
  if (isRecord(root)) selectable(fields, root, `${path}.selectableFields`, report)
  else report.invalid(`${path}.selectableFields`, "", "may only be set when validations.schema is included")
}

const reviewVersions = ["v1", "v1beta1"]

const conversion = (value: unknown, path: string, report: Report): void => {
  if (!isRecord(value)) return
  requiredOneOf(value["strategy"], ["None", "Webhook"], `${path}.strategy`, report)
  const client = at(value, "webhook", "clientConfig")
  const versions = strings(at(value, "webhook", "conversionReviewVersions"))
  const clientPath = `${path}.webhookClientConfig`
  const versionsPath = `${path}.conversionReviewVersions`
  if (value["strategy"] !== "Webhook") {
    const why = "should not be set when strategy is not set to Webhook"
    if (client !== undefined) report.forbidden(clientPath, why)
    if (versions.length > 0) report.forbidden(versionsPath, why)
    return
  }
  if (isRecord(client)) {
    const { service, url } = client
    if ((url === undefined) === (service === undefined)) report.required(clientPath, "exactly one of url or service is required")
    else if (url === undefined) WebhookClient.service(record(service), `${clientPath}.service`, report)
    else WebhookClient.url(text(url), `${clientPath}.url`, report)
  } else report.required(clientPath, "required when strategy is set to Webhook")
  if (versions.length === 0) return report.required(versionsPath)
  for (const [i, one] of versions.entries()) {
    if (versions.indexOf(one) < i) report.invalid(`${versionsPath}[${i}]`, one, "duplicate version")
    else report.each(`${versionsPath}[${i}]`, one, label(one))
  }
  if (!versions.some((one) => reviewVersions.includes(one))) {
    report.invalid(versionsPath, versions, `must include at least one of ${reviewVersions.join(", ")}`)
  }
}

/** As the server holds versions whose content they share. */
const shownVersions = (versions: ReadonlyArray<JsonRecord>, whole: Lifted): unknown =>
  versions.map((version) =>
    inOrder({
      Name: text(version["name"]),
      Served: version["served"] === true,
      Storage: version["storage"] === true,
      Deprecated: version["deprecated"] === true,
      DeprecationWarning: version["deprecationWarning"] ?? null,
      Schema: whole.schema === undefined ? (version["schema"] ?? null) : null,
      Subresources: whole.subresources === undefined ? (version["subresources"] ?? null) : null,
      AdditionalPrinterColumns: whole.columns === undefined ? (version["additionalPrinterColumns"] ?? null) : null,
      SelectableFields: whole.selectable === undefined ? (version["selectableFields"] ?? null) : null
    })
  )

/** Schemas within a schema, by the keywords that hold them. */
const inner = (schema: JsonRecord): ReadonlyArray<unknown> => [
  ...["items", "additionalProperties", "not"].map((key) => schema[key]),
  ...["allOf", "anyOf", "oneOf"].flatMap((key) => array(schema[key])),
  ...Object.values(record(schema["properties"]))
]

const hasDefaults = (schema: unknown): boolean =>
  isRecord(schema) && ((schema["default"] !== undefined && schema["default"] !== null) || inner(schema).some(hasDefaults))

const spec: Rule = (object, _, report) => {
  const value = record(object["spec"])
  const group = text(value["group"])
  if (group === "") report.required("spec.group")
  else if (Names.explain(group, Names.subdomain).length > 0) joined(group, Names.explain(group, Names.subdomain), "spec.group", report)
  else if (!group.includes(".")) report.invalid("spec.group", group, "should be a domain with at least one dot")
  requiredOneOf(value["scope"], ["Cluster", "Namespaced"], "spec.scope", report)
  const versions = records(value["versions"])
  const whole = lifted(versions)
  for (const [i, version] of versions.entries()) {
    if (!isRecord(at(version, "schema", "openAPIV3Schema"))) report.required(`spec.versions[${i}].schema.openAPIV3Schema`)
  }
  if (value["preserveUnknownFields"] === true && versions.some(({ schema }) => hasDefaults(at(schema, "openAPIV3Schema")))) {
    report.invalid("spec.preserveUnknownFields", true, "must be false in order to use defaults in the schema")
  }
  for (const [i, version] of versions.entries()) {
    const path = `spec.versions[${i}]`
    joined(text(version["name"]), label(text(version["name"])), `${path}.name`, report)
    deprecation(version, path, report)
    const own: Lifted = {
      schema: whole.schema === undefined ? version["schema"] : undefined,
      subresources: whole.subresources === undefined ? version["subresources"] : undefined,
      columns: whole.columns === undefined ? version["additionalPrinterColumns"] : undefined,
      selectable: whole.selectable === undefined ? version["selectableFields"] : undefined
    }
    content(own, [version], path, "schema", report)
  }
  const called = versions.map((version) => text(version["name"]))
  const shown = isArray(value["versions"]) ? shownVersions(versions, whole) : undefined
  if (new Set(called).size < called.length) report.invalid("spec.versions", shown, "must contain unique version names")
  if (versions.filter((version) => version["storage"] === true).length !== 1) {
    report.invalid("spec.versions", shown, "must have exactly one version marked as storage version")
  }
  // the first version is held a second time
  if ((called[0] ?? "") !== "") joined(called[0] ?? "", label(called[0] ?? ""), "spec.version", report)
  for (const key of ["plural", "singular", "kind", "listKind"]) {
    if (text(at(value, "names", key)) === "") report.required(`spec.names.${key}`)
  }
  names(record(value["names"]), "spec.names", report)
  content(whole, versions, "spec", "validation", report)
  conversion(value["conversion"], "spec.conversion", report)
}

const status: Rule = (object, _, report) => names(record(at(object, "status", "acceptedNames")), "status.acceptedNames", report)

const storedVersions: Rule = (object, _, report) => {
  const path = "status.storedVersions"
  const stored = strings(at(object, "status", "storedVersions"))
  if (stored.length === 0) return report.invalid(path, undefined, "must have at least one stored version")
  const versions = records(at(object, "spec", "versions"))
  const left = new Set(stored)
  for (const version of versions) {
    const name = text(version["name"])
    if (!left.delete(name) && version["storage"] === true) report.invalid(path, stored, `must have the storage version ${name}`)
  }
  for (const [i, name] of stored.entries()) {
    if (versions.some((version) => version["name"] === name)) continue
    const why = `missing from spec.versions; ${name} was previously a storage version, and must remain in spec.versions until a storage migration ensures no data remains persisted in ${name} and removes ${name} from status.storedVersions`
    report.invalid(`${path}[${i}]`, name, why)
  }
}

const approval = "api-approved.kubernetes.io"
const policy = "see https://github.com/kubernetes/enhancements/pull/1111"

const approvalOf = (object: KubeObject | undefined): string => object?.metadata.annotations?.[approval] ?? ""

const isApproved = (value: string): boolean => value.startsWith("unapproved") || /^[a-z][a-z0-9+.-]*:\/\/[^/]+/i.test(value)

/** Groups of Kubernetes' own. */
const approved: Rule = (object, previous, report) => {
  const group = text(at(object, "spec", "group"))
  if (!/(^|\.)(k8s|kubernetes)\.io$/.test(group)) return
  const value = approvalOf(object)
  const path = `metadata.annotations[${approval}]`
  if (isApproved(value) || (previous !== undefined && !isApproved(approvalOf(previous)))) return
  const needs = `protected groups must have approval annotation "${approval}"`
  if (value === "") report.required(path, `${needs}, ${policy}`)
  else report.invalid(path, value, `${needs} with either a URL or a reason starting with "unapproved", ${policy}`)
}

const pruning: Rule = (object, previous, report) => {
  if (at(object, "spec", "preserveUnknownFields") !== true || at(previous, "spec", "preserveUnknownFields") === true) return
  const why = "cannot set to true, set x-kubernetes-preserve-unknown-fields to true in spec.versions[*].schema instead"
  report.invalid("spec.preserveUnknownFields", true, why)
}

const named: Rule = (object, _, report) => {
  const wanted = `${text(at(object, "spec", "names", "plural"))}.${text(at(object, "spec", "group"))}`
  const also = (name: string): ReadonlyArray<string> => (name === wanted ? [] : ['must be spec.names.plural+"."+spec.group'])
  const rule = {
    name: (name: string) => [...Names.explain(name, Names.subdomain), ...also(name)],
    generated: (name: string) => [...Names.explainGenerated(name, Names.subdomain), ...also(name)]
  }
  Metadata.createdPlain(object, rule, report)
}

const fixed: Rule = (object, previous, report) => {
  if (previous === undefined) return
  const keep = (...path: ReadonlyArray<string>): void =>
    immutable(at(object, "spec", ...path), at(previous, "spec", ...path), ["spec", ...path].join("."), report)
  if (isEstablished(previous)) {
    keep("scope")
    keep("names", "kind")
  }
  keep("group")
  keep("names", "plural")
}

export const checks: Checks = {
  create: [named, spec, status, storedVersions, approved, pruning],
  update: [changedPlain, spec, fixed, status, storedVersions, approved, pruning],
  status: [changedPlain, status]
}
