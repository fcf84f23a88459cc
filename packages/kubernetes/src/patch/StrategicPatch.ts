/**
 * Strategic merge patch: like a JSON merge patch, but lists merge by the keys that the schema names, and directives steer it
 * (`$patch`, `$retainKeys`, `$deleteFromPrimitiveList/…`, `$setElementOrder/…`). Source: the API's documentation of strategic merge
 * patch; the order of merged lists, and the refusals, were observed on kube-apiserver 1.34.
 */
import * as Result from "effect/Result"
import * as GoText from "../apply/GoText.ts"
import { equal } from "../Equal.ts"
import type { JsonRecord } from "../Json.ts"
import { array, isArray, isRecord, record } from "../Json.ts"
import type { Field, Type } from "../scheme/Type.ts"
import { arrange, conforms } from "./ListOrder.ts"

/** `format`: the patch is malformed (400); `content`: it can't be merged (500). */
export class Refused {
  readonly kind: "format" | "content"
  readonly message: string
  constructor(kind: Refused["kind"], message: string) {
    this.kind = kind
    this.message = message
  }
}

type Merged<A> = Result.Result<A, Refused>

const content = (message: string): Merged<never> => Result.fail(new Refused("content", message))
const format = (what: string): Merged<never> => Result.fail(new Refused("format", `invalid patch format of ${what}`))

const directive = "$patch"
const retain = "$retainKeys"
const order = "$setElementOrder"
const removal = "$deleteFromPrimitiveList"

/** `type` is the schema of the whole object; parts it does not know merge as in a JSON merge patch. */
export const apply = (target: unknown, patch: JsonRecord, type: Type | undefined): Merged<JsonRecord> =>
  mergeRecord(record(target), patch, type)

const fieldOf = (type: Type | undefined, key: string): Field | undefined =>
  type?.kind === "struct" ? type.fields.get(key) : type?.kind === "map" ? type.values : undefined

const goType = (value: unknown): string => (value === null ? "<nil>" : GoText.typeName(value))

const unknownPatch = (found: unknown, patch: JsonRecord): Merged<never> =>
  content(
    `unknown patch type: ${typeof found === "string" ? found : `%!s(${goType(found)}=${GoText.plain(found)})`} in map: ${GoText.plain(patch)}`
  )

const withoutKey = (patch: JsonRecord, key: string): JsonRecord => {
  const { [key]: _, ...rest } = patch
  return rest
}

/** What a patch sets where nothing was: parts with a `$patch` are not there, nor are nulls of maps. */
const plain = (value: unknown): unknown => {
  if (isArray(value)) return value.filter((item) => !(isRecord(item) && directive in item)).map(plain)
  if (!isRecord(value)) return value
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, item]) =>
      item === null || (isRecord(item) && directive in item) ? [] : [[key, plain(item)] as const]
    )
  )
}

const isBare = (value: unknown): boolean => isRecord(value) && directive in value

/** The target's keys that `$retainKeys` keeps; it has to name all that the patch sets. */
const retained = (target: JsonRecord, patch: JsonRecord): Merged<JsonRecord> => {
  const keys = patch[retain]
  if (keys === undefined) return Result.succeed(target)
  const isSteering = (key: string): boolean => key === retain || key.startsWith(order) || key.startsWith(removal)
  const set = Object.keys(patch).filter((key) => !isSteering(key) && patch[key] !== null)
  return !isArray(keys) || set.some((key) => !keys.includes(key))
    ? format("retainKeys")
    : Result.succeed(Object.fromEntries(Object.entries(target).filter(([key]) => keys.includes(key))))
}

/** JSON of any kind has no fields to merge by. */
const isOpaque = (type: Type | undefined): boolean => type?.kind === "scalar" && type.name.endsWith(".RawExtension")

const mergeRecord = (target: JsonRecord, patch: JsonRecord, type: Type | undefined): Merged<JsonRecord> => {
  const steering = patch[directive]
  if (steering !== undefined) {
    return steering === "replace"
      ? Result.succeed(withoutKey(patch, directive))
      : steering === "delete"
        ? Result.succeed({})
        : unknownPatch(steering, patch)
  }
  return Result.gen(function* () {
    const out: Record<string, unknown> = { ...(yield* retained(target, patch)) }
    const done = new Set<string>([retain])
    for (const key of Object.keys(patch).filter((name) => name.startsWith(order))) {
      done.add(key)
      done.add(yield* ordered(out, patch, key, type))
    }
    for (const key of Object.keys(patch)) {
      if (done.has(key)) continue
      if (key.startsWith(removal)) {
        yield* removed(out, key, patch[key])
        continue
      }
      const value = patch[key]
      if (value === null) delete out[key]
      else if (out[key] === undefined || goType(out[key]) !== goType(value)) {
        if (isBare(value)) delete out[key]
        else out[key] = plain(value)
      } else if (isOpaque(type) && typeof value === "object") {
        return yield* content(`unable to find api field in struct RawExtension for the json field ${JSON.stringify(key)}`)
      } else out[key] = yield* mergeValue(out[key], value, fieldOf(type, key))
    }
    return out
  })
}

/** Carries out a `$deleteFromPrimitiveList/name`. */
const removed = (out: Record<string, unknown>, key: string, items: unknown): Merged<void> => {
  const name = key.slice(removal.length + 1)
  if (key[removal.length] !== "/") return format("primitive list")
  const before = out[name]
  if (isArray(before) && isArray(items)) out[name] = before.filter((item) => !items.some((one) => equal(one, item)))
  return Result.void
}

