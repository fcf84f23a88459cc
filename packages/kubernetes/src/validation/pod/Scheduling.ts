/** Tolerations, gates, names and addresses of a pod. */
import type { JsonRecord } from "../../Json.ts"
import { isRecord, records, string, strings } from "../../Json.ts"
import type { Check } from "../Check.ts"
import { formatIfPresent, isLabel, isSubdomain, text } from "../Check.ts"
import * as Internal from "../Internal.ts"
import * as Ip from "../Ip.ts"
import * as Names from "../Names.ts"
import type { Report } from "../Report.ts"
import { eachContainer } from "./EachContainer.ts"

const effects = ["NoSchedule", "PreferNoSchedule", "NoExecute"]

const operator: Check = (value, path, report) => {
  const found = text(value, "operator")
  const wanted = text(value, "value")
  const here = `${path}.operator`
  if (found === "" || found === "Equal") {
    const reasons = Names.explainLabelValue(wanted)
    if (reasons.length > 0) report.invalid(here, wanted, reasons.join(";"))
  } else if (found === "Exists") {
    if (wanted !== "") report.invalid(here, wanted, "value must be empty when `operator` is 'Exists'")
  } else report.notSupportedAsListed(here, found, ["Equal", "Exists"])
}

export const tolerations = (list: ReadonlyArray<JsonRecord>, path: string, report: Report): void => {
  for (const [i, value] of list.entries()) {
    const here = `${path}[${i}]`
    const key = text(value, "key")
    const effect = text(value, "effect")
    if (key !== "") report.each(`${here}.key`, key, Names.explainKey(key))
    else if (text(value, "operator") !== "Exists") {
      const why = 'operator must be Exists when `key` is empty, which means "match all values and all keys"'
      report.invalid(`${here}.operator`, text(value, "operator"), why)
    }
    if (value["tolerationSeconds"] !== undefined && effect !== "NoExecute") {
      report.invalid(`${here}.effect`, effect, "effect must be 'NoExecute' when `tolerationSeconds` is set")
    }
    operator(value, here, report)
    if (effect !== "" && !effects.includes(effect)) report.notSupportedAsListed(`${here}.effect`, effect, effects)
  }
}

export const readinessGates = (spec: JsonRecord, path: string, report: Report): void => {
  for (const [i, gate] of records(spec["readinessGates"]).entries()) {
    const type = text(gate, "conditionType")
    report.each(`${path}.readinessGates[${i}].conditionType`, type, Names.explainKey(type))
  }
}

export const schedulingGates = (spec: JsonRecord, path: string, report: Report): void => {
  const seen = new Set<string>()
  for (const [i, gate] of records(spec["schedulingGates"]).entries()) {
    const here = `${path}.schedulingGates[${i}]`
    const name = text(gate, "name")
    report.each(here, name, Names.explainKey(name))
    if (seen.has(name)) report.duplicate(here, name)
    seen.add(name)
  }
}

export const hostAliases = (spec: JsonRecord, path: string, report: Report): void => {
  for (const [i, alias] of records(spec["hostAliases"]).entries()) {
    const here = `${path}.hostAliases[${i}]`
    const ip = text(alias, "ip")
    Ip.legacy(`${here}.ip`, ip, report)
    for (const [j, name] of strings(alias["hostnames"]).entries()) report.each(`${here}.hostnames[${j}]`, name, isSubdomain(name))
  }
}

const claimRef = formatIfPresent("resourceClaimName", isSubdomain)
const templateRef = formatIfPresent("resourceClaimTemplateName", isSubdomain)

export const resourceClaims = (spec: JsonRecord, mirror: "mirror" | "pod", path: string, report: Report): void => {
  const seen = new Set<string>()
  for (const [i, claim] of records(spec["resourceClaims"]).entries()) {
    const here = `${path}.resourceClaims[${i}]`
    if (mirror === "mirror") {
      report.forbidden("", "static pods do not support resource claims")
      continue
    }
    const name = text(claim, "name")
    if (name === "") report.required(`${here}.name`)
    else if (seen.has(name)) report.duplicate(`${here}.name`, name)
    else report.each(`${here}.name`, name, isLabel(name))
    seen.add(name)
    const named = string(claim["resourceClaimName"]) !== undefined
    const templated = string(claim["resourceClaimTemplateName"]) !== undefined
    const whole = Internal.compact("core.PodResourceClaim", claim)
    if (named && templated) {
      report.invalid(here, whole, "at most one of `resourceClaimName` or `resourceClaimTemplateName` may be specified")
    }
    if (!named && !templated) report.invalid(here, whole, "must specify one of: `resourceClaimName`, `resourceClaimTemplateName`")
    claimRef(claim, here, report)
    templateRef(claim, here, report)
  }
}

const mostNameservers = 3
const mostSearches = 32
const longestSearches = 2048

export const dns = (spec: JsonRecord, parent: string, report: Report): void => {
  const config = spec["dnsConfig"]
  const path = `${parent}.dnsConfig`
  if (spec["dnsPolicy"] === "None") {
    if (!isRecord(config)) return report.required(path, "must provide `dnsConfig` when `dnsPolicy` is None")
    if (strings(config["nameservers"]).length === 0) {
      return report.required(`${path}.nameservers`, "must provide at least one DNS nameserver when `dnsPolicy` is None")
    }
  }
  if (!isRecord(config)) return
  const nameservers = strings(config["nameservers"])
  const searches = strings(config["searches"])
  if (nameservers.length > mostNameservers) {
    report.invalid(`${path}.nameservers`, nameservers, `must not have more than ${mostNameservers} nameservers`)
  }
  for (const [i, server] of nameservers.entries()) Ip.legacy(`${path}.nameservers[${i}]`, server, report)
  if (searches.length > mostSearches) {
    report.invalid(`${path}.searches`, searches, `must not have more than ${mostSearches} search paths`)
  }
  if (searches.join(" ").length > longestSearches) {
    report.invalid(
      `${path}.searches`,
      searches,
      `must not have more than ${longestSearches} characters (including spaces) in the search list`
    )
  }
  for (const [i, search] of searches.entries()) {
    const name = search.replace(/\.$/, "")
    if (search !== ".") report.each(`${path}.searches[${i}]`, name, Names.explain(name, Names.subdomainWithUnderscore))
  }
  for (const [i, option] of records(config["options"]).entries()) {
    if (text(option, "name") === "") report.required(`${path}.options[${i}]`, "must not be empty")
  }
}

/** With users of its own a pod can't share the host's rest. */
export const ownUsers = (spec: JsonRecord, path: string, report: Report): void => {
  if (spec["hostUsers"] !== false) return
  const why = "when `hostUsers` is false"
  if (spec["hostNetwork"] === true) report.forbidden(`${path}.hostNetwork`, why)
  if (spec["hostPID"] === true) report.forbidden(`${path}.HostPID`, why)
  if (spec["hostIPC"] === true) report.forbidden(`${path}.HostIPC`, why)
  eachContainer(spec, path, (container, here) => {
    if (records(container["volumeDevices"]).length > 0) report.forbidden(`${here}.volumeDevices`, why)
  })
}
