/**
 * The first look at an object that came over the API: values of the wrong type are an error, unknown fields are dropped and reported,
 * quantities take their canonical form, and empty lists and maps that Go omits are left as they are. Objects of controllers in this
 * process do not pass here: they are well formed by type.
 *
 * The real server has two readers, with words of their own: of JSON, and (after a strategic merge) of maps that it converts into structs.
 */
import * as Result from "effect/Result"
import * as GoTime from "../GoTime.ts"
import type { JsonRecord } from "../Json.ts"
import { isArray, isRecord } from "../Json.ts"
import * as Quantity from "../Quantity.ts"
import type { Scalar, Struct, Type } from "../scheme/Type.ts"
import type { Place } from "./Misread.ts"
import { badByte, misread, unconverted, unmarshal } from "./Misread.ts"

export interface Decoded {
  readonly value: JsonRecord
  /** `spec.foo`, in the order of the input; the server's words are `unknown field "spec.foo"`. */
  readonly unknown: ReadonlyArray<string>
}

export type Reader = "json" | "converter"

/** Fails with the text that follows `cannot be handled as a Pod: `. */
export const decode = (value: JsonRecord, type: Struct, reader: Reader = "json"): Result.Result<Decoded, string> => {
  const unknown: Array<string> = []
  // JSON is read on after a value of the wrong type, but not after one that can't be parsed; the converter stops at either
  let mismatch: string | undefined
  let stop: string | undefined

  const fail = (found: unknown, wanted: Type, place: Place): undefined => {
    if (stop !== undefined) return undefined
    if (reader === "json") mismatch ??= unmarshal(found, place, wanted)
    else stop = unconverted(found, wanted, place)
    return undefined
  }

  const unparsed = (why: string): undefined => {
    stop ??= why
    return undefined
  }

  const walk = (item: unknown, type: Type, place: Place): unknown => {
    if (stop !== undefined) return undefined
    if (item === null) return zeroOf(type)
    switch (type.kind) {
      case "scalar":
        return scalar(item, type, place)
      case "list":
        return isArray(item) ? list(item, type.items.type, place) : fail(item, type, place)
      case "map": {
        if (!isRecord(item)) return fail(item, type, place)
        let out: Record<string, unknown> | undefined
        const here = within(place)
        for (const key of Object.keys(item)) {
          const inner = type.values.type.kind === "scalar" ? here : { ...here, path: `${place.path}.${key}` }
          const next = walk(item[key], type.values.type, inner)
          if (next !== item[key]) (out ??= { ...item })[key] = next
        }
        return out ?? item
      }
      case "struct":
        return isRecord(item) ? struct(item, type, place.path, place.fields) : fail(item, type, place)
    }
  }

  const list = (items: ReadonlyArray<unknown>, type: Type, place: Place): ReadonlyArray<unknown> => {
    const here = within(place)
    const out = items.map((one, i) => walk(one, type, type.kind === "scalar" ? here : { ...here, path: `${place.path}[${i}]` }))
    return out.every((item, i) => item === items[i]) ? items : out
  }

  const struct = (item: JsonRecord, type: Struct, path: string, fields: string): JsonRecord => {
    let out: Record<string, unknown> | undefined
    for (const key of Object.keys(item)) {
      const field = type.fields.get(key)
      const here = path === "" ? key : `${path}.${key}`
      if (field === undefined) {
        if (item[key] !== undefined) unknown.push(here)
        out ??= { ...item }
        delete out[key]
        continue
      }
      const given = item[key]
      // in process a field may be there without a value: the owners of an object that nobody owns
      const place = { path: here, fields: fields === "" ? key : `${fields}.${key}`, owner: type, field: key, depth: 0 }
      const next = given === null || given === undefined ? undefined : walk(given, field.type, place)
      if (next === given && next !== undefined) continue
      out ??= { ...item }
      if (next === undefined) delete out[key]
      else out[key] = next
    }
    return out ?? item
  }

  const integer = (item: unknown, type: Scalar, place: Place): unknown => {
    const bits = type.format === "int32" ? 32 : 64
    if (typeof item !== "number" || !Number.isInteger(item)) return fail(item, type, place)
    if (isWithin(item, bits)) return item
    return reader === "json" ? fail(item, type, place) : Number(BigInt.asIntN(bits, BigInt(item)))
  }

  const time = (item: unknown, { name }: Scalar, place: Place): unknown => {
    if (typeof item !== "string") return unparsed(misread(item, "string", reader === "json" ? place : undefined))
    const why = GoTime.failure(item, name.endsWith(".MicroTime") ? "microTime" : "time")
    return why === undefined ? item : unparsed(why)
  }

  const bytes = (item: string): unknown => {
    const at = badByte(item)
    if (at === undefined) return item
    const why = `illegal base64 data at input byte ${at}`
    if (reader === "converter") return unparsed(`error decoding from json: ${why}`)
    mismatch ??= why
    return undefined
  }

  const scalar = (item: unknown, type: Scalar, place: Place): unknown => {
    switch (type.type) {
      case "string":
        if (type.format === "date-time") return time(item, type, place)
        if (typeof item !== "string") return fail(item, type, place)
        return type.format === "byte" ? bytes(item) : item
      case "integer":
        return integer(item, type, place)
      case "number":
        return typeof item === "number" ? item : fail(item, type, place)
      case "boolean":
        return typeof item === "boolean" ? item : fail(item, type, place)
      case "quantity":
        return Quantity.canonical(item) ?? unparsed(Quantity.failure(item))
      case "int-or-string":
        return typeof item === "string" || isInt32(item) ? item : unparsed(misread(item, "int32", reader === "json" ? place : undefined))
      case "object":
        return isRecord(item) || !fieldless.has(type.name) ? item : fail(item, type, place)
      case "any":
        return item
    }
  }

  const out = struct(value, type, "", "")
  const failure = stop ?? mismatch
  return failure === undefined ? Result.succeed({ value: out, unknown }) : Result.fail(failure)
}

/** Structs without fields; other objects of no known fields read their JSON themselves. */
const fieldless: ReadonlySet<string> = new Set(["apiextensions-apiserver.pkg.apis.apiextensions.v1.CustomResourceSubresourceStatus"])

const isWithin = (value: number, bits: number): boolean => value >= -(2 ** (bits - 1)) && value < 2 ** (bits - 1)

const isInt32 = (value: unknown): boolean => typeof value === "number" && Number.isInteger(value) && isWithin(value, 32)

/** Of an item of a list or a map. */
const within = (place: Place): Place => ({ ...place, depth: place.depth + 1 })

/** What null is in a list or a map. */
const zeroOf = (type: Type): unknown => {
  if (type.kind === "struct") return {}
  if (type.kind !== "scalar") return null
  switch (type.type) {
    case "string":
      return type.format === "date-time" ? null : ""
    case "integer":
    case "number":
    case "int-or-string":
      return 0
    case "boolean":
      return false
    case "quantity":
      return "0"
    case "object":
    case "any":
      return null
  }
}
