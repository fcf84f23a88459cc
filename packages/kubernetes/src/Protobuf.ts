/**
 * Request bodies of type `application/vnd.kubernetes.protobuf`, which kubectl's typed commands send, as the JSON they stand for. Answers
 * are JSON: such clients accept it.
 *
 * Protobuf can't tell a zero value from none where Go has no pointer; those are left out, as Go's JSON does. Source of the envelope:
 * the API's documentation of its media types; of the field numbers: `scripts/wire.ts`.
 */
import * as Result from "effect/Result"
import type { JsonRecord } from "./Json.ts"
import { record } from "./Json.ts"
import * as Scheme from "./Scheme.ts"
import type { Field, Scalar, Struct } from "./scheme/Type.ts"
import type { GoField } from "./scheme/GoStruct.ts"
import { declaredFields } from "./scheme/GoStruct.ts"
import { kubeTime, microTime } from "./Time.ts"

export const contentType = "application/vnd.kubernetes.protobuf"

/** A field as it stands in the bytes: of wire type 0 and 1 a number, of 2 its bytes. */
interface Part {
  readonly number: number
  readonly value: bigint | Uint8Array
}

const slots = new Map<string, ReadonlyMap<number, GoField>>()

const slotsOf = (type: string): ReadonlyMap<number, GoField> => {
  const known = slots.get(type)
  if (known !== undefined) return known
  const read = new Map(declaredFields(type).map((field) => [field.number, field]))
  slots.set(type, read)
  return read
}

/** The fields of a message; `undefined` when the bytes are none. */
const parts = (bytes: Uint8Array): ReadonlyArray<Part> | undefined => {
  const out: Array<Part> = []
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  let at = 0
  const varint = (): bigint | undefined => {
    let value = 0n
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = bytes[at++]
      if (byte === undefined) return undefined
      value |= BigInt(byte & 127) << shift
      if (byte < 128) return BigInt.asIntN(64, value)
    }
    return undefined
  }
  while (at < bytes.length) {
    const key = varint()
    if (key === undefined || key < 0n) return undefined
    const number = Number(key >> 3n)
    const kind = Number(key & 7n)
    const value = kind === 0 ? varint() : kind === 2 ? take(varint()) : kind === 1 ? fixed(8) : kind === 5 ? fixed(4) : undefined
    if (value === undefined) return undefined
    out.push({ number, value })
  }
  return out

  function take(length: bigint | undefined): Uint8Array | undefined {
    if (length === undefined || length < 0n || Number(length) > bytes.length - at) return undefined
    at += Number(length)
    return bytes.subarray(at - Number(length), at)
  }

  function fixed(length: 4 | 8): bigint | undefined {
    if (at + length > bytes.length) return undefined
    at += length
    return length === 8 ? view.getBigInt64(at - 8, true) : BigInt(view.getInt32(at - 4, true))
  }
}

class Malformed {
  readonly _tag = "Malformed"
}

const malformed = new Malformed()

type Read = unknown

const text = (value: bigint | Uint8Array): string => (typeof value === "bigint" ? String(value) : new TextDecoder().decode(value))

const double = (bits: bigint): number => new Float64Array(BigInt64Array.of(bits).buffer)[0] ?? 0

/** The parts of a value that is itself a message, by number; the last one counts. */
const message = (value: bigint | Uint8Array): ReadonlyMap<number, bigint | Uint8Array> | Malformed => {
  const found = typeof value === "bigint" ? undefined : parts(value)
  return found === undefined ? malformed : new Map(found.map((part) => [part.number, part.value]))
}

const integer = (value: bigint | Uint8Array | undefined): number => (typeof value === "bigint" ? Number(value) : 0)

