/**
 * Go holds an empty list or map apart from none until it is stored. Where JSON shows none as null, a writer that gave an empty one has
 * changed something, and owns it.
 */
import type { KubeObject } from "@aiopslab/core/Kubernetes"
import { isArray, isRecord, type JsonRecord } from "../Json.ts"

const isEmpty = (value: unknown): boolean => (isArray(value) ? value.length === 0 : isRecord(value) && Object.keys(value).length === 0)

const filled = (value: unknown, given: unknown): unknown => {
  if (value === given) return value
  if (value === null) return isEmpty(given) ? given : value
  if (isArray(value)) {
    if (!isArray(given) || given.length !== value.length) return value
    const items = value.map((item, i) => filled(item, given[i]))
    return items.every((item, i) => item === value[i]) ? value : items
  }
  if (!isRecord(value) || !isRecord(given)) return value
  const changed = changes(value, given)
  return changed === undefined ? value : { ...value, ...changed }
}

const changes = (value: JsonRecord, given: JsonRecord): JsonRecord | undefined => {
  const changed = Object.keys(value).flatMap((key): ReadonlyArray<readonly [string, unknown]> => {
    const next = filled(value[key], given[key])
    return next === value[key] ? [] : [[key, next]]
  })
  return changed.length === 0 ? undefined : Object.fromEntries(changed)
}

/** `object` with the empty lists and maps of `given` in the place of its nulls; the same object when there are none. */
export const withEmpties = (object: KubeObject, given: unknown): KubeObject => {
  const changed = isRecord(given) ? changes(object, given) : undefined
  return changed === undefined ? object : { ...object, ...changed }
}
