/** Flow schemas and priority levels. */
import type { KubeObject } from "@aiopslab/core/Kubernetes"
import type { JsonRecord } from "../../Json.ts"
import { isRecord, record, records, strings } from "../../Json.ts"
import * as Names from "../Names.ts"
import type { Report } from "../Report.ts"
import { inOrder } from "../Report.ts"
import { label, number, subdomain, text } from "../Value.ts"

const subjectKeys: Readonly<Record<string, string>> = { ServiceAccount: "serviceAccount", User: "user", Group: "group" }

const subject = (value: JsonRecord, path: string, report: Report): void => {
  const kind = text(value["kind"])
  const key = subjectKeys[kind]
  if (key === undefined) return report.notSupported(`${path}.kind`, kind, Object.keys(subjectKeys))
  const own = value[key]
  const field = `${path}.${key}`
  if (!isRecord(own)) report.required(field, `${key} is required when subject kind is '${kind}'`)
  else if (key === "serviceAccount") {
    const name = text(own["name"])
    if (name === "") report.required(`${field}.name`)
    else if (name !== "*") subdomain(name, `${field}.name`, report)
    if (text(own["namespace"]) === "") report.required(`${field}.namespace`, "must specify namespace for service account")
    else label(text(own["namespace"]), `${field}.namespace`, report)
  } else if (text(own["name"]) === "") report.required(`${field}.name`)
  for (const [other, otherKey] of Object.entries(subjectKeys).sort(([a], [b]) => order.indexOf(a) - order.indexOf(b))) {
    if (otherKey !== key && value[otherKey] !== undefined) {
      report.forbidden(`${path}.${otherKey}`, `${otherKey} is forbidden when subject kind is not '${other}'`)
    }
  }
}

const order = ["ServiceAccount", "User", "Group"]

const verbs = ["create", "delete", "deletecollection", "get", "list", "patch", "proxy", "update", "watch"]

const actions = (value: JsonRecord, path: string, report: Report): void => {
  const list = strings(value["verbs"])
  const field = `${path}.verbs`
  if (list.length === 0) report.required(field, "verbs must contain at least one value")
  else if (list.includes("*")) {
    if (list.length > 1) report.invalid(field, list, "if '*' is present, must not specify other verbs")
  } else if (!list.every((one) => verbs.includes(one))) report.notSupported(field, list, verbs)
}

const several = (list: ReadonlyArray<string>, needed: string, others: string, path: string, report: Report): void => {
  if (list.length === 0) report.required(path, needed)
  else if (list.length > 1 && list.includes("*")) report.invalid(path, list, `if '*' is present, must not specify other ${others}`)
}

const resourceRule = (value: JsonRecord, path: string, report: Report): void => {
  actions(value, path, report)
  const supply = "resource rules must supply at least one"
  several(strings(value["apiGroups"]), `${supply} api group`, "api groups", `${path}.apiGroups`, report)
  several(strings(value["resources"]), `${supply} resource`, "resources", `${path}.resources`, report)
  const namespaces = strings(value["namespaces"])
  const field = `${path}.namespaces`
  if (namespaces.length === 0 && value["clusterScope"] !== true) {
    report.required(field, "resource rules that are not cluster scoped must supply at least one namespace")
  } else if (namespaces.includes("*")) {
    if (namespaces.length > 1) report.invalid(field, namespaces, "if '*' is present, must not specify other namespaces")
  } else {
    for (const [i, one] of namespaces.entries()) {
      for (const why of Names.explain(one, Names.dnsLabel)) {
        report.invalid(`${field}[${i}]`, one, `each member of this list must be '*' or a DNS-1123 label; ${why}`)
      }
    }
  }
}

const urlFailure = (path: string): string | undefined => {
  if (path === "") return "must not be empty"
  if (path === "/") return undefined
  if (!path.startsWith("/")) return "must start with slash"
  if (path.includes(" ")) return "must not contain white-space"
  if (path.includes("//")) return "must not contain double slash"
  const stars = path.split("*").length - 1
  return stars > 1 || (stars === 1 && !path.endsWith("/*")) ? "wildcard can only do suffix matching" : undefined
}

const urlRule = (value: JsonRecord, path: string, report: Report): void => {
  actions(value, path, report)
  const urls = strings(value["nonResourceURLs"])
  const field = `${path}.nonResourceURLs`
  several(urls, "nonResourceURLs must contain at least one value", "non-resource URLs", field, report)
  if (urls.includes("*")) return
  for (const [i, url] of urls.entries()) {
    const why = urlFailure(url)
    if (why !== undefined) report.invalid(`${field}[${i}]`, url, why)
  }
}

const highest = 10_000

