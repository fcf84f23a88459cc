/** What a new Go struct writes before anything is set in it. */
import type { JsonRecord } from "../Json.ts"
import { goFields } from "./GoStruct.ts"
import type { Field, Struct } from "./Type.ts"

/** Of a struct that is no pointer; its own fields come with it. */
export const emptyStruct: JsonRecord = {}

const isZero = (value: unknown): boolean => value === "" || value === 0 || value === false

/** A time that is no pointer is null, but for the creation's, which is left out. */
const isTime = (key: string, { type }: Field, owner: Struct, place: string): boolean =>
  type.kind === "scalar" &&
  type.format === "date-time" &&
  key !== "creationTimestamp" &&
  (place === "optional" || owner.required.includes(key))

const isAny = ({ type }: Field): boolean => type.kind === "scalar" && type.name.endsWith(".RawExtension")

const zeroOf = (key: string, field: Field, owner: Struct): unknown => {
  const { place = "field" } = goFields(owner.name).get(key) ?? {}
  const nothing = place === "nullable" ? null : undefined
  // so is JSON of any kind
  if (isTime(key, field, owner, place) || (isAny(field) && place === "optional")) return null
  // the schema names a default of zero for what is no pointer
  if (field.type.kind === "struct") return field.default === undefined ? nothing : emptyStruct
  if (field.type.kind !== "scalar" || place === "optional") return nothing
  if (owner.required.includes(key)) {
    if (field.type.type === "quantity") return "0"
    if (field.type.format === "byte") return null
  }
  if (isZero(field.default)) return field.default
  // what has to be given is told to be missing
  return owner.required.includes(key) ? undefined : nothing
}

const known = new WeakMap<Struct, ReadonlyMap<string, unknown>>()

/** The fields that are there without being given. A custom resource's type has none. */
export const goZeros = (type: Struct): ReadonlyMap<string, unknown> => {
  let zeros = known.get(type)
  if (zeros === undefined) {
    const all = type.name === "" ? [] : [...type.fields].map(([key, field]) => [key, zeroOf(key, field, type)] as const)
    zeros = new Map(all.filter(([, zero]) => zero !== undefined))
    known.set(type, zeros)
  }
  return zeros
}
