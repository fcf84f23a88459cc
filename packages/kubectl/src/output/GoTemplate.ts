/**
 * The part of Go's text/template that people use with `-o go-template`: fields, `range`, `if`, `else`, `end`, `with`, variables of none, pipes,
 * and the functions len, index, eq, ne, not, and, or, print, println, printf, base64decode.
 */
import * as Result from "effect/Result"
import * as Fields from "../Fields.ts"

type Term =
  | { readonly _tag: "Value"; readonly value: unknown }
  | { readonly _tag: "Field"; readonly root: boolean; readonly path: ReadonlyArray<string> }
  | { readonly _tag: "Call"; readonly name: string; readonly args: ReadonlyArray<Term> }

type Node =
  | { readonly _tag: "Text"; readonly text: string }
  | { readonly _tag: "Print"; readonly term: Term }
  | {
      readonly _tag: "Block"
      readonly kind: "range" | "if" | "with"
      readonly term: Term
      readonly then: ReadonlyArray<Node>
      readonly otherwise: ReadonlyArray<Node>
    }

export type Template = ReadonlyArray<Node>

const functions = ["len", "index", "eq", "ne", "not", "and", "or", "print", "println", "printf", "base64decode"]
const token = /"(?:\\.|[^"\\])*"|`[^`]*`|\(|\)|\||-?\d+(?:\.\d+)?|\$?(?:\.[A-Za-z_][\w]*)+|\$|\.|[A-Za-z]\w*/gu

const quotedValue = (text: string): unknown => {
  const parsed = text.startsWith("`")
    ? text.slice(1, -1)
    : text.slice(1, -1).replace(/\\(.)/gsu, (_, letter: string) => (letter === "n" ? "\n" : letter === "t" ? "\t" : letter))
  return parsed
}

class Unsupported {
  readonly why: string
  constructor(why: string) {
    this.why = why
  }
}

const pipeline = (tokens: ReadonlyArray<string>): Term | Unsupported => {
  let at = 0
  const single = (): Term | Unsupported => {
    const word = tokens[at++] ?? ""
    if (word === "(") {
      const inner = piped()
      if (tokens[at++] !== ")") return new Unsupported("unclosed left paren")
      return inner
    }
    if (word.startsWith('"') || word.startsWith("`")) return { _tag: "Value", value: quotedValue(word) }
    if (/^-?\d/u.test(word)) return { _tag: "Value", value: Number(word) }
    if (word === "true" || word === "false") return { _tag: "Value", value: word === "true" }
    if (word.startsWith("$") || word.startsWith(".")) {
      return {
        _tag: "Field",
        root: word.startsWith("$"),
        path: word
          .replace(/^\$/u, "")
          .split(".")
          .filter((part) => part !== "")
      }
    }
    return functions.includes(word)
      ? { _tag: "Call", name: word, args: [] }
      : new Unsupported(`function ${JSON.stringify(word)} not defined`)
  }
  const command = (): Term | Unsupported => {
    const first = single()
    if (first instanceof Unsupported || first._tag !== "Call") return first
    const args: Array<Term> = []
    while (at < tokens.length && tokens[at] !== "|" && tokens[at] !== ")") {
      const arg = single()
      if (arg instanceof Unsupported) return arg
      args.push(arg)
    }
    return { ...first, args }
  }
  const piped = (): Term | Unsupported => {
    let term = command()
    while (!(term instanceof Unsupported) && tokens[at] === "|") {
      at++
      const next = command()
      if (next instanceof Unsupported) return next
      if (next._tag !== "Call") return new Unsupported("non executable command in pipeline")
      term = { ...next, args: [...next.args, term] }
    }
    return term
  }
  const term = piped()
  return !(term instanceof Unsupported) && at < tokens.length ? new Unsupported(`unexpected ${tokens[at] ?? ""} in operand`) : term
}

interface Open {
  readonly kind: "range" | "if" | "with"
  readonly term: Term
  readonly then: Array<Node>
  readonly otherwise: Array<Node>
  inElse: boolean
}

