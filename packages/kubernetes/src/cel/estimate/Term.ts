/** An expression as cel-go has it before it checks types: operators are calls, and macros are the loops that they stand for. */
import { isArray, isRecord } from "../../Json.ts"
import { qualified } from "../Declared.ts"

export type Term =
  | { readonly kind: "literal"; readonly value: unknown }
  | { readonly kind: "name"; readonly name: string }
  /** `asked`: of `has`, which looks whether there is one. */
  | { readonly kind: "field"; readonly of: Term; readonly field: string; readonly how: "read" | "asked" }
  | { readonly kind: "call"; readonly name: string; readonly target: Term | undefined; readonly args: ReadonlyArray<Term> }
  | { readonly kind: "list"; readonly items: ReadonlyArray<Term> }
  | { readonly kind: "map"; readonly entries: ReadonlyArray<readonly [Term, Term]> }
  | Loop
  | { readonly kind: "bind"; readonly name: string; readonly value: Term; readonly body: Term }

/** What is gathered item by item goes by the name `@result`. */
export interface Loop {
  readonly kind: "loop"
  readonly range: Term
  readonly name: string
  readonly start: Term
  readonly condition: Term
  readonly step: Term
  readonly result: Term
}

export const gathered = "@result"

const literal = (value: unknown): Term => ({ kind: "literal", value })
const named = (name: string): Term => ({ kind: "name", name })
const accumulated = (): Term => named(gathered)
const call = (name: string, ...args: ReadonlyArray<Term>): Term => ({ kind: "call", name, target: undefined, args })
const member = (name: string, target: Term, ...args: ReadonlyArray<Term>): Term => ({ kind: "call", name, target, args })
const list = (...items: ReadonlyArray<Term>): Term => ({ kind: "list", items })

interface Node {
  readonly op: string
  readonly args: unknown
}

const isNode = (value: unknown): value is Node => isRecord(value) && typeof value["op"] === "string" && "args" in value
const nodes = (value: unknown): ReadonlyArray<Node> => (isArray(value) ? value.filter(isNode) : [])
const idOf = (node: Node | undefined): string | undefined => (node?.op === "id" && typeof node.args === "string" ? node.args : undefined)

/** One in place of what could not be read. */
const nothing = literal(null)

type Parts = Omit<Loop, "kind" | "range" | "name">

const all = (test: Term): Parts => ({
  start: literal(true),
  condition: call("@not_strictly_false", accumulated()),
  step: call("_&&_", accumulated(), test),
  result: accumulated()
})

const exists = (test: Term): Parts => ({
  start: literal(false),
  condition: call("@not_strictly_false", call("!_", accumulated())),
  step: call("_||_", accumulated(), test),
  result: accumulated()
})

const existsOne = (test: Term): Parts => ({
  start: literal(0n),
  condition: literal(true),
  step: call("_?_:_", test, call("_+_", accumulated(), literal(1n)), accumulated()),
  result: call("_==_", accumulated(), literal(1n))
})

const gathering = (test: Term | undefined, item: Term): Parts => {
  const more = call("_+_", accumulated(), list(item))
  return {
    start: list(),
    condition: literal(true),
    step: test === undefined ? more : call("_?_:_", test, more, accumulated()),
    result: accumulated()
  }
}

const loopOf = (macro: string, name: string, [first = nothing, second]: ReadonlyArray<Term>): Parts | undefined => {
  switch (macro) {
    case "all":
      return second === undefined ? all(first) : undefined
    case "exists":
      return second === undefined ? exists(first) : undefined
    case "exists_one":
    case "existsOne":
      return second === undefined ? existsOne(first) : undefined
    case "filter":
      return second === undefined ? gathering(first, named(name)) : undefined
    case "map":
      return second === undefined ? gathering(undefined, first) : gathering(first, second)
    default:
      return undefined
  }
}

/** `optMap` and `optFlatMap` look at what they are called on twice. */
const optional = (macro: string, name: string, target: Term, body: Term): Term => {
  const bound: Term = { kind: "bind", name, value: member("value", target), body }
  const kept = macro === "optMap" ? call("optional.of", bound) : bound
  return call("_?_:_", member("hasValue", target), kept, call("optional.none"))
}

const called = (name: string, on: Node, given: ReadonlyArray<Node>): Term => {
  const target = termOf(on)
  const args = given.map(termOf)
  const [, ...rest] = args
  const variable = idOf(given[0])
  if (variable !== undefined && rest.length > 0) {
    if (name === "optMap" || name === "optFlatMap") return optional(name, variable, target, rest[0] ?? nothing)
    const parts = loopOf(name, variable, rest)
    if (parts !== undefined) return { kind: "loop", range: target, name: variable, ...parts }
  }
  const space = idOf(on)
  return space !== undefined && qualified.has(`${space}.${name}`) ? call(`${space}.${name}`, ...args) : member(name, target, ...args)
}

const field = (of: Term, name: unknown, how: "read" | "asked"): Term => ({ kind: "field", of, field: String(name), how })

const negative = (of: Term): Term =>
  of.kind === "literal" && (typeof of.value === "bigint" || typeof of.value === "number") ? literal(-of.value) : call("-_", of)

/** Of a node as the library parses it. */
export const termOf = (node: Node | undefined): Term => {
  if (node === undefined) return nothing
  const args: ReadonlyArray<unknown> = isArray(node.args) ? node.args : [node.args]
  const [first, second, third] = args
  const of = (): Term => (isNode(first) ? termOf(first) : nothing)
  switch (node.op) {
    case "value":
      return literal(node.args)
    case "id":
      return named(String(node.args))
    case ".":
      return field(of(), second, "read")
    case ".?":
      return call("_?._", of(), literal(second))
    case "[]":
      return call("_[_]", ...nodes(args).map(termOf))
    case "[?]":
      return call("_[?_]", ...nodes(args).map(termOf))
    case "call": {
      const [asked] = nodes(second)
      if (first === "has" && asked !== undefined && isArray(asked.args)) {
        return field(termOf(nodes(asked.args)[0]), asked.args[1], "asked")
      }
      return call(String(first), ...nodes(second).map(termOf))
    }
    case "rcall":
      return isNode(second) ? called(String(first), second, nodes(third)) : nothing
    case "list":
      return list(...nodes(args).map(termOf))
    case "map":
      return { kind: "map", entries: args.map((one) => nodes(one).map(termOf)).map(([key = nothing, value = nothing]) => [key, value]) }
    case "?:":
      return call("_?_:_", ...nodes(args).map(termOf))
    case "!_":
      return call("!_", of())
    case "-_":
      return negative(of())
    default:
      return call(`_${node.op}_`, ...nodes(args).map(termOf))
  }
}

/** Whether a name stands anywhere in an expression. */
export const mentions = (term: Term, name: string, seen: Set<Term> = new Set()): boolean => {
  if (seen.has(term)) return false
  seen.add(term)
  switch (term.kind) {
    case "literal":
      return false
    case "name":
      return term.name === name
    case "field":
      return mentions(term.of, name, seen)
    case "call":
      return [...(term.target === undefined ? [] : [term.target]), ...term.args].some((one) => mentions(one, name, seen))
    case "list":
      return term.items.some((one) => mentions(one, name, seen))
    case "map":
      return term.entries.flat().some((one) => mentions(one, name, seen))
    case "loop":
      return [term.range, term.step].some((one) => mentions(one, name, seen))
    case "bind":
      return [term.value, term.body].some((one) => mentions(one, name, seen))
  }
}
