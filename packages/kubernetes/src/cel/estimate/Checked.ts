/** The types of all parts of an expression, and which forms of its functions may be meant (cel-go `checker`). */
import type { Loop, Term } from "./Term.ts"
import { gathered } from "./Term.ts"
import type { Overload } from "./Overloads.ts"
import { overloads } from "./Overloads.ts"
import type { Bindings, Type } from "./Type.ts"
import * as Types from "./Type.ts"

export interface Checked {
  readonly typeOf: (term: Term) => Type
  /** Several when types are known at runtime only. */
  readonly formsOf: (call: Term) => ReadonlyArray<Overload>
}

type Scope = ReadonlyMap<string, Type>

const literalType = (value: unknown): Type => {
  switch (typeof value) {
    case "string":
      return Types.text
    case "bigint":
      return Types.typed("int")
    case "number":
      return Types.typed("double")
    case "boolean":
      return Types.bool
    default:
      return Types.typed(value === null ? "null_type" : value instanceof Uint8Array ? "bytes" : "uint")
  }
}

export const check = (root: Term, variables: Scope): Checked => {
  const types = new Map<Term, Type>()
  const forms = new Map<Term, ReadonlyArray<Overload>>()
  let bindings: Bindings = new Map()
  let fresh = 0

  const variable = (): Type => Types.typed(`$${++fresh}`)
  const now = (type: Type): Type => Types.resolved(type, bindings)

  /** One type for all. */
  const together = (found: ReadonlyArray<Type>): Type => {
    const [first, ...rest] = found
    if (first === undefined) return variable()
    for (const one of rest) bindings = Types.assigned(first, one, bindings) ?? bindings
    return found.find(({ name }) => name === "dyn") ?? first
  }

  const fieldOf = (of: Type, field: string): Type => {
    if (of.name === "optional") return Types.optionalOf(fieldOf(of.of[0] ?? Types.dyn, field))
    if (of.name === "map") return of.of[1] ?? Types.dyn
    return of.fields?.get(field) ?? Types.dyn
  }

  const call = (term: Term & { readonly kind: "call" }, scope: Scope): Type => {
    const args = term.args.map((arg) => visit(arg, scope))
    const given = term.target === undefined ? args : [visit(term.target, scope), ...args]
    if (term.name === "_?._") {
      const [, field] = term.args
      const found = fieldOf(now(given[0] ?? Types.dyn), field?.kind === "literal" ? String(field.value) : "")
      forms.set(term, [{ args: [], result: Types.dyn, id: "" }])
      return found.name === "optional" ? found : Types.optionalOf(found)
    }
    const fitting: Array<Overload> = []
    let result: Type | undefined
    for (const one of overloads(term.name, term.target === undefined ? "function" : "method")) {
      const suffix = `.${++fresh}`
      const own = one.args.map((type) => Types.renamed(type, suffix))
      const bound = Types.assignedAll(own, given, bindings)
      if (bound === undefined) continue
      bindings = bound
      fitting.push(one)
      const gives = now(Types.renamed(one.result, suffix))
      result = result === undefined || same(result, gives) ? gives : Types.dyn
    }
    forms.set(term, fitting)
    return result ?? Types.dyn
  }

  const loop = ({ condition, name, range, result, start, step }: Loop, scope: Scope): Type => {
    const over = now(visit(range, scope))
    const gathering = visit(start, scope)
    const around = new Map(scope).set(gathered, gathering)
    const within = new Map(around).set(name, over.name === "list" || over.name === "map" ? (over.of[0] ?? Types.dyn) : Types.dyn)
    visit(condition, within)
    bindings = Types.assigned(gathering, visit(step, within), bindings) ?? bindings
    return visit(result, around)
  }

  const typed = (term: Term, scope: Scope): Type => {
    switch (term.kind) {
      case "literal":
        return literalType(term.value)
      case "name":
        return scope.get(term.name) ?? Types.typed("type")
      case "field": {
        const found = fieldOf(now(visit(term.of, scope)), term.field)
        return term.how === "asked" ? Types.bool : found
      }
      case "call":
        return call(term, scope)
      case "list":
        return Types.listOf(together(term.items.map((item) => visit(item, scope))))
      case "map": {
        const keys = together(term.entries.map(([key]) => visit(key, scope)))
        return Types.mapOf(keys, together(term.entries.map(([, value]) => visit(value, scope))))
      }
      case "loop":
        return loop(term, scope)
      case "bind": {
        const value = visit(term.value, scope)
        return visit(term.body, new Map(scope).set(term.name, value))
      }
    }
  }

  /** What an expression looks at twice is one term. */
  const visit = (term: Term, scope: Scope): Type => {
    const before = types.get(term)
    if (before !== undefined) return now(before)
    const found = now(typed(term, scope))
    types.set(term, found)
    return found
  }

  visit(root, variables)
  return {
    typeOf: (term) => Types.settled(types.get(term) ?? Types.dyn, bindings),
    formsOf: (term) => forms.get(term) ?? []
  }
}

const same = (a: Type, b: Type): boolean =>
  a.name === b.name && a.fields === b.fields && a.of.length === b.of.length && a.of.every((one, i) => same(one, b.of[i] ?? Types.dyn))