export const flowSchema = (object: KubeObject, _: KubeObject | undefined, report: Report): void => {
  const spec = record(object["spec"])
  const precedence = number(spec["matchingPrecedence"])
  const field = "spec.matchingPrecedence"
  if (precedence <= 0) report.invalid(field, precedence, "must be a positive value")
  if (precedence > highest) report.invalid(field, precedence, `must not be greater than ${highest}`)
  if (precedence === 1 && object.metadata.name !== "exempt") {
    report.invalid(field, precedence, "only the schema named 'exempt' may have matchingPrecedence 1")
  }
  if (isRecord(spec["distinguisherMethod"])) {
    const type = text(spec["distinguisherMethod"]["type"])
    if (!distinguishers.includes(type)) report.notSupported("spec.distinguisherMethod.type", inOrder({ Type: type }), distinguishers)
  }
  const level = text(record(spec["priorityLevelConfiguration"])["name"])
  if (level === "") report.required("spec.priorityLevelConfiguration.name", "must reference a priority level")
  else subdomain(level, "spec.priorityLevelConfiguration.name", report)
  for (const [i, rule] of records(spec["rules"]).entries()) {
    const path = `spec.rules[${i}]`
    const subjects = records(rule["subjects"])
    const resources = records(rule["resourceRules"])
    const urls = records(rule["nonResourceRules"])
    if (subjects.length === 0) report.required(`${path}.subjects`, "subjects must contain at least one value")
    for (const [j, one] of subjects.entries()) subject(one, `${path}.subjects[${j}]`, report)
    if (resources.length + urls.length === 0) {
      report.required(path, "at least one of resourceRules and nonResourceRules has to be non-empty")
    }
    for (const [j, one] of resources.entries()) resourceRule(one, `${path}.resourceRules[${j}]`, report)
    for (const [j, one] of urls.entries()) urlRule(one, `${path}.nonResourceRules[${j}]`, report)
  }
}

const distinguishers = ["ByNamespace", "ByUser"]
const mostQueues = 10_000_000
const hashBits = 60

/** How many bits a hand of cards takes from a hash. */
const entropy = (queues: number, hand: number): number => Math.ceil(Math.log2(queues) * hand)

const queuing = (value: JsonRecord, path: string, report: Report): void => {
  const { handSize, queueLengthLimit, queues } = value
  const all = number(queues)
  const hand = number(handSize)
  if (number(queueLengthLimit) <= 0) report.invalid(`${path}.queueLengthLimit`, number(queueLengthLimit), "must be positive")
  if (all <= 0) report.invalid(`${path}.queues`, all, "must be positive")
  else if (all > mostQueues) report.invalid(`${path}.queues`, all, `must not be greater than ${mostQueues}`)
  const field = `${path}.handSize`
  if (hand <= 0) report.invalid(field, hand, "must be positive")
  else if (hand > all) report.invalid(field, hand, `should not be greater than queues (${all})`)
  else if (entropy(all, hand) > hashBits) {
    report.invalid(field, hand, `required entropy bits of deckSize ${all} and handSize ${hand} should not be greater than ${hashBits}`)
  }
}

const shares = (value: JsonRecord, path: string, report: Report): void => {
  const { nominalConcurrencyShares } = value
  if (number(nominalConcurrencyShares) < 0) {
    report.invalid(`${path}.nominalConcurrencyShares`, nominalConcurrencyShares, "must be a non-negative integer")
  }
}

const lendable = (value: JsonRecord, path: string, report: Report): void => {
  const percent = number(value["lendablePercent"])
  if (percent < 0 || percent > 100) report.invalid(`${path}.lendablePercent`, percent, "must be between 0 and 100, inclusive")
}

const limited = (value: JsonRecord, path: string, report: Report): void => {
  shares(value, path, report)
  const response = record(value["limitResponse"])
  const queue = response["queuing"]
  const field = `${path}.limitResponse`
  const type = text(response["type"])
  if (type === "Reject") {
    if (queue !== undefined) report.forbidden(`${field}.queuing`, "must be nil if limited.limitResponse.type is not Limited")
  } else if (type !== "Queue") report.notSupported(`${field}.type`, type, ["Queue", "Reject"])
  else if (isRecord(queue)) queuing(queue, `${field}.queuing`, report)
  else report.required(`${field}.queuing`, "must not be empty if limited.limitResponse.type is Limited")
  lendable(value, path, report)
  const borrowing = value["borrowingLimitPercent"]
  if (number(borrowing) < 0) report.invalid(`${path}.borrowingLimitPercent`, borrowing, "if specified, must be a non-negative integer")
}

export const priorityLevel = (object: KubeObject, _: KubeObject | undefined, report: Report): void => {
  const spec = record(object["spec"])
  const type = text(spec["type"])
  if ((object.metadata.name === "exempt") !== (type === "Exempt")) {
    report.invalid("spec.type", type, "must be 'Exempt' if and only if `name` is 'exempt'")
  }
  if (type === "Exempt") {
    if (spec["limited"] !== undefined) report.forbidden("spec.limited", "must be nil if the type is not Limited")
    if (isRecord(spec["exempt"])) {
      shares(spec["exempt"], "spec.exempt", report)
      lendable(spec["exempt"], "spec.exempt", report)
    }
  } else if (type === "Limited") {
    if (spec["exempt"] !== undefined) report.forbidden("spec.exempt", "must be nil if the type is Limited")
    if (isRecord(spec["limited"])) limited(spec["limited"], "spec.limited", report)
    else report.required("spec.limited", "must not be empty when type is Limited")
  } else report.notSupported("spec.type", type, ["Exempt", "Limited"])
}
