/**
 * Nobody grants what they do not have: a role is written, and a role is bound, by who holds everything in it, or may `escalate` the role or
 * `bind` it. Comes before validation. Source: the API's documentation of RBAC.
 */
import type { Identity, KubeObject } from "@aiopslab/core/Kubernetes"
import * as Result from "effect/Result"
import { equal } from "./Equal.ts"
import type { JsonRecord } from "./Json.ts"
import { array, at, record, records, string, strings } from "./Json.ts"
import * as Rbac from "./Rbac.ts"
import type { Admit } from "./Registry.ts"
import type { Resource } from "./Scheme.ts"
import * as Status from "./Status.ts"
import type { Store } from "./Store.ts"
import { get } from "./Store.ts"
import { quote } from "./validation/Report.ts"

const group = "rbac.authorization.k8s.io"
const everything: ReadonlyArray<JsonRecord> = [
  { apiGroups: ["*"], resources: ["*"], verbs: ["*"] },
  { nonResourceURLs: ["*"], verbs: ["*"] }
]

/** One verb on one thing. */
const parts = (rule: JsonRecord): ReadonlyArray<JsonRecord> => {
  const verbs = strings(rule["verbs"])
  const names = strings(rule["resourceNames"])
  const out: Array<JsonRecord> = []
  for (const apiGroup of strings(rule["apiGroups"])) {
    for (const resource of strings(rule["resources"])) {
      for (const verb of verbs) {
        const one = { apiGroups: [apiGroup], resources: [resource], verbs: [verb] }
        if (names.length === 0) out.push(one)
        for (const name of names) out.push({ ...one, resourceNames: [name] })
      }
    }
  }
  for (const url of strings(rule["nonResourceURLs"])) for (const verb of verbs) out.push({ nonResourceURLs: [url], verbs: [verb] })
  return out
}

const holds = (list: unknown, wanted: unknown, all: string): boolean => {
  const own = strings(list)
  return own.includes(all) || strings(wanted).every((one) => own.includes(one))
}

const holdsResource = (list: unknown, wanted: unknown): boolean =>
  holds(list, wanted, "*") ||
  strings(wanted).every((one) => {
    const slash = one.indexOf("/")
    return strings(list).includes(one) || (slash >= 0 && strings(list).includes(`*${one.slice(slash)}`))
  })

const holdsUrl = (list: unknown, wanted: unknown): boolean =>
  strings(wanted).every((url) => strings(list).some((own) => own === url || (own.endsWith("*") && url.startsWith(own.replace(/\*+$/, "")))))

const covers = (own: JsonRecord, part: JsonRecord): boolean => {
  const names = strings(own["resourceNames"])
  const wanted = strings(part["resourceNames"])
  return (
    holds(own["verbs"], part["verbs"], "*") &&
    holds(own["apiGroups"], part["apiGroups"], "*") &&
    holdsResource(own["resources"], part["resources"]) &&
    (names.length === 0 || (wanted.length > 0 && wanted.every((name) => names.includes(name)))) &&
    holdsUrl(own["nonResourceURLs"], part["nonResourceURLs"])
  )
}

/** Verbs on one resource together. */
const compact = (missing: ReadonlyArray<JsonRecord>): ReadonlyArray<JsonRecord> => {
  const byResource = new Map<string, JsonRecord>()
  const others: Array<JsonRecord> = []
  for (const part of missing) {
    if (part["resources"] === undefined) {
      others.push(part)
      continue
    }
    const key = JSON.stringify([part["apiGroups"], part["resources"], part["resourceNames"]])
    const known = byResource.get(key)
    byResource.set(key, known === undefined ? part : { ...known, verbs: [...array(known["verbs"]), ...array(part["verbs"])] })
  }
  return [...others, ...byResource.values()]
}

const quoted = (list: unknown): string => `[${strings(list).map(quote).join(" ")}]`

