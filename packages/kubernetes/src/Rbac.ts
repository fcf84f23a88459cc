/**
 * Role-based access control over the stored roles and bindings. `system:masters` may do everything. Every identity is in
 * `system:authenticated`, unless it is anonymous. Source: the API's documentation of RBAC.
 */
import type { Identity, KubeObject } from "@aiopslab/core/Kubernetes"
import { equal } from "./Equal.ts"
import type { JsonRecord } from "./Json.ts"
import { at, records, string, strings } from "./Json.ts"
import * as Principals from "./Principals.ts"
import * as Selector from "./Selector.ts"
import type { Store } from "./Store.ts"
import { get, list, versionOf } from "./Store.ts"

/** What is asked for: an action on a resource, or a path that is none. */
export type Attributes =
  | {
      readonly kind: "resource"
      readonly verb: string
      readonly group: string
      /** The plural. */
      readonly resource: string
      readonly subresource: string
      readonly namespace: string
      readonly name: string
    }
  | { readonly kind: "path"; readonly verb: string; readonly path: string }

export const isMaster = (identity: Identity): boolean => identity.groups.includes(Principals.masters)

/** The groups an identity is in, the implied ones included. */
export const groupsOf = (identity: Identity): ReadonlyArray<string> => {
  if (identity.groupsAre === "complete") return identity.groups
  const implied = [identity.user === Principals.anonymous ? Principals.unauthenticated : Principals.authenticated]
  const account = Principals.accountOf(identity.user)
  const accounts = account === undefined ? [] : Principals.accountGroups(account.namespace)
  return [...new Set([...identity.groups, ...accounts, ...implied])]
}

/** The API's `UserInfo`. */
export const userInfo = (identity: Identity): JsonRecord => ({
  username: identity.user,
  ...(identity.uid === undefined ? {} : { uid: identity.uid }),
  groups: groupsOf(identity),
  ...(identity.extra === undefined ? {} : { extra: identity.extra })
})

const includes = (list: unknown, value: string): boolean => {
  const values = strings(list)
  return values.includes("*") || values.includes(value)
}

const allows = (rule: JsonRecord, attributes: Attributes): boolean => {
  if (!includes(rule["verbs"], attributes.verb)) return false
  if (attributes.kind === "path") {
    return strings(rule["nonResourceURLs"]).some(
      (url) => url === "*" || url === attributes.path || (url.endsWith("*") && attributes.path.startsWith(url.slice(0, -1)))
    )
  }
  const { group, name, resource, subresource } = attributes
  const wanted = subresource === "" ? resource : `${resource}/${subresource}`
  const resources = strings(rule["resources"])
  const names = strings(rule["resourceNames"])
  return (
    includes(rule["apiGroups"], group) &&
    (resources.includes("*") || resources.includes(wanted) || (subresource !== "" && resources.includes(`*/${subresource}`))) &&
    (names.length === 0 || names.includes(name))
  )
}

const names = (binding: KubeObject, identity: Identity, groups: ReadonlyArray<string>): boolean =>
  records(binding["subjects"]).some((subject) => {
    switch (subject["kind"]) {
      case "User":
        return subject["name"] === identity.user
      case "Group":
        return groups.includes(string(subject["name"]) ?? "")
      case "ServiceAccount": {
        const namespace = string(subject["namespace"]) ?? binding.metadata.namespace ?? ""
        return identity.user === Principals.userOf({ namespace, name: String(subject["name"]) })
      }
      default:
        return false
    }
  })

/** What the role of a binding allows; nothing when there is no such role. */
export const rulesOf = (store: Store, binding: KubeObject): ReadonlyArray<JsonRecord> => {
  const role = string(at(binding, "roleRef", "name")) ?? ""
  const found =
    at(binding, "roleRef", "kind") === "ClusterRole"
      ? get(store, clusterRoles, "", role)
      : get(store, "roles.rbac.authorization.k8s.io", binding.metadata.namespace ?? "", role)
  return found === undefined ? [] : [...records(found["rules"]), ...aggregated(store, found)]
}

