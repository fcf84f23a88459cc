/**
 * What a run of a situation told, without what differs between any two runs: names' random parts, times, addresses, numbers of
 * repetitions. Of each pod the moments at which something first was so; of events what they say and whether once or again; of the other
 * objects what they came to.
 */
import type { KubeObject } from "@aiopslab/core/Kubernetes"
import { record, records, string } from "@aiopslab/kubernetes/Json"
import type { Seen } from "./Play.ts"

/** `moments[i]` are the facts that were new in the i-th report. */
export interface PodStory {
  readonly of: string
  readonly moments: ReadonlyArray<ReadonlyArray<string>>
}

export interface Story {
  readonly pods: ReadonlyArray<PodStory>
  /** `Warning BackOff Pod web: Back-off …  (again)`, sorted. */
  readonly events: ReadonlyArray<string>
  /** What other objects came to, by `Kind name`, sorted. */
  readonly ends: Readonly<Record<string, ReadonlyArray<string>>>
}

const ownerOf = ({ metadata }: KubeObject) => metadata.ownerReferences?.find(({ controller }) => controller === true)

/** `web-794cddc5d5-z4nz6` is `web-*-*`: by the owners' names, since a hash looks like a word. */
const aliases = (seen: ReadonlyArray<Seen>): ReadonlyMap<string, string> => {
  const out = new Map<string, string>()
  const generations = new Map<string, number>()
  // as they were at first: an orphan has no owner at last
  const firsts = new Map<string, KubeObject>()
  for (const { object, resource } of seen) {
    const key = `${resource} ${object.metadata.name}`
    if (!firsts.has(key)) firsts.set(key, object)
  }
  for (const kind of ["replicasets.apps", "jobs.batch", "pods"]) {
    for (const [key, object] of firsts) {
      if (!key.startsWith(`${kind} `)) continue
      const owner = ownerOf(object)
      const { name } = object.metadata
      if (owner === undefined || owner.kind === "StatefulSet") continue
      const above = out.get(owner.name) ?? owner.name
      if (kind !== "replicasets.apps") {
        out.set(name, `${above}-*`)
        continue
      }
      const generation = (generations.get(above) ?? 0) + 1
      generations.set(above, generation)
      out.set(name, `${above}-#${generation}`)
    }
  }
  return out
}

/** The namespace that it was played in, and what the cluster's nodes' names begin with. */
interface Where {
  readonly namespace: string
  readonly prefix: string
}

