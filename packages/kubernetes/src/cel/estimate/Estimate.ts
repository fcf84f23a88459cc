/**
 * What an expression may cost at most, by what is known of the values that it is about: the cost that the real server asks of the rules of a
 * CustomResourceDefinition (cel-go `checker/cost.go`). Costs of what happens at runtime are counted by `Meter`.
 */
import { newList, newMap } from "../Factors.ts"
import * as Calls from "./Calls.ts"
import type { Checked } from "./Checked.ts"
import { check } from "./Checked.ts"
import type { Declared } from "./Declared.ts"
import { at } from "./Declared.ts"
import type { Path } from "./Path.ts"
import * as Paths from "./Path.ts"
import type { Size } from "./Size.ts"
import * as Sizes from "./Size.ts"
import type { Loop, Term } from "./Term.ts"
import { gathered } from "./Term.ts"
import type { Type } from "./Type.ts"
import * as Types from "./Type.ts"

/** Sizes of what is in a list or a map. */
interface Entries {
  readonly container: "list" | "map"
  readonly key: Size
  readonly value: Size
}

interface Local {
  readonly path: Path | undefined
  readonly size: Size | undefined
  readonly entries: Entries | undefined
}

const scalars: ReadonlySet<string> = new Set(["bool", "double", "duration", "int", "timestamp", "uint"])

const isScalar = (type: Type): boolean =>
  scalars.has(type.name) || (type.name === "optional" && type.of[0] !== undefined && isScalar(type.of[0]))

/** Of what stands in the expression itself. */
const sizeAsWritten = (term: Term): Size | undefined => {
  switch (term.kind) {
    case "list":
      return Sizes.exactly(term.items.length)
    case "map":
      return Sizes.exactly(term.entries.length)
    case "literal": {
      const { value } = term
      return Sizes.exactly(typeof value === "string" ? Array.from(value).length : value instanceof Uint8Array ? value.length : 1)
    }
    default:
      return undefined
  }
}

const eitherEntries = (a: Entries | undefined, b: Entries | undefined): Entries | undefined =>
  a === undefined || b === undefined
    ? undefined
    : { container: a.container, key: Sizes.joined(a.key, b.key), value: Sizes.joined(a.value, b.value) }

/** None at all. */
const noSize: Size = { least: Sizes.unbounded, most: 0 }

const spread = (sizes: ReadonlyArray<Size>): Size => (sizes.length === 0 ? Sizes.exactly(0) : sizes.reduce(Sizes.joined, noSize))

class Estimator {
  readonly #checked: Checked
  readonly #declared: Declared
  readonly #costs = new Map<Term, number>()
  readonly #paths = new Map<Term, Path | undefined>()
  readonly #sizes = new Map<Term, Size>()
  readonly #entries = new Map<Term, Entries>()
  readonly #locals = new Map<string, ReadonlyArray<Local>>()

  constructor(checked: Checked, declared: Declared) {
    this.#checked = checked
    this.#declared = declared
  }

  /** What an expression looks at twice is one term, and costs as much each time. */
  cost(term: Term): number {
    const before = this.#costs.get(term)
    if (before !== undefined) return before
    const found = this.#cost(term)
    this.#costs.set(term, found)
    return found
  }

