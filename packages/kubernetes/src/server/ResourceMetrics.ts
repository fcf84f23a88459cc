/** metrics.k8s.io: what pods and nodes use at the moment. Nothing is stored: whoever runs the containers measures them when somebody asks. */
import type { KubeObject, KubeReply, KubeStatus } from "@aiopslab/core/Kubernetes"
import * as Result from "effect/Result"
import { at, string } from "../Json.ts"
import * as Scheme from "../Scheme.ts"
import * as Status from "../Status.ts"
import * as Store from "../Store.ts"
import { kubeTime } from "../Time.ts"
import type { ResourceCall } from "./Call.ts"
import { isVisible } from "./Call.ts"
import * as Present from "./Present.ts"
import { filterOf } from "./Read.ts"

export interface ContainerUsage {
  readonly name: string
  /** Thousandths of a core. */
  readonly cpu: number
  /** Bytes. */
  readonly memory: number
}

/** An average over a window. */
export interface Usage {
  /** The window's end, in milliseconds since the epoch. */
  readonly at: number
  readonly windowMillis: number
  /** By pod uid. A pod that has not run for the whole of the window is not there. */
  readonly pods: ReadonlyMap<string, ReadonlyArray<ContainerUsage>>
}

export const group = "metrics.k8s.io"

const served = { group, version: "v1beta1", verbs: ["get", "list"], hidden: false }

/** What a server with usage adds to its scheme. */
export const resources: ReadonlyArray<Scheme.ExtraResource> = [
  { ...served, kind: "NodeMetrics", plural: "nodes", namespaced: false },
  { ...served, kind: "PodMetrics", plural: "pods", namespaced: true }
]

const total = (containers: ReadonlyArray<ContainerUsage>) => ({
  cpu: `${containers.reduce((sum, { cpu }) => sum + cpu, 0)}m`,
  memory: `${Math.ceil(containers.reduce((sum, { memory }) => sum + memory, 0) / 1024)}Ki`
})

const measured = (call: ResourceCall, usage: Usage, { metadata }: KubeObject): KubeObject => ({
  apiVersion: call.resource.apiVersion,
  kind: call.resource.kind,
  metadata: {
    name: metadata.name,
    ...(metadata.namespace === undefined ? {} : { namespace: metadata.namespace }),
    creationTimestamp: kubeTime(usage.at),
    ...(metadata.labels === undefined ? {} : { labels: metadata.labels })
  },
  timestamp: kubeTime(usage.at),
  window: `${usage.windowMillis / 1000}s`
})

const podMetrics = (call: ResourceCall, store: Store.Store, usage: Usage): ReadonlyArray<KubeObject> =>
  Store.list(store, "pods", call.path.namespace === "" ? undefined : call.path.namespace).flatMap((pod) => {
    const containers = isVisible(call, pod) ? usage.pods.get(pod.metadata.uid ?? "") : undefined
    if (containers === undefined) return []
    return [{ ...measured(call, usage, pod), containers: containers.map((one) => ({ name: one.name, usage: total([one]) })) }]
  })

/** A node uses what its pods use, whoever may see them. */
const nodeMetrics = (call: ResourceCall, store: Store.Store, usage: Usage): ReadonlyArray<KubeObject> => {
  const byNode = new Map<string, Array<ContainerUsage>>()
  for (const pod of Store.list(store, "pods")) {
    const node = string(at(pod, "spec", "nodeName")) ?? ""
    byNode.set(node, [...(byNode.get(node) ?? []), ...(usage.pods.get(pod.metadata.uid ?? "") ?? [])])
  }
  return Store.list(store, "nodes").map((node) => ({
    ...measured(call, usage, node),
    usage: total(byNode.get(node.metadata.name) ?? [])
  }))
}

export const answer = (call: ResourceCall, store: Store.Store, usage: Usage): Result.Result<KubeReply, KubeStatus> => {
  const { path, request, resource } = call
  const all = (resource.namespaced ? podMetrics : nodeMetrics)(call, store, usage)
  if (path.name === "") {
    return Result.map(filterOf(call), (filter) => Present.reply(200, Present.many(request, resource, all.filter(filter), {}, usage.at)))
  }
  const one = all.find(({ metadata }) => metadata.name === path.name)
  return one === undefined
    ? Result.fail(Status.notFound(resource, resource.namespaced ? `${path.namespace}/${path.name}` : path.name))
    : Result.succeed(Present.reply(200, Present.one(request, resource, one, usage.at)))
}