const clusterRoles = "clusterroles.rbac.authorization.k8s.io"

const selectorsOf = (role: KubeObject | undefined) => records(at(role, "aggregationRule", "clusterRoleSelectors"))

/** Whether a role takes its rules from others. */
export const aggregates = (role: KubeObject | undefined): boolean => selectorsOf(role).length > 0

/** The other roles that it takes them from, selector by selector. */
export const aggregatedBy = (store: Store, role: KubeObject): ReadonlyArray<KubeObject> => {
  if (!aggregates(role)) return []
  const others = list(store, clusterRoles).filter(({ metadata }) => metadata.name !== role.metadata.name)
  return selectorsOf(role).flatMap((selector) => {
    const chosen = Selector.fromLabelSelector(selector)
    return others.filter(({ metadata }) => Selector.matches(chosen, metadata.labels))
  })
}

/** The rules a controller would copy into an aggregating role, in the end: `admin` aggregates `edit`, which aggregates `view`. */
const aggregated = (store: Store, role: KubeObject): ReadonlyArray<JsonRecord> => {
  const seen = new Set([role.metadata.name])
  const rules: Array<JsonRecord> = []
  // roles may aggregate each other: each is looked at once
  const open = [role]
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    for (const other of aggregatedBy(store, next)) {
      if (seen.has(other.metadata.name)) continue
      seen.add(other.metadata.name)
      rules.push(...records(other["rules"]))
      open.push(other)
    }
  }
  return rules
}

const everything: ReadonlyArray<JsonRecord> = [
  { verbs: ["*"], apiGroups: ["*"], resources: ["*"] },
  { verbs: ["*"], nonResourceURLs: ["*"] }
]

const tables = ["clusterroles", "clusterrolebindings", "roles", "rolebindings"].map((plural) => `${plural}.rbac.authorization.k8s.io`)

interface Known {
  readonly versions: ReadonlyArray<unknown>
  readonly rules: Map<string, ReadonlyArray<JsonRecord>>
}

/** Of an identity, while no role and no binding changes. */
const known = new WeakMap<Identity, Known>()

/** All rules that hold for an identity in a namespace (empty: cluster-wide ones only). */
export const rules = (store: Store, identity: Identity, namespace: string): ReadonlyArray<JsonRecord> => {
  const versions = tables.map((table) => versionOf(store, table))
  let found = known.get(identity)
  if (found === undefined || found.versions.some((version, i) => version !== versions[i])) {
    found = { versions, rules: new Map() }
    known.set(identity, found)
  }
  let list = found.rules.get(namespace)
  if (list === undefined) found.rules.set(namespace, (list = collected(store, identity, groupsOf(identity), namespace)))
  return list
}

const collected = (store: Store, identity: Identity, groups: ReadonlyArray<string>, namespace: string): ReadonlyArray<JsonRecord> => {
  const bindings = [
    ...list(store, "clusterrolebindings.rbac.authorization.k8s.io"),
    ...(namespace === "" ? [] : list(store, "rolebindings.rbac.authorization.k8s.io", namespace))
  ]
  const found = [
    ...(isMaster(identity) ? everything : []),
    ...bindings.filter((binding) => names(binding, identity, groups)).flatMap((binding) => rulesOf(store, binding))
  ]
  return found.filter((rule, i) => !found.slice(0, i).some((earlier) => equal(earlier, rule)))
}

export const isAllowed = (store: Store, identity: Identity, attributes: Attributes): boolean =>
  isMaster(identity) ||
  rules(store, identity, attributes.kind === "resource" ? attributes.namespace : "").some((rule) => allows(rule, attributes))

/** Whether a user in exactly these groups may. */
export const isAllowedIn = (store: Store, user: string, groups: ReadonlyArray<string>, attributes: Attributes): boolean => {
  const identity = { user, groups }
  const namespace = attributes.kind === "resource" ? attributes.namespace : ""
  return isMaster(identity) || collected(store, identity, groups, namespace).some((rule) => allows(rule, attributes))
}
