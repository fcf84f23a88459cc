/**
 * One step of a path into an object, as managedFields write it: a field (`f:name`), an item of a list by its keys
 * (`k:{"name":"web"}`), an item of a set by its value (`v:"a"`), an item by its place (`i:0`).
 */
import * as Result from "effect/Result"
import { goJson } from "../GoEncoder.ts"
import { isRecord } from "../Json.ts"

export type Element =
  | { readonly kind: "field"; readonly text: string; readonly name: string }
  | { readonly kind: "key"; readonly text: string; readonly fields: ReadonlyArray<readonly [name: string, value: unknown]> }
  | { readonly kind: "value"; readonly text: string; readonly value: unknown }
  | { readonly kind: "index"; readonly text: string; readonly index: number }

export type Path = ReadonlyArray<Element>

const order: Readonly<Record<Element["kind"], number>> = { field: 0, key: 1, value: 2, index: 3 }

const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

export const field = (name: string): Element => ({ kind: "field", text: `f:${name}`, name })

/** The keys in any order. */
export const key = (fields: ReadonlyArray<readonly [name: string, value: unknown]>): Element => {
  const sorted = fields.toSorted(([a], [b]) => byText(a, b))
  return { kind: "key", text: `k:{${sorted.map(([name, value]) => `${goJson(name)}:${goJson(value)}`).join(",")}}`, fields: sorted }
}

export const value = (item: unknown): Element => ({ kind: "value", text: `v:${goJson(item)}`, value: item })

export const index = (place: number): Element => ({ kind: "index", text: `i:${place}`, index: place })

/** Numbers come before strings, then booleans, lists, maps, null. */
const rank = (item: unknown): number =>
  typeof item === "number"
    ? 0
    : typeof item === "string"
      ? 1
      : typeof item === "boolean"
        ? 2
        : Array.isArray(item)
          ? 3
          : isRecord(item)
            ? 4
            : 5

const compareValues = (a: unknown, b: unknown): number => {
  if (typeof a === "number" && typeof b === "number") return a - b
  if (typeof a === "string" && typeof b === "string") return byText(a, b)
  return rank(a) - rank(b) || byText(goJson(a), goJson(b))
}

const compareKeys = (a: ReadonlyArray<readonly [string, unknown]>, b: ReadonlyArray<readonly [string, unknown]>): number => {
  for (const [i, [name, item]] of a.entries()) {
    const other = b[i]
    if (other === undefined) return 1
    const found = byText(name, other[0]) || compareValues(item, other[1])
    if (found !== 0) return found
  }
  return a.length - b.length
}

/** The order of a set of fields: by kind, then by name or value. */
export const compare = (a: Element, b: Element): number => {
  if (a.text === b.text) return 0
  if (a.kind === "field" && b.kind === "field") return byText(a.name, b.name)
  if (a.kind === "key" && b.kind === "key") return compareKeys(a.fields, b.fields)
  if (a.kind === "value" && b.kind === "value") return compareValues(a.value, b.value)
  if (a.kind === "index" && b.kind === "index") return a.index - b.index
  return order[a.kind] - order[b.kind]
}

const parse = (text: string): { readonly value: unknown } | undefined => {
  const parsed = Result.try(() => JSON.parse(text))
  return Result.isFailure(parsed) ? undefined : { value: parsed.success }
}

/** `undefined` for text of an unknown kind, which readers skip; fails for text that is malformed. */
export const decode = (text: string): Result.Result<Element | undefined, string> => {
  if (text.length < 2) return Result.fail("key must be 2 characters long:")
  if (text[1] !== ":") return Result.fail(`missing colon: ${text}`)
  const rest = text.slice(2)
  switch (text[0]) {
    case "f":
      return Result.succeed(field(rest))
    case "v": {
      const found = parse(rest)
      return found === undefined ? Result.fail(`malformed value: ${text}`) : Result.succeed(value(found.value))
    }
    case "k": {
      const found = parse(rest)
      return found === undefined || !isRecord(found.value)
        ? Result.fail(`malformed key: ${text}`)
        : Result.succeed(key(Object.entries(found.value)))
    }
    case "i":
      return /^[+-]?\d+$/.test(rest) ? Result.succeed(index(Number(rest))) : Result.fail(`malformed index: ${text}`)
    default:
      return Result.succeed(undefined)
  }
}

const print = (element: Element): string => {
  switch (element.kind) {
    case "field":
      return `.${element.name}`
    case "key":
      return `[${element.fields.map(([name, item]) => `${name}=${JSON.stringify(item)}`).join(",")}]`
    case "value":
      return `[=${JSON.stringify(element.value)}]`
    case "index":
      return `[${element.index}]`
  }
}

/** As messages write it: `.spec.ports[port=80,protocol="TCP"].name`. */
export const printPath = (path: Path): string => path.map(print).join("")
