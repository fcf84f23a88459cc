/**
 * An object as the real server's Go structs hold it, where ownership is derived from: structs that are no pointers, lists and scalars
 * that are always written are there even when the JSON leaves them out, and what Go leaves out when it is zero is not.
 */
import type { JsonRecord } from "../Json.ts"
import { isArray, isRecord } from "../Json.ts"
import wire from "../scheme/generated/wire.json" with { type: "json" }
import type { Field, Struct } from "../scheme/Type.ts"
import type { Shape } from "./Shape.ts"
import { memberField, shapeOf } from "./Shape.ts"

const wires: Readonly<Record<string, string>> = wire

/** The fields of a struct that are plain values and left out when zero: `?` in the data file. */
const omittable = (name: string): ReadonlySet<string> => {
  const out = new Set<string>()
  for (const text of (wires[name] ?? "").split(" ")) {
    if (text.startsWith("+")) for (const inner of omittable(text.slice(1, text.indexOf("=")))) out.add(inner)
    else if (text.endsWith("?")) out.add(text.slice(0, text.indexOf("=")))
  }
  return out
}

interface Presence {
  /** What is there without being written. */
  readonly zeros: ReadonlyMap<string, unknown>
  readonly omittable: ReadonlySet<string>
}

const none: JsonRecord = {}
const presences = new WeakMap<Struct, Presence>()

/** `undefined` for a field that may be absent. */
const zeroOf = (field: Field, name: string, struct: Struct, plain: ReadonlySet<string>): unknown => {
  const required = struct.required.includes(name)
  const omitted = plain.has(name)
  const { type } = field
  if (type.kind === "struct") return isRecord(field.default) ? none : required ? null : undefined
  if (type.kind !== "scalar") return required && !omitted ? null : undefined
  // a time is a struct in Go: left out only where it says so, which the creation's does
  if (type.format === "date-time") return required || (omitted && name !== "creationTimestamp") ? null : undefined
  if (!required || omitted) return undefined
  return typeof field.default === "string"
    ? ""
    : typeof field.default === "number"
      ? 0
      : typeof field.default === "boolean"
        ? false
        : undefined
}

const presenceOf = (type: Struct): Presence => {
  const known = presences.get(type)
  if (known !== undefined) return known
  const plain = omittable(type.name)
  const zeros = new Map<string, unknown>()
  for (const [name, field] of type.fields) {
    const zero = zeroOf(field, name, type, plain)
    if (zero !== undefined) zeros.set(name, zero)
  }
  const presence = { zeros, omittable: plain }
  presences.set(type, presence)
  return presence
}

const isZero = (value: unknown): boolean => value === "" || value === 0 || value === false

const isLeftOut = (value: unknown, name: string, { omittable: plain, zeros }: Presence): boolean =>
  value === undefined ||
  (value === null && !zeros.has(name)) ||
  (plain.has(name) && isZero(value)) ||
  (!zeros.has(name) && isArray(value) && value.length === 0)

/** By the JSON that it was made of: versions of an object share most of theirs. */
const made = new WeakMap<object, unknown>()

const struct = (value: JsonRecord, shape: Shape & { readonly kind: "struct" }): JsonRecord => {
  const presence = presenceOf(shape.type)
  const out: Record<string, unknown> = {}
  let same = true
  for (const name of Object.keys(value)) {
    const item = value[name]
    const field = memberField(shape, name)
    const left = isLeftOut(item, name, presence) || (field.type.kind === "map" && isRecord(item) && Object.keys(item).length === 0)
    if (left) same = false
    else out[name] = goValue(item, field)
    if (out[name] !== item) same = false
  }
  for (const [name, zero] of presence.zeros) {
    if (out[name] !== undefined) continue
    out[name] = zero === none ? goValue(none, memberField(shape, name)) : zero
    same = false
  }
  return same ? value : out
}

const zeroStructs = new WeakMap<Struct, JsonRecord>()

export const goValue = (value: unknown, field: Field): unknown => {
  if (typeof value !== "object" || value === null) return value
  const shape = shapeOf(field)
  if (shape.kind === "leaf" || shape.kind === "free" || shape.kind === "set") return value
  if (value === none) {
    if (shape.kind !== "struct") return value
    let zero = zeroStructs.get(shape.type)
    if (zero === undefined) zeroStructs.set(shape.type, (zero = struct(none, shape)))
    return zero
  }
  const known = made.get(value)
  if (known !== undefined) return known
  const out = convert(value, shape)
  made.set(value, out)
  return out
}

const convert = (value: object, shape: Shape): unknown => {
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

/** Of a kind: what a new object is before anything is written to it. */
export const zero = (field: Field): unknown => goValue(none, field)
