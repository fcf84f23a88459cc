/** What kubectl tells about the cluster and itself: `api-resources`, `api-versions`, `version`, `cluster-info`, `config`, `top`. */
import { build } from "@aiopslab/kubernetes/server/Discovery"
import * as Effect from "effect/Effect"
import { bool, short, text, texts } from "../CommandLine.ts"
import { failure, usageFailure } from "../Failure.ts"
import * as Fields from "../Fields.ts"
import type { Family, Verb } from "../Invocation.ts"
import { align, tableLayout } from "../output/Tabs.ts"
import { yaml } from "../output/Yaml.ts"
import { allNamespacesFlag } from "../Selection.ts"
import { address } from "../ServerAddress.ts"

/** The kubectl whose words these are. */
const clientVersion = build
const kustomizeVersion = "v5.7.1"

export const apiResources: Verb = {
  flags: {
    namespaced: bool,
    "api-group": text,
    verbs: texts,
    output: short("o", text),
    "no-headers": bool,
    categories: texts,
    "sort-by": text,
    cached: bool
  },
  run: Effect.fnUntraced(function* (inv) {
    const { line } = inv
    if (line.positional.length > 0) return yield* usageFailure(inv.command, `unexpected arguments: [${line.positional.join(" ")}]`)
    const preferred = new Map<string, string>()
    const order = line.text("sort-by") ?? ""
    if (!["", "kind", "name"].includes(order)) return yield* failure("--sort-by accepts only name or kind")
    const { resources } = yield* line.isSet("cached") ? inv.directory.all : inv.directory.fresh
    for (const resource of resources) if (!preferred.has(resource.group)) preferred.set(resource.group, resource.version)
    const verbs = line.texts("verbs")
    const shown = resources
      .filter(
        (resource) =>
          preferred.get(resource.group) === resource.version &&
          (!line.has("namespaced") || resource.namespaced === line.isSet("namespaced")) &&
          (line.text("api-group") === undefined || resource.group === line.text("api-group")) &&
          verbs.every((verb) => resource.verbs.includes(verb)) &&
          line.texts("categories").every((category) => resource.categories.includes(category))
      )
      .toSorted((a, b) => (a.group === b.group ? (a.plural < b.plural ? -1 : 1) : a.group < b.group ? -1 : 1))
      .toSorted((a, b) => {
        if (order === "") return 0
        const [left, right] = order === "kind" ? [a.kind, b.kind] : [a.plural, b.plural]
        return left < right ? -1 : left > right ? 1 : 0
      })
    const output = line.text("output")
    if (output === "name") {
      for (const resource of shown) inv.out(`${resource.plural}${resource.group === "" ? "" : `.${resource.group}`}\n`)
      return 0
    }
    const wide = output === "wide"
    const rows = shown.map((resource) =>
      [
        resource.plural,
        resource.shortNames.join(","),
        resource.group === "" ? resource.version : `${resource.group}/${resource.version}`,
        String(resource.namespaced),
        resource.kind,
        ...(wide ? [resource.verbs.join(","), resource.categories.join(",")] : [])
      ].join("\t")
    )
    const header = ["NAME", "SHORTNAMES", "APIVERSION", "NAMESPACED", "KIND", ...(wide ? ["VERBS", "CATEGORIES"] : [])].join("\t")
    inv.out(align([...(line.isSet("no-headers") ? [] : [header]), ...rows, ""].join("\n"), tableLayout))
    return 0
  })
}

export const apiVersions: Verb = {
  flags: {},
  run: Effect.fnUntraced(function* (inv) {
    for (const groupVersion of [...(yield* inv.directory.fresh).groupVersions].sort()) inv.out(`${groupVersion}\n`)
    return 0
  })
}

