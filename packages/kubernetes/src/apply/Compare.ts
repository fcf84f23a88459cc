/** What differs between two versions of an object, field by field. */
import { equal } from "../Equal.ts"
import type { JsonRecord } from "../Json.ts"
import { array, isArray, isRecord, record } from "../Json.ts"
import type { Field } from "../scheme/Type.ts"
import * as Element from "./Element.ts"
import type { FieldSet } from "./FieldSet.ts"
import * as Fields from "./FieldSet.ts"
import type { Listed } from "./ListItem.ts"
import { group } from "./ListItem.ts"
import type { Shape } from "./Shape.ts"
import { memberElement, memberField, shapeOf } from "./Shape.ts"

/** No path is in two of them. */
export interface Difference {
  readonly added: FieldSet
  readonly modified: FieldSet
  readonly removed: FieldSet
}

interface Found {
  readonly added: Fields.Builder
  readonly modified: Fields.Builder
  readonly removed: Fields.Builder
}

/** `null` is a value; a side that is `undefined` is not there. */
export const compare = (before: unknown, after: unknown, field: Field): Difference => {
  const found = { added: new Fields.Builder(), modified: new Fields.Builder(), removed: new Fields.Builder() }
  visit(before, after, field, [], found)
  return { added: found.added.build(), modified: found.modified.build(), removed: found.removed.build() }
}

/** Without the fields that a write can't reach. */
export const except = (difference: Difference, reset: FieldSet): Difference => ({
  added: Fields.without(difference.added, reset),
  modified: Fields.without(difference.modified, reset),
  removed: Fields.without(difference.removed, reset)
})

const isEmpty = (value: unknown): boolean =>
  value === undefined || value === null || (isArray(value) ? value.length === 0 : isRecord(value) && Object.keys(value).length === 0)

const note = (before: unknown, after: unknown, path: Element.Path, found: Found): void => {
  if (before === undefined) found.added.add(path)
  else if (after === undefined) found.removed.add(path)
}

const leaf = (before: unknown, after: unknown, path: Element.Path, found: Found): void => {
  if (before !== undefined && after !== undefined) {
    if (!equal(before, after)) found.modified.add(path)
  } else note(before, after, path, found)
}

const visit = (before: unknown, after: unknown, field: Field, path: Element.Path, found: Found): void => {
  if (before === after) return
  const shape = shapeOf(field)
  switch (shape.kind) {
    case "leaf":
      return leaf(before, after, path, found)
    case "set":
    case "keyed":
      if (isEmpty(before) && isEmpty(after)) return leaf(before, after, path, found)
      items(array(before), array(after), shape, path, found)
      return note(before, after, path, found)
    case "free": {
      const maps = isRecord(before) || isRecord(after)
      // a scalar that becomes a map, or the other way round, is modified and gains or loses what is below
      if (!maps || (before !== undefined && after !== undefined && isRecord(before) !== isRecord(after))) leaf(before, after, path, found)
      return maps ? members(before, after, shape, path, found) : undefined
    }
    case "map":
    case "struct":
      return members(before, after, shape, path, found)
  }
}

const members = (before: unknown, after: unknown, shape: Shape, path: Element.Path, found: Found): void => {
  if (isEmpty(before) && isEmpty(after)) return leaf(before, after, path, found)
  const left: JsonRecord = record(before)
  const right: JsonRecord = record(after)
  for (const name of Object.keys(left)) {
    if (left[name] !== right[name]) visit(left[name], right[name], memberField(shape, name), [...path, memberElement(shape, name)], found)
  }
  for (const name of Object.keys(right)) {
    if (left[name] === undefined) visit(undefined, right[name], memberField(shape, name), [...path, memberElement(shape, name)], found)
  }
  note(before, after, path, found)
}

const items = (before: ReadonlyArray<unknown>, after: ReadonlyArray<unknown>, shape: Listed, path: Element.Path, found: Found): void => {
  const left = group(before, shape)
  const right = group(after, shape)
  const one = (a: unknown, b: unknown, here: Element.Path): void =>
    shape.kind === "set" ? leaf(a, b, here, found) : visit(a, b, shape.items, here, found)
  for (const [text, { element }] of new Map([...left, ...right])) {
    const old = left.get(text)?.items ?? []
    const next = right.get(text)?.items ?? []
    const here = [...path, element]
    if (old.length < 2 && next.length < 2) one(old[0], next[0], here)
    // items of the same key are one value
    else if (old.length > 1 && next.length > 1) leaf(old, next, here, found)
    else if (old.length > 1) {
      if (next.length > 0) one(undefined, next[0], here)
      found.removed.add(here)
    } else {
      if (old.length > 0) one(old[0], undefined, here)
      found.added.add(here)
    }
  }
}
