/**
 * kubectl's JSONPath templates: text, `{.a.b}`, `{range …}{end}`, `{"\n"}`, `[*]`, `[0:2]`, `[-1]`, `['k']`, `..name`, `[?(@.a=="b")]`.
 * https://kubernetes.io/docs/reference/kubectl/jsonpath/
 */
import { keysOf } from "@aiopslab/kubernetes/KeyedJson"
import { typeName } from "@aiopslab/kubernetes/apply/GoText"
import * as Result from "effect/Result"
import * as Fields from "../Fields.ts"
import { mapJson } from "./Json.ts"

interface Slice {
  readonly _tag: "Slice"
  readonly from: number | undefined
  readonly to: number | undefined
  readonly step: number
}

type Step =
  | { readonly _tag: "Field"; readonly name: string }
  | { readonly _tag: "Wildcard" }
  | { readonly _tag: "Recursive" }
  | Slice
  | { readonly _tag: "Union"; readonly of: ReadonlyArray<Step> }
  | { readonly _tag: "Filter"; readonly left: Operand; readonly op: string; readonly right: Operand | undefined }

type Operand =
  | { readonly _tag: "Path"; readonly steps: ReadonlyArray<Step>; readonly root: boolean }
  | { readonly _tag: "Value"; readonly value: unknown }

type Node =
  | { readonly _tag: "Text"; readonly text: string }
  | { readonly _tag: "Path"; readonly steps: ReadonlyArray<Step> }
  | { readonly _tag: "Range"; readonly steps: ReadonlyArray<Step>; readonly body: ReadonlyArray<Node> }

export type Template = ReadonlyArray<Node>

const escapes: Readonly<Record<string, string>> = { n: "\n", t: "\t", r: "\r", "\\": "\\", '"': '"', "'": "'" }
const unescape = (quoted: string): string => quoted.replace(/\\(.)/gsu, (_, letter: string) => escapes[letter] ?? letter)

/** Position of the bracket that closes the one before `from`; quotes hide brackets. */
const closing = (text: string, from: number, open: string, close: string): number => {
  let depth = 1
  let quote = ""
  for (let index = from; index < text.length; index++) {
    const letter = text[index] ?? ""
    if (quote !== "") {
      if (letter === "\\") index++
      else if (letter === quote) quote = ""
    } else if (letter === '"' || letter === "'") quote = letter
    else if (letter === open) depth++
    else if (letter === close && --depth === 0) return index
  }
  return -1
}

const splitTop = (text: string, separator: string): ReadonlyArray<string> => {
  const parts: Array<string> = []
  let quote = ""
  let part = ""
  for (const letter of text) {
    if (quote !== "") quote = letter === quote ? "" : quote
    else if (letter === '"' || letter === "'") quote = letter
    if (letter === separator && quote === "") {
      parts.push(part)
      part = ""
    } else part += letter
  }
  return [...parts, part]
}

