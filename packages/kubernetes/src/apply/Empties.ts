/**
 * Go holds an empty list or map apart from none until it is stored. Where JSON shows none as null, a writer that gave an empty one has
 * changed something, and owns it.
 */
import { isArray, isRecord } from "../Json.ts"

const isEmpty = (value: unknown): boolean => (isArray(value) ? value.length === 0 : isRecord(value) && Object.keys(value).length === 0)

/** `value` with the empty lists and maps of `given` in the place of its nulls. */
export function withEmpties<A>(value: A, given: unknown): A
export function withEmpties(value: unknown, given: unknown): unknown {
  if (value === given) return value
  if (value === null) return isEmpty(given) ? given : value
  if (isArray(value)) {
    if (!isArray(given) || given.length !== value.length) return value
    const items = value.map((item, i) => withEmpties(item, given[i]))
    return items.every((item, i) => item === value[i]) ? value : items
  }
  if (!isRecord(value) || !isRecord(given)) return value
  let out: Record<string, unknown> | undefined
  for (const key of Object.keys(value)) {
    const next = withEmpties(value[key], given[key])
    if (next !== value[key]) (out ??= { ...value })[key] = next
  }
  return out ?? value
}
