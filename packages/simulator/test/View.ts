/** A cluster as a golden file shows it: what a person would look at, without what is the same everywhere. */
import type { KubeObject } from "@aiopslab/core/Kubernetes"
import { array, at, record, string } from "@aiopslab/kubernetes/Json"
import * as Store from "@aiopslab/kubernetes/Store"
import { parseTime } from "@aiopslab/kubernetes/Time"
import type { World } from "../src/World.ts"

const since = (begin: number, time: unknown): string => {
  const found = parseTime(time)
  return found === undefined ? String(time) : found < begin ? "epoch" : `${(found - begin) / 1000}s`
}

const conditions = (status: unknown, begin: number) =>
  Object.fromEntries(
    array(at(status, "conditions")).map((one) => [
      string(at(one, "type")) ?? "",
      [
        ...["status", "reason", "message"].flatMap((key) => string(at(one, key)) ?? []),
        `since ${since(begin, at(one, "lastTransitionTime"))}`
      ].join(" | ")
    ])
  )

const state = (value: unknown, begin: number): string => {
  const [kind, of] = Object.entries(record(value))[0] ?? ["", {}]
  const parts = Object.entries(record(of)).filter(([key]) => key !== "containerID")
  return [kind, ...parts.map(([key, part]) => `${key}=${key.endsWith("At") ? since(begin, part) : String(part)}`)].join(" ")
}

const containers = (statuses: unknown, begin: number) =>
  array(statuses).map((one) => {
    const last = state(at(one, "lastState"), begin)
    return {
      name: at(one, "name"),
      image: at(one, "image"),
      ready: at(one, "ready"),
      restarts: at(one, "restartCount"),
      state: state(at(one, "state"), begin),
      ...(last === "" ? {} : { last })
    }
  })

const pod = (object: KubeObject, begin: number): unknown => ({
  node: at(object, "spec", "nodeName") ?? "<none>",
  ...(object.metadata.deletionTimestamp === undefined ? {} : { deleted: since(begin, object.metadata.deletionTimestamp) }),
  ...(object.metadata.ownerReferences === undefined
    ? {}
    : { owners: object.metadata.ownerReferences.map(({ kind, name }) => `${kind}/${name}`) }),
  phase: at(object, "status", "phase"),
  ip: at(object, "status", "podIP") ?? "<none>",
  conditions: conditions(object["status"], begin),
  ...(at(object, "status", "initContainerStatuses") === undefined
    ? {}
    : { initContainers: containers(at(object, "status", "initContainerStatuses"), begin) }),
  containers: containers(at(object, "status", "containerStatuses"), begin)
})

const node = (object: KubeObject, begin: number): unknown => ({
  ...(at(object, "spec", "taints") === undefined
    ? {}
    : { taints: array(at(object, "spec", "taints")).map((one) => `${String(at(one, "key"))}:${String(at(one, "effect"))}`) }),
  conditions: conditions(object["status"], begin)
})

const other = (object: KubeObject, begin: number): unknown => {
  const { conditions: _, ...status } = record(object["status"])
  const shown = conditions(object["status"], begin)
  return {
    ...(object.metadata.deletionTimestamp === undefined ? {} : { deleted: since(begin, object.metadata.deletionTimestamp) }),
    ...(object.metadata.annotations?.["deployment.kubernetes.io/revision"] === undefined
      ? {}
      : { revision: object.metadata.annotations["deployment.kubernetes.io/revision"] }),
    ...(at(object, "spec", "replicas") === undefined ? {} : { wanted: at(object, "spec", "replicas") }),
    ...(at(object, "spec", "volumeName") === undefined ? {} : { volumeName: at(object, "spec", "volumeName") }),
    ...(at(object, "spec", "claimRef") === undefined
      ? {}
      : { claim: `${String(at(object, "spec", "claimRef", "namespace"))}/${String(at(object, "spec", "claimRef", "name"))}` }),
    ...(object["subsets"] === undefined ? {} : { subsets: object["subsets"] }),
    ...(object["endpoints"] === undefined
      ? {}
      : { labels: object.metadata.labels, endpoints: object["endpoints"], ports: object["ports"] }),
    ...(object["revision"] === undefined ? {} : { revision: object["revision"], labels: object.metadata.labels }),
    ...Object.fromEntries(Object.entries(status).map(([key, value]) => [key, key.endsWith("Time") ? since(begin, value) : value])),
    ...(Object.keys(shown).length === 0 ? {} : { conditions: shown })
  }
}

const views: Readonly<Record<string, (object: KubeObject, begin: number) => unknown>> = { pods: pod, nodes: node }

const named = (objects: ReadonlyArray<KubeObject>, view: (object: KubeObject) => unknown) =>
  Object.fromEntries(objects.map((object) => [object.metadata.name, view(object)]))

const events = (world: World, begin: number): ReadonlyArray<string> =>
  Store.list(world.store, "events", "default")
    .map((event, index) => ({ event, index, revision: Number(event.metadata.uid === undefined ? 0 : event.metadata["resourceVersion"]) }))
    .sort((a, b) => (parseTime(a.event["firstTimestamp"]) ?? 0) - (parseTime(b.event["firstTimestamp"]) ?? 0) || a.index - b.index)
    .map(
      ({ event }) =>
        `${since(begin, event["firstTimestamp"])}${event["count"] === 1 ? "" : ` x${String(event["count"])} over ${since(begin, event["lastTimestamp"])}`} ${String(event["type"])} ${String(event["reason"])} ${String(at(event, "involvedObject", "kind"))}/${String(at(event, "involvedObject", "name"))}: ${String(event["message"])}`
    )

const logs = (world: World, begin: number) =>
  Object.fromEntries(
    [...world.containers.values()].flatMap((container) => {
      if (container.namespace !== "default") return []
      const text: Array<string> = []
      for (const [label, instance] of [
        ["previous ", container.previous],
        ["", container.instance]
      ] as const) {
        const lines: Array<string> = []
        for (let line = instance?.log; line !== undefined; line = line.before)
          lines.push(`${label}${(line.at - begin) / 1000}s ${line.line}`)
        text.push(...lines.reverse())
      }
      return text.length === 0 ? [] : [[container.pod, text] as const]
    })
  )

export const of = (world: World, what: ReadonlyArray<string>, begin: number): Readonly<Record<string, unknown>> =>
  Object.fromEntries(
    what.map((name) => {
      if (name === "events") return [name, events(world, begin)]
      if (name === "logs") return [name, logs(world, begin)]
      const inDefault = name === "namespaces" || name === "persistentvolumes" || name === "nodes" ? undefined : "default"
      const objects = Store.list(world.store, name, inDefault).filter(({ metadata }) => metadata.name !== "kubernetes")
      return [name, named(objects, (object) => views[name]?.(object, begin) ?? other(object, begin))]
    })
  )
