/**
 * The body of an answer with everything in the order in which Go writes it: the fields of Kubernetes' own kinds as their structs declare them,
 * maps and custom resources by name. Objects are put in order when they are first written, not when they are stored: who asks in process takes
 * them as they are.
 */
import { sorted, sortedWhole } from "../GoEncoder.ts"
import { inGoOrder } from "../GoOrder.ts"
import type { JsonRecord } from "../Json.ts"
import { isArray, isRecord, records } from "../Json.ts"
import { builtInScheme, metadataType, typeOfKind } from "../Scheme.ts"
import type { Type } from "../scheme/Type.ts"
import * as ResourceMetrics from "./ResourceMetrics.ts"

/** Versions whose kinds have Go types. */
const typed: ReadonlySet<string> = new Set([
  ...builtInScheme.resources.map(({ apiVersion }) => apiVersion),
  ...ResourceMetrics.resources.map(({ group, version }) => `${group}/${version}`)
])

const isCustom = (apiVersion: string): boolean => {
  const [group = "", version] = apiVersion.split("/")
  return version !== undefined && !typed.has(apiVersion) && !["meta.k8s.io", "apidiscovery.k8s.io"].includes(group)
}

const known = new WeakMap<JsonRecord, unknown>()

/** The same object is put in order once. */
const once = (object: unknown, order: (object: JsonRecord) => unknown): unknown => {
  if (!isRecord(object)) return object
  const found = known.get(object)
  if (found !== undefined) return found
  const made = order(object)
  known.set(object, made)
  return made
}

const byType =
  (type: Type) =>
  (object: unknown): unknown =>
    once(object, (one) => inGoOrder(one, type))

const byName = (object: unknown): unknown => once(object, sortedWhole)

const metadataAlone = (object: JsonRecord): JsonRecord =>
  metadataType === undefined ? object : { ...object, metadata: inGoOrder(object["metadata"], metadataType) }

const withItems = (list: JsonRecord, items: ReadonlyArray<unknown>, order: (item: unknown) => unknown): JsonRecord => ({
  ...list,
  items: items.map(order)
})

const custom = (body: JsonRecord): unknown => {
  const { items } = body
  return isArray(items) ? sorted(withItems({ ...body, metadata: sortedWhole(body["metadata"]) }, items, byName)) : byName(body)
}

/** Answers that are no objects of a kind stay as they are. */
export const asWritten = (body: unknown): unknown => {
  if (!isRecord(body)) return body
  const { apiVersion, items, kind } = body
  if (typeof apiVersion !== "string" || typeof kind !== "string") return body
  if (kind === "Table") return { ...body, rows: records(body["rows"]).map((row) => ({ ...row, object: asWritten(row["object"]) })) }
  if (kind === "PartialObjectMetadata") return once(body, metadataAlone)
  if (kind === "PartialObjectMetadataList" && isArray(items))
    return items.length === 0 ? { ...body, items: null } : withItems(body, items, asWritten)
  const type = typeOfKind(apiVersion, kind)
  if (type !== undefined) return byType(type)(body)
  const itemType = kind.endsWith("List") ? typeOfKind(apiVersion, kind.slice(0, -"List".length)) : undefined
  if (itemType !== undefined && isArray(items)) return withItems(body, items, byType(itemType))
  return isCustom(apiVersion) ? custom(body) : body
}
