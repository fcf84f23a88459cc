/** The fields that an object sets: what an apply of it owns. */
import { array, isRecord } from "../Json.ts"
import type { Field } from "../scheme/Type.ts"
import * as Element from "./Element.ts"
import type { FieldSet } from "./FieldSet.ts"
import { Builder } from "./FieldSet.ts"
import { group } from "./ListItem.ts"
import type { Shape } from "./Shape.ts"
import { isNamed, memberElement, memberField, shapeOf } from "./Shape.ts"

export const fieldsOf = (value: unknown, field: Field): FieldSet => {
  const found = new Builder()
  visit(value, field, [], found)
  return found.build()
}

const isEmptyMap = (value: unknown): boolean => value === null || (isRecord(value) && Object.keys(value).length === 0)

const visit = (value: unknown, field: Field, path: Element.Path, found: Builder): void => {
  const shape = shapeOf(field)
  switch (shape.kind) {
    case "leaf":
      found.add(path)
      return
    case "set":
    case "keyed":
      for (const { element, items } of group(array(value), shape).values()) {
        const here = [...path, element]
        found.add(here)
        // duplicates are owned as one
        if (items.length === 1 && shape.kind === "keyed") visit(items[0], shape.items, here, found)
      }
      return
    case "free":
      if (isRecord(value)) members(value, shape, path, found)
      else found.add(path)
      return
    case "map":
    case "struct":
      if (isRecord(value)) members(value, shape, path, found)
  }
}

const members = (value: Readonly<Record<string, unknown>>, shape: Shape, path: Element.Path, found: Builder): void => {
  for (const name of Object.keys(value)) {
    const item = value[name]
    if (item === undefined) continue
    const here = [...path, memberElement(shape, name)]
    visit(item, memberField(shape, name), here, found)
    if (!isNamed(shape, name) || isEmptyMap(item)) found.add(here)
  }
}