const operand = (text: string): Result.Result<Operand, string> => {
  const trimmed = text.trim()
  if (trimmed.startsWith("@") || trimmed.startsWith("$")) {
    return Result.map(path(trimmed.slice(1)), (steps) => ({ _tag: "Path", steps, root: trimmed.startsWith("$") }))
  }
  const quoted = /^(["'])(.*)\1$/su.exec(trimmed)
  if (quoted !== null) return Result.succeed({ _tag: "Value", value: unescape(quoted[2] ?? "") })
  if (trimmed === "true" || trimmed === "false") return Result.succeed({ _tag: "Value", value: trimmed === "true" })
  if (trimmed !== "" && !Number.isNaN(Number(trimmed))) return Result.succeed({ _tag: "Value", value: Number(trimmed) })
  return Result.fail(`unrecognized identifier ${trimmed}`)
}

const filter = (inside: string): Result.Result<Step, string> => {
  const match = /^(.*?)(==|!=|<=|>=|<|>)(.*)$/su.exec(inside)
  if (match === null) return Result.map(operand(inside), (left): Step => ({ _tag: "Filter", left, op: "exists", right: undefined }))
  return Result.flatMap(operand(match[1] ?? ""), (left) =>
    Result.map(operand(match[3] ?? ""), (right): Step => ({ _tag: "Filter", left, op: match[2] ?? "", right }))
  )
}

const bracket = (inside: string): Result.Result<Step, string> => {
  const text = inside.trim()
  if (text === "*") return Result.succeed({ _tag: "Wildcard" })
  const filtered = /^\?\((.*)\)$/su.exec(text)
  if (filtered !== null) return filter(filtered[1] ?? "")
  const steps: Array<Step> = []
  for (const part of splitTop(text, ",")) {
    const quoted = /^\s*(["'])(.*)\1\s*$/su.exec(part)
    const slice = /^\s*(-?\d+)?(?:(:)(-?\d+)?(?::(-?\d+))?)?\s*$/u.exec(part)
    if (quoted !== null) steps.push({ _tag: "Field", name: unescape(quoted[2] ?? "") })
    else if (slice !== null && part.trim() !== "") {
      const from = slice[1] === undefined ? undefined : Number(slice[1])
      const single = slice[2] === undefined
      const to = single ? (from === -1 ? undefined : (from ?? 0) + 1) : slice[3] === undefined ? undefined : Number(slice[3])
      steps.push({ _tag: "Slice", from, to, step: Number(slice[4] ?? 1) })
    } else return Result.fail(`invalid array index ${part}`)
  }
  const [first] = steps
  return Result.succeed(steps.length === 1 && first !== undefined ? first : { _tag: "Union", of: steps })
}

/** The steps of `.a.b[0]`; a leading `$` or `@` is gone already. */
const path = (given: string): Result.Result<ReadonlyArray<Step>, string> => {
  const steps: Array<Step> = []
  const text = given.trim()
  for (let index = 0; index < text.length;) {
    const letter = text[index]
    if (letter === "[") {
      const end = closing(text, index + 1, "[", "]")
      if (end < 0) return Result.fail("unterminated array")
      const step = bracket(text.slice(index + 1, end))
      if (Result.isFailure(step)) return Result.fail(step.failure)
      steps.push(step.success)
      index = end + 1
      continue
    }
    if (letter === ".") {
      if (text[index + 1] === ".") {
        steps.push({ _tag: "Recursive" })
        index++
      }
      index++
      if (text[index] === "[") continue
    } else if (index > 0) return Result.fail(`unexpected ${letter ?? ""}`)
    const match = /^(?:\\.|[^.[\]\\\s(){}|])*/u.exec(text.slice(index))
    const name = match?.[0] ?? ""
    index += name.length
    if (name === "*") steps.push({ _tag: "Wildcard" })
    else if (name !== "") steps.push({ _tag: "Field", name: name.replace(/\\(.)/gu, "$1") })
    else if (index < text.length && !".[".includes(text[index] ?? ""))
      return Result.fail(
        `unrecognized character in action: U+${(text.codePointAt(index) ?? 0).toString(16).toUpperCase().padStart(4, "0")} '${text[index] ?? ""}'`
      )
  }
  return Result.succeed(steps)
}

/** Parses a template. The failure is the text that kubectl prints after `error parsing jsonpath …, `. */
export const parse = (template: string): Result.Result<Template, string> => {
  const stack: Array<{ readonly steps: ReadonlyArray<Step>; readonly body: Array<Node> }> = [{ steps: [], body: [] }]
  const top = () => stack.at(-1)?.body
  for (let index = 0; index < template.length;) {
    const open = template.indexOf("{", index)
    if (open < 0 || open > index) top()?.push({ _tag: "Text", text: template.slice(index, open < 0 ? undefined : open) })
    if (open < 0) break
    const end = closing(template, open + 1, "{", "}")
    if (end < 0) return Result.fail("unclosed action")
    const action = template.slice(open + 1, end).trim()
    index = end + 1
    const quoted = /^(["'])(.*)\1$/su.exec(action)
    if (quoted !== null) top()?.push({ _tag: "Text", text: unescape(quoted[2] ?? "") })
    else if (action === "end") {
      const closed = stack.pop()
      if (closed === undefined || stack.length === 0) return Result.fail("not in range, nothing to end")
      top()?.push({ _tag: "Range", steps: closed.steps, body: closed.body })
    } else {
      const range = /^range(?=[\s.@[$])/u.test(action)
      const inner = (range ? action.slice(5) : action).trim()
      if (/^[A-Za-z]\w*$/u.test(inner)) return Result.fail(`unrecognized identifier ${inner}`)
      const steps = path(inner.replace(/^[@$]/u, ""))
      if (Result.isFailure(steps)) return Result.fail(steps.failure)
      if (range) stack.push({ steps: steps.success, body: [] })
      else top()?.push({ _tag: "Path", steps: steps.success })
    }
  }
  return stack.length > 1 ? Result.fail("unterminated range") : Result.succeed(stack[0]?.body ?? [])
}

/** `{.a.b}`, `.a.b` and `a.b` alike: the form of `--sort-by` and custom columns. */
export const parseRelaxed = (expression: string): Result.Result<ReadonlyArray<Step>, string> => {
  const inner = /^\{(.*)\}$/su.exec(expression.trim())?.[1] ?? expression.trim()
  return path(inner.startsWith(".") || inner.startsWith("[") || inner === "" ? inner : `.${inner}`)
}

const inner = (value: unknown): ReadonlyArray<unknown> => {
  const fields = Fields.record(value)
  return keysOf(fields).map((key) => fields[key])
}

const descendants = (value: unknown): ReadonlyArray<unknown> =>
  typeof value === "object" && value !== null ? [value, ...(Array.isArray(value) ? value : inner(value)).flatMap(descendants)] : []

const compare = (op: string, left: unknown, right: unknown): boolean => {
  if (op === "==") return left === right
  if (op === "!=") return left !== right
  if ((typeof left !== "number" || typeof right !== "number") && (typeof left !== "string" || typeof right !== "string")) return false
  return op === "<" ? left < right : op === ">" ? left > right : op === "<=" ? left <= right : left >= right
}

/** What a path is read in, and why it cannot be: the first reason counts. */
interface Reading {
  readonly root: unknown
  readonly problems: Array<string>
}

const walk = (steps: ReadonlyArray<Step>, from: ReadonlyArray<unknown>, reading: Reading): ReadonlyArray<unknown> => {
  let here = from
  for (const step of steps) here = here.flatMap((value) => apply(step, value, reading))
  return here
}

const slice = ({ from, step, to }: Slice, value: unknown, { problems }: Reading): ReadonlyArray<unknown> => {
  if (value === null || value === undefined) return []
  if (!Array.isArray(value)) {
    problems.push(`${typeName(value)} is not array or slice`)
    return []
  }
  const length = value.length
  const start = (from ?? 0) < 0 ? (from ?? 0) + length : (from ?? 0)
  const end = to === undefined ? length : to < 0 ? to + length : to
  if (start === end) return []
  const beyond = start >= length || start < 0 ? start : end > length || end < 0 ? end - 1 : undefined
  if (beyond !== undefined) problems.push(`array index out of bounds: index ${beyond}, length ${length}`)
  else if (start > end) problems.push(`starting index ${start} is greater than ending index ${end}`)
  const out = value.slice(start, end)
  return step > 1 ? out.filter((_, index) => index % step === 0) : out
}

const apply = (step: Step, value: unknown, reading: Reading): ReadonlyArray<unknown> => {
  switch (step._tag) {
    case "Field": {
      const found = Fields.at(value, step.name)
      return found === undefined ? [] : [found]
    }
    case "Wildcard":
      if (Array.isArray(value)) return value
      return Fields.sorted(Fields.record(value)).map(([, inner]) => inner)
    case "Recursive":
      return descendants(value)
    case "Slice":
      return slice(step, value, reading)
    case "Union":
      return step.of.flatMap((one) => apply(one, value, reading))
    case "Filter":
      return (Array.isArray(value) ? value : inner(value)).filter((item) => {
        const read = (of: Operand): unknown =>
          of._tag === "Value" ? of.value : walk(of.steps, [of.root ? reading.root : item], reading)[0]
        const left = read(step.left)
        return step.right === undefined ? left !== undefined : left !== undefined && compare(step.op, left, read(step.right))
      })
  }
}

/** The values that a relaxed expression finds. */
export const find = (steps: ReadonlyArray<Step>, value: unknown): ReadonlyArray<unknown> =>
  walk(steps, [value], { root: value, problems: [] })

const print = (value: unknown): string => {
  if (typeof value === "string") return value
  if (value === null || value === undefined) return ""
  return typeof value === "object" ? mapJson(value) : Fields.plain(value)
}

/** The template with each path printed by `show`, or why it does not fit the value. */
const rendered = (template: Template, value: unknown, show: (found: ReadonlyArray<unknown>) => string): Result.Result<string, string> => {
  const reading: Reading = { root: value, problems: [] }
  const nodes = (of: Template, here: unknown): string =>
    of
      .map((node) => {
        if (node._tag === "Text") return show([node.text])
        const found = walk(node.steps, [here], reading)
        return node._tag === "Path" ? show(found) : found.map((item) => nodes(node.body, item)).join("")
      })
      .join("")
  const text = nodes(template, value)
  const [problem] = reading.problems
  return problem === undefined ? Result.succeed(text) : Result.fail(problem)
}

export const render = (template: Template, value: unknown): Result.Result<string, string> =>
  rendered(template, value, (found) => found.map(print).join(" "))

/** Each path's values as a JSON array. */
export const renderJson = (template: Template, value: unknown): Result.Result<string, string> =>
  rendered(template, value, (found) => `${mapJson(found, 4)}\n`)
