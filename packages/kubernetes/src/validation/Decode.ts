/**
 * The first look at an object that came over the API: values of the wrong type are an error, unknown fields are dropped and reported,
 * quantities take their canonical form, and empty lists and maps that Go omits are left as they are. Objects of controllers in this
 * process do not pass here: they are well formed by type.
 */
import * as Result from "effect/Result"
import type { JsonRecord } from "../Json.ts"
import { isArray, isRecord } from "../Json.ts"
import * as Quantity from "../Quantity.ts"
import type { Field, Scalar, Struct, Type } from "../scheme/Type.ts"

export interface Decoded {
  readonly value: JsonRecord
  /** `spec.foo`, in the order of the input; the server's words are `unknown field "spec.foo"`. */
  readonly unknown: ReadonlyArray<string>
}

/** Fails with the text that follows `cannot be handled as a Pod: `. */
export const decode = (value: JsonRecord, type: Struct): Result.Result<Decoded, string> => {
  const unknown: Array<string> = []
  let failure: string | undefined

  const fail = (found: unknown, path: string, owner: Struct, wanted: string): undefined => {
    failure ??= `json: cannot unmarshal ${goKind(found)} into Go struct field ${goName(owner)}.${goPath(path)} of type ${wanted}`
    return undefined
  }

  const walk = (item: unknown, type: Type, path: string, owner: Struct): unknown => {
    if (item === null) return null
    switch (type.kind) {
      case "scalar":
        return scalar(item, type, path, owner)
      case "list":
        return isArray(item)
          ? same(
              item,
              item.map((one, i) => walk(one, type.items.type, `${path}[${i}]`, owner))
            )
          : fail(item, path, owner, `[]${goType(type.items)}`)
      case "map": {
        if (!isRecord(item)) return fail(item, path, owner, `map[string]${goType(type.values)}`)
        let out: Record<string, unknown> | undefined
        for (const key of Object.keys(item)) {
          const next = walk(item[key], type.values.type, `${path}.${key}`, owner)
          if (next !== item[key]) (out ??= { ...item })[key] = next
        }
        return out ?? item
      }
      case "struct":
        return isRecord(item) ? struct(item, type, path) : fail(item, path, owner, goName(type, "v1."))
    }
  }

  const struct = (item: JsonRecord, type: Struct, path: string): JsonRecord => {
    let out: Record<string, unknown> | undefined
    for (const key of Object.keys(item)) {
      const field = type.fields.get(key)
      const here = path === "" ? key : `${path}.${key}`
      if (field === undefined) {
        unknown.push(here)
        out ??= { ...item }
        delete out[key]
        continue
      }
      const given = item[key]
      // in process a field may be there without a value: the owners of an object that nobody owns
      const next = given === null || given === undefined ? undefined : walk(given, field.type, here, type)
      if (next === given && next !== undefined) continue
      out ??= { ...item }
      if (next === undefined) delete out[key]
      else out[key] = next
    }
    return out ?? item
  }

  const scalar = (item: unknown, type: Scalar, path: string, owner: Struct): unknown => {
    switch (type.type) {
      case "string":
        return typeof item === "string" ? item : fail(item, path, owner, "string")
      case "integer":
        return Number.isInteger(item) ? item : fail(item, path, owner, type.format === "" ? "int" : type.format)
      case "number":
        return typeof item === "number" ? item : fail(item, path, owner, "float64")
      case "boolean":
        return typeof item === "boolean" ? item : fail(item, path, owner, "bool")
      case "quantity": {
        const text = Quantity.canonical(item)
        if (text === undefined) {
          failure ??= "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'"
        }
        return text
      }
      case "int-or-string":
        return typeof item === "string" || Number.isInteger(item) ? item : fail(item, path, owner, "string")
      case "object":
      case "any":
        return item
    }
  }

  const out = struct(value, type, "")
  return failure === undefined ? Result.succeed({ value: out, unknown }) : Result.fail(failure)
}

const same = (before: ReadonlyArray<unknown>, after: ReadonlyArray<unknown>): ReadonlyArray<unknown> =>
  after.every((item, i) => item === before[i]) ? before : after

const goKind = (value: unknown): string =>
  isArray(value) ? "array" : isRecord(value) ? "object" : typeof value === "boolean" ? "bool" : typeof value

const goName = (type: Struct, prefix = ""): string => `${prefix}${type.name.slice(type.name.lastIndexOf(".") + 1)}`

/** Go names the path without indices. */
const goPath = (path: string): string => path.replaceAll(/\[\d+\]/g, "")

const goType = (field: Field): string => {
  const { type } = field
  switch (type.kind) {
    case "struct":
      return goName(type, "v1.")
    case "scalar":
      return type.type === "integer" ? type.format || "int" : type.type === "boolean" ? "bool" : "string"
    case "list":
      return `[]${goType(type.items)}`
    case "map":
      return `map[string]${goType(type.values)}`
  }
}
