/** Plays a situation on any cluster by its API and the caller's clock, and keeps all that watches said meanwhile. */
import type { KubeApi, KubeObject, WatchEvent } from "@aiopslab/core/Kubernetes"
import { patchTypes } from "@aiopslab/core/Kubernetes"
import { isRecord, record, records, string } from "@aiopslab/kubernetes/Json"
import type { Resource } from "@aiopslab/kubernetes/Scheme"
import { builtInScheme } from "@aiopslab/kubernetes/Scheme"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import type { Situation, Step } from "./Situation.ts"

/** One event of a watch, in the order in which the server told it. */
export interface Seen {
  readonly resource: string
  readonly type: WatchEvent["type"]
  readonly object: KubeObject
}

/** What is watched in the namespace, by resource id. */
const watched = [
  "pods",
  "events",
  "replicationcontrollers",
  "replicasets.apps",
  "deployments.apps",
  "statefulsets.apps",
  "daemonsets.apps",
  "jobs.batch",
  "cronjobs.batch",
  "persistentvolumeclaims",
  "resourcequotas",
  "endpointslices.discovery.k8s.io",
  "horizontalpodautoscalers.autoscaling",
  "poddisruptionbudgets.policy"
]

export class SituationError extends Error {
  override readonly name = "SituationError"
}

/** A cluster's API, and what no API can do to it. */
export interface Site {
  readonly api: KubeApi
  /** What a node's name begins with: `kind-` of `kind-worker`. */
  readonly prefix: string
  readonly power: (node: string, is: "off" | "on") => Effect.Effect<void, SituationError>
}

const resourceOf = (kind: string): Resource => {
  const found = builtInScheme.resources.find((one) => one.kind === kind && !one.hidden)
  if (found === undefined) throw new Error(`no kind ${kind}`)
  return found
}

const root = ({ apiVersion, group }: Resource): string => (group === "" ? `/api/${apiVersion}` : `/apis/${apiVersion}`)

const collection = (resource: Resource, namespace: string): string =>
  resource.namespaced ? `${root(resource)}/namespaces/${namespace}/${resource.plural}` : `${root(resource)}/${resource.plural}`

const at = (object: unknown, path: string): unknown => {
  let now = object
  for (const key of path.split(".")) {
    now = Array.isArray(now)
      ? /^\d+$/u.test(key)
        ? now[Number(key)]
        : now.find((one) => isRecord(one) && (one["type"] === key || one["name"] === key))
      : record(now)[key]
  }
  return now
}

/** The image of all situations; it is on the nodes. */
export const busybox = "busybox:1.35"

const containerOf = (name: string, container: unknown) => ({ name, image: busybox, command: ["sleep", "3600"], ...record(container) })

const deployment = (of: Extract<Step, { readonly deploy: unknown }>["deploy"]) => ({
  apiVersion: "apps/v1",
  kind: "Deployment",
  metadata: { name: of.name },
  spec: {
    replicas: of.replicas ?? 1,
    selector: { matchLabels: { app: of.name } },
    ...of.spec,
    template: {
      metadata: { labels: { app: of.name } },
      spec: { terminationGracePeriodSeconds: 2, containers: [containerOf(of.name, of.container)], ...of.pod }
    }
  }
})

const pod = (of: Extract<Step, { readonly pod: unknown }>["pod"]) => ({
  apiVersion: "v1",
  kind: "Pod",
  metadata: { name: of.name, labels: { app: of.name } },
  spec: { terminationGracePeriodSeconds: 2, containers: [containerOf(of.name, of.container)], ...of.spec }
})

const post = (api: KubeApi, namespace: string, object: Readonly<Record<string, unknown>>) =>
  api.request({ method: "POST", path: collection(resourceOf(string(object["kind"]) ?? ""), namespace), body: object })

const everySoOften = "500 millis"

const until = Effect.fnUntraced(function* (
  { api, prefix }: Pick<Site, "api" | "prefix">,
  namespace: string,
  { is, kind, name, namespace: elsewhere, path = "", within }: Extract<Step, { readonly until: unknown }>["until"]
) {
  const began = yield* Clock.currentTimeMillis
  for (;;) {
    const { body } = yield* api.request({ method: "GET", path: collection(resourceOf(kind), elsewhere ?? namespace) })
    const all = records(record(body)["items"]).filter(
      (one) => name === undefined || at(one, "metadata.name") === (kind === "Node" ? `${prefix}${name}` : name)
    )
    if (is === "gone" ? all.length === 0 : all.some((one) => String(at(one, path)) === String(is))) return
    if ((yield* Clock.currentTimeMillis) - began > within * 1000) {
      return yield* Effect.fail(
        new SituationError(
          `${kind} ${name ?? "*"} ${path} is not ${String(is)} after ${within} s but ${JSON.stringify(all.map((one) => at(one, path)))}`
        )
      )
    }
    yield* Effect.sleep(everySoOften)
  }
})

