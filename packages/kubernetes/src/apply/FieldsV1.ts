/** A set of fields as JSON: nested objects, `.` for a path that is in the set and has paths below it, `{}` at an end. */
import * as Result from "effect/Result"
import type { JsonRecord } from "../Json.ts"
import { isRecord } from "../Json.ts"
import * as Element from "./Element.ts"
import type { FieldSet, Node } from "./FieldSet.ts"

const end: JsonRecord = {}

export const encode = (set: FieldSet): JsonRecord => {
  const out: Record<string, unknown> = {}
  for (const { children, element, member } of set) {
    out[element.text] = children.length === 0 ? end : member ? { ".": end, ...encode(children) } : encode(children)
  }
  return out
}

/** Elements of an unknown kind are skipped, as the real server does for what later versions may write. */
export const decode = (json: unknown): Result.Result<FieldSet, string> => {
  if (!isRecord(json)) return Result.fail("expected a map of fields")
  const out: Array<Node> = []
  for (const [text, below] of Object.entries(json)) {
    if (text === ".") continue
    const element = Element.decode(text)
    if (Result.isFailure(element)) return Result.fail(element.failure)
    const children = decode(below)
    if (Result.isFailure(children)) return Result.fail(children.failure)
    if (element.success === undefined) continue
    const member = children.success.length === 0 || (isRecord(below) && "." in below)
    out.push({ element: element.success, member, children: children.success })
  }
  return Result.succeed(out.sort((a, b) => Element.compare(a.element, b.element)))
}
