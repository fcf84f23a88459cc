/**
 * Events about objects, with the reasons and messages of the real components. Equal events of one object are counted, not repeated, as
 * client-go's recorder does; an event goes an hour after it was last seen (kube-apiserver `--event-ttl`).
 */
import type { KubeObject } from "@aiopslab/core/Kubernetes"
import { kubeTime, parseTime } from "@aiopslab/kubernetes/Time"
import type { Controller } from "./Controller.ts"
import { parseKey } from "./Controller.ts"
import { bits } from "./Draw.ts"
import type { Turn } from "./Turn.ts"
import * as Writers from "./Writers.ts"

const ttl = 3_600_000

export interface Source {
  readonly component: string
  readonly host?: string
}

/** `fieldPath` names a part of the object: `spec.containers{geo}`. */
export const record = (
  turn: Turn,
  about: KubeObject,
  source: Source,
  type: "Normal" | "Warning",
  reason: string,
  message: string,
  fieldPath?: string
): void => {
  const namespace = about.metadata.namespace ?? "default"
  if (turn.get("namespaces", "", namespace)?.metadata.deletionTimestamp !== undefined) return
  const identity = `${about.metadata.uid} ${source.component} ${source.host} ${type} ${reason} ${fieldPath} ${message}`
  const name = `${about.metadata.name}.${hex(identity, 0)}${hex(identity, 1)}`
  const now = kubeTime(turn.now)
  const known = turn.get("events", namespace, name)
  if (known !== undefined) {
    const count = (typeof known["count"] === "number" ? known["count"] : 1) + 1
    turn.put("events", { ...known, lastTimestamp: now, count }, Writers.ofSource(source.component))
    return
  }
  const event = {
    apiVersion: "v1",
    kind: "Event",
    metadata: { name, namespace, uid: turn.context.uid(), creationTimestamp: now },
    involvedObject: {
      kind: about.kind,
      ...(about.metadata.namespace === undefined ? {} : { namespace: about.metadata.namespace }),
      name: about.metadata.name,
      uid: about.metadata.uid,
      apiVersion: about.apiVersion,
      resourceVersion: about.metadata["resourceVersion"],
      ...(fieldPath === undefined ? {} : { fieldPath })
    },
    reason,
    message,
    source: source.host === undefined ? { component: source.component } : { component: source.component, host: source.host },
    firstTimestamp: now,
    lastTimestamp: now,
    count: 1,
    type,
    eventTime: null,
    reportingComponent: source.component,
    reportingInstance: source.host ?? ""
  }
  turn.put("events", event, Writers.ofSource(source.component))
  turn.schedule(turn.now + ttl, { _tag: "Requeue", controller: "event-ttl", key: `${namespace}/${name}` })
}

const hex = (identity: string, counter: number): string => bits("event", identity, counter).toString(16).padStart(8, "0")

/** Lets events go an hour after they were last seen. */
export const eventTtl: Controller = {
  name: "event-ttl",
  resources: [],
  observe: () => undefined,
  reconcile: (turn, key) => {
    const [namespace, name] = parseKey(key)
    const event = turn.get("events", namespace, name)
    const seen = parseTime(event?.["lastTimestamp"])
    if (seen === undefined) return
    if (seen + ttl <= turn.now) turn.remove("events", namespace, name)
    else turn.schedule(seen + ttl, { _tag: "Requeue", controller: "event-ttl", key })
  }
}
