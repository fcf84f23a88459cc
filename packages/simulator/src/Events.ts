/**
 * Events about objects, with the reasons and messages of the real components. Equal events of one object are counted, not repeated, as
 * client-go's recorder does; an event goes an hour after it was last seen (kube-apiserver `--event-ttl`).
 */
import type { KubeObject } from "@aiopslab/core/Kubernetes"
import { print, record as fields } from "@aiopslab/kubernetes/Json"
import { kubeTime, parseTime } from "@aiopslab/kubernetes/Time"
import type { Controller } from "./Controller.ts"
import { parseKey } from "./Controller.ts"
import type { Turn } from "./Turn.ts"
import * as Writers from "./Writers.ts"

const ttl = 3_600_000

export interface Source {
  readonly component: string
  readonly host?: string
}

/**
 * What a source's recorder remembers of an object: client-go's `EventCorrelator`. From the tenth message of one reason within ten
 * minutes on they become one event, and beyond 25 events one in five minutes is written; those between are counted with the next.
 */
export interface Told {
  readonly tokens: number
  readonly at: number
  readonly reasons: Readonly<Record<string, { readonly at: number; readonly messages: ReadonlyArray<string> }>>
  /** Names of events, by what they say. */
  readonly names: Readonly<Record<string, string>>
  /** Counts of events that were not written, by name. */
  readonly counts: Readonly<Record<string, number>>
}

const burst = 25
const refillMillis = 300_000
const mostMessages = 10
const similarMillis = 600_000

const correlated = (turn: Turn, key: string, reason: string, message: string): { readonly told: Told; readonly combined: boolean } => {
  const { now } = turn
  const before = turn.told.get(key) ?? { tokens: burst, at: now, reasons: {}, names: {}, counts: {} }
  const known = before.reasons[reason]
  const recent = known === undefined || now - known.at > similarMillis ? [] : known.messages
  const messages = recent.includes(message) ? recent : [...recent, message]
  const combined = messages.length >= mostMessages
  const tokens = Math.min(burst, before.tokens + (now - before.at) / refillMillis)
  const group = { at: now, messages: combined ? messages.slice(1) : messages }
  return { told: { ...before, tokens, at: now, reasons: { ...before.reasons, [reason]: group } }, combined }
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
  const key = `${source.component} ${source.host ?? ""} ${about.metadata.uid}`
  const { combined, told } = correlated(turn, key, `${type} ${reason} ${fieldPath}`, message)
  const what = combined ? "" : message
  const says = `${type} ${reason} ${fieldPath} ${what}`
  const name = told.names[says] ?? fresh(turn, namespace, about.metadata.name)
  const names = { ...told.names, [says]: name }
  const now = kubeTime(turn.now)
  const known = turn.get("events", namespace, name)
  const { [name]: missed, ...counts } = told.counts
  const count = (missed ?? (typeof known?.["count"] === "number" ? known["count"] : 0)) + 1
  if (told.tokens < 1) {
    turn.told = turn.told.with(key, { ...told, names, counts: { ...counts, [name]: count } }, true)
    return
  }
  turn.told = turn.told.with(key, { ...told, tokens: told.tokens - 1, names, counts }, true)
  const text = combined ? `(combined from similar events): ${message}` : message
  if (known !== undefined) {
    turn.put("events", { ...known, message: text, lastTimestamp: now, count }, Writers.ofSource(source.component))
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
    message: text,
    source: source.host === undefined ? { component: source.component } : { component: source.component, host: source.host },
    firstTimestamp: now,
    lastTimestamp: now,
    count,
    type,
    eventTime: null,
    reportingComponent: source.component,
    reportingInstance: source.host ?? ""
  }
  turn.put("events", event, Writers.ofSource(source.component))
  turn.schedule(turn.now + ttl, { _tag: "Requeue", controller: "event-ttl", key: `${namespace}/${name}` })
}

/** The nanosecond of its first time, as client-go names events: in a list, those of one object are in the order in which they happened. */
const fresh = (turn: Turn, namespace: string, object: string): string => {
  for (let nanos = BigInt(turn.now) * 1_000_000n; ; nanos++) {
    const name = `${object}.${nanos.toString(16)}`
    if (turn.get("events", namespace, name) === undefined) return name
  }
}

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
    if (seen + ttl <= turn.now) {
      turn.remove("events", namespace, name)
      forget(turn, event)
    } else turn.schedule(seen + ttl, { _tag: "Requeue", controller: "event-ttl", key })
  }
}

/** An hour without a word refills everything. */
const forget = (turn: Turn, event: KubeObject | undefined): void => {
  const { component, host } = fields(event?.["source"])
  const key = `${print(component)} ${print(host)} ${print(fields(event?.["involvedObject"])["uid"])}`
  const told = turn.told.get(key)
  if (told !== undefined && told.at + ttl <= turn.now) turn.told = turn.told.without(key)
}