/** Longest names first, so that a pod's is replaced before its replica set's. */
const namer = (names: ReadonlyMap<string, string>, { namespace, prefix }: Where) => {
  const sorted = [...names].sort(([a], [b]) => b.length - a.length)
  return (text: string): string => {
    let out = text.replaceAll(namespace, "NS").replaceAll(`${prefix}worker`, "worker").replaceAll(`${prefix}control-plane`, "control-plane")
    for (const [name, alias] of sorted) out = out.replaceAll(name, alias)
    return (
      out
        .replaceAll(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/gu, "UID")
        .replaceAll(/(?:containerd:\/\/|sha256:)?\b[0-9a-f]{64}\b/gu, "HASH")
        .replaceAll(/\b10\.\d+\.\d+\.\d+\b|\b172\.\d+\.\d+\.\d+\b/gu, "IP")
        .replaceAll(/\b\d+(?:\.\d+)?(?:m?s|m\d+s)\b/gu, "TIME")
        .replaceAll(/Image size: \d+ bytes/gu, "Image size: N bytes")
        // pods that were never made
        .replaceAll(/(#\d+-)[bcdfghjklmnpqrstvwxz2456789]{5}\b/gu, "$1*")
        .replaceAll(/kube-api-access-[a-z0-9]{5}/gu, "kube-api-access-*")
        .replaceAll(/\bat \d+:\d+:\d+(?:\.\d+)?/gu, "at TIME")
    )
  }
}

const stateOf = (status: Readonly<Record<string, unknown>>): string => {
  const state = record(status["state"])
  if (state["running"] !== undefined) return "running"
  if (state["terminated"] !== undefined) {
    const { exitCode, reason } = record(state["terminated"])
    return `terminated ${String(reason)} ${String(exitCode)}`
  }
  return `waiting ${string(record(state["waiting"])["reason"]) ?? ""}`
}

const factsOf = (pod: KubeObject): ReadonlyArray<string> => {
  const status = record(pod["status"])
  const out = [`phase ${shown(status["phase"])}`]
  if (status["reason"] !== undefined) out.push(`reason ${shown(status["reason"])}`)
  for (const one of records(status["conditions"])) {
    const reason = string(one["reason"])
    out.push(`${String(one["type"])} ${String(one["status"])}${reason === undefined ? "" : ` ${reason}`}`)
  }
  for (const list of ["initContainerStatuses", "containerStatuses", "ephemeralContainerStatuses"]) {
    for (const one of records(status[list])) {
      const name = String(one["name"])
      out.push(`${name} ${stateOf(one)}`, `${name} ${one["ready"] === true ? "ready" : "not ready"}`)
      if (Number(one["restartCount"]) > 0) out.push(`${name} restarted`)
      if (one["started"] === true) out.push(`${name} started`)
    }
  }
  if (pod.metadata.deletionTimestamp !== undefined) out.push("deleted")
  return out
}

const podStory = (of: string, events: ReadonlyArray<Seen>): PodStory => {
  const known = new Set<string>()
  const moments: Array<ReadonlyArray<string>> = []
  for (const { object, type } of events) {
    const fresh = (type === "DELETED" ? ["gone"] : factsOf(object)).filter((fact) => !known.has(fact))
    for (const fact of fresh) known.add(fact)
    if (fresh.length > 0) moments.push([...fresh].sort())
  }
  return { of, moments }
}

const shown = (value: unknown): string => (typeof value === "string" ? value : (JSON.stringify(value) ?? ""))

const counts: Readonly<Record<string, ReadonlyArray<string>>> = {
  Deployment: ["replicas", "updatedReplicas", "readyReplicas", "availableReplicas", "unavailableReplicas"],
  ReplicaSet: ["replicas", "readyReplicas", "availableReplicas", "fullyLabeledReplicas"],
  ReplicationController: ["replicas", "readyReplicas", "availableReplicas", "fullyLabeledReplicas"],
  StatefulSet: ["replicas", "readyReplicas", "currentReplicas", "updatedReplicas", "availableReplicas"],
  DaemonSet: ["desiredNumberScheduled", "currentNumberScheduled", "numberReady", "numberAvailable", "numberMisscheduled"],
  Job: ["active", "succeeded", "failed", "ready", "terminating", "completedIndexes", "failedIndexes"],
  PersistentVolumeClaim: ["phase"],
  PodDisruptionBudget: ["currentHealthy", "desiredHealthy", "disruptionsAllowed", "expectedPods"],
  HorizontalPodAutoscaler: ["currentReplicas", "desiredReplicas"]
}

const endOf = (object: KubeObject, named: (text: string) => string): ReadonlyArray<string> => {
  const status = record(object["status"])
  if (object.kind === "EndpointSlice") {
    const all = records(object["endpoints"]).map((one) => record(one["conditions"]))
    const is = (key: string) => all.filter((one) => one[key] === true).length
    return [`${all.length} endpoints, ${is("ready")} ready, ${is("serving")} serving, ${is("terminating")} terminating`]
  }
  if (object.kind === "ResourceQuota") {
    return Object.entries(record(status["used"])).map(([name, value]) => `used ${name} ${String(value)}`)
  }
  return [
    ...(counts[object.kind] ?? []).flatMap((key) => (status[key] === undefined ? [] : [`${key} ${shown(status[key])}`])),
    ...records(status["conditions"]).map((one) =>
      named(`${String(one["type"])} ${String(one["status"])} ${string(one["reason"]) ?? ""}: ${string(one["message"]) ?? ""}`)
    )
  ]
}

const eventLines = (seen: ReadonlyArray<Seen>, named: (text: string) => string): ReadonlyArray<string> => {
  const out = new Map<string, number>()
  const last = new Map(seen.filter(({ resource }) => resource === "events").map(({ object }) => [object.metadata.name, object]))
  for (const event of last.values()) {
    const involved = record(event["involvedObject"])
    const line = named(
      `${String(event["type"])} ${String(event["reason"])} ${String(involved["kind"])} ${String(involved["name"])}: ${String(event["message"])}`
    ).replace(/\s+$/u, "")
    out.set(line, (out.get(line) ?? 0) + Math.max(1, Number(event["count"] ?? record(event["series"])["count"] ?? 1)))
  }
  return [...out].map(([line, count]) => `${line}${count > 1 ? " (again)" : ""}`).sort()
}

export const tell = (seen: ReadonlyArray<Seen>, where: Where): Story => {
  const named = namer(aliases(seen), where)
  const pods = new Map<string, Array<Seen>>()
  const ends = new Map<string, ReadonlyArray<string>>()
  for (const one of seen) {
    const { kind, metadata } = one.object
    if (one.resource === "events") continue
    if (one.resource === "pods") {
      const key = `${metadata.name} ${metadata.uid ?? ""}`
      pods.set(key, [...(pods.get(key) ?? []), one])
      continue
    }
    const name = one.resource.startsWith("endpointslices") ? (ownerOf(one.object)?.name ?? metadata.name) : named(metadata.name)
    ends.set(`${kind} ${name}`, one.type === "DELETED" ? ["gone"] : endOf(one.object, named))
  }
  return {
    pods: [...pods].map(([key, events]) => podStory(named(key.split(" ")[0] ?? ""), events)),
    events: eventLines(seen, named),
    ends: Object.fromEntries([...ends].sort(([a], [b]) => (a < b ? -1 : 1)))
  }
}
