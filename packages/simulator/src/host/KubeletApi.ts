/** What the kubelet of a node answers over HTTP: its health, its pods, and what they use. */
import { virtualEpoch } from "@aiopslab/core/Cluster"
import type { KubeObject, KubeStatus } from "@aiopslab/core/Kubernetes"
import { shown } from "@aiopslab/kubernetes/apply/Ownership"
import { at, records, string } from "@aiopslab/kubernetes/Json"
import * as Status from "@aiopslab/kubernetes/Status"
import type { ContainerUsage } from "@aiopslab/kubernetes/server/ResourceMetrics"
import * as Store from "@aiopslab/kubernetes/Store"
import { kubeTime } from "@aiopslab/kubernetes/Time"
import type { WebReply, WebRequest } from "@aiopslab/kubernetes/web/Web"
import { text } from "@aiopslab/kubernetes/web/Web"
import * as Effect from "effect/Effect"
import type { Container } from "../Container.ts"
import { asPod } from "../Kinds.ts"
import { podMetrics } from "../traffic/PodMetrics.ts"
import type { World } from "../World.ts"
import { containersOf } from "../World.ts"

const podsOf = (world: World, node: string): ReadonlyArray<KubeObject> =>
  Store.list(world.store, "pods").filter((pod) => asPod(pod).spec.nodeName === node)

const json = (value: unknown): WebReply => text(200, `${JSON.stringify(value)}\n`, "application/json")

/** A running pod and what its containers use now. */
interface Used {
  readonly pod: KubeObject
  readonly containers: ReadonlyArray<ContainerUsage>
}

const usedBy = (world: World, node: string): ReadonlyArray<Used> => {
  const pods = podsOf(world, node)
  const namespaces = [...new Set(pods.map(({ metadata }) => metadata.namespace ?? ""))]
  const metrics = new Map(namespaces.flatMap((namespace) => [...podMetrics(world, namespace)]))
  return pods.flatMap((pod) => {
    const containers = metrics.get(pod.metadata.uid ?? "")
    return containers === undefined ? [] : [{ pod, containers }]
  })
}

const startOf = (container: Container | undefined): number =>
  container?.state._tag === "Running" ? container.state.startedAt : virtualEpoch

const total = (used: ReadonlyArray<ContainerUsage>, key: "cpu" | "memory"): number => used.reduce((sum, one) => sum + one[key], 0)

/** Of thousandths of a core. */
const cpu = (world: World, milli: number) => ({ time: kubeTime(world.now), usageNanoCores: milli * 1_000_000 })

const memory = (world: World, bytes: number) => ({ time: kubeTime(world.now), usageBytes: bytes, workingSetBytes: bytes, rssBytes: bytes })

const summary = (world: World, node: string) => {
  const used = usedBy(world, node)
  const all = used.flatMap(({ containers }) => containers)
  return {
    node: {
      nodeName: node,
      startTime: Store.get(world.store, "nodes", "", node)?.metadata.creationTimestamp ?? kubeTime(virtualEpoch),
      cpu: cpu(world, total(all, "cpu")),
      memory: memory(world, total(all, "memory"))
    },
    pods: used.map(({ containers, pod }) => {
      const { name, namespace = "", uid = "" } = pod.metadata
      const running = containersOf(world, uid)
      return {
        podRef: { name, namespace, uid },
        startTime: asPod(pod).status?.startTime ?? null,
        containers: containers.map((one) => ({
          name: one.name,
          startTime: kubeTime(startOf(running.find((container) => container.name === one.name))),
          cpu: cpu(world, one.cpu),
          memory: memory(world, one.memory)
        })),
        cpu: cpu(world, total(containers, "cpu")),
        memory: memory(world, total(containers, "memory"))
      }
    })
  }
}

const plain = "text/plain; version=0.0.4; charset=utf-8"

const gauge = (name: string, help: string, lines: ReadonlyArray<string>): string =>
  [`# HELP ${name} [STABLE] ${help}`, `# TYPE ${name} gauge`, ...lines, ""].join("\n")

const metrics = (world: World, node: string): string => {
  const pods = podsOf(world, node).filter(({ metadata }) => world.pods.get(metadata.uid ?? "")?.ip !== undefined)
  const states = new Map<string, number>()
  for (const { metadata } of pods)
    for (const { state } of containersOf(world, metadata.uid ?? "")) {
      const name = state._tag === "Terminated" ? "exited" : state._tag === "Running" ? "running" : "created"
      states.set(name, (states.get(name) ?? 0) + 1)
    }
  const names = [...states.keys()].sort()
  return (
    gauge("kubelet_node_name", "The node's name. The count is always 1.", [`kubelet_node_name{node=${JSON.stringify(node)}} 1`]) +
    gauge(
      "kubelet_running_containers",
      "Number of containers currently running",
      names.map((name) => `kubelet_running_containers{container_state="${name}"} ${states.get(name) ?? 0}`)
    ) +
    gauge("kubelet_running_pods", "Number of pods that have a running pod sandbox", [`kubelet_running_pods ${pods.length}`])
  )
}

const resourceMetrics = (world: World, node: string): string => {
  const used = usedBy(world, node)
  const lines = (key: "memory") =>
    used.flatMap(({ containers, pod: { metadata } }) =>
      containers.map(
        (one) =>
          `container_memory_working_set_bytes{container="${one.name}",namespace="${metadata.namespace}",pod="${metadata.name}"} ${one[key]} ${world.now}`
      )
    )
  const all = used.flatMap(({ containers }) => containers)
  return (
    gauge("container_memory_working_set_bytes", "Current working set of the container in bytes", lines("memory")) +
    gauge("node_memory_working_set_bytes", "Current working set of the node in bytes", [
      `node_memory_working_set_bytes ${total(all, "memory")} ${world.now}`
    ])
  )
}

const answered = (world: World, node: string, { target }: WebRequest): WebReply => {
  const [path = ""] = target.split("?")
  switch (path.replace(/\/$/u, "")) {
    case "/healthz":
      return text(200, "ok")
    case "/pods":
      return json({ kind: "PodList", apiVersion: "v1", metadata: {}, items: podsOf(world, node).map(shown) })
    case "/stats/summary":
      return json(summary(world, node))
    case "/metrics":
      return text(200, metrics(world, node), plain)
    case "/metrics/resource":
      return text(200, resourceMetrics(world, node), plain)
    default:
      return text(404, "404 page not found\n")
  }
}

const addressOf = (world: World, name: string): string => {
  const node = Store.get(world.store, "nodes", "", name)
  return string(records(at(node, "status", "addresses")).find((one) => one["type"] === "InternalIP")?.["address"]) ?? ""
}

/** That of a node that is switched off doesn't. */
export const answer = (world: World, node: string, request: WebRequest): Effect.Effect<WebReply, KubeStatus> =>
  node in world.stopped
    ? Effect.fail(
        Status.unavailable(`error trying to reach service: dial tcp ${addressOf(world, node)}:10250: connect: connection refused`)
      )
    : Effect.succeed(answered(world, node, request))
