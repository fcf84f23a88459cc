/** The containers of a pod and the pods of a workload, as `logs` and `exec` choose them. */
import type { KubeObject } from "@aiopslab/core/Kubernetes"
import { pathOf, resources } from "@aiopslab/core/KubeClient"
import * as Effect from "effect/Effect"
import type { ApiResource } from "../Discovery.ts"
import { failure } from "../Failure.ts"
import * as Fields from "../Fields.ts"
import type { Invocation, Problem } from "../Invocation.ts"

const names = (pod: KubeObject, field: string): ReadonlyArray<string> =>
  Fields.list(pod, "spec", field).map((container) => Fields.text(container, "name"))

export const containersOf = (pod: KubeObject) => ({
  regular: names(pod, "containers"),
  init: names(pod, "initContainers"),
  ephemeral: names(pod, "ephemeralContainers")
})

/** The container when none was named; `notice` is what kubectl says when there was a choice. */
export const defaultContainer = (pod: KubeObject): { readonly name: string | undefined; readonly notice: string | undefined } => {
  const { ephemeral, init, regular } = containersOf(pod)
  const annotated = Fields.text(pod, "metadata", "annotations", "kubectl.kubernetes.io/default-container")
  if (annotated !== "" && regular.includes(annotated)) return { name: annotated, notice: undefined }
  const all = [...regular, ...ephemeral.map((name) => `${name} (ephem)`), ...init.map((name) => `${name} (init)`)]
  const [name] = regular
  return {
    name,
    notice: all.length > 1 && name !== undefined ? `Defaulted container ${JSON.stringify(name)} out of: ${all.join(", ")}` : undefined
  }
}

const isReady = (pod: KubeObject): boolean =>
  Fields.list(pod, "status", "conditions").some(
    (condition) => Fields.text(condition, "type") === "Ready" && Fields.text(condition, "status") === "True"
  )

const restarts = (pod: KubeObject): number =>
  Math.max(0, ...Fields.list(pod, "status", "containerStatuses").map((status) => Fields.number(status, "restartCount")))

const phases: Readonly<Record<string, number>> = { Pending: 0, Unknown: 1, Running: 2 }

/** Best first: assigned, running, ready, less restarted, older (controller.ActivePods, reversed, as kubectl sorts). */
const better = (a: KubeObject, b: KubeObject): number => {
  const rank = (pod: KubeObject): ReadonlyArray<number> => [
    Fields.text(pod, "spec", "nodeName") === "" ? 0 : 1,
    phases[Fields.text(pod, "status", "phase")] ?? 0,
    isReady(pod) ? 1 : 0,
    -restarts(pod),
    -(Fields.time(pod, "metadata", "creationTimestamp") ?? 0)
  ]
  const [left, right] = [rank(a), rank(b)]
  for (let index = 0; index < left.length; index++) {
    const difference = (right[index] ?? 0) - (left[index] ?? 0)
    if (difference !== 0) return difference
  }
  return a.metadata.name < b.metadata.name ? -1 : 1
}

const expression = (of: unknown): string => {
  const [key, operator] = [Fields.text(of, "key"), Fields.text(of, "operator")]
  const values = Fields.list(of, "values").map(String).join(",")
  return operator === "In"
    ? `${key} in (${values})`
    : operator === "NotIn"
      ? `${key} notin (${values})`
      : operator === "Exists"
        ? key
        : `!${key}`
}

/** `a=b,c in (d)`: the text of a LabelSelector, or of a Service's plain map. */
export const selectorText = (selector: unknown): string => {
  const map =
    Fields.at(selector, "matchLabels") === undefined && Fields.at(selector, "matchExpressions") === undefined
      ? Fields.record(selector)
      : Fields.record(selector, "matchLabels")
  return [
    ...Fields.sorted(map).map(([key, value]) => `${key}=${String(value)}`),
    ...Fields.list(selector, "matchExpressions").map(expression)
  ].join(",")
}

/** The pods of a workload or a service, best first; empty when there are none. */
export const attachable = Effect.fnUntraced(function* (
  inv: Invocation,
  of: { readonly resource: ApiResource; readonly object: KubeObject }
): Effect.fn.Return<ReadonlyArray<KubeObject>, Problem> {
  const selector = selectorText(Fields.at(of.object, "spec", "selector"))
  if (selector === "")
    return yield* failure(
      `cannot attach to *${of.resource.group === "" ? "v1" : of.resource.version}.${of.resource.kind}: selector for *${of.resource.group === "" ? "v1" : of.resource.version}.${of.resource.kind} not implemented`
    )
  const reply = yield* inv.api.request({
    method: "GET",
    path: pathOf(resources.pods, of.object.metadata.namespace ?? inv.namespace),
    query: { labelSelector: selector }
  })
  const pods = Fields.list(reply.body, "items")
    .map((item) => ({ apiVersion: "v1", kind: "Pod", ...Fields.record(item) }))
    .filter(Fields.isObject)
  return [...pods].sort(better)
})