const scalar = (value: bigint | Uint8Array, type: Scalar): Read => {
  if (type.format === "date-time") {
    const time = message(value)
    if (time instanceof Malformed) return malformed
    const seconds = integer(time.get(1))
    if (time.size === 0 || seconds < 0) return null
    const milliseconds = seconds * 1000 + Math.floor(integer(time.get(2)) / 1e6)
    return type.name.endsWith("MicroTime") ? microTime(milliseconds) : kubeTime(milliseconds)
  }
  switch (type.type) {
    case "string":
      return type.format === "byte" && typeof value !== "bigint" ? Buffer.from(value).toString("base64") : text(value)
    case "integer":
      return integer(value)
    case "number":
      return typeof value === "bigint" ? double(value) : 0
    case "boolean":
      return value === 1n
    case "quantity": {
      const quantity = message(value)
      return quantity instanceof Malformed ? malformed : text(quantity.get(1) ?? new Uint8Array())
    }
    case "int-or-string": {
      const either = message(value)
      if (either instanceof Malformed) return malformed
      return integer(either.get(1)) === 0 ? integer(either.get(2)) : text(either.get(3) ?? new Uint8Array())
    }
    case "object":
    case "any":
      // raw extensions and managed fields: nothing a typed client means to set
      return null
  }
}

const single = (value: bigint | Uint8Array, field: Field): Read => {
  const { type } = field
  switch (type.kind) {
    case "scalar":
      return scalar(value, type)
    case "struct":
      return typeof value === "bigint" ? malformed : struct(value, type.name, type)
    case "list": {
      // a list within a map is a message of its own, whose first field repeats
      const found = typeof value === "bigint" ? undefined : parts(value)
      return found === undefined ? malformed : found.map((part) => single(part.value, type.items))
    }
    case "map":
      return malformed
  }
}

const isZero = (value: Read): boolean => value === "" || value === 0 || value === false

const struct = (bytes: Uint8Array, wireName: string, type: Struct): JsonRecord | Malformed => {
  const found = parts(bytes)
  if (found === undefined) return malformed
  const out: Record<string, unknown> = {}
  for (const { number, value } of found) {
    const slot = slotsOf(wireName).get(number)
    if (slot === undefined) continue
    if (slot.place === "inline") {
      const inner = typeof value === "bigint" ? malformed : struct(value, slot.name, type)
      if (inner instanceof Malformed) return malformed
      Object.assign(out, inner)
      continue
    }
    const field = type.fields.get(slot.name)
    if (field === undefined) continue
    const read = added(out[slot.name], value, field)
    if (read instanceof Malformed) return malformed
    if (read !== null && !(slot.place === "optional" && isZero(read))) out[slot.name] = read
  }
  return out
}

/** Lists and maps grow by one entry with each part of their number. */
const added = (before: unknown, value: bigint | Uint8Array, field: Field): Read => {
  const { type } = field
  if (type.kind === "list") {
    const item = single(value, type.items)
    return item instanceof Malformed ? malformed : [...(Array.isArray(before) ? before : []), item]
  }
  if (type.kind === "map") {
    const entry = message(value)
    if (entry instanceof Malformed) return malformed
    const item = single(entry.get(2) ?? new Uint8Array(), type.values)
    return item instanceof Malformed ? malformed : { ...record(before), [text(entry.get(1) ?? new Uint8Array())]: item }
  }
  return single(value, field)
}

const magic = [0x6b, 0x38, 0x73, 0x00]

/** The object in a body. Fails with a sentence. */
export const decode = (bytes: Uint8Array): Result.Result<JsonRecord, string> => {
  if (!magic.every((byte, i) => bytes[i] === byte))
    return Result.fail("provided data does not appear to be a protobuf message, expected prefix [107 56 115 0]")
  const envelope = message(bytes.subarray(magic.length))
  const meta = envelope instanceof Malformed ? malformed : message(envelope.get(1) ?? new Uint8Array())
  if (envelope instanceof Malformed || meta instanceof Malformed) return Result.fail("proto: malformed envelope")
  const apiVersion = text(meta.get(1) ?? new Uint8Array())
  const kind = text(meta.get(2) ?? new Uint8Array())
  const type = Scheme.typeOfKind(apiVersion, kind)
  if (type === undefined) return Result.fail(`no kind ${JSON.stringify(kind)} is registered for version ${JSON.stringify(apiVersion)}`)
  const raw = envelope.get(2) ?? new Uint8Array()
  const value = typeof raw === "bigint" ? malformed : struct(raw, type.name, type)
  return value instanceof Malformed ? Result.fail(`proto: malformed ${kind}`) : Result.succeed({ ...value, apiVersion, kind })
}
