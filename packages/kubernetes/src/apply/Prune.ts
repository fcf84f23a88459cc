/** What goes from an object when its manager's configuration no longer names it: what nobody else owns either. */
import type { Field } from "../scheme/Type.ts"
import type { FieldSet, Node } from "./FieldSet.ts"
import * as Fields from "./FieldSet.ts"
import { fieldsOf } from "./Fields.ts"
import { remove } from "./Remove.ts"
import { freeField, isNamed, memberField, shapeOf } from "./Shape.ts"

/** With the fields of the schema that are in the set only through what is below them. */
const withNamed = (set: FieldSet, field: Field): FieldSet => {
  const shape = shapeOf(field)
  return set.map((node): Node => {
    const { element } = node
    const below =
      element.kind === "field"
        ? memberField(shape, element.name)
        : element.kind === "key" && shape.kind === "keyed"
          ? shape.items
          : freeField
    return {
      element,
      member: node.member || (element.kind === "field" && isNamed(shape, element.name)),
      children: withNamed(node.children, below)
    }
  })
}

/** `last` is what the manager applied before; `owned` what all own now, with its new configuration. */
export const prune = (merged: unknown, last: FieldSet, owned: FieldSet, field: Field): unknown => {
  if (Fields.isEmpty(last)) return merged
  const lastNamed = withNamed(last, field)
  const all = withNamed(fieldsOf(merged, field), field)
  const cut = remove(merged, lastNamed, field)
  const left = Fields.union(withNamed(fieldsOf(cut, field), field), withNamed(owned, field))
  const restored = remove(merged, Fields.difference(all, left), field)
  // what went along with a parent that the manager owned, but was not the manager's
  const gone = Fields.difference(all, withNamed(fieldsOf(restored, field), field))
  return remove(merged, Fields.intersection(gone, lastNamed), field)
}
