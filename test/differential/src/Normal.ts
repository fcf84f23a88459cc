/** An answer without what differs between two servers by nature. */
import { array, isArray, isRecord, record, records } from "@aiopslab/kubernetes/Json"
import type { Answer } from "./Step.ts"

/** What is compared. */
export interface Normal {
  readonly code: number
  readonly body: unknown
  readonly warnings: ReadonlyArray<string>
  /** The `managedFields` of the object, of each item, of each event: compared apart. */
  readonly managed: ReadonlyArray<unknown>
}

const dropped: ReadonlySet<string> = new Set(["managedFields", "description", "serverAddressByClientCIDRs"])
/** Of `/version` those that tell one build from another. */
const opaque: ReadonlySet<string> = new Set(["uid", "resourceVersion", "creationTimestamp", "gitCommit", "buildDate", "goVersion"])

/** Ages in seconds to hours, and those in years and days, which go on while recorded answers are kept. */
const cell = (value: string): string =>
  value.replace(/^(?:\d+[smh](?:\d+[sm])?|\d+y(?:\d+d)?)$/, "<age>").replaceAll(/\b3[0-2]\d{3}\b/g, "<port>")

/** The names that the suite has generated: `lifea-x2b5c`. Labels and messages repeat them. */
const suffixed = /\b([Nn]amed|(?:[\w]+\.)?lifea(?:\.example\.com)?)[-_][bcdfghjklmnpqrstvwxz2456789]{5}\b/g

const text = (value: string): string =>
  value
    .replaceAll(/[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}/g, "<uid>")
    .replaceAll(/20[2-9]\d-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z/g, "<time>")
    .replaceAll(/\b10\.96\.(?!0\.1\b)\d+\.\d+\b/g, "<address>")
    .replaceAll(/(resource version: |resourceVersion: |latest version |, current: )\d+( \(\d+\))?/g, "$1<resourceVersion>")
    .replaceAll(
      /(resourceVersion\\*":\\*"|in record \(|in the precondition \(|in precondition: |ResourceVersion in object meta: )\d+/g,
      "$1<resourceVersion>"
    )
    // an object in a message: managers stand in the order of seconds, and one may have begun between two
    .replaceAll(/(managedFields\\*":)\[[^\]]*\]/g, "$1<managers>")
    // of an OpenAPI document, descriptions and all
    .replaceAll(/\?hash=[0-9A-F]+/g, "?hash=<hash>")
    .replaceAll(suffixed, "$1-<suffix>")

const generated = (metadata: Readonly<Record<string, unknown>>): string | undefined => {
  const { generateName, name } = metadata
  return typeof generateName === "string" && typeof name === "string" && name.startsWith(generateName) && name !== generateName
    ? `${generateName}<suffix>`
    : undefined
}

const sorted = <A>(items: ReadonlyArray<A>): ReadonlyArray<A> => items.toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1))

const value = (from: unknown, key: string): unknown => {
  if (Array.isArray(from)) return from.map((item) => value(item, key))
  if (isRecord(from)) {
    const name = key === "metadata" ? generated(from) : undefined
    // the rules of a SelfSubjectRulesReview have no order
    const turned = (item: unknown): unknown => ("incomplete" in from && isArray(item) ? sorted(item) : item)
    return Object.fromEntries(
      Object.entries(from)
        .filter(([field, item]) => !dropped.has(field) && item !== undefined)
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([field, item]) => [field, field === "name" && name !== undefined ? name : value(turned(item), field)])
    )
  }
  // holds a resourceVersion
  if (key === "continue" && from !== "") return "<continue>"
  if (key === "token" && typeof from === "string" && from.length > 100) return "<token>"
  if (opaque.has(key) && from !== null) return `<${key}>`
  if ((key === "nodePort" || key === "healthCheckNodePort") && typeof from === "number" && from >= 30_000) return "<port>"
  if (typeof from !== "string") return from
  return key === "cells" ? cell(text(from)) : text(from)
}

/** Managers stand in the order of their times, which count in seconds. */
const managedOf = (object: unknown): ReadonlyArray<unknown> =>
  sorted(
    array(record(record(object)["metadata"])["managedFields"]).map((entry) => {
      const { manager, operation, time: _, ...rest } = record(entry)
      return { manager, operation, ...rest }
    })
  )

/** Conflicts of apply are told in the order of the managers. */
const conflicts = (body: unknown): unknown => {
  const { details, message, ...rest } = record(body)
  const { causes, ...detail } = record(details)
  if (typeof message !== "string" || !message.startsWith("Apply failed")) return body
  const [head = "", ...parts] = message.split(/(?=conflicts? with ")/)
  return {
    ...rest,
    message: head + sorted(parts.map((part) => part.trim())).join("\n"),
    details: { ...detail, causes: sorted(array(causes)) }
  }
}

/** The real server fills the volumes of a stateful set's template from a Go map before it looks at them: their places are by chance. */
const places = (body: unknown): unknown => {
  const { details, message, ...rest } = record(body)
  const { causes, kind, ...detail } = record(details)
  if (kind !== "StatefulSet" || typeof message !== "string") return body
  const placeless = (told: string): string => told.replaceAll(/(?<=spec\.template\.spec\.volumes)\[\d+\]/g, "[<place>]")
  const told = records(causes).map((cause) => ({ ...cause, field: placeless(String(cause["field"])) }))
  return { ...rest, message: placeless(message), details: { ...detail, kind, ...(causes === undefined ? {} : { causes: told }) } }
}

const statusOf = (code: number, body: unknown): unknown => (code === 409 ? conflicts(body) : code === 422 ? places(body) : body)

export const normal = ({ body, code, warnings }: Answer): Normal => {
  const { events, items } = record(body)
  const objects = Array.isArray(events) ? records(events).map(({ object }) => object) : Array.isArray(items) ? items : [body]
  return {
    code,
    body: value(statusOf(code, body), ""),
    warnings: warnings.map((warning) => text(warning.replaceAll('\\"', '"'))),
    managed: objects.map(managedOf)
  }
}
