/** Places in JSON values. */
import type { JsonRecord } from "@aiopslab/kubernetes/Json"
import { isRecord } from "@aiopslab/kubernetes/Json"

export type Path = ReadonlyArray<string | number>

const child = (value: unknown, key: string | number): unknown =>
  Array.isArray(value) ? value[Number(key)] : isRecord(value) ? value[key] : undefined

export const at = (value: unknown, path: Path): unknown => path.reduce(child, value)

const replaced = (value: unknown, path: Path, change: (old: unknown) => unknown): unknown => {
  const [key, ...rest] = path
  if (key === undefined) return change(value)
  const next = replaced(child(value, key), rest, change)
  if (Array.isArray(value)) return next === undefined ? value.filter((_, i) => i !== key) : value.with(Number(key), next)
  const record: JsonRecord = isRecord(value) ? value : {}
  if (next !== undefined) return { ...record, [key]: next }
  return Object.fromEntries(Object.entries(record).filter(([name]) => name !== String(key)))
}

export const set = (value: unknown, path: Path, to: unknown): unknown => replaced(value, path, () => to)

export const remove = (value: unknown, path: Path): unknown => replaced(value, path, () => undefined)

export const text = (path: Path): string =>
  path.map((key, i) => (typeof key === "number" ? `[${key}]` : i === 0 ? key : `.${key}`)).join("")
