/** What the real server says of values that are not of the type that their place wants. */
import * as GoText from "../apply/GoText.ts"
import { goFields } from "../scheme/GoStruct.ts"
import type { Scalar, Struct, Type } from "../scheme/Type.ts"

/** Where a value stands. */
export interface Place {
  readonly path: string
  /** The same without indices, and without keys of maps. */
  readonly fields: string
  readonly owner: Struct
  /** Of the owner. */
  readonly field: string
  /** Lists and maps between the field and the value. */
  readonly depth: number
}

/** A number that does not fit is told itself; one in the place of another kind is not. */
const goValue = (value: unknown): string => (typeof value === "number" ? `number ${value}` : GoText.jsonKind(value))

const goName = (type: Struct): string => type.name.slice(type.name.lastIndexOf(".") + 1)

/** `v1.PodSpec` */
const structName = (type: Struct): string => type.name.split(".").slice(-2).join(".")

const fieldOf = ({ fields, owner }: Place): string => `${goName(owner)}.${fields}`

/** Of a type that reads its own JSON, which is a `wanted` in it. `place`: unless it is read alone. */
export const misread = (found: unknown, wanted: string, place: Place | undefined): string => {
  const value = wanted === "int32" ? goValue(found) : GoText.jsonKind(found)
  return `json: cannot unmarshal ${value} into Go ${place === undefined ? "value" : `struct field ${fieldOf(place)}`} of type ${wanted}`
}

/** Of JSON of another kind than its place wants. */
export const unmarshal = (found: unknown, place: Place, wanted: Type): string => {
  const isNumber = wanted.kind === "scalar" && (wanted.type === "integer" || wanted.type === "number")
  return `json: cannot unmarshal ${isNumber ? goValue(found) : GoText.jsonKind(found)} into Go struct field ${fieldOf(place)} of type ${wantedOf(wanted, place)}`
}

const wantedOf = (type: Type, { depth, field, owner }: Place): string => {
  const named = goFields(owner.name).get(field)?.type ?? ""
  // the type of the field, without a list or map for each step into it
  let inner = named
  for (let i = 0; i < depth && inner !== ""; i++) inner = inner.startsWith("[]") ? inner.slice(2) : inner.replace(/^map\[[\w.]+\]|^.*$/, "")
  return inner === "" ? goType(type) : inner
}

const goScalar = (type: Scalar): string =>
  type.type === "object"
    ? type.name.split(".").slice(-2).join(".")
    : type.type === "integer"
      ? type.format || "int"
      : type.type === "boolean"
        ? "bool"
        : type.type === "number"
          ? "float64"
          : type.type === "quantity"
            ? "resource.Quantity"
            : type.type === "int-or-string"
              ? "intstr.IntOrString"
              : type.format === "byte"
                ? "[]uint8"
                : type.format === "date-time"
                  ? type.name.split(".").slice(-2).join(".") || "v1.Time"
                  : "string"

const goType = (type: Type): string => {
  switch (type.kind) {
    case "struct":
      return structName(type)
    case "scalar":
      return goScalar(type)
    case "list":
      return `[]${goType(type.items.type)}`
    case "map":
      return `map[string]${goType(type.values.type)}`
  }
}

/** The same of a value that is converted. */
export const unconverted = (found: unknown, wanted: Type, place: Place): string => {
  const kind = GoText.reflected(found)
  if (wanted.kind === "list") return `cannot restore slice from ${kind}`
  if (wanted.kind === "map") return `cannot restore map from ${kind}`
  if (wanted.kind === "struct" || wanted.type === "object") return `cannot restore struct from: ${kind}`
  if (wanted.format === "byte") return `cannot restore slice from ${kind}`
  const plain = goScalar(wanted)
  const isConvertible = (kind === "int64" && plain === "string") || (kind === "float64" && wanted.type === "integer")
  return isConvertible ? `cannot convert ${kind} to ${wantedOf(wanted, place)}` : `unrecognized type: ${plain}`
}

/** Where base64 ends to be that; `undefined` for what is base64. */
export const badByte = (text: string): number | undefined => {
  const plain = text.replaceAll(/[\r\n]/g, "")
  const [valid = ""] = /^[A-Za-z0-9+/]*/.exec(plain) ?? []
  const rest = plain.slice(valid.length)
  const left = valid.length % 4
  if (rest === "") return left === 0 ? undefined : valid.length - left
  if (!rest.startsWith("=") || left < 2) return valid.length
  const padding = 4 - left
  const found = /^=*/.exec(rest)?.[0].length ?? 0
  if (found < padding) return plain.length === valid.length + found ? plain.length : valid.length + found
  return rest.length === padding ? undefined : valid.length + padding
}
