/** Which element of a path an item of a list is. Messages are those of the real server. */
import * as Result from "effect/Result"
import { isArray, isRecord } from "../Json.ts"
import type { Field } from "../scheme/Type.ts"
import * as Element from "./Element.ts"
import type { Shape } from "./Shape.ts"

export type Listed = Shape & { readonly kind: "set" | "keyed" }

const keyed = (item: unknown, keys: ReadonlyArray<string>, items: Field): Result.Result<Element.Element, string> => {
  if (item === null || item === undefined) return Result.fail("associative list with keys may not have a null element")
  if (!isRecord(item)) return Result.fail("associative list with keys may not have non-map elements")
  const fields: Array<readonly [string, unknown]> = []
  const { type } = items
  for (const name of keys) {
    const value = item[name] === undefined && type.kind === "struct" ? type.fields.get(name)?.default : item[name]
    if (value !== undefined) fields.push([name, value])
  }
  return fields.length === 0
    ? Result.fail(
        `associative list with keys has an element that omits all key fields [${keys.map((name) => JSON.stringify(name)).join(" ")}] (and doesn't have default values for any key fields)`
      )
    : Result.succeed(Element.key(fields))
}

export const elementOf = (item: unknown, shape: Listed): Result.Result<Element.Element, string> => {
  if (shape.kind === "keyed") return keyed(item, shape.keys, shape.items)
  if (isRecord(item)) return Result.fail("associative list without keys has an element that's a map type")
  if (isArray(item)) return Result.fail("not supported: associative list with lists as elements")
  if (item === null || item === undefined) return Result.fail("associative list without keys has an element that's an explicit null")
  return Result.succeed(Element.value(item))
}

/** The items by element, in the order in which elements appear first; items that have none are left out. */
export const group = (
  list: ReadonlyArray<unknown>,
  shape: Listed
): ReadonlyMap<string, { readonly element: Element.Element; readonly items: ReadonlyArray<unknown> }> => {
  const out = new Map<string, { readonly element: Element.Element; readonly items: Array<unknown> }>()
  for (const item of list) {
    const element = elementOf(item, shape)
    if (Result.isFailure(element)) continue
    const known = out.get(element.success.text)
    if (known === undefined) out.set(element.success.text, { element: element.success, items: [item] })
    else known.items.push(item)
  }
  return out
}
