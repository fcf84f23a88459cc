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

/** The real client warns of all others, `approve` and `sign` included. */
const standard: ReadonlySet<string> = new Set(
  ["*", "get", "list", "watch", "create", "update", "patch", "delete", "deletecollection"].concat("use", "bind", "escalate", "impersonate")
)

/** Verbs that go with these resources alone, `resource.group`; a server need not have them. */
const special: ReadonlyMap<string, ReadonlyArray<string>> = new Map([
  ["use", ["podsecuritypolicies.policy", "podsecuritypolicies.extensions"]],
  ["bind", [`roles.${group}`, `clusterroles.${group}`]],
  ["escalate", [`roles.${group}`, `clusterroles.${group}`]],
  ["impersonate", ["users.", "serviceaccounts.", "groups.", "userextras.authentication.k8s.io"]]
])

const unique = (of: ReadonlyArray<string>): ReadonlyArray<string> => [...new Set(of)]

interface Target {
  readonly group: string
  readonly plural: string
}

/** What `--resource` names: `type`, `type.group` or either with `/subresource`. */
const targetOf = Effect.fnUntraced(function* (inv: Invocation, given: string): Effect.fn.Return<Target, Problem> {
  const [full = "", ...rest] = given.split("/")
  const [type = "", ...groups] = full.split(".")
  if (type === "") return yield* failure("resource must be specified if apiGroup/subresource specified")
  const asked: Target = { group: groups.join("."), plural: type }
  const within = (plural: string): string => [plural, ...rest].join("/")
  if (type === "*") return { ...asked, plural: within(type) }
  const found = yield* find(inv, full)
  const target = found?.group.startsWith(asked.group) === true ? { group: found.group, plural: found.plural } : undefined
  const { group: of, plural } = target ?? asked
  const restricted = inv.line.texts("verb").filter((verb) => special.has(verb))
  const wrong = restricted.find((verb) => special.get(verb)?.includes(`${plural}.${of}`) !== true)
  if (wrong !== undefined) return yield* failure(`can not perform '${wrong}' on '${plural}' in group '${of}'`)
  if (target === undefined && restricted.length === 0) {
    const where = of === "" ? "" : ` in group ${JSON.stringify(of)}`
    return yield* new Failure({ text: `the server doesn't have a resource type ${JSON.stringify(type)}${where}`, exitCode: 1 })
  }
  return { group: of, plural: within(plural) }
})

/** One rule for each API group of the resources. */
const rulesOf = Effect.fnUntraced(function* (inv: Invocation): Effect.fn.Return<ReadonlyArray<object>, Problem> {
  const { line } = inv
  const verbs = line.texts("verb").includes("*") ? ["*"] : unique(line.texts("verb"))
  const urls = unique(line.texts("non-resource-url"))
  const names = unique(line.texts("resource-name"))
  const byGroup = new Map<string, Array<string>>()
  const asked = unique(line.texts("resource"))
  for (const given of asked.includes("*") ? ["*"] : asked) {
    const { group: of, plural } = yield* targetOf(inv, given)
    const there = byGroup.get(of)
    if (there === undefined) byGroup.set(of, [plural])
    else if (!there.includes(plural)) there.push(plural)
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