/** Carries out a `$setElementOrder/name`, with what the patch says of the list itself. Gives the list's name. */
const ordered = (out: Record<string, unknown>, patch: JsonRecord, key: string, type: Type | undefined): Merged<string> =>
  Result.gen(function* () {
    const wanted = patch[key]
    if (!isArray(wanted)) return yield* content(`expected a []interface {}, but received a ${goType(wanted)}`)
    if (key[order.length] !== "/") return yield* format("setElementOrder list")
    const name = key.slice(order.length + 1)
    for (const list of [out[name], patch[name]]) {
      if (list !== undefined && list !== null && !isArray(list)) {
        return yield* content(`expected a []interface {}, but received a ${goType(list)}`)
      }
    }
    const field = fieldOf(type, name)
    if (type?.kind === "struct" && field === undefined) {
      const struct = type.name.slice(type.name.lastIndexOf(".") + 1)
      return yield* content(`unable to find api field in struct ${struct} for the json field ${JSON.stringify(name)}`)
    }
    const keyless = field?.mergeKey === undefined ? undefined : wanted.find((item) => record(item)[field.mergeKey ?? ""] === undefined)
    if (keyless !== undefined) {
      return yield* content(
        isRecord(keyless)
          ? `map: ${GoText.plain(keyless)} does not contain declared merge key: ${field?.mergeKey ?? ""}`
          : `value for key ${wanted.indexOf(keyless)} is not a map`
      )
    }
    const items = array(patch[name])
    yield* Result.mapError(conforms(items, wanted, field?.mergeKey), (why) => new Refused("content", why))
    const before = out[name]
    if (before === undefined && patch[name] === undefined) return name
    const merged =
      before === undefined
        ? array(plain(items))
        : patch[name] === undefined
          ? array(before)
          : array(yield* mergeValue(before, items, field))
    if (itemKind([...array(before), ...items]).size > 1) return yield* unlike(array(before), items)
    out[name] = arrange(merged, wanted, array(before), field?.mergeKey)
    return name
  })

const mergeValue = (target: unknown, patch: unknown, field: Field | undefined): Merged<unknown> => {
  const replaces = field?.strategies.includes("replace") === true
  if (isRecord(patch)) return replaces ? Result.succeed(patch) : mergeRecord(record(target), patch, field?.type)
  if (!isArray(patch)) return Result.succeed(patch)
  return field?.strategies.includes("merge") === true ? mergeList(array(target), patch, field) : Result.succeed(patch)
}

const itemKind = (list: ReadonlyArray<unknown>): ReadonlySet<string> => new Set(list.map(goType))

const unlike = (target: ReadonlyArray<unknown>, patch: ReadonlyArray<unknown>): Merged<never> =>
  content(`list element types are not identical: [${GoText.plain(target)} ${GoText.plain(patch)}]`)

const mergeList = (target: ReadonlyArray<unknown>, patch: ReadonlyArray<unknown>, field: Field): Merged<ReadonlyArray<unknown>> => {
  if (target.length === 0 && patch.length === 0) return Result.succeed(target)
  if (itemKind([...target, ...patch]).size > 1) return unlike(target, patch)
  const { mergeKey } = field
  if (mergeKey === undefined || !isRecord(patch[0] ?? target[0])) {
    const merged = [...target, ...patch].filter((item, i, all) => all.findIndex((one) => equal(one, item)) === i)
    return Result.succeed(arrange(merged, patch, target, undefined))
  }
  return Result.gen(function* () {
    const { left, named } = yield* steered(target, patch.filter(isRecord), mergeKey)
    const merged: Array<unknown> = [...left]
    for (const item of named) {
      const key = item[mergeKey]
      if (key === undefined) return yield* withoutMergeKey(item, mergeKey)
      const index = merged.findIndex((one) => equal(record(one)[mergeKey], key))
      if (index === -1) merged.push(item)
      else merged[index] = yield* mergeRecord(record(merged[index]), item, field.type.kind === "list" ? field.type.items.type : undefined)
    }
    return arrange(merged, named, left, mergeKey)
  })
}

const withoutMergeKey = (item: JsonRecord, mergeKey: string): Merged<never> =>
  content(`map: ${GoText.plain(item)} does not contain declared merge key: ${mergeKey}`)

/** Carries out the `$patch` of items: what is left of the target, and the items without one. */
const steered = (
  target: ReadonlyArray<unknown>,
  patch: ReadonlyArray<JsonRecord>,
  mergeKey: string
): Merged<{ readonly left: ReadonlyArray<unknown>; readonly named: ReadonlyArray<JsonRecord> }> => {
  let left = target
  for (const item of patch) {
    switch (item[directive]) {
      case undefined:
      case "replace":
        break
      case "delete": {
        const key = item[mergeKey]
        if (key === undefined) return withoutMergeKey(item, mergeKey)
        left = left.filter((one) => !equal(record(one)[mergeKey], key))
        break
      }
      case "merge":
        return content("merging lists cannot yet be specified in the patch")
      default:
        return unknownPatch(item[directive], item)
    }
  }
  const replaced = patch.some((item) => item[directive] === "replace")
  const named = patch.filter((item) => !(directive in item))
  return Result.succeed(replaced ? { left: named, named: [] } : { left, named })
}
