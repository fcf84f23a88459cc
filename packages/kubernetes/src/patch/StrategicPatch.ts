/**
 * Strategic merge patch: like a JSON merge patch, but lists merge by the keys that the schema names, and directives steer it
 * (`$patch`, `$retainKeys`, `$deleteFromPrimitiveList/…`, `$setElementOrder/…`). Source: the API's documentation of strategic merge
 * patch; the order of merged lists was observed on kube-apiserver 1.34.
 */
import * as Result from "effect/Result"
import { equal } from "../Equal.ts"
import type { JsonRecord } from "../Json.ts"
import { array, isArray, isRecord, record } from "../Json.ts"
import type { Field, Type } from "../scheme/Type.ts"

/** The server answers it with code 500 and this text. */
type Failure = string

const order = "$setElementOrder/"
const removal = "$deleteFromPrimitiveList/"

/** `type` is the schema of the whole object; parts it does not know merge as in a JSON merge patch. */
export const apply = (target: unknown, patch: JsonRecord, type: Type | undefined): Result.Result<JsonRecord, Failure> =>
  mergeRecord(record(target), patch, type)

const fieldOf = (type: Type | undefined, key: string): Field | undefined =>
  type?.kind === "struct" ? type.fields.get(key) : type?.kind === "map" ? type.values : undefined

const isDirective = (key: string): boolean => key === "$patch" || key === "$retainKeys" || key.startsWith(order) || key.startsWith(removal)

const withoutDirectives = (patch: JsonRecord): JsonRecord =>
  Object.keys(patch).some(isDirective) ? Object.fromEntries(Object.entries(patch).filter(([key]) => !isDirective(key))) : patch

const mergeRecord = (target: JsonRecord, patch: JsonRecord, type: Type | undefined): Result.Result<JsonRecord, Failure> => {
  const directive = patch["$patch"]
  if (directive === "replace") return Result.succeed(withoutDirectives(patch))
  if (directive === "delete") return Result.succeed({})
  if (directive !== undefined && directive !== "merge") return Result.fail(`Unknown patch type found: ${JSON.stringify(directive)}`)
  const retained = patch["$retainKeys"]
  const out: Record<string, unknown> = isArray(retained)
    ? Object.fromEntries(Object.entries(target).filter(([key]) => retained.includes(key)))
    : { ...target }
  for (const key of Object.keys(patch)) {
    if (key.startsWith(removal)) {
      const name = key.slice(removal.length)
      const removed = array(patch[key])
      out[name] = array(out[name]).filter((item) => !removed.some((one) => equal(one, item)))
    } else if (key.startsWith(order)) {
      const name = key.slice(order.length)
      // without a patch of the list itself the order alone changes it
      if (patch[name] === undefined && isArray(out[name])) {
        const field = fieldOf(type, name)
        out[name] = arrange(out[name], array(patch[key]), out[name], field?.mergeKey)
      }
    } else if (!isDirective(key)) {
      const value = patch[key]
      if (value === null) {
        delete out[key]
        continue
      }
      const merged = mergeValue(out[key], value, fieldOf(type, key), patch[`${order}${key}`])
      if (Result.isFailure(merged)) return Result.fail(merged.failure)
      out[key] = merged.success
    }
  }
  return Result.succeed(out)
}

const mergeValue = (target: unknown, patch: unknown, field: Field | undefined, elementOrder: unknown): Result.Result<unknown, Failure> => {
  if (isRecord(patch)) return mergeRecord(record(target), patch, field?.type)
  if (!isArray(patch)) return Result.succeed(patch)
  if (field?.strategies.includes("merge") !== true) {
    return Result.succeed(patch.some((item) => isRecord(item) && "$patch" in item) ? patch.filter(isPlain) : patch)
  }
  return mergeList(array(target), patch, field, isArray(elementOrder) ? elementOrder : undefined)
}

const isPlain = (item: unknown): boolean => !(isRecord(item) && "$patch" in item)

const mergeList = (
  target: ReadonlyArray<unknown>,
  patch: ReadonlyArray<unknown>,
  field: Field,
  elementOrder: ReadonlyArray<unknown> | undefined
): Result.Result<ReadonlyArray<unknown>, Failure> => {
  const { mergeKey } = field
  if (patch.some((item) => isRecord(item) && item["$patch"] === "replace")) {
    return Result.succeed(patch.filter(isPlain))
  }
  let merged = [...target]
  const named: Array<unknown> = []
  for (const item of patch) {
    if (mergeKey === undefined || !isRecord(item)) {
      if (!merged.some((one) => equal(one, item))) merged.push(item)
      named.push(item)
      continue
    }
    const key = item[mergeKey]
    if (key === undefined) {
      const fields = Object.entries(item).map(([name, value]) => `${name}:${String(value)}`)
      return Result.fail(`map: map[${fields.join(" ")}] does not contain declared merge key: ${mergeKey}`)
    }
    const index = merged.findIndex((one) => record(one)[mergeKey] === key)
    if (item["$patch"] === "delete") {
      merged = merged.filter((one) => record(one)[mergeKey] !== key)
      continue
    }
    const next = mergeRecord(record(merged[index]), item, field.type.kind === "list" ? field.type.items.type : undefined)
    if (Result.isFailure(next)) return Result.fail(next.failure)
    if (index === -1) merged.push(next.success)
    else merged[index] = next.success
    named.push(item)
  }
  return Result.succeed(arrange(merged, elementOrder ?? named, target, mergeKey))
}

/**
 * Items that the patch names come in its order, the others in the server's; between the two the server's order decides, and an item
 * that is new comes before those the patch does not name.
 */
const arrange = (
  merged: ReadonlyArray<unknown>,
  patchOrder: ReadonlyArray<unknown>,
  serverOrder: ReadonlyArray<unknown>,
  mergeKey: string | undefined
): ReadonlyArray<unknown> => {
  const same = (a: unknown, b: unknown): boolean => (mergeKey === undefined ? equal(a, b) : equal(record(a)[mergeKey], record(b)[mergeKey]))
  const position = (list: ReadonlyArray<unknown>, item: unknown): number => list.findIndex((one) => same(one, item))
  const named = merged.filter((item) => position(patchOrder, item) >= 0).sort((a, b) => position(patchOrder, a) - position(patchOrder, b))
  const others = merged.filter((item) => position(patchOrder, item) < 0)
  const out: Array<unknown> = []
  let i = 0
  let j = 0
  while (i < others.length && j < named.length) {
    const left = position(serverOrder, others[i])
    const right = position(serverOrder, named[j])
    out.push(left >= 0 && right >= 0 && left < right ? others[i++] : named[j++])
  }
  return [...out, ...others.slice(i), ...named.slice(j)]
}
