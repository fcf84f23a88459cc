/**
 * JSON Patch (RFC 6902) as kube-apiserver 1.34 carries it out, which is laxer than the RFC: what stands before the first slash of a
 * path counts for nothing, `replace` adds a member that is missing, a value that is missing is null, and an index may be negative or
 * begin with zeros. `effect/JsonPatch` has no test, copy and move. What the patch does not touch is shared with the target.
 *
 * The real server prints an object that it can't read after a patch, and how depends on where the patch went: what it opened is sorted by
 * name. `Open` is what becomes of a record on the way.
 */
import * as Result from "effect/Result"
import { equal } from "../Equal.ts"
import type { JsonRecord } from "../Json.ts"
import { isArray, isRecord } from "../Json.ts"

export type Open = (record: JsonRecord) => JsonRecord

/** For who does not look at the order. */
export const unopened: Open = (record) => record

/** Why a patch can't be carried out, in words of our own: the server answers with one text for all. */
export class Inapplicable {
  readonly message: string
  constructor(message: string) {
    this.message = message
  }
}

type Step = Result.Result<unknown, Inapplicable>

const fail = (message: string): Result.Result<never, Inapplicable> => Result.fail(new Inapplicable(message))

const unescape = (part: string): string => part.replaceAll("~1", "/").replaceAll("~0", "~")

/** `undefined` for text without a slash, which names no place. */
const pointer = (text: unknown): ReadonlyArray<string> | undefined =>
  typeof text === "string" && text.includes("/") ? text.split("/").slice(1).map(unescape) : undefined

/** From the end when negative; `places` there are. */
const indexOf = (part: string, places: number): number | undefined => {
  if (!/^[-+]?\d+$/.test(part)) return undefined
  const index = Number(part)
  const found = index < 0 ? index + places : index
  return found >= 0 && found < places ? found : undefined
}

/** A member that an object does not have is there, and `undefined`. */
const member = (here: unknown, part: string): Step => {
  if (isArray(here)) {
    const index = indexOf(part, here.length)
    return index === undefined ? fail(`no item ${part}`) : Result.succeed(here[index])
  }
  return isRecord(here) ? Result.succeed(Object.hasOwn(here, part) ? here[part] : undefined) : fail(`no member ${part}`)
}

const read = (document: unknown, path: ReadonlyArray<string>): Step =>
  path.reduce<Step>((here, part) => Result.flatMap(here, (value) => member(value, part)), Result.succeed(document))

type Change = "add" | "remove" | "replace"

const editList = (here: ReadonlyArray<unknown>, part: string, change: Change, value: unknown): Step => {
  if (change === "add") {
    const index = part === "-" ? here.length : indexOf(part, here.length + 1)
    return index === undefined ? fail(`no place ${part}`) : Result.succeed(here.toSpliced(index, 0, value))
  }
  const index = indexOf(part, here.length)
  if (index === undefined) return fail(`no item ${part}`)
  return Result.succeed(change === "remove" ? here.toSpliced(index, 1) : here.with(index, value))
}

const editRecord = (here: JsonRecord, part: string, change: Change, value: unknown): Result.Result<JsonRecord, Inapplicable> => {
  if (change !== "remove") return Result.succeed({ ...here, [part]: value })
  if (!Object.hasOwn(here, part)) return fail(`no member ${part}`)
  const { [part]: _, ...others } = here
  return Result.succeed(others)
}

/** Goes down to the parent of the path's end and rebuilds the way back. */
const edit = (here: unknown, [part = "", ...rest]: ReadonlyArray<string>, change: Change, value: unknown, open: Open): Step => {
  if (rest.length > 0) {
    return Result.flatMap(member(here, part), (below) =>
      Result.flatMap(edit(below, rest, change, value, open), (next) => edit(here, [part], "replace", next, open))
    )
  }
  return isArray(here)
    ? editList(here, part, change, value)
    : isRecord(here)
      ? Result.map(editRecord(here, part, change, value), open)
      : fail(`no member ${part}`)
}

/** The document with all on the way to a path opened. */
const along = (here: unknown, [part = "", ...rest]: ReadonlyArray<string>, open: Open): unknown => {
  const below = rest.length === 0 || (!isArray(here) && !isRecord(here)) ? undefined : member(here, part)
  if (below === undefined || Result.isFailure(below)) return isRecord(here) ? open(here) : here
  const next = along(below.success, rest, open)
  if (isArray(here)) return here.with(indexOf(part, here.length) ?? 0, next)
  return isRecord(here) ? open(next === undefined ? here : { ...here, [part]: next }) : here
}

const opened = (document: unknown, path: ReadonlyArray<string>, open: Open): unknown =>
  open === unopened ? document : along(document, path, open)

const openedWhole = (value: unknown, open: Open): unknown =>
  isArray(value)
    ? value.map((item) => openedWhole(item, open))
    : isRecord(value)
      ? open(Object.fromEntries(Object.entries(value).map(([key, item]) => [key, openedWhole(item, open)])))
      : value

const isSame = (found: unknown, wanted: unknown): boolean => equal(found ?? null, wanted ?? null)

const operation = (document: unknown, op: unknown, open: Open): Step => {
  if (!isRecord(op)) return fail("an operation is an object")
  const kind = op["op"]
  const value = op["value"] ?? null
  const path = pointer(op["path"])
  if (op["path"] === "" && kind === "replace") return Result.succeed(isRecord(value) ? open(value) : value)
  if (op["path"] === "" && kind === "test") return isSame(document, value) ? Result.succeed(document) : fail("test failed")
  if (path === undefined) return fail("path names no place")
  const from = pointer(op["from"])
  switch (kind) {
    case "add":
    case "replace":
      return edit(document, path, kind, value, open)
    case "remove":
      return edit(document, path, "remove", undefined, open)
    case "test":
      return Result.flatMap(read(document, path), (found) =>
        !isSame(found, value)
          ? fail("test failed")
          : open === unopened || found === undefined
            ? Result.succeed(document)
            : edit(document, path, "replace", openedWhole(found, open), open)
      )
    case "copy": {
      if (from === undefined) return fail("from names no place")
      // both ways are gone before the copy is made
      const ready = opened(opened(document, from, open), path, open)
      return Result.flatMap(read(ready, from), (found) => edit(ready, path, "add", found ?? null, open))
    }
    case "move":
      if (from === undefined) return fail("from names no place")
      return Result.flatMap(read(document, from), (found) =>
        Result.flatMap(edit(document, from, "remove", undefined, open), (left) => edit(left, path, "add", found ?? null, open))
      )
    default:
      return fail(`unknown operation ${String(kind)}`)
  }
}

/** What the copies of one patch may add to a document, in bytes of JSON: else forty operations double it forty times. */
const maxCopied = 3 * 1024 * 1024

const sizeOfCopy = (document: unknown, op: unknown): number => {
  const from = isRecord(op) && op["op"] === "copy" ? pointer(op["from"]) : undefined
  const found = from === undefined ? Result.succeed(undefined) : read(document, from)
  return Result.isSuccess(found) && found.success !== undefined ? Buffer.byteLength(JSON.stringify(found.success)) : 0
}

/** All operations, or none. */
export const apply = (document: unknown, patch: ReadonlyArray<unknown>, open: Open = unopened): Step => {
  let copied = 0
  return patch.reduce<Step>(
    (result, op) =>
      Result.flatMap(result, (current) => {
        copied += sizeOfCopy(current, op)
        return copied > maxCopied ? fail("its copies are too large") : operation(current, op, open)
      }),
    Result.succeed(isRecord(document) ? open(document) : document)
  )
}