export const parse = (template: string): Result.Result<Template, string> => {
  const root: Array<Node> = []
  const stack: Array<Open> = []
  const push = (node: Node) => {
    const open = stack.at(-1)
    if (open === undefined) root.push(node)
    else if (open.inElse) open.otherwise.push(node)
    else open.then.push(node)
  }
  let trimNext = false
  let index = 0
  for (const match of template.matchAll(/\{\{(-\s)?\s*([\s\S]*?)\s*(\s-)?\}\}/gu)) {
    let text = template.slice(index, match.index)
    if (trimNext) text = text.trimStart()
    if (match[1] !== undefined) text = text.trimEnd()
    if (text !== "") push({ _tag: "Text", text })
    trimNext = match[3] !== undefined
    index = match.index + match[0].length
    const action = match[2] ?? ""
    if (action.startsWith("/*")) continue
    const [word = ""] = action.split(/\s/u, 1)
    if (word === "end") {
      const open = stack.pop()
      if (open === undefined) return Result.fail("unexpected {{end}}")
      push({ _tag: "Block", kind: open.kind, term: open.term, then: open.then, otherwise: open.otherwise })
      continue
    }
    const open = stack.at(-1)
    if (action === "else") {
      if (open === undefined) return Result.fail("unexpected {{else}}")
      open.inElse = true
      continue
    }
    const kind = word === "range" || word === "if" || word === "with" ? word : undefined
    const source = kind === undefined ? action : action.slice(word.length)
    if (/^\s*\$\w/u.test(source) || source.includes(":=")) return Result.fail("variables are not supported here")
    const term = pipeline(source.match(token) ?? [])
    if (term instanceof Unsupported) return Result.fail(term.why)
    if (kind === undefined) push({ _tag: "Print", term })
    else stack.push({ kind, term, then: [], otherwise: [], inElse: false })
  }
  if (stack.length > 0) return Result.fail("unexpected EOF")
  const rest = template.slice(index)
  if (rest.includes("{{")) return Result.fail("unclosed action")
  if (rest !== "") root.push({ _tag: "Text", text: trimNext ? rest.trimStart() : rest })
  return Result.succeed(root)
}

const truthy = (value: unknown): boolean =>
  Array.isArray(value) ? value.length > 0 : typeof value === "object" && value !== null ? Object.keys(value).length > 0 : Boolean(value)

const show = (value: unknown): string => {
  if (value === undefined || value === null) return "<no value>"
  if (Array.isArray(value)) return `[${value.map(show).join(" ")}]`
  if (typeof value === "object")
    return `map[${Fields.sorted(Fields.record(value))
      .map(([key, inner]) => `${key}:${show(inner)}`)
      .join(" ")}]`
  return Fields.plain(value)
}

const decodeBase64 = (text: string): string => new TextDecoder().decode(Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0)))

const call = (name: string, args: ReadonlyArray<unknown>): unknown => {
  const [first, ...rest] = args
  switch (name) {
    case "len":
      return typeof first === "string"
        ? new TextEncoder().encode(first).length
        : Array.isArray(first)
          ? first.length
          : Object.keys(Fields.record(first)).length
    case "index":
      return rest.reduce((value: unknown, key) => Fields.at(value, typeof key === "number" ? key : String(key)), first)
    case "eq":
      return rest.some((other) => other === first)
    case "ne":
      return first !== rest[0]
    case "not":
      return !truthy(first)
    case "and":
      return args.find((arg) => !truthy(arg)) ?? args.at(-1)
    case "or":
      return args.find(truthy) ?? args.at(-1)
    case "println":
      return `${args.map(show).join(" ")}\n`
    case "printf": {
      const values = [...rest]
      return String(first).replace(/%[-+ #0]*\d*[vsdq]/gu, (verb) => {
        const value = values.shift()
        const width = Number(/\d+/u.exec(verb)?.[0] ?? 0)
        const text = verb.endsWith("q") ? JSON.stringify(show(value)) : show(value)
        return verb.includes("-") ? text.padEnd(width) : text.padStart(width)
      })
    }
    case "base64decode":
      return /^[A-Za-z0-9+/=\s]*$/u.test(String(first)) ? decodeBase64(String(first)) : ""
    default:
      return args.map(show).join("")
  }
}

export const render = (template: Template, root: unknown): Result.Result<string, string> => {
  const evaluate = (term: Term, here: unknown): unknown => {
    if (term._tag === "Value") return term.value
    if (term._tag === "Field") return Fields.at(term.root ? root : here, ...term.path)
    return call(
      term.name,
      term.args.map((arg) => evaluate(arg, here))
    )
  }
  const nodes = (of: Template, here: unknown): string =>
    of
      .map((node) => {
        if (node._tag === "Text") return node.text
        const value = evaluate(node.term, here)
        if (node._tag === "Print") return show(value)
        if (!truthy(value)) return nodes(node.otherwise, here)
        if (node.kind === "if") return nodes(node.then, here)
        if (node.kind === "with") return nodes(node.then, value)
        const items = Array.isArray(value) ? value : Fields.sorted(Fields.record(value)).map(([, item]) => item)
        return items.map((item) => nodes(node.then, item)).join("")
      })
      .join("")
  return Result.succeed(nodes(template, root))
}
