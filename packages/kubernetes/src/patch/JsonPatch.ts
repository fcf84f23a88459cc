/**
 * JSON Patch (RFC 6902): all six operations. `effect/JsonPatch` has no test, copy and move. What the patch does not touch is shared
 * with the target.
 */
import * as Result from "effect/Result"
import { equal } from "../Equal.ts"
import { isArray, isRecord } from "../Json.ts"

/** Why a patch can't be carried out, in words of our own: the server answers with one text for all. */
export class Inapplicable {
  readonly message: string
  constructor(message: string) {
    this.message = message
  }
}

type Step = Result.Result<unknown, Inapplicable>

const fail = (message: string): Step => Result.fail(new Inapplicable(message))

const unescape = (part: string): string => part.replaceAll("~1", "/").replaceAll("~0", "~")

const pointer = (text: unknown): ReadonlyArray<string> | undefined =>
  typeof text !== "string" || (text !== "" && !text.startsWith("/")) ? undefined : text.split("/").slice(1).map(unescape)

const indexOf = (list: ReadonlyArray<unknown>, part: string, beyond: number): number | undefined => {
  if (part === "-") return list.length < list.length + beyond ? list.length : undefined
  const index = /^(0|[1-9]\d*)$/.test(part) ? Number(part) : undefined
  return index !== undefined && index < list.length + beyond ? index : undefined
}

const read = (document: unknown, path: ReadonlyArray<string>): Step => {
  let here = document
  for (const part of path) {
    if (isArray(here)) {
      const index = indexOf(here, part, 0)
      if (index === undefined) return fail(`no item ${part}`)
      here = here[index]
    } else if (isRecord(here) && Object.hasOwn(here, part)) here = here[part]
    else return fail(`no member ${part}`)
  }
  return Result.succeed(here)
}

/** Goes down to the parent of the path's end and rebuilds the way back. */
const edit = (here: unknown, path: ReadonlyArray<string>, change: "add" | "remove" | "replace", value: unknown): Step => {
  const [part, ...rest] = path
  if (part === undefined) return change === "remove" ? fail("can't remove the whole document") : Result.succeed(value)
  if (isArray(here)) {
    const index = indexOf(here, part, rest.length === 0 && change === "add" ? 1 : 0)
    if (index === undefined) return fail(`no item ${part}`)
    if (rest.length > 0) return Result.map(edit(here[index], rest, change, value), (next) => here.with(index, next))
    return Result.succeed(
      change === "add" ? here.toSpliced(index, 0, value) : change === "remove" ? here.toSpliced(index, 1) : here.with(index, value)
    )
  }
  if (!isRecord(here)) return fail(`no member ${part}`)
  const present = Object.hasOwn(here, part)
  if (rest.length > 0) {
    return present ? Result.map(edit(here[part], rest, change, value), (next) => ({ ...here, [part]: next })) : fail(`no member ${part}`)
  }
  if (change === "add") return Result.succeed({ ...here, [part]: value })
  if (!present) return fail(`no member ${part}`)
  if (change === "replace") return Result.succeed({ ...here, [part]: value })
  const { [part]: _, ...others } = here
  return Result.succeed(others)
}

const operation = (document: unknown, op: unknown): Step => {
  if (!isRecord(op)) return fail("an operation is an object")
  const path = pointer(op["path"])
  if (path === undefined) return fail("path is no JSON pointer")
  const from = pointer(op["from"])
  switch (op["op"]) {
    case "add":
    case "replace":
      return "value" in op ? edit(document, path, op["op"], op["value"]) : fail("value is missing")
    case "remove":
      return edit(document, path, "remove", undefined)
    case "test":
      return Result.flatMap(read(document, path), (found) => (equal(found, op["value"]) ? Result.succeed(document) : fail("test failed")))
    case "copy":
      return from === undefined
        ? fail("from is no JSON pointer")
        : Result.flatMap(read(document, from), (value) => edit(document, path, "add", value))
    case "move":
      return from === undefined
        ? fail("from is no JSON pointer")
        : Result.flatMap(read(document, from), (value) =>
            Result.flatMap(edit(document, from, "remove", undefined), (removed) => edit(removed, path, "add", value))
          )
    default:
      return fail(`unknown operation ${String(op["op"])}`)
  }
}

/** All operations, or none. */
export const apply = (document: unknown, patch: ReadonlyArray<unknown>): Step => {
  let result: Step = Result.succeed(document)
  for (const op of patch) result = Result.flatMap(result, (current) => operation(current, op))
  return result
}
