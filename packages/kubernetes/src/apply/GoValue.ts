/**
 * An object as the real server's Go structs hold it, where ownership is derived from: structs that are no pointers, lists and scalars
 * that are always written are there even when the JSON leaves them out, and what Go leaves out when it is zero is not.
 */
import type { JsonRecord } from "../Json.ts"
import { isArray, isRecord } from "../Json.ts"
import { omitted } from "../scheme/GoStruct.ts"
import { emptyStruct, goZeros } from "../scheme/GoZero.ts"
import type { Field, Struct } from "../scheme/Type.ts"
import type { Shape } from "./Shape.ts"
import { memberField, shapeOf } from "./Shape.ts"

const isZero = (value: unknown): boolean => value === "" || value === 0 || value === false

/** Whether Go writes nothing for a value. */
const isLeftOut = (value: unknown, name: string, field: Field, owner: Struct): boolean => {
  if (value === undefined) return true
  // a custom resource's: no Go struct stands behind it, and what is written is there
  if (owner.name === "") return false
  if (omitted(owner.name).has(name) && isZero(value)) return true
  if (goZeros(owner).has(name)) return false
  return (
    value === null ||
    (isArray(value) && value.length === 0) ||
    (field.type.kind === "map" && isRecord(value) && Object.keys(value).length === 0)
  )
}

type Convert = (value: unknown, field: Field) => unknown

/** By what they were made of: versions of an object share most of theirs. */
const made = new WeakMap<object, unknown>()
const zeroStructs = new WeakMap<Struct, JsonRecord>()

const struct = (value: JsonRecord, shape: Shape & { readonly kind: "struct" }): JsonRecord => {
  const out: Record<string, unknown> = {}
  let same = true
  for (const name of Object.keys(value)) {
    const item = value[name]
    const field = memberField(shape, name)
    const left = isLeftOut(item, name, field, shape.type)
    if (!left) out[name] = goValue(item, field)
    if (left || out[name] !== item) same = false
  }
  for (const [name, zero] of goZeros(shape.type)) {
    if (out[name] !== undefined) continue
    out[name] = zero === emptyStruct ? goValue(emptyStruct, memberField(shape, name)) : zero
    same = false
  }
  return same ? value : out
}

const parts = (value: object, shape: Shape): unknown => {
  if (shape.kind === "keyed") {
    if (!isArray(value)) return value
    const items = value.map((item) => goValue(item, shape.items))
    return items.every((item, i) => item === value[i]) ? value : items
  }
  if (!isRecord(value)) return value
  if (shape.kind === "struct") return struct(value, shape)
  if (shape.kind !== "map") return value
  const entries = Object.entries(value).map(([name, item]) => [name, goValue(item, shape.values)] as const)
  return entries.every(([name, item]) => item === value[name]) ? value : Object.fromEntries(entries)
}

const zeroStruct = (type: Struct, shape: Shape & { readonly kind: "struct" }): JsonRecord => {
  let zero = zeroStructs.get(type)
  if (zero === undefined) zeroStructs.set(type, (zero = struct(emptyStruct, shape)))
  return zero
}

export const goValue: Convert = (value, field) => {
  if (typeof value !== "object" || value === null) return value
  const shape = shapeOf(field)
  if (value === emptyStruct) return shape.kind === "struct" ? zeroStruct(shape.type, shape) : value
  if (shape.kind === "leaf" || shape.kind === "free" || shape.kind === "set") return value
  const known = made.get(value)
  if (known !== undefined) return known
  const out = parts(value, shape)
  made.set(value, out)
  return out
}

/** Of a kind: what a new object is before anything is written to it. */
export const zero = (field: Field): unknown => goValue(emptyStruct, field)
