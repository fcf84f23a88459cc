/**
 * What is left of a strategic merge patch after the real server has merged it: the merge works on the patch itself, and a refusal of the
 * result prints the patch as it is then.
 */
import type { JsonRecord } from "../Json.ts"
import { array, isArray, isRecord, record, without } from "../Json.ts"
import { equal } from "../Equal.ts"
import * as GoText from "../apply/GoText.ts"
import type { Field, Type } from "../scheme/Type.ts"

const directive = "$patch"
const order = "$setElementOrder/"
const removal = "$deleteFromPrimitiveList"

const fieldOf = (type: Type | undefined, key: string): Field | undefined =>
  type?.kind === "struct" ? type.fields.get(key) : type?.kind === "map" ? type.values : undefined

const isSteering = (value: unknown): boolean => isRecord(value) && directive in value

/** What is set where nothing was: without nulls, and within records without what a `$patch` stands in. */
const taken = (value: unknown): unknown => {
  if (isArray(value)) return value.map(taken)
  if (!isRecord(value)) return value
  const kept = Object.entries(value).filter(([, item]) => item !== null && !isSteering(item))
  return Object.fromEntries(
    kept.map(([key, item]) => [key, isArray(item) ? item.filter((one) => !isSteering(one)).map(taken) : taken(item)])
  )
}

const merged = (patch: unknown, target: unknown, field: Field | undefined): unknown => {
  const strategies = field?.strategies ?? []
  if (isRecord(patch)) return strategies.includes("replace") ? patch : spent(patch, record(target), field?.type)
  const { mergeKey, type } = field ?? {}
  if (!isArray(patch) || mergeKey === undefined || type?.kind !== "list" || !strategies.includes("merge")) return patch
  return patch.map((item) => {
    const found =
      isRecord(item) && !(directive in item) ? array(target).find((one) => equal(record(one)[mergeKey], item[mergeKey])) : undefined
    return isRecord(item) && found !== undefined ? spent(item, record(found), type.items.type) : item
  })
}

/** `target` is what the patch was merged into, `type` its type. */
export const spent = (patch: JsonRecord, target: JsonRecord, type: Type | undefined): JsonRecord => {
  if (directive in patch) return patch[directive] === "replace" ? without(patch, directive) : patch
  const listed = new Set(Object.keys(patch).flatMap((key) => (key.startsWith(order) ? [key, key.slice(order.length)] : [])))
  const retained = patch["$retainKeys"]
  const out: Record<string, unknown> = {}
  for (const key of Object.keys(patch)) {
    if (key === "$retainKeys" || listed.has(key)) continue
    const value = patch[key]
    const before = isArray(retained) && !retained.includes(key) ? undefined : target[key]
    const isKept = value === null || key.startsWith(removal)
    const isNew = before === undefined || GoText.typeName(before) !== GoText.typeName(value)
    out[key] = isKept ? value : isNew ? taken(value) : merged(value, before, fieldOf(type, key))
  }
  return out
}
