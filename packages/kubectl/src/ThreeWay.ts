/**
 * The patch of `kubectl apply`: what the new manifest sets or changes against the live object, and what it no longer has of the manifest that was
 * applied last. Lists with a merge key, which the API's schema names, are compared item by item; others are one value.
 */
import { sortedWhole } from "@aiopslab/kubernetes/GoEncoder"
import type { Field, Type } from "@aiopslab/kubernetes/scheme/Type"
import * as Fields from "./Fields.ts"

type Patch = Record<string, unknown>

const isFields = (value: unknown): value is Fields.Fields => typeof value === "object" && value !== null && !Array.isArray(value)
const same = (a: unknown, b: unknown): boolean => JSON.stringify(sortedWhole(a)) === JSON.stringify(sortedWhole(b))

const fieldOf = (type: Type | undefined, key: string): Field | undefined =>
  type?.kind === "struct" ? type.fields.get(key) : type?.kind === "map" ? type.values : undefined

/** `type` is that of the object; without one everything merges as in a JSON merge patch. An empty patch changes nothing. */
export const threeWay = (original: unknown, modified: unknown, live: unknown, type: Type | undefined): Patch => {
  const [before, after, now] = [Fields.record(original), Fields.record(modified), Fields.record(live)]
  const out: Patch = {}
  for (const [key, value] of Object.entries(after)) {
    const field = fieldOf(type, key)
    const current = now[key]
    if (isFields(value) && field?.strategies.includes("replace") === true) out[key] = value
    else if (isFields(value) && (isFields(current) || current === undefined)) {
      const inner = threeWay(before[key], value, current, field?.type)
      if (Object.keys(inner).length > 0 || current === undefined) out[key] = current === undefined ? value : inner
    } else if (Array.isArray(value) && field !== undefined && field.strategies.includes("merge") && field.type.kind === "list") {
      const items =
        field.mergeKey === undefined
          ? primitives(key, Fields.list(before, key), value, Fields.list(now, key))
          : keyed(key, Fields.list(before, key), value, Fields.list(now, key), field.mergeKey, field.type.items.type)
      Object.assign(out, items)
    } else if (!same(value, current)) out[key] = value
  }
  for (const key of Object.keys(before)) if (!(key in after) && key in now) out[key] = null
  return out
}

const primitives = (key: string, before: ReadonlyArray<unknown>, after: ReadonlyArray<unknown>, now: ReadonlyArray<unknown>): Patch => {
  const added = after.filter((item) => !now.some((one) => same(one, item)))
  const removed = before.filter((item) => !after.some((one) => same(one, item)) && now.some((one) => same(one, item)))
  return {
    ...(added.length === 0 ? {} : { [key]: added }),
    ...(removed.length === 0 ? {} : { [`$deleteFromPrimitiveList/${key}`]: removed })
  }
}

const keyed = (
  key: string,
  before: ReadonlyArray<unknown>,
  after: ReadonlyArray<unknown>,
  now: ReadonlyArray<unknown>,
  mergeKey: string,
  type: Type
): Patch => {
  const find = (list: ReadonlyArray<unknown>, value: unknown) => list.find((item) => same(Fields.at(item, mergeKey), value))
  const items: Array<unknown> = []
  for (const item of after) {
    const id = Fields.at(item, mergeKey)
    const current = find(now, id)
    const change = current === undefined ? Fields.record(item) : threeWay(find(before, id), item, current, type)
    if (current === undefined || Object.keys(change).length > 0) items.push({ ...change, [mergeKey]: id })
  }
  for (const item of before) {
    const id = Fields.at(item, mergeKey)
    if (find(after, id) === undefined && find(now, id) !== undefined) items.push({ $patch: "delete", [mergeKey]: id })
  }
  if (items.length === 0) return {}
  return { [`$setElementOrder/${key}`]: after.map((item) => ({ [mergeKey]: Fields.at(item, mergeKey) })), [key]: items }
}
