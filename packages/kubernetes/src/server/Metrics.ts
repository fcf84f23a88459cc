/** `/metrics`: what this server has counted, and what its store holds, in Prometheus' text format under the real server's names. */
import type { KubeReply } from "@aiopslab/core/Kubernetes"
import type { Scheme } from "../Scheme.ts"
import * as Store from "../Store.ts"

/** What a request is counted as. */
export interface Counted {
  readonly verb: string
  readonly group: string
  readonly version: string
  readonly resource: string
  readonly subresource: string
  readonly scope: "" | "cluster" | "namespace" | "resource"
  readonly code: number
}

export interface Metrics {
  readonly count: (counted: Counted) => void
  readonly answer: (store: Store.Store, scheme: Scheme) => KubeReply
}

const quote = (text: string): string => `"${text.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n")}"`

const labels = ({ code, group, resource, scope, subresource, verb, version }: Counted): string =>
  `code="${code}",component="apiserver",dry_run="",group=${quote(group)},resource=${quote(resource)},scope="${scope}",subresource=${quote(subresource)},verb="${verb}",version=${quote(version)}`

const family = (name: string, type: "counter" | "gauge", help: string, lines: ReadonlyArray<string>): ReadonlyArray<string> =>
  lines.length === 0 ? [] : [`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`, ...lines]

/** Of one server. */
export const make = (): Metrics => {
  const requests = new Map<string, { readonly counted: Counted; count: number }>()
  return {
    // every request passes here: its labels are worded when somebody reads them
    count: (counted) => {
      const { code, group, resource, scope, subresource, verb, version } = counted
      const key = `${code}\n${verb}\n${scope}\n${group}\n${version}\n${resource}\n${subresource}`
      const known = requests.get(key)
      if (known === undefined) requests.set(key, { counted, count: 1 })
      else known.count++
    },
    answer: (store, scheme) => {
      const objects = scheme.resources
        .filter(({ hidden, stored, verbs }) => !hidden && stored === undefined && verbs.includes("watch"))
        .map(({ group, id, plural }) => ({ group, plural, count: Store.list(store, id).length }))
        .sort((a, b) => (a.group === b.group ? (a.plural < b.plural ? -1 : 1) : a.group < b.group ? -1 : 1))
      const lines = [
        ...family(
          "apiserver_request_total",
          "counter",
          "[STABLE] Counter of apiserver requests broken out for each verb, dry run value, group, version, resource, scope, component, and HTTP response code.",
          [...requests.values()]
            .map(({ count, counted }) => [labels(counted), count] as const)
            .sort(([a], [b]) => (a < b ? -1 : 1))
            .map(([text, count]) => `apiserver_request_total{${text}} ${count}`)
        ),
        ...family(
          "apiserver_resource_objects",
          "gauge",
          "[ALPHA] Number of stored objects at the time of last check split by kind.",
          objects.map(({ count, group, plural }) => `apiserver_resource_objects{group="${group}",resource="${plural}"} ${count}`)
        ),
        ...family("apiserver_storage_revision", "gauge", "Revision of the store.", [`apiserver_storage_revision ${store.revision}`])
      ]
      return { code: 200, body: `${lines.join("\n")}\n`, contentType: "text/plain; version=0.0.4; charset=utf-8; escaping=underscores" }
    }
  }
}
