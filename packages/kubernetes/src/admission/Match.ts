/** Which requests a webhook or a policy is for: rules, selectors, equivalent versions (apiserver/pkg/admission/plugin/webhook/predicates). */
import type { KubeObject } from "@aiopslab/core/Kubernetes"
import { at, records, string, strings } from "../Json.ts"
import type { JsonRecord } from "../Json.ts"
import type { Resource } from "../Scheme.ts"
import * as Selector from "../Selector.ts"
import * as Store from "../Store.ts"
import type { Attributes } from "./Attributes.ts"

const anyOf = (list: unknown, asked: string): boolean => strings(list).some((one) => one === "*" || one === asked)

const inScope = (scope: unknown, { namespace, resource }: Attributes): boolean => {
  const namespaced = resource.id !== "namespaces" && namespace !== ""
  return scope === "Namespaced" ? namespaced : scope === "Cluster" ? !namespaced : true
}

const named = (rule: JsonRecord, { subresource }: Attributes, plural: string): boolean =>
  strings(rule["resources"]).some((text) => {
    const slash = text.indexOf("/")
    const [resource, sub] = slash < 0 ? [text, ""] : [text.slice(0, slash), text.slice(slash + 1)]
    return (resource === "*" || resource === plural) && (sub === "*" || sub === subresource)
  })

const ruled = (rule: JsonRecord, of: Attributes, as: Resource): boolean => {
  const names = strings(rule["resourceNames"])
  return (
    inScope(rule["scope"], of) &&
    anyOf(rule["operations"], of.operation) &&
    anyOf(rule["apiGroups"], as.group) &&
    anyOf(rule["apiVersions"], as.version) &&
    named(rule, of, as.plural) &&
    (names.length === 0 || names.includes(of.name))
  )
}

/** The same objects under other groups and versions. */
const equivalents = ({ resource }: Attributes, all: ReadonlyArray<Resource>): ReadonlyArray<Resource> => {
  const storage = (one: Resource) => one.stored?.resource.apiVersion ?? one.apiVersion
  return all.filter(
    (one) => one !== resource && one.kind === resource.kind && one.plural === resource.plural && storage(one) === storage(resource)
  )
}

/** The resource by which a rule matches: the request's own, or an equivalent one. */
export const byRules = (
  rules: ReadonlyArray<JsonRecord>,
  policy: unknown,
  of: Attributes,
  all: ReadonlyArray<Resource>
): Resource | undefined => {
  if (rules.some((rule) => ruled(rule, of, of.resource))) return of.resource
  if (policy === "Exact") return undefined
  const others = equivalents(of, all)
  for (const rule of rules) {
    const found = others.find((one) => ruled(rule, of, one))
    if (found !== undefined) return found
  }
  return undefined
}

const isEmpty = (selector: unknown): boolean =>
  Object.keys(Object(at(selector, "matchLabels") ?? {})).length === 0 && records(at(selector, "matchExpressions")).length === 0

const namespaceLabels = ({ namespace, object, operation, resource, store, subresource }: Attributes): KubeObject["metadata"]["labels"] => {
  const own = resource.id === "namespaces" && subresource === "" && (operation === "CREATE" || operation === "UPDATE")
  return (own ? object : Store.get(store, "namespaces", "", namespace))?.metadata.labels
}

/** `namespaceSelector` and `objectSelector`. What is in no namespace is in all of them. */
export const bySelectors = (one: unknown, of: Attributes): boolean => {
  const byNamespace = at(one, "namespaceSelector")
  if (!isEmpty(byNamespace) && (of.namespace !== "" || of.resource.id === "namespaces")) {
    if (!Selector.matches(Selector.fromLabelSelector(byNamespace), namespaceLabels(of))) return false
  }
  const byObject = at(one, "objectSelector")
  if (isEmpty(byObject)) return true
  const selector = Selector.fromLabelSelector(byObject)
  return [of.object, of.previous].some((object) => object !== undefined && Selector.matches(selector, object.metadata.labels))
}

/** `matchConstraints` of a policy and `matchResources` of a binding. */
export const byResources = (match: unknown, of: Attributes, all: ReadonlyArray<Resource>): Resource | undefined => {
  if (!bySelectors(match, of)) return undefined
  const policy = string(at(match, "matchPolicy")) ?? "Equivalent"
  const excluded = records(at(match, "excludeResourceRules"))
  if (excluded.length > 0 && byRules(excluded, policy, of, all) !== undefined) return undefined
  const rules = records(at(match, "resourceRules"))
  return rules.length === 0 ? of.resource : byRules(rules, policy, of, all)
}

/** Objects that would lock themselves in are not looked at. */
const exempt: ReadonlySet<string> = new Set([
  "ValidatingWebhookConfiguration",
  "MutatingWebhookConfiguration",
  "ValidatingAdmissionPolicy",
  "ValidatingAdmissionPolicyBinding",
  "MutatingAdmissionPolicy",
  "MutatingAdmissionPolicyBinding"
])

export const isExempt = ({ group, kind }: Resource): boolean => group === "admissionregistration.k8s.io" && exempt.has(kind)
