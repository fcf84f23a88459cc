/**
 * Objects in the form the server has in memory, which its messages print and by which it decides whether two are equal: every field
 * under Go's name, absent pointers as `null`. Made from the API's JSON only when a message needs it.
 */
import { goJson } from "../GoEncoder.ts"
import { array, isArray, isRecord, record } from "../Json.ts"
import type { JsonRecord } from "../Json.ts"
import * as Quantity from "../Quantity.ts"
import structs from "../scheme/generated/internal.json" with { type: "json" }
import { Verbatim } from "./Report.ts"

export type StructName = keyof typeof structs

type Type =
  | { readonly kind: "scalar"; readonly zero: unknown }
  | { readonly kind: "time" | "raw" }
  | { readonly kind: "pointer" | "list" | "map"; readonly inner: Type }
  | { readonly kind: "struct"; readonly fields: () => ReadonlyArray<Field>; readonly name: string }

interface Field {
  /** Undefined: in line. */
  readonly name: string | undefined
  readonly json: string
  readonly optional: boolean
  readonly type: Type
}

const zeros: Readonly<Record<string, unknown>> = { string: "", int: 0, bool: false, quantity: "0", intOrString: 0 }

const texts: Readonly<Record<string, string>> = structs
const parsed = new Map<string, ReadonlyArray<Field>>()

const parseType = (text: string): Type => {
  if (text.startsWith("*")) return { kind: "pointer", inner: parseType(text.slice(1)) }
  if (text.startsWith("[]")) return { kind: "list", inner: parseType(text.slice(2)) }
  if (text.startsWith("{}")) return { kind: "map", inner: parseType(text.slice(2)) }
  if (text in zeros) return { kind: "scalar", zero: zeros[text] }
  if (text === "time" || text === "raw") return { kind: text }
  return { kind: "struct", name: text, fields: () => fieldsOf(text) }
}

const parseField = (text: string): Field => {
  if (text.startsWith("+")) return { name: undefined, json: "", optional: false, type: parseType(text.slice(1)) }
  const [, name = "", optional, json = "", type = ""] = /^(\w+)(\?)?=(\w+):(.*)$/.exec(text) ?? []
  return { name, json, optional: optional !== undefined, type: parseType(type) }
}

const fieldsOf = (name: string): ReadonlyArray<Field> => {
  const known = parsed.get(name)
  if (known !== undefined) return known
  const found = (texts[name] ?? "")
    .split(" ")
    .filter((text) => text !== "")
    .map(parseField)
  parsed.set(name, found)
  return found
}

const hostFields: ReadonlyArray<string> = ["hostNetwork", "hostPID", "hostIPC", "shareProcessNamespace", "hostUsers"]

/** Where the API and the server's memory differ in structure. */
const restructured = (name: string, value: JsonRecord): JsonRecord => {
  if (name === "core.PodSpec") {
    const host = Object.fromEntries(hostFields.map((key) => [key, value[key]]))
    return { ...value, securityContext: { ...record(value["securityContext"]), ...host } }
  }
  // the metadata of a template is in line
  return isRecord(value["metadata"]) ? { ...value, ...value["metadata"] } : value
}

const rendered = (value: unknown, type: Type): unknown => {
  switch (type.kind) {
    case "scalar":
      return value ?? type.zero
    case "time":
    case "raw":
      return value ?? null
    case "pointer":
      return value === undefined || value === null ? null : rendered(value, type.inner)
    case "list":
      return isArray(value) ? value.map((item) => rendered(item, type.inner)) : null
    case "map":
      return isRecord(value)
        ? Object.fromEntries(
            Object.keys(value)
              .sort()
              .map((key) => [key, rendered(value[key], type.inner)])
          )
        : null
    case "struct": {
      const out: Record<string, unknown> = {}
      const source = restructured(type.name, record(value))
      for (const field of type.fields()) {
        if (field.name === undefined) Object.assign(out, rendered(source, field.type))
        else if (!(field.optional && isEmpty(source[field.json]))) out[field.name] = rendered(source[field.json], field.type)
      }
      return out
    }
  }
}

const isEmpty = (value: unknown): boolean =>
  value === undefined ||
  value === null ||
  value === "" ||
  value === 0 ||
  value === false ||
  (isArray(value) && value.length === 0) ||
  (isRecord(value) && Object.keys(value).length === 0)

/** As a message prints it. */
export const compact = (name: StructName, value: unknown): Verbatim => new Verbatim(goJson(rendered(value, parseType(name))))

/** A pointer that may be nil, or a list of structs. */
export const compactList = (name: StructName, value: unknown): Verbatim =>
  new Verbatim(goJson(array(value).map((item) => rendered(item, parseType(name)))))

/** In lines, one step of indentation a space: what differences are made of. */
export const pretty = (name: StructName, value: unknown): string => goJson(rendered(value, parseType(name)), 1)

const same = (a: unknown, b: unknown, type: Type): boolean => {
  if (a === b) return true
  switch (type.kind) {
    case "scalar":
      return type.zero === "0" ? Quantity.compare(a ?? "0", b ?? "0") === 0 : (a ?? type.zero) === (b ?? type.zero)
    case "time":
    case "raw":
      return JSON.stringify(a) === JSON.stringify(b)
    case "pointer":
      return a !== undefined && b !== undefined && same(a, b, type.inner)
    case "list": {
      const left = array(a)
      const right = array(b)
      return left.length === right.length && left.every((item, i) => same(item, right[i], type.inner))
    }
    case "map": {
      const left = record(a)
      const right = record(b)
      const keys = Object.keys(left)
      return keys.length === Object.keys(right).length && keys.every((key) => key in right && same(left[key], right[key], type.inner))
    }
    case "struct": {
      const left = restructured(type.name, record(a))
      const right = restructured(type.name, record(b))
      return type
        .fields()
        .every((field) =>
          field.name === undefined ? same(left, right, field.type) : same(left[field.json], right[field.json], field.type)
        )
    }
  }
}

/** Equality as the server means it: an absent list is an empty one, an absent number 0. */
export const equal = (name: StructName, a: unknown, b: unknown): boolean => same(a, b, parseType(name))
