/**
 * An object as the real server's Go structs hold it, where ownership is derived from: structs that are no pointers, lists and scalars
 * that are always written are there even when the JSON leaves them out, and what Go leaves out when it is zero is not.
 */
import type { JsonRecord } from "../Json.ts"
import { isArray, isRecord } from "../Json.ts"
import { omitted as omittedBy } from "../scheme/GoStruct.ts"
import type { Field, Struct } from "../scheme/Type.ts"
import { zeros as listed } from "../scheme/Zeros.ts"
import type { Shape } from "./Shape.ts"
import { memberField, shapeOf } from "./Shape.ts"

interface Presence {
  /** A custom resource's: no Go struct stands behind it, and what is written is there. */
  readonly isExact: boolean
  /** What is there without being written. */
  readonly zeros: ReadonlyMap<string, unknown>
  readonly omittable: ReadonlySet<string>
}

const none: JsonRecord = {}
const presences = new WeakMap<Struct, Presence>()

const isZero = (value: unknown): boolean => value === "" || value === 0 || value === false

/** `undefined` for a field that may be absent. */
const zeroOf = (field: Field, name: string, struct: Struct, plain: ReadonlySet<string>): unknown => {
  const written = listed[struct.name]?.[name]
  if (written !== undefined) return written
  const required = struct.required.includes(name)
  const omitted = plain.has(name)
  const { type } = field
  if (type.kind === "struct") return isRecord(field.default) ? none : required ? null : undefined
  if (type.kind !== "scalar") return required && !omitted ? null : undefined
  // a time is a struct in Go: left out only where it says so, which the creation's does
  if (type.format === "date-time") return required || (omitted && name !== "creationTimestamp") ? null : undefined
  // the schema names a default of zero for the plain values that are always written
  return omitted || !isZero(field.default) ? undefined : field.default
}

const presenceOf = (type: Struct): Presence => {
  const known = presences.get(type)
  if (known !== undefined) return known
  const plain = omittedBy(type.name)
  const zeros = new Map<string, unknown>()
  for (const [name, field] of type.fields) {
    const zero = zeroOf(field, name, type, plain)
    if (zero !== undefined) zeros.set(name, zero)
  }
  const presence = { isExact: type.name === "", zeros, omittable: plain }
  presences.set(type, presence)
  return presence
}

/** Whether Go writes nothing for a value. */
const isLeftOut = (value: unknown, name: string, field: Field, { isExact, omittable: plain, zeros }: Presence): boolean =>
  value === undefined ||
  (!isExact &&
    ((value === null && !zeros.has(name)) ||
      (plain.has(name) && isZero(value)) ||
      (!zeros.has(name) && isArray(value) && value.length === 0) ||
      (field.type.kind === "map" && !zeros.has(name) && isRecord(value) && Object.keys(value).length === 0)))

type Convert = (value: unknown, field: Field) => unknown

/** By what they were made of: versions of an object share most of theirs. */
const made = new WeakMap<object, unknown>()
const zeroStructs = new WeakMap<Struct, JsonRecord>()

const struct = (value: JsonRecord, shape: Shape & { readonly kind: "struct" }): JsonRecord => {
  const presence = presenceOf(shape.type)
  const out: Record<string, unknown> = {}
  let same = true
  for (const name of Object.keys(value)) {
    const item = value[name]
    const field = memberField(shape, name)
    const left = isLeftOut(item, name, field, presence)
    if (!left) out[name] = goValue(item, field)
    if (left || out[name] !== item) same = false
  }
  for (const [name, zero] of presence.zeros) {
    if (out[name] !== undefined) continue
    out[name] = zero === none ? goValue(none, memberField(shape, name)) : zero
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
  if (zero === undefined) zeroStructs.set(type, (zero = struct(none, shape)))
  return zero
}

export const goValue: Convert = (value, field) => {
  if (typeof value !== "object" || value === null) return value
  const shape = shapeOf(field)
  if (value === none) return shape.kind === "struct" ? zeroStruct(shape.type, shape) : value
  if (shape.kind === "leaf" || shape.kind === "free" || shape.kind === "set") return value
  const known = made.get(value)
  if (known !== undefined) return known
  const out = parts(value, shape)
  made.set(value, out)
  return out
}

/** Of a kind: what a new object is before anything is written to it. */
export const zero = (field: Field): unknown => goValue(none, field)
