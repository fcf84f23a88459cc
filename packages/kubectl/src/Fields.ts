/** Reads fields of Kubernetes objects, which are plain JSON: whatever is missing or of another type reads as nothing. */
import { stringify } from "@aiopslab/kubernetes/KeyedJson"
import type { KubeObject } from "@aiopslab/core/Kubernetes"

export type Fields = Readonly<Record<string, unknown>>

const isFields = (value: unknown): value is Fields => typeof value === "object" && value !== null && !Array.isArray(value)

/** The value at a path, or undefined. */
export const at = (value: unknown, ...path: ReadonlyArray<string | number>): unknown => {
  let here = value
  for (const key of path) {
    if (Array.isArray(here) && typeof key === "number") here = here[key]
    else if (isFields(here)) here = here[String(key)]
    else return undefined
  }
  return here
}

/** A text, or a number or boolean as text; else empty. */
export const text = (value: unknown, ...path: ReadonlyArray<string | number>): string => {
  const found = at(value, ...path)
  return typeof found === "string" ? found : typeof found === "number" || typeof found === "boolean" ? String(found) : ""
}

/** Any value as text: scalars as they are, the rest as JSON. */
export const plain = (value: unknown): string =>
  typeof value === "string" ? value : typeof value === "number" || typeof value === "boolean" ? String(value) : (stringify(value) ?? "")

export const number = (value: unknown, ...path: ReadonlyArray<string | number>): number => {
  const found = at(value, ...path)
  return typeof found === "number" ? found : 0
}

export const list = (value: unknown, ...path: ReadonlyArray<string | number>): ReadonlyArray<unknown> => {
  const found = at(value, ...path)
  return Array.isArray(found) ? found : []
}

export const record = (value: unknown, ...path: ReadonlyArray<string | number>): Fields => {
  const found = at(value, ...path)
  return isFields(found) ? found : {}
}

/** Keys and values in order of the keys, as Go prints maps. */
export const sorted = (fields: Fields): ReadonlyArray<readonly [string, unknown]> =>
  Object.keys(fields)
    .sort()
    .map((key) => [key, fields[key]] as const)

/** Milliseconds since the epoch of an RFC 3339 time, or undefined. */
export const time = (value: unknown, ...path: ReadonlyArray<string | number>): number | undefined => {
  const millis = Date.parse(text(value, ...path))
  return Number.isNaN(millis) ? undefined : millis
}

export const isObject = (value: unknown): value is KubeObject =>
  isFields(value) && typeof value["kind"] === "string" && isFields(value["metadata"])

/** The object with another `metadata`. */
export const withMetadata = (object: KubeObject, metadata: Fields): KubeObject => ({
  ...object,
  metadata: { ...object.metadata, ...metadata }
})
