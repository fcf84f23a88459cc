/** Roles and their bindings. */
import type { KubeObject } from "@aiopslab/core/Kubernetes"
import * as Effect from "effect/Effect"
import { type Flags, text, texts } from "../../CommandLine.ts"
import { Failure, failure } from "../../Failure.ts"
import { find, type Invocation, type Problem } from "../../Invocation.ts"
import { pairs } from "../../Pair.ts"
import { type Generator, nameOf } from "./Generator.ts"

export const roleFlags: Flags = {
  verb: texts,
  resource: texts,
  "resource-name": texts,
  "non-resource-url": texts,
  "aggregation-rule": texts,
  role: text,
  clusterrole: text,
  user: texts,
  group: texts,
  serviceaccount: texts
}

const group = "rbac.authorization.k8s.io"
const apiVersion = `${group}/v1`

const standard: ReadonlySet<string> = new Set(
  ["*", "get", "list", "watch", "create", "update", "patch", "delete", "deletecollection", "use", "bind", "escalate", "impersonate"].concat(
    "approve",
    "sign"
  )
)

const unique = (of: ReadonlyArray<string>): ReadonlyArray<string> => [...new Set(of)]

/** One rule for each API group of the resources. */
const rulesOf = Effect.fnUntraced(function* (inv: Invocation): Effect.fn.Return<ReadonlyArray<object>, Problem> {
  const { line } = inv
  const verbs = line.texts("verb").includes("*") ? ["*"] : unique(line.texts("verb"))
  const urls = unique(line.texts("non-resource-url"))
  const names = unique(line.texts("resource-name"))
  const byGroup = new Map<string, Array<string>>()
  for (const given of unique(line.texts("resource"))) {
    const [type = "", subresource] = given.split("/")
    const resource = type === "*" ? { group: "*", plural: "*" } : yield* find(inv, type)
    if (resource === undefined)
      return yield* new Failure({ text: `the server doesn't have a resource type ${JSON.stringify(type)}`, exitCode: 1 })
    const plural = subresource === undefined ? resource.plural : `${resource.plural}/${subresource}`
    const of = byGroup.get(resource.group)
    if (of === undefined) byGroup.set(resource.group, [plural])
    else if (!of.includes(plural)) of.push(plural)
  }
  const rules = [...byGroup]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([apiGroup, resources]) => ({ verbs, apiGroups: [apiGroup], resources, ...(names.length === 0 ? {} : { resourceNames: names }) }))
  return urls.length === 0 ? rules : [...rules, { verbs, nonResourceURLs: urls }]
})

const checked = (inv: Invocation, scope: "namespace" | "cluster"): Effect.Effect<void, Problem> => {
  const { line } = inv
  const [verbs, resources] = [line.texts("verb"), line.texts("resource")]
  if (verbs.length === 0) return Effect.fail(failure("at least one verb must be specified"))
  if (resources.length === 0 && (scope === "namespace" || !line.has("non-resource-url")))
    return Effect.fail(
      failure(scope === "namespace" ? "at least one resource must be specified" : "one of resource or nonResourceURL must be specified")
    )
  for (const verb of verbs) if (!standard.has(verb)) inv.err(`Warning: '${verb}' is not a standard resource verb\n`)
  return Effect.void
}

export const role: Generator = {
  make: Effect.fnUntraced(function* (inv, names) {
    const name = yield* nameOf(inv, names)
    yield* checked(inv, "namespace")
    return { apiVersion, kind: "Role", metadata: { name }, rules: yield* rulesOf(inv) }
  })
}

export const clusterRole: Generator = {
  make: Effect.fnUntraced(function* (inv, names) {
    const name = yield* nameOf(inv, names)
    const labels = inv.line.texts("aggregation-rule")
    if (labels.length > 0) {
      const matchLabels = Object.fromEntries(pairs(labels))
      return {
        apiVersion,
        kind: "ClusterRole",
        metadata: { name },
        aggregationRule: { clusterRoleSelectors: [{ matchLabels }] },
        rules: []
      }
    }
    yield* checked(inv, "cluster")
    return { apiVersion, kind: "ClusterRole", metadata: { name }, rules: yield* rulesOf(inv) }
  })
}

const subjectsOf = Effect.fnUntraced(function* (inv: Invocation): Effect.fn.Return<ReadonlyArray<object>, Problem> {
  const { line } = inv
  const accounts: Array<object> = []
  for (const given of line.texts("serviceaccount")) {
    const [namespace = "", name = "", ...more] = given.split(":")
    if (namespace === "" || name === "" || more.length > 0) return yield* failure("serviceaccount must be <namespace>:<name>")
    accounts.push({ kind: "ServiceAccount", namespace, name })
  }
  return [
    ...unique(line.texts("user")).map((name) => ({ kind: "User", apiGroup: group, name })),
    ...unique(line.texts("group")).map((name) => ({ kind: "Group", apiGroup: group, name })),
    ...accounts
  ]
})

const binding = (kind: "RoleBinding" | "ClusterRoleBinding"): Generator => ({
  refused: `failed to create ${kind.toLowerCase()}:`,
  make: Effect.fnUntraced(function* (inv, names): Effect.fn.Return<KubeObject, Problem> {
    const name = yield* nameOf(inv, names)
    const [role, clusterRole] = [inv.line.text("role") ?? "", inv.line.text("clusterrole") ?? ""]
    if (kind === "ClusterRoleBinding" && clusterRole === "") return yield* failure("exactly one clusterrole must be specified")
    if ((role === "") === (clusterRole === "")) return yield* failure("exactly one of clusterrole or role must be specified")
    const roleRef = { apiGroup: group, kind: role === "" ? "ClusterRole" : "Role", name: role || clusterRole }
    return { apiVersion, kind, metadata: { name }, roleRef, subjects: yield* subjectsOf(inv) }
  })
})

export const roleBinding = binding("RoleBinding")
export const clusterRoleBinding = binding("ClusterRoleBinding")
