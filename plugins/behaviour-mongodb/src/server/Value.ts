/**
 * BSON values as extended JSON: what JSON has no type for is an object with one `$` key. Documents keep the order of their fields, and are
 * never mutated.
 */
import type { Json } from "@aiopslab/core/Kubernetes"

export type Value = Json
export type Document = { readonly [key: string]: Value }

export const isDocument = (value: Value | undefined): value is Document =>
  typeof value === "object" && value !== null && !Array.isArray(value)

export const isArray = (value: Value | undefined): value is ReadonlyArray<Value> => Array.isArray(value)

/** `{$oid: "…"}`, `{$date: …}` and so on: a scalar in extended JSON. */
export const isScalarObject = (value: Document): boolean => {
  for (const key in value) return key === "$oid" || key === "$date" || key === "$numberLong" || key === "$timestamp" || key === "$uuid"
  return false
}

export const textOf = (value: Value | undefined): string | undefined => (typeof value === "string" ? value : undefined)

export const numberOf = (value: Value | undefined): number | undefined => {
  if (typeof value === "number") return value
  if (isDocument(value) && typeof value.$numberLong === "string") return Number(value.$numberLong)
  return undefined
}

/** Truth as the server takes it for flags: absent, `false`, 0 and null are false. */
export const flagOf = (value: Value | undefined): boolean =>
  value !== undefined && value !== false && value !== null && numberOf(value) !== 0

/** The values at a dotted path; several when it goes through arrays. */
export const valuesAt = (value: Value | undefined, path: string): ReadonlyArray<Value> => {
  const dot = path.indexOf(".")
  const head = dot < 0 ? path : path.slice(0, dot)
  if (isArray(value)) {
    const index = /^\d+$/u.test(head) ? value[Number(head)] : undefined
    if (index !== undefined) return dot < 0 ? [index] : valuesAt(index, path.slice(dot + 1))
    return value.flatMap((element) => (isDocument(element) ? valuesAt(element, path) : []))
  }
  if (!isDocument(value)) return []
  const found = value[head]
  if (found === undefined) return []
  return dot < 0 ? [found] : valuesAt(found, path.slice(dot + 1))
}

/** The document with a value at a dotted path (undefined: without it). */
export const withValueAt = (document: Document, path: string, value: Value | undefined): Document => {
  const dot = path.indexOf(".")
  const head = dot < 0 ? path : path.slice(0, dot)
  if (dot >= 0) {
    const inner = document[head]
    if (inner === undefined && value === undefined) return document
    return { ...document, [head]: withValueAt(isDocument(inner) ? inner : {}, path.slice(dot + 1), value) }
  }
  if (value !== undefined) return { ...document, [head]: value }
  if (!(head in document)) return document
  const { [head]: _, ...rest } = document
  return rest
}

const rank = (value: Value | undefined): number => {
  if (value === undefined || value === null) return 1
  if (numberOf(value) !== undefined) return 2
  if (typeof value === "string") return 3
  if (isArray(value)) return 5
  if (isDocument(value)) return "$oid" in value ? 7 : "$date" in value ? 9 : 4
  return 8
}

const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

/** MongoDB's order over values of all types. */
export const compare = (a: Value | undefined, b: Value | undefined): number => {
  const byType = rank(a) - rank(b)
  if (byType !== 0) return byType
  const x = numberOf(a)
  const y = numberOf(b)
  if (x !== undefined && y !== undefined) return x - y
  if (typeof a === "string" && typeof b === "string") return compareText(a, b)
  if (typeof a === "boolean" && typeof b === "boolean") return Number(a) - Number(b)
  if (isArray(a) && isArray(b)) {
    for (let i = 0; i < Math.max(a.length, b.length); i++) {
      const order = i >= a.length ? -1 : i >= b.length ? 1 : compare(a[i], b[i])
      if (order !== 0) return order
    }
    return 0
  }
  if (isDocument(a) && isDocument(b)) {
    const left = Object.entries(a)
    const right = Object.entries(b)
    for (let i = 0; i < Math.max(left.length, right.length); i++) {
      const [p, q] = [left[i], right[i]]
      if (p === undefined) return -1
      if (q === undefined) return 1
      const order = compareText(p[0], q[0]) || compare(p[1], q[1])
      if (order !== 0) return order
    }
  }
  return 0
}
