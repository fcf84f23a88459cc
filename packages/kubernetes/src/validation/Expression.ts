/**
 * Expressions of the Common Expression Language as the server's compiler takes them: what it says of one that it can't compile, and the
 * type of one that it can. Names, functions and fields are checked, the latter where their types are known; arguments are not.
 */
import type { ASTNode } from "@marcbachmann/cel-js"
import { Environment } from "@marcbachmann/cel-js"
import * as Result from "effect/Result"
import { functions, qualified } from "../cel/Declared.ts"
import type { Term } from "../cel/estimate/Term.ts"
import { termOf } from "../cel/estimate/Term.ts"
import { isArray, isRecord } from "../Json.ts"
import { remembered } from "../Remembered.ts"

const environment = new Environment({ unlistedVariablesAreDyn: true, enableOptionalTypes: true, homogeneousAggregateLiterals: false })

/** What is known of a value: nothing (`dyn`), its scalar type, or the fields of an object. */
export type Shape = string | { readonly [field: string]: Shape }

export interface Compiled {
  /** The compiler's words; empty when there is nothing to say. */
  readonly error: string
  /** `bool`, `string`, `dyn`, …; `undefined` where it can't be told. */
  readonly type: string | undefined
  /** What it is made of, where there is nothing to say; for who wants to know what it may cost. */
  readonly term: (() => Term) | undefined
}

interface Complaint {
  /** In characters of UTF-16. */
  readonly at: number
  readonly text: string
}

const operand = "{'[', '{', '(', '.', '-', '!', 'true', 'false', 'null', NUM_FLOAT, NUM_INT, NUM_UINT, STRING, BYTES, IDENTIFIER}"

