/** Whether an applied configuration is of its schema's types. The server refuses it with all that is wrong, in these words. */
import * as Result from "effect/Result"
import { isArray, isRecord } from "../Json.ts"
import type { Field, Scalar } from "../scheme/Type.ts"
import * as Element from "./Element.ts"
import * as GoText from "./GoText.ts"
import { elementOf } from "./ListItem.ts"
import { isOpen, shapeOf } from "./Shape.ts"

/** Succeeds with nothing, or fails with the text. */
export const conform = (value: unknown, field: Field): Result.Result<void, string> => {
  const errors: Array<string> = []
  visit(value, field, "", errors)
  return errors.length === 0
    ? Result.void
    : Result.fail(errors.length === 1 ? (errors[0] ?? "") : ["errors:", ...errors.map((error) => `  ${error}`)].join("\n"))
}

const wrapped = (value: unknown): string => `&{${GoText.plain(value)}}`

const say = (path: string, message: string): string => (path === "" ? message : `${path}: ${message}`)

const scalar = (value: unknown, type: Scalar): string | undefined => {
  switch (type.type) {
    case "string":
      return type.format !== ""
        ? typeof value === "object"
          ? `expected any scalar, got ${wrapped(value)}`
          : undefined
        : typeof value === "string"
          ? undefined
          : `expected string, got &value.valueUnstructured{Value:${GoText.source(value)}}`
    case "integer":
    case "number":
      return typeof value === "number" ? undefined : `expected numeric (int or float), got ${GoText.typeName(value)}`
    case "boolean":
      return typeof value === "boolean" ? undefined : `expected boolean, got ${wrapped(value)}`
    case "quantity":
      return typeof value === "object" ? `expected any scalar, got ${wrapped(value)}` : undefined
    default:
      return undefined
  }
}

const visit = (value: unknown, field: Field, path: string, errors: Array<string>): void => {
  if (value === null || value === undefined) return
  const { type } = field
  switch (type.kind) {
    case "scalar": {
      const error = scalar(value, type)
      if (error !== undefined) errors.push(say(path, error))
      return
    }
    case "list":
      return isArray(value) ? items(value, field, path, errors) : void errors.push(say(path, `expected list, got ${wrapped(value)}`))
    case "map":
    case "struct":
      if (!isRecord(value)) return void errors.push(say(path, `expected map, got ${wrapped(value)}`))
      members(value, field, path, errors)
  }
}

const members = (value: Readonly<Record<string, unknown>>, field: Field, path: string, errors: Array<string>): void => {
  const { type } = field
  for (const name of Object.keys(value).sort()) {
    const here = `${path}.${name}`
    const member = type.kind === "struct" ? type.fields.get(name) : type.kind === "map" ? type.values : undefined
    if (member === undefined) {
      if (type.kind === "struct" && isOpen(type)) continue
      errors.push(say(here, "field not declared in schema"))
      return
    }
    visit(value[name], member, here, errors)
  }
}

const items = (value: ReadonlyArray<unknown>, field: Field, path: string, errors: Array<string>): void => {
  const shape = shapeOf(field)
  const seen = new Set<string>()
  const { type } = field
  if (type.kind !== "list") return
  for (const [i, item] of value.entries()) {
    let element = Element.index(i)
    if (shape.kind === "set" || shape.kind === "keyed") {
      const found = elementOf(item, shape)
      if (Result.isFailure(found)) return void errors.push(say(path, `element ${i}: ${found.failure}`))
      element = found.success
      if (seen.has(element.text)) errors.push(say(path, `duplicate entries for key ${Element.printPath([element])}`))
      seen.add(element.text)
    }
    visit(item, type.items, `${path}${Element.printPath([element])}`, errors)
  }
}
