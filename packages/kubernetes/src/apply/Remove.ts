/** An object without the list and map items, and the fields, of a set. */
import * as Result from "effect/Result"
import { isArray, isRecord } from "../Json.ts"
import type { Field } from "../scheme/Type.ts"
import * as Element from "./Element.ts"
import type { FieldSet } from "./FieldSet.ts"
import { find } from "./FieldSet.ts"
import { elementOf } from "./ListItem.ts"
import { memberField, shapeOf } from "./Shape.ts"

/** `undefined` when nothing is left, as for a value that is owned as a whole and was looked into. */
export const remove = (value: unknown, set: FieldSet, field: Field): unknown => {
  const shape = shapeOf(field)
  if (shape.kind === "set" || shape.kind === "keyed") {
    if (!isArray(value)) return undefined
    const out = value.flatMap((item): ReadonlyArray<unknown> => {
      const element = elementOf(item, shape)
      const node = Result.isFailure(element) ? undefined : find(set, element.success)
      if (node === undefined) return [item]
      if (node.member) return []
      const left = shape.kind === "keyed" && node.children.length > 0 ? remove(item, node.children, shape.items) : item
      return left === undefined ? [] : [left]
    })
    return out.length === 0 ? undefined : out
  }
  if (shape.kind === "leaf") return isArray(value) || isRecord(value) ? undefined : value
  if (!isRecord(value)) return shape.kind === "free" && !isArray(value) ? value : undefined
  const out: Record<string, unknown> = {}
  for (const name of Object.keys(value)) {
    const node = find(set, Element.field(name))
    if (node?.member === true) continue
    const left =
      node === undefined || node.children.length === 0 ? value[name] : remove(value[name], node.children, memberField(shape, name))
    if (left !== undefined) out[name] = left
  }
  return Object.keys(out).length === 0 ? undefined : out
}
