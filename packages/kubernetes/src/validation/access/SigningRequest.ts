/**
 * CertificateSigningRequests. Of the request itself only the PEM block is looked at: its signature is for a signer to check, and there is
 * none.
 */
import type { KubeObject } from "@aiopslab/core/Kubernetes"
import type { JsonRecord } from "../../Json.ts"
import { at, record, records, strings } from "../../Json.ts"
import * as Names from "../Names.ts"
import type { Report } from "../Report.ts"
import type { Checks, NameRule, Rule } from "../Rule.ts"
import { changed, named } from "../Rule.ts"
import { text } from "../Value.ts"

const usages: ReadonlyArray<string> = [
  "any",
  "cert sign",
  "client auth",
  "code signing",
  "content commitment",
  "crl sign",
  "data encipherment",
  "decipher only",
  "digital signature",
  "email protection",
  "encipher only",
  "ipsec end system",
  "ipsec tunnel",
  "ipsec user",
  "key agreement",
  "key encipherment",
  "microsoft sgc",
  "netscape sgc",
  "ocsp signing",
  "s/mime",
  "server auth",
  "signing",
  "timestamping"
]

const decoded = (bytes: unknown): string => Buffer.from(text(bytes), "base64").toString("latin1")

/** The labels of the PEM blocks of a text. */
const blocks = (pem: string): ReadonlyArray<string> =>
  [...pem.matchAll(/-----BEGIN ([^\n-]*)-----\r?\n[\s\S]*?-----END \1-----/g)].map(([, label = ""]) => label)

const longestDomain = 253
const longestSigner = 571

/** Only the first part that is wrong is explained. */
const parts = (whole: string, explain: (part: string) => ReadonlyArray<string>, path: string, report: Report): void => {
  const wrong = whole.split(".").find((part) => explain(part).length > 0)
  if (wrong === undefined) return
  for (const why of explain(wrong)) report.invalid(path, whole, `validating label ${JSON.stringify(wrong)}: ${why}`)
}

const signerName = (name: string, path: string, report: Report): void => {
  if (name === "") return report.required(path)
  const [domain = "", rest, ...more] = name.split("/")
  if (rest === undefined || more.length > 0) {
    return report.invalid(path, name, "must be a fully qualified domain and path of the form 'example.com/signer-name'")
  }
  if (Buffer.byteLength(domain) > longestDomain) report.tooLong(path, longestDomain)
  parts(domain, (part) => Names.explain(part, Names.dnsLabel), path, report)
  if (!domain.includes(".")) report.invalid(path, domain, "should be a domain with at least two segments separated by dots")
  parts(rest, (part) => Names.explain(part, Names.subdomain), path, report)
  if (Buffer.byteLength(name) > longestSigner) report.tooLong(path, longestSigner)
}

const isTrueOnly = (type: unknown): boolean => type === "Approved" || type === "Denied" || type === "Failed"

const conditions = (list: ReadonlyArray<JsonRecord>, before: ReadonlyArray<JsonRecord>, report: Report): void => {
  const path = "status.conditions"
  const types = list.map(({ type }) => text(type))
  const wereBoth = before.some(({ type }) => type === "Approved") && before.some(({ type }) => type === "Denied")
  for (const [i, one] of list.entries()) {
    const type = text(one["type"])
    const status = text(one["status"])
    const allowed = isTrueOnly(type) ? ["True"] : ["False", "True", "Unknown"]
    if (type === "" && !before.some((other) => text(other["type"]) === "")) report.required(`${path}[${i}].type`)
    if (status === "") report.required(`${path}[${i}].status`)
    else if (!allowed.includes(status)) report.notSupported(`${path}[${i}].status`, status, allowed)
    const other = type === "Approved" ? "Denied" : type === "Denied" ? "Approved" : undefined
    if (other !== undefined && !wereBoth && types.slice(0, i).includes(other)) {
      report.invalid(path, type, "Approved and Denied conditions are mutually exclusive")
    }
    if (types.indexOf(type) < i) report.duplicate(`${path}[${i}].type`, type)
  }
}

const conditionsOf = (object: KubeObject | undefined): ReadonlyArray<JsonRecord> => records(at(object, "status", "conditions"))

const certificate = (object: KubeObject, previous: KubeObject | undefined, report: Report): void => {
  const given = text(at(object, "status", "certificate"))
  if (given === "" || given === at(previous, "status", "certificate")) return
  const found = blocks(decoded(given))
  const strange = found.find((label) => label !== "CERTIFICATE")
  const path = "status.certificate"
  if (strange !== undefined) {
    report.invalid(path, "<certificate data>", `only CERTIFICATE PEM blocks are allowed, found ${JSON.stringify(strange)}`)
  } else if (found.length === 0) report.invalid(path, "<certificate data>", "must contain at least one CERTIFICATE PEM block")
}

const signingRequest: Rule = (object, previous, report) => {
  const spec = record(object["spec"])
  if (blocks(decoded(spec["request"]))[0] !== "CERTIFICATE REQUEST") {
    report.invalid("spec.request", spec["request"] ?? undefined, "PEM block type must be CERTIFICATE REQUEST")
  }
  const given = strings(spec["usages"])
  if (given.length === 0) report.required("spec.usages")
  for (const [i, usage] of given.entries()) if (!usages.includes(usage)) report.notSupported(`spec.usages[${i}]`, usage, usages)
  for (const [i, usage] of given.entries()) if (given.indexOf(usage) < i) report.duplicate(`spec.usages[${i}]`, usage)
  if (spec["signerName"] === "kubernetes.io/legacy-unknown" && previous === undefined) {
    report.invalid("spec.signerName", spec["signerName"], "the legacy signerName is not allowed via this API version")
  } else signerName(text(spec["signerName"]), "spec.signerName", report)
  const seconds = spec["expirationSeconds"]
  if (typeof seconds === "number" && seconds < 600) {
    report.invalid("spec.expirationSeconds", seconds, "may not specify a duration less than 600 seconds (10 minutes)")
  }
  conditions(conditionsOf(object), conditionsOf(previous), report)
  certificate(object, previous, report)
}

const ofType = (object: KubeObject | undefined, type: string): ReadonlyArray<JsonRecord> =>
  conditionsOf(object).filter((one) => one["type"] === type)

const kept: Rule = (object, previous, report) => {
  for (const type of ["Approved", "Denied", "Failed"]) {
    if (ofType(object, type).length < ofType(previous, type).length) {
      report.forbidden("status.conditions", `updates may not remove a condition of type ${JSON.stringify(type)}`)
    }
  }
}

/** Approval has an endpoint of its own. */
const unapproved: Rule = (object, previous, report) => {
  for (const type of ["Approved", "Denied"]) {
    if (ofType(object, type).length > ofType(previous, type).length) {
      report.forbidden("status.conditions", `updates may not add a condition of type ${JSON.stringify(type)}`)
    }
  }
}

const certified: Rule = (object, previous, report) => {
  const before = text(at(previous, "status", "certificate"))
  if (before !== "" && before !== text(at(object, "status", "certificate"))) {
    report.forbidden("status.certificate", "updates may not modify existing certificate content")
  }
}

/** Any name that can stand in a path. */
const anyName: NameRule = { name: () => [], generated: () => [] }

const whole: ReadonlyArray<Rule> = [named(anyName), signingRequest]

export const checks: Checks = {
  create: whole,
  update: [...whole, kept, changed],
  status: [...whole, kept, unapproved, certified, changed]
}

/** Of the approval's endpoint. */
export const approval: ReadonlyArray<Rule> = [...whole, kept, changed]
