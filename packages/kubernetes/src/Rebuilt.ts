/** Objects and lists with other values or another order of keys: the very ones where nothing is another. */
import type { JsonRecord } from "./Json.ts"

/** `__proto__` is a key as others. */
const put = (out: Record<string, unknown>, key: string, value: unknown): void => {
  if (key === "__proto__") Object.defineProperty(out, key, { value, enumerable: true, writable: true, configurable: true })
  else out[key] = value
}

const inKeys = (value: JsonRecord, keys: ReadonlyArray<string>): Record<string, unknown> => {
  const out: Record<string, unknown> = {}
  for (const key of keys) put(out, key, value[key])
  return out
}

/** With other values, in another order of keys; the very object where both are as they were. */
export const rebuilt = (
  value: JsonRecord,
  before: ReadonlyArray<string>,
  keys: ReadonlyArray<string>,
  inner: (item: unknown, key: string) => unknown
): JsonRecord => {
  let out = before === keys ? undefined : inKeys(value, keys)
  for (const key of keys) {
    const item = value[key]
    if (typeof item !== "object" || item === null) continue
    const next = inner(item, key)
    if (next !== item) put((out ??= inKeys(value, keys)), key, next)
  }
  return out ?? value
}

export const rebuiltList = (value: ReadonlyArray<unknown>, inner: (item: unknown) => unknown): ReadonlyArray<unknown> => {
  let out: Array<unknown> | undefined
  for (const [i, item] of value.entries()) {
    const next = inner(item)
    if (next !== item) (out ??= [...value])[i] = next
  }
  return out ?? value
}