const perform = Effect.fnUntraced(function* (site: Site, namespace: string, step: Step) {
  const { api, power, prefix } = site
  if ("wait" in step) return yield* Effect.sleep(step.wait * 1000)
  if ("until" in step) return yield* until(site, namespace, step.until)
  if ("deploy" in step) return yield* Effect.asVoid(post(api, namespace, deployment(step.deploy)))
  if ("pod" in step) return yield* Effect.asVoid(post(api, namespace, pod(step.pod)))
  if ("create" in step) return yield* Effect.forEach(step.create, (object) => post(api, namespace, object), { discard: true })
  if ("node" in step) return yield* power(`${prefix}${step.node.name}`, step.node.is)
  if ("evict" in step) {
    const { body } = yield* api.request({
      method: "GET",
      path: collection(resourceOf("Pod"), namespace),
      query: { labelSelector: step.evict.selector }
    })
    return yield* Effect.forEach(
      records(record(body)["items"]),
      (one) => {
        const name = string(at(one, "metadata.name")) ?? ""
        return api
          .request({
            method: "POST",
            path: `${collection(resourceOf("Pod"), namespace)}/${name}/eviction`,
            body: { apiVersion: "policy/v1", kind: "Eviction", metadata: { name, namespace } }
          })
          .pipe(Effect.catch(() => Effect.void))
      },
      { discard: true }
    )
  }
  const { kind, name, namespace: elsewhere } = "patch" in step ? step.patch : step.delete
  const path = `${collection(resourceOf(kind), elsewhere ?? namespace)}/${kind === "Node" ? prefix : ""}${name}`
  if ("patch" in step) {
    const { body, subresource, type = "merge" } = step.patch
    const suffix = subresource === undefined ? "" : `/${subresource}`
    return yield* Effect.asVoid(api.request({ method: "PATCH", path: `${path}${suffix}`, body, contentType: patchTypes[type] }))
  }
  const { grace, propagation = "Background" } = step.delete
  return yield* Effect.asVoid(
    api.request({
      method: "DELETE",
      path,
      body: {
        apiVersion: "v1",
        kind: "DeleteOptions",
        propagationPolicy: propagation,
        ...(grace === undefined ? {} : { gracePeriodSeconds: grace })
      }
    })
  )
})

/** Watches from the beginning; a watch that the server ends begins again where it was. */
const watch = (api: KubeApi, id: string, namespace: string, seen: Array<Seen>) => {
  const resource = builtInScheme.byId.get(id)
  if (resource === undefined) return Effect.never
  let version = "0"
  return api.watch({ method: "GET", path: collection(resource, namespace), query: { watch: "true", resourceVersion: "0" } }).pipe(
    Stream.runForEach(({ object, type }) =>
      Effect.sync(() => {
        const { resourceVersion = "0" } = object.metadata
        if (type === "BOOKMARK" || Number(resourceVersion) <= Number(version)) return
        version = resourceVersion
        seen.push({ resource: id, type, object })
      })
    ),
    Effect.forever
  )
}

/** The namespace is made before and must be gone, or not matter, afterwards. */
export const play = Effect.fnUntraced(function* (site: Site, situation: Situation, namespace: string) {
  const { api } = site
  const seen: Array<Seen> = []
  yield* api.request({ method: "POST", path: "/api/v1/namespaces", body: { metadata: { name: namespace } } })
  yield* until(site, namespace, { kind: "ServiceAccount", name: "default", path: "metadata.name", is: "default", within: 30 })
  yield* until(site, namespace, { kind: "ConfigMap", name: "kube-root-ca.crt", path: "metadata.name", is: "kube-root-ca.crt", within: 30 })
  yield* Effect.gen(function* () {
    yield* Effect.forEach(watched, (id) => Effect.forkScoped(watch(api, id, namespace, seen)), { discard: true })
    yield* Effect.sleep("1 second")
    for (const step of situation.steps) yield* perform(site, namespace, step)
  }).pipe(Effect.scoped)
  yield* api.request({ method: "DELETE", path: `/api/v1/namespaces/${namespace}` })
  return seen
})