  #cost(term: Term): number {
    switch (term.kind) {
      case "literal":
        return 0
      case "name":
        this.#paths.set(term, this.#local(term.name) === undefined ? Paths.root(term.name) : this.#pathOf(term))
        return 1
      case "field":
        return this.#field(term)
      case "call":
        return this.#call(term)
      case "list": {
        const cost = term.items.reduce((sum, item) => Sizes.plus(sum, this.cost(item)), newList)
        const value = spread(term.items.map((item) => this.#sizeOf(item)))
        this.#entries.set(term, { container: "list", key: Sizes.exactly(1), value })
        return cost
      }
      case "map": {
        const cost = term.entries.flat().reduce((sum, one) => Sizes.plus(sum, this.cost(one)), newMap)
        const key = spread(term.entries.map(([one]) => this.#sizeOf(one)))
        const value = spread(term.entries.map(([, one]) => this.#sizeOf(one)))
        this.#entries.set(term, { container: "map", key, value })
        return cost
      }
      case "loop":
        return this.#loop(term)
      case "bind": {
        const cost = Sizes.plus(newList, this.cost(term.value))
        const local = { path: this.#pathOf(term.value), size: this.#size(term.value), entries: this.#entriesOf(term.value) }
        const body = this.#within(term.name, local, () => this.cost(term.body))
        this.#copy(term, term.body)
        return Sizes.plus(cost, body)
      }
    }
  }

  #field(term: Term & { readonly kind: "field" }): number {
    const cost = this.cost(term.of)
    if (term.how === "asked") return cost
    this.#paths.set(term, Paths.below(this.#pathOf(term.of), term.field))
    const { fields, name } = this.#checked.typeOf(term.of)
    return name === "map" || fields !== undefined ? Sizes.plus(cost, 1) : cost
  }

  #call(term: Term & { readonly kind: "call" }): number {
    const [first, second, third] = term.args
    if (term.name === "dyn" && first !== undefined) {
      const cost = this.cost(first)
      this.#copy(term, first)
      return Sizes.plus(1, cost)
    }
    const costs: Array<number> = []
    const args = term.args.map((arg) => {
      costs.push(this.cost(arg))
      return this.#operand(arg)
    })
    const forms = this.#checked.formsOf(term)
    if (forms.length === 0) return 0
    const before = term.target === undefined ? 0 : this.cost(term.target)
    const given = term.target === undefined ? args : [this.#operand(term.target), ...args]
    let dearest = 0
    let size: Size | undefined
    for (const { id } of forms) {
      const called = Calls.called(term.name, id, given)
      const own = id === "conditional" ? [costs[0] ?? 0, Math.max(costs[1] ?? 0, costs[2] ?? 0)] : costs
      dearest = Math.max(dearest, own.reduce(Sizes.plus, called.cost))
      if (called.size !== undefined) size = size === undefined ? called.size : Sizes.joined(size, called.size)
      if (id === "conditional" && second !== undefined && third !== undefined) {
        this.#keep(term, eitherEntries(this.#entriesOf(second), this.#entriesOf(third)))
      }
      if (id.startsWith("joined") && first !== undefined && second !== undefined) {
        this.#keep(term, eitherEntries(this.#entriesOf(first), this.#entriesOf(second)))
      }
      if ((id === "item of list" || id === "value of map") && first !== undefined) {
        size = this.#entriesOf(first)?.value
        this.#paths.set(term, Paths.below(this.#pathOf(first), id === "item of list" ? "@items" : "@values"))
      }
      size ??= this.#size(term)
    }
    if (size !== undefined) this.#sizes.set(term, size)
    return Sizes.plus(before, dearest)
  }

  #loop(term: Loop): number {
    const { condition, name, range, result, start, step } = term
    const before = Sizes.plus(this.cost(range), this.cost(start))
    const gathering = { path: this.#pathOf(start), size: this.#size(start), entries: this.#entriesOf(start) }
    const [each, after] = this.#within(gathered, gathering, () => {
      const entries = this.#entriesOf(range)
      const isList = (entries?.container ?? this.#checked.typeOf(range).name) === "list"
      const path = Paths.below(this.#pathOf(range), isList ? "@items" : "@keys")
      const item = { path, size: isList ? entries?.value : entries?.key, entries: undefined }
      const round = this.#within(name, item, () => Sizes.plus(this.cost(condition), this.cost(step)))
      return [round, this.cost(result)]
    })
    const rounds = this.#sizeOf(range)
    if (start.kind === "literal") {
      const size = this.#size(start)
      if (size !== undefined) this.#sizes.set(term, size)
    } else {
      this.#sizes.set(term, rounds)
      this.#keep(term, this.#entriesOf(step))
    }
    return Sizes.plus(Sizes.plus(before, after), Sizes.times(rounds.most, each))
  }

  #within<A>(name: string, local: Local, then: () => A): A {
    const outer = this.#locals.get(name) ?? []
    this.#locals.set(name, [...outer, local])
    const found = then()
    this.#locals.set(name, outer)
    return found
  }

  #local(name: string): Local | undefined {
    return this.#locals.get(name)?.at(-1)
  }

  #operand(term: Term): Calls.Operand {
    return {
      type: this.#checked.typeOf(term),
      size: this.#sizeOf(term),
      value: term.kind === "literal" ? term.value : undefined,
      items: this.#declaredSize(term, "@items") ?? Sizes.unknown
    }
  }

  #declaredSize(term: Term, ...more: ReadonlyArray<string>): Size | undefined {
    const path = this.#pathOf(term)
    const found = path === undefined ? undefined : at(this.#declared, [...Paths.steps(path), ...more])
    return found === undefined ? undefined : { least: 0, most: found.most }
  }

  #pathOf(term: Term): Path | undefined {
    const local = term.kind === "name" ? this.#local(term.name) : undefined
    return local === undefined ? this.#paths.get(term) : local.path
  }

  #sizeOf(term: Term): Size {
    return this.#size(term) ?? Sizes.unknown
  }

  #size(term: Term): Size | undefined {
    const known = this.#sizes.get(term) ?? sizeAsWritten(term)
    if (known !== undefined) return known
    const declared = this.#declaredSize(term)
    if (declared !== undefined) {
      this.#sizes.set(term, declared)
      return declared
    }
    if (isScalar(this.#checked.typeOf(term))) return Sizes.exactly(1)
    return term.kind === "name" ? this.#local(term.name)?.size : undefined
  }

  #entriesOf(term: Term): Entries | undefined {
    return this.#entries.get(term) ?? (term.kind === "name" ? this.#local(term.name)?.entries : undefined)
  }

  #keep(term: Term, entries: Entries | undefined): void {
    if (entries !== undefined) this.#entries.set(term, entries)
  }

  #copy(to: Term, from: Term): void {
    const size = this.#size(from)
    if (size !== undefined) this.#sizes.set(to, size)
    this.#keep(to, this.#entriesOf(from))
  }
}

/** What a rule may look at. */
export interface Scope {
  readonly self: Declared
  /** Whether `oldSelf` is an optional value. */
  readonly old: "plain" | "optional"
}

export interface Estimated {
  readonly cost: number
  readonly type: Type
}

export const estimate = (term: Term, { old, self }: Scope): Estimated => {
  const before = old === "plain" ? self.type : Types.optionalOf(self.type)
  const checked = check(
    term,
    new Map([
      ["self", self.type],
      ["oldSelf", before]
    ])
  )
  return { cost: new Estimator(checked, self).cost(term), type: checked.typeOf(term) }
}