const titles: ReadonlyArray<readonly [string, string]> = [
  ["APIGroups", "apiGroups"],
  ["Resources", "resources"],
  ["NonResourceURLs", "nonResourceURLs"],
  ["ResourceNames", "resourceNames"],
  ["Verbs", "verbs"]
]

const shown = (rule: JsonRecord): string =>
  `{${titles
    .filter(([, key]) => array(rule[key]).length > 0)
    .map(([title, key]) => `${title}:${quoted(rule[key])}`)
    .join(", ")}}`

/** Why an identity may not grant rules; nothing when it holds them all. */
const escalation = (store: Store, identity: Identity, namespace: string, rules: ReadonlyArray<JsonRecord>): string | undefined => {
  const own = Rbac.rules(store, identity, namespace)
  const missing = rules.flatMap(parts).filter((part) => !own.some((rule) => covers(rule, part)))
  if (missing.length === 0) return undefined
  const lines = [...new Set(compact(missing).map(shown))].sort()
  return `user ${quote(identity.user)} (groups=${quoted(Rbac.groupsOf(identity))}) is attempting to grant RBAC permissions not currently held:\n${lines.join("\n")}`
}

const may = (store: Store, identity: Identity, verb: "bind" | "escalate", resource: string, namespace: string, name: string): boolean =>
  Rbac.isAllowed(store, identity, { kind: "resource", verb, group, resource, subresource: "", namespace, name })

const roleFailure = (
  object: KubeObject,
  previous: KubeObject | undefined,
  resource: Resource,
  store: Store,
  identity: Identity
): string | undefined => {
  const namespace = object.metadata.namespace ?? ""
  const name = previous === undefined ? "" : object.metadata.name
  if (may(store, identity, "escalate", resource.plural, namespace, name)) return undefined
  const why = escalation(store, identity, namespace, records(object["rules"]))
  if (why !== undefined || (!Rbac.aggregates(object) && !Rbac.aggregates(previous))) return why
  return escalation(store, identity, namespace, everything) === undefined
    ? undefined
    : "must have cluster-admin privileges to use the aggregationRule"
}

const roleOf = (store: Store, binding: KubeObject): { readonly plural: string; readonly found: boolean } => {
  const name = string(at(binding, "roleRef", "name")) ?? ""
  const cluster = at(binding, "roleRef", "kind") === "ClusterRole"
  const plural = cluster ? "clusterroles" : "roles"
  const namespace = cluster ? "" : (binding.metadata.namespace ?? "")
  return { plural, found: get(store, `${plural}.${group}`, namespace, name) !== undefined }
}

/** Labels and the rest of what a collector of garbage needs may always be written. */
const onlyMetadata = (object: KubeObject, previous: KubeObject | undefined): boolean =>
  previous !== undefined &&
  ["rules", "aggregationRule", "roleRef", "subjects"].every((key) => equal(object[key], previous[key])) &&
  ["labels", "annotations"].every((key) => equal(record(object.metadata)[key], record(previous.metadata)[key]))

const kinds: ReadonlySet<string> = new Set(["roles", "clusterroles", "rolebindings", "clusterrolebindings"])

export const admit: Admit = (object, previous, resource, store, { identity }) => {
  if (resource.group !== group || !kinds.has(resource.plural) || Rbac.isMaster(identity)) return Result.succeed(object)
  if (onlyMetadata(object, previous)) return Result.succeed(object)
  const { name, namespace = "" } = object.metadata
  if (!resource.plural.endsWith("bindings")) {
    const why = roleFailure(object, previous, resource, store, identity)
    return why === undefined ? Result.succeed(object) : Result.fail(Status.forbidden(resource, name, why))
  }
  const role = string(at(object, "roleRef", "name")) ?? ""
  const { found, plural } = roleOf(store, object)
  if (may(store, identity, "bind", plural, namespace, role)) return Result.succeed(object)
  if (!found) return Result.fail(Status.notFound(resource, role))
  const why = escalation(store, identity, namespace, Rbac.rulesOf(store, object))
  return why === undefined ? Result.succeed(object) : Result.fail(Status.forbidden(resource, name, why))
}
