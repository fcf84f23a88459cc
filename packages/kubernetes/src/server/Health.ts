/**
 * `/healthz`, `/livez`, `/readyz`: one check, all of them, all but some. The names are those of the real server's checks (observed on
 * kube-apiserver 1.34); whatever answers here has passed them.
 */
import type { KubeReply, KubeRequest } from "@aiopslab/core/Kubernetes"
import { query, queryAll } from "./Route.ts"

const hooks = [
  "start-apiserver-admission-initializer",
  "generic-apiserver-start-informers",
  "priority-and-fairness-config-consumer",
  "priority-and-fairness-filter",
  "storage-object-count-tracker-hook",
  "start-apiextensions-informers",
  "start-apiextensions-controllers",
  "crd-informer-synced",
  "start-system-namespaces-controller",
  "start-cluster-authentication-info-controller",
  "start-kube-apiserver-identity-lease-controller",
  "start-kube-apiserver-identity-lease-garbage-collector",
  "start-legacy-token-tracking-controller",
  "start-service-ip-repair-controllers",
  "rbac/bootstrap-roles",
  "scheduling/bootstrap-system-priority-classes",
  "priority-and-fairness-config-producer",
  "bootstrap-controller",
  "start-kubernetes-service-cidr-controller",
  "start-kube-aggregator-informers",
  "apiservice-status-local-available-controller",
  "apiservice-status-remote-available-controller",
  "apiservice-registration-controller",
  "apiservice-discovery-controller",
  "kube-apiserver-autoregistration"
].map((hook) => `poststarthook/${hook}`)

const begun = ["ping", "log", "etcd"]
const last = ["autoregister-completion", "poststarthook/apiservice-openapi-controller", "poststarthook/apiservice-openapiv3-controller"]
const alive = [...begun, ...hooks, ...last]

const checks: Readonly<Record<string, ReadonlyArray<string>>> = {
  healthz: alive,
  livez: alive,
  readyz: [...begun, "etcd-readiness", "informer-sync", ...hooks, ...last, "shutdown"]
}

/** The paths of all checks. */
export const paths: ReadonlyArray<string> = Object.entries(checks).flatMap(([root, names]) => [
  `/${root}`,
  ...names.map((name) => `/${root}/${name}`)
])

const measured = Object.entries(checks).flatMap(([type, names]) =>
  names.map((name) => `kubernetes_healthcheck{name="${name}",type="${type}"} 1`)
)

/** `/metrics/slis`: the same for Prometheus. */
export const metrics: KubeReply = {
  code: 200,
  contentType: "text/plain; version=0.0.4; charset=utf-8; escaping=underscores",
  body: [
    "# HELP kubernetes_healthcheck [STABLE] This metric records the result of a single healthcheck.",
    "# TYPE kubernetes_healthcheck gauge",
    ...measured.sort(),
    ""
  ].join("\n")
}

const text = (body: string): KubeReply => ({ code: 200, body, contentType: "text/plain; charset=utf-8" })

export const isHealth = (root: string): boolean => checks[root] !== undefined

export const answer = (request: KubeRequest, [root = "", ...rest]: ReadonlyArray<string>): KubeReply | undefined => {
  const names = checks[root] ?? []
  if (rest.length > 0) return names.includes(rest.join("/")) ? text("ok") : undefined
  if (query(request, "verbose") === undefined) return text("ok")
  const excluded = queryAll(request, "exclude")
  const unknown = excluded.filter((name) => !names.includes(name))
  const lines = [
    ...names.map((name) => `[+]${name} ${excluded.includes(name) ? "excluded: ok" : "ok"}`),
    ...(unknown.length === 0
      ? []
      : [`warn: some health checks cannot be excluded: no matches for ${unknown.map((name) => JSON.stringify(name)).join(", ")}`]),
    `${root} check passed`
  ]
  return text(`${lines.join("\n")}\n`)
}