const token =
  /(?<space>\s+|\/\/[^\n]*)|(?<string>[rR]?(?:"""[\s\S]*?"""|'''[\s\S]*?'''|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'))|(?<number>\d+(?:\.\d+)?(?:[eE][+-]?\d+)?u?)|(?<word>[A-Za-z_]\w*)|(?<sign>&&|\|\||==|!=|<=|>=|[[\]{}().,?:<>+\-*/%!])|(?<other>[\s\S])/gu

interface Token {
  readonly at: number
  readonly text: string
}

const tokensOf = (source: string): { readonly tokens: ReadonlyArray<Token>; readonly strange: ReadonlyArray<Complaint> } => {
  const tokens: Array<Token> = []
  const strange: Array<Complaint> = []
  for (const { 0: text, groups, index: at } of source.matchAll(token)) {
    if (groups?.["space"] !== undefined) continue
    if (groups?.["other"] === undefined) tokens.push({ at, text })
    else strange.push({ at, text: `Syntax error: token recognition error at: '${text}'` })
  }
  return { tokens, strange }
}

const parse = (source: string) => Result.try(() => environment.parse(source))

/** A place that no operand can begin at. */
const ends: ReadonlySet<string> = new Set([
  ")",
  "]",
  "}",
  ",",
  ":",
  "?",
  "&&",
  "||",
  "==",
  "!=",
  "<",
  "<=",
  ">",
  ">=",
  "+",
  "*",
  "/",
  "%",
  "in"
])

const syntax = (source: string, tokens: ReadonlyArray<Token>): Complaint | undefined => {
  const prefix = (count: number): string =>
    tokens
      .slice(0, count)
      .map(({ text }) => text)
      .join(" ")
  let whole = tokens.length
  while (whole > 0 && Result.isFailure(parse(prefix(whole)))) whole--
  if (whole === tokens.length && whole > 0) return undefined
  const next = tokens[whole]
  if (whole > 0 && next !== undefined && !ends.has(next.text) && !".[({-".includes(next.text)) {
    const how = whole + 1 === tokens.length ? "extraneous" : "mismatched"
    return { at: next.at, text: `Syntax error: ${how} input '${next.text}' expecting <EOF>` }
  }
  const wrong = tokens
    .slice(whole + 1)
    .find(({ text }, i) => ends.has(text) && (ends.has(tokens[whole + i]?.text ?? "") || i + whole === 0))
  if (wrong !== undefined) return { at: wrong.at, text: `Syntax error: extraneous input '${wrong.text}' expecting ${operand}` }
  return { at: source.length, text: `Syntax error: mismatched input '<EOF>' expecting ${operand}` }
}

/** Where an error is, with its line and a mark below it. */
const shown = (source: string, { at, text }: Complaint): string => {
  if (source === "") return `ERROR: <input>:1:0: ${text}`
  const before = source.slice(0, at)
  const line = before.split("\n").length
  const column = Array.from(before.slice(before.lastIndexOf("\n") + 1)).length + 1
  const snippet = source.split("\n")[line - 1] ?? ""
  const characters = Array.from(snippet)
  const isWide = (character: string | undefined): boolean => character !== undefined && (character.codePointAt(0) ?? 0) > 0x7f
  const dots = characters.slice(0, column - 1).map((one) => (isWide(one) ? "．" : "."))
  const mark = isWide(characters[column - 1]) ? "＾" : "^"
  return `ERROR: <input>:${line}:${column}: ${text}\n | ${snippet.replaceAll("\t", " ")}\n | ${dots.join("")}${mark}`
}

const types: ReadonlySet<string> = new Set([
  "bool",
  "bytes",
  "double",
  "duration",
  "dyn",
  "google",
  "int",
  "list",
  "map",
  "null_type",
  "optional",
  "string",
  "timestamp",
  "type",
  "uint"
])

/** Macros that name a variable of their own. */
const comprehensions: ReadonlySet<string> = new Set([
  "all",
  "exists",
  "exists_one",
  "existsOne",
  "filter",
  "map",
  "optFlatMap",
  "optMap",
  "sortBy",
  "transformList"
])

const undeclared = (name: string, at: number): Complaint => ({ at, text: `undeclared reference to '${name}' (in container '')` })

export type Scope = Readonly<Record<string, Shape>>

const isNode = (value: unknown): value is ASTNode => isRecord(value) && typeof value["op"] === "string" && "args" in value

const check = (node: ASTNode, source: string, scope: Scope, complain: (complaint: Complaint) => void): Shape => {
  const visit = (value: unknown): void => {
    if (isNode(value)) check(value, source, scope, complain)
    else if (isArray(value)) for (const item of value) visit(item)
  }
  switch (node.op) {
    case "id": {
      const found = scope[node.args]
      if (found === undefined && !types.has(node.args)) {
        complain(undeclared(node.args, node.start))
      }
      return found ?? "dyn"
    }
    case ".":
    case ".?": {
      const [from, field] = node.args
      const shape = check(from, source, scope, complain)
      if (shape === "dyn") return "dyn"
      const dot = source.indexOf(".", from.end)
      if (typeof shape === "string") {
        complain({ at: dot, text: `type '${shape}' does not support field selection` })
        return "dyn"
      }
      const found = shape[field]
      if (found === undefined) complain({ at: dot, text: `undefined field '${field}'` })
      return found ?? "dyn"
    }
    case "call": {
      const [name, args] = node.args
      const at = source.indexOf("(", node.start)
      const [of] = args
      if (!functions.has(name)) complain(undeclared(name, at))
      // a field that is asked for stands where its question does
      if (name === "has" && of?.op === ".") check(of, source, scope, ({ text }) => complain({ at, text }))
      else visit(args)
      return "dyn"
    }
    case "rcall": {
      const [name, on, args] = node.args
      const isQualified = on.op === "id" && scope[on.args] === undefined && qualified.has(`${on.args}.${name}`)
      if (!isQualified) visit(on)
      if (!isQualified && !functions.has(name)) complain(undeclared(name, source.indexOf("(", on.end)))
      const [own] = args
      if (comprehensions.has(name) && args.length > 1 && own?.op === "id") {
        for (const one of args.slice(1)) check(one, source, { ...scope, [own.args]: "dyn" }, complain)
      } else visit(args)
      return "dyn"
    }
    case "value":
      return "dyn"
    default:
      visit(node.args)
      return "dyn"
  }
}

/** Of a name or a field it is what is known of it; of a computation whose parts are unknown it can't be told. */
const typeOf = (program: ReturnType<typeof environment.parse>, shape: Shape | undefined): string | undefined => {
  const { op } = program.ast
  if (op === "id" || op === ".") return typeof shape === "string" ? shape : undefined
  const checked = program.check()
  return checked.valid && checked.type !== "dyn" ? checked.type : undefined
}

const known = new WeakMap<Scope, (source: string) => Compiled>()

const compiled = (source: string, scope: Scope): Compiled => {
  const { strange, tokens } = tokensOf(source)
  const parsed = parse(source)
  const complaints: Array<Complaint> = [...strange]
  if (Result.isFailure(parsed) || strange.length > 0) {
    const wrong = syntax(source, tokens)
    if (wrong !== undefined) complaints.push(wrong)
  }
  const shape =
    complaints.length === 0 && Result.isSuccess(parsed)
      ? check(parsed.success.ast, source, scope, (one) => complaints.push(one))
      : undefined
  if (complaints.length > 0) {
    const lines = complaints.toSorted((a, b) => a.at - b.at).map((one) => shown(source, one))
    return { error: `compilation failed: ${lines.join("\n")}`, type: undefined, term: undefined }
  }
  if (Result.isFailure(parsed)) return { error: "", type: undefined, term: undefined }
  return { error: "", type: typeOf(parsed.success, shape), term: () => termOf(parsed.success.ast) }
}

/** Remembers what it found for a scope. */
export const compile = (source: string, scope: Scope): Compiled => {
  let within = known.get(scope)
  if (within === undefined) known.set(scope, (within = remembered((text) => compiled(text, scope), 256)))
  return within(source)
}

/** Why an expression is not what it must be: it does not compile, or gives another type. */
export const refusal = (source: string, scope: Scope, wanted: ReadonlyArray<string>): string | undefined => {
  const { error, type } = compile(source, scope)
  if (error !== "") return error
  if (type === undefined || wanted.includes(type)) return undefined
  return `must evaluate to ${wanted.length === 1 ? wanted[0] : `one of [${wanted.join(" ")}]`} but got ${type}`
}
