/**
 * An object with an applied configuration laid over it. Nothing is removed; where both have a leaf, the configuration's counts. A list
 * keeps the object's order as long as the configuration does not name another.
 */
import * as Result from "effect/Result"
import { array, isArray, isRecord, record } from "../Json.ts"
import type { Field } from "../scheme/Type.ts"
import type { Listed } from "./ListItem.ts"
import { elementOf, group } from "./ListItem.ts"
import type { Shape } from "./Shape.ts"
import { memberField, shapeOf } from "./Shape.ts"

const isEmpty = (value: unknown): boolean =>
  value === undefined || value === null || (isArray(value) ? value.length === 0 : isRecord(value) && Object.keys(value).length === 0)

export const merge = (live: unknown, applied: unknown, field: Field): unknown => {
  if (applied === undefined) return live
  if (live === undefined) return applied
  const shape = shapeOf(field)
  if (shape.kind === "leaf" || (isEmpty(live) && isEmpty(applied))) return applied
  if (shape.kind === "set" || shape.kind === "keyed") {
    const out = items(array(live), array(applied), shape)
    return out.length === 0 ? undefined : out
  }
  return shape.kind === "free" && !(isRecord(live) && isRecord(applied)) ? applied : members(live, applied, shape)
}

const members = (live: unknown, applied: unknown, shape: Shape): unknown => {
  const left = record(live)
  const right = record(applied)
  const out: Record<string, unknown> = {}
  for (const name of new Set([...Object.keys(left), ...Object.keys(right)])) {
    const value = merge(left[name], right[name], memberField(shape, name))
    if (value !== undefined) out[name] = value
  }
  return out
}

interface Item {
  readonly text: string
  readonly value: unknown
}

const indexed = (list: ReadonlyArray<unknown>, shape: Listed): ReadonlyArray<Item> =>
  list.flatMap((value) => {
    const element = elementOf(value, shape)
    return Result.isFailure(element) ? [] : [{ text: element.success.text, value }]
  })

/** Duplicates in the object do not merge with an item of the configuration: it replaces them. */
const items = (live: ReadonlyArray<unknown>, applied: ReadonlyArray<unknown>, shape: Listed): ReadonlyArray<unknown> => {
  const left = indexed(live, shape)
  const right = indexed(applied, shape)
  const ofLive = group(live, shape)
  const ofApplied = group(applied, shape)
  const shared = right.filter(({ text }) => ofLive.has(text)).map(({ text }) => text)
  const done = new Set<string>()
  const out: Array<unknown> = []
  const take = ({ text, value }: Item): void => {
    const before = ofLive.get(text)?.items ?? []
    const merged = shape.kind === "set" || before.length !== 1 ? value : merge(before[0], value, shape.items)
    if (merged !== undefined) out.push(merged)
    done.add(text)
    if (shared[0] === text) shared.shift()
  }
  let i = 0
  let j = 0
  while (i < left.length || j < right.length) {
    const old = left[i]
    const next = right[j]
    if (old !== undefined && next !== undefined) {
      if (old.text === next.text) {
        take(next)
        i++
        j++
        continue
      }
      // shared, but it is another's turn
      if (ofApplied.has(old.text) && shared.length > 0 && shared[0] !== old.text) {
        i++
        continue
      }
    }
    if (old !== undefined) {
      if (!ofApplied.has(old.text)) {
        out.push(old.value)
        i++
        continue
      }
      if (done.has(old.text)) i++
    }
    if (next !== undefined) {
      take(next)
      j++
    }
  }
  return out
}