export const version: Verb = {
  flags: { client: bool, output: short("o", text), short: bool },
  run: Effect.fnUntraced(function* (inv) {
    const { positional } = inv.line
    if (positional.length > 0) return yield* failure(`extra arguments: [${positional.join(" ")}]`)
    const output = inv.line.text("output")
    const server = inv.line.isSet("client") ? undefined : (yield* inv.api.request({ method: "GET", path: "/version" })).body
    const all = { clientVersion, kustomizeVersion, ...(server === undefined ? {} : { serverVersion: server }) }
    if (output === "json") inv.out(`${JSON.stringify(all, undefined, 2)}\n`)
    else if (output === "yaml") inv.out(yaml(all))
    else if (output !== undefined) return yield* failure("--output must be 'yaml' or 'json'")
    else {
      inv.out(`Client Version: ${Fields.text(clientVersion, "gitVersion")}\nKustomize Version: ${kustomizeVersion}\n`)
      if (server !== undefined) inv.out(`Server Version: ${Fields.text(server, "gitVersion")}\n`)
    }
    return 0
  })
}

export const clusterInfo: Verb = {
  flags: {},
  run: Effect.fnUntraced(function* (inv) {
    if (inv.line.positional[0] === "dump") return yield* failure("a dump is not supported here: use `kubectl get` and `kubectl logs`")
    inv.out(
      `Kubernetes control plane is running at ${address}\n\nTo further debug and diagnose cluster problems, use 'kubectl cluster-info dump'.\n`
    )
    return 0
  })
}

const name = "cluster"

const view: Verb = {
  flags: { output: short("o", text), raw: bool, minify: bool, flatten: bool },
  run: (inv) =>
    Effect.sync(() => {
      const config = {
        apiVersion: "v1",
        kind: "Config",
        clusters: [{ cluster: { server: address }, name }],
        contexts: [{ context: { cluster: name, namespace: inv.namespace, user: "agent" }, name }],
        "current-context": name,
        users: [{ name: "agent", user: {} }]
      }
      inv.out(inv.line.text("output") === "json" ? `${JSON.stringify(config, undefined, 4)}\n` : yaml(config))
      return 0
    })
}

const say = (what: (namespace: string) => string): Verb => ({
  flags: { output: short("o", text), "no-headers": bool },
  run: (inv) =>
    Effect.sync(() => {
      inv.out(what(inv.namespace))
      return 0
    })
})

const refuse = (why: string): Verb => ({ flags: { current: bool, output: short("o", text) }, run: () => Effect.fail(failure(why)) })

const useContext: Verb = {
  flags: {},
  run: Effect.fnUntraced(function* (inv) {
    const [wanted, ...more] = inv.line.positional
    if (wanted === undefined || more.length > 0)
      return yield* usageFailure(inv.command, `accepts 1 arg(s), received ${inv.line.positional.length}`)
    if (wanted !== name) return yield* failure(`no context exists with the name: ${JSON.stringify(wanted)}`)
    inv.out(`Switched to context ${JSON.stringify(name)}.\n`)
    return 0
  })
}

export const config: Family = {
  verbs: {
    view,
    "current-context": say(() => `${name}\n`),
    "get-contexts": say((namespace) =>
      align(`CURRENT\tNAME\tCLUSTER\tAUTHINFO\tNAMESPACE\n*\t${name}\t${name}\tagent\t${namespace}\n`, tableLayout)
    ),
    "get-clusters": say(() => `NAME\n${name}\n`),
    "get-users": say(() => "NAME\nagent\n"),
    "use-context": useContext,
    "set-context": refuse("there is one context here, and it cannot be changed: use -n for another namespace")
  }
}

const unavailable: Verb = {
  flags: {
    ...allNamespacesFlag,
    selector: short("l", text),
    "sort-by": text,
    containers: bool,
    "no-headers": bool,
    "use-protocol-buffers": bool,
    sum: bool
  },
  run: () => Effect.fail(failure("Metrics API not available"))
}

/** As on a cluster without a metrics server. */
export const top: Family = {
  verbs: { pods: unavailable, pod: unavailable, po: unavailable, nodes: unavailable, node: unavailable, no: unavailable }
}
