/** `kubectl auth can-i` and `whoami`. */
import * as Effect from "effect/Effect"
import { bool, short, text } from "../CommandLine.ts"
import { failure } from "../Failure.ts"
import * as Fields from "../Fields.ts"
import type { Family, Invocation, Problem, Verb } from "../Invocation.ts"
import { goJson } from "@aiopslab/kubernetes/GoEncoder"
import { align, tableLayout } from "../output/Tabs.ts"
import { yaml } from "../output/Yaml.ts"
import { allNamespacesFlag } from "../Selection.ts"

const version = "authorization.k8s.io/v1"

interface Rule {
  readonly verbs: ReadonlyArray<string>
  readonly group?: string
  readonly resource?: string
  readonly name?: string
  readonly url?: string
}

const texts = (of: unknown, key: string): ReadonlyArray<string> => Fields.list(of, key).map(String)

/** A rule for each resource, name and verb; those of one resource and name are put together again. */
const compacted = (status: unknown): ReadonlyArray<Rule> => {
  const simple = new Map<string, Rule>()
  for (const rule of Fields.list(status, "resourceRules")) {
    const names = texts(rule, "resourceNames")
    for (const group of texts(rule, "apiGroups"))
      for (const resource of texts(rule, "resources"))
        for (const name of names.length === 0 ? [undefined] : names) {
          const key = JSON.stringify([group, resource, name])
          const verbs = [...new Set([...(simple.get(key)?.verbs ?? []), ...texts(rule, "verbs")])]
          simple.set(key, { verbs, group, resource, ...(name === undefined ? {} : { name }) })
        }
  }
  const urls = Fields.list(status, "nonResourceRules").flatMap((rule) =>
    texts(rule, "nonResourceURLs").flatMap((url) => texts(rule, "verbs").map((verb): Rule => ({ verbs: [verb], url })))
  )
  return [...simple.values(), ...urls]
}

const list = (...of: ReadonlyArray<string | undefined>): string => `[${of.filter((one) => one !== undefined).join(" ")}]`

/** By what Go prints of a rule. */
const order = ({ group, name, resource, url, verbs }: Rule): string =>
  `Verbs:${list(...verbs)},APIGroups:${list(group)},Resources:${list(resource)},ResourceNames:${list(name)},NonResourceURLs:${list(url)},`

const rules = Effect.fnUntraced(function* (inv: Invocation): Effect.fn.Return<number, Problem> {
  const reply = yield* inv.api.request({
    method: "POST",
    path: `/apis/${version}/selfsubjectrulesreviews`,
    body: { apiVersion: version, kind: "SelfSubjectRulesReview", metadata: {}, spec: { namespace: inv.namespace } }
  })
  const rows = [...compacted(Fields.at(reply.body, "status"))]
    .toSorted((a, b) => (order(a) < order(b) ? -1 : order(a) > order(b) ? 1 : 0))
    .map(({ group = "", name, resource = "", url, verbs }) =>
      [group === "" ? resource : `${resource}.${group}`, list(url), list(name), list(...verbs)].join("\t")
    )
  const header = inv.line.isSet("no-headers") ? [] : ["Resources\tNon-Resource URLs\tResource Names\tVerbs"]
  inv.out(align([...header, ...rows, ""].join("\n"), tableLayout))
  return 0
})

const known: ReadonlySet<string> = new Set(
  "* get list watch create update patch delete deletecollection use bind impersonate escalate approve sign attest post put".split(" ")
)

const canI: Verb = {
  flags: { ...allNamespacesFlag, list: bool, quiet: short("q", bool), subresource: text, "no-headers": bool },
  run: Effect.fnUntraced(function* (inv) {
    if (inv.line.isSet("list")) return yield* rules(inv)
    const [verb, given, named] = inv.line.positional
    if (verb === undefined || given === undefined || inv.line.positional.length > 3) {
      return yield* failure(
        "you must specify two arguments: verb resource or verb resource/resourceName.\nSee 'kubectl auth can-i -h' for help and examples."
      )
    }
    if (!known.has(verb)) inv.err(`Warning: verb '${verb}' is not a known verb\n\n`)
    const [type = "", inType] = given.split("/")
    const resource = yield* inv.directory.find(type)
    if (resource === undefined && type !== "*" && !given.startsWith("/"))
      inv.err(`Warning: the server doesn't have a resource type '${type}'\n\n`)
    if (resource !== undefined && !resource.namespaced)
      inv.err(
        `Warning: resource '${resource.plural}' is not namespace scoped${resource.group === "" ? "" : ` in group '${resource.group}'`}\n\n`
      )
    const name = inType ?? named
    const namespace = inv.line.isSet("all-namespaces") || resource?.namespaced === false ? "" : inv.namespace
    const spec = given.startsWith("/")
      ? { nonResourceAttributes: { verb, path: given } }
      : {
          resourceAttributes: {
            namespace,
            verb,
            group: resource?.group ?? "",
            resource: resource?.plural ?? type,
            ...(name === undefined ? {} : { name }),
            ...(inv.line.text("subresource") === undefined ? {} : { subresource: inv.line.text("subresource") })
          }
        }
    const reply = yield* inv.api.request({
      method: "POST",
      path: `/apis/${version}/selfsubjectaccessreviews`,
      body: { apiVersion: version, kind: "SelfSubjectAccessReview", metadata: {}, spec }
    })
    const allowed = Fields.at(reply.body, "status", "allowed") === true
    const reason = Fields.text(reply.body, "status", "reason")
    if (!inv.line.isSet("quiet")) inv.out(allowed ? "yes\n" : reason === "" ? "no\n" : `no - ${reason}\n`)
    return allowed ? 0 : 1
  })
}

const whoami: Verb = {
  flags: { output: short("o", text) },
  run: Effect.fnUntraced(function* (inv) {
    const path = "/apis/authentication.k8s.io/v1/selfsubjectreviews"
    const reply = yield* inv.api.request({
      method: "POST",
      path,
      body: { apiVersion: "authentication.k8s.io/v1", kind: "SelfSubjectReview", metadata: {} }
    })
    const user = Fields.at(reply.body, "status", "userInfo")
    const output = inv.line.text("output") ?? ""
    if (output === "json" || output === "yaml") {
      inv.out(output === "json" ? `${goJson(reply.body, 4)}\n` : yaml(reply.body))
      return 0
    }
    const rows = ["ATTRIBUTE\tVALUE", `Username\t${Fields.text(user, "username")}`]
    if (Fields.text(user, "uid") !== "") rows.push(`UID\t${Fields.text(user, "uid")}`)
    const groups = Fields.list(user, "groups").map(String)
    if (groups.length > 0) rows.push(`Groups\t[${groups.join(" ")}]`)
    inv.out(align([...rows, ""].join("\n"), tableLayout))
    return 0
  })
}

export const auth: Family = { verbs: { "can-i": canI, whoami } }
