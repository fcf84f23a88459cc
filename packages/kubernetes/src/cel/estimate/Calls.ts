/**
 * What the call of a function may cost at most, and how large what it gives may be (apiserver `pkg/cel/library/cost.go`, cel-go
 * `checker/cost.go` and `ext/sets.go`).
 */
import { parsing, patternFactor, rewriting, textFactor, traversing } from "../Factors.ts"
import type { Size } from "./Size.ts"
import * as Sizes from "./Size.ts"
import type { Type } from "./Type.ts"

/** What a function is called on or with. */
export interface Operand {
  readonly type: Type
  readonly size: Size
  /** A literal's value. */
  readonly value: unknown
  /** The size of a list's items. */
  readonly items: Size
}

export interface Called {
  readonly cost: number
  readonly size?: Size
}

/** An address compared to the length of a prefix. */
const addressCost = Sizes.scaled(32, textFactor)
/** The longest pattern of a named format. */
const formatFactor = 128 * patternFactor

const read = (size: Size): number => Sizes.scaled(size.most, textFactor)
const readTwice = (size: Size): number => Sizes.scaled(size.most, 2 * textFactor)

const searched = (text: Size, pattern: Size): number =>
  Sizes.times(Sizes.scaled(Sizes.plus(text.most, 1), textFactor), Sizes.scaled(pattern.most, patternFactor))

/** Each `from` characters of a text replaced by `to`; an empty text stands between all characters. */
const replacedAll = (length: number, from: number, to: number): number =>
  from === 0 ? Sizes.plus(Sizes.times(Sizes.plus(length, 1), to), length) : Sizes.times(Math.ceil(length / from), to)

/** A text is longest when all of it is replaced by something longer, and shortest when by something shorter. */
const replaced = (text: Size, from: Size, to: Size): Size => ({
  least: from.most === 0 || from.most > to.least ? replacedAll(text.least, from.most, to.least) : text.least,
  most: from.least === 0 || to.most > from.least ? replacedAll(text.most, from.least, to.most) : text.most
})

const joined = (list: Operand, separator: Operand | undefined): Called => {
  const gaps: Size = { least: Math.max(0, list.size.least - 1), most: Math.max(0, list.size.most - 1) }
  const items = Sizes.multiplied(list.size, list.items)
  const size = separator === undefined ? items : Sizes.added(items, Sizes.multiplied(separator.size, gaps))
  return { cost: read(size), size }
}

/** One for each item, and the texts of a list read. */
const traversed = ({ items, size, type }: Operand): number => {
  const [item] = type.of
  if (item === undefined) return read(size)
  const each = item.name === "string" || item.name === "bytes" ? 1 + read(items) : 1
  return Sizes.times(size.most, each)
}

const equal = (left: Operand, right: Operand): Called | undefined => {
  if (left.type.name !== right.type.name) return undefined
  switch (left.type.name) {
    case "IP":
    case "CIDR":
    case "Quantity":
    case "Semver":
      return { cost: 1 }
    case "Format":
      return { cost: Sizes.scaled(64, textFactor) }
    case "URL":
      return { cost: read(right.size.most === Sizes.unbounded ? Sizes.exactly(1) : right.size) }
    default:
      return undefined
  }
}

/** Of functions whose cost goes by their name; `given` begins with what a method is called on. */
const byName = (name: string, id: string, given: ReadonlyArray<Operand>): Called | undefined => {
  const [first, second, third] = given
  if (first === undefined) return undefined
  if (traversing.has(name)) return { cost: traversed(first) }
  if (rewriting.has(name)) return { cost: read(first.size), size: first.size }
  if (parsing.has(name)) return { cost: read(first.size) }
  switch (name) {
    case "replace":
      return second === undefined || third === undefined
        ? undefined
        : { cost: readTwice(first.size), size: replaced(first.size, second.size, third.size) }
    case "split": {
      const limit = third?.value
      const most = typeof limit === "bigint" ? (limit < 0n ? Sizes.unbounded : Number(limit)) : first.size.most
      return { cost: readTwice(first.size), size: { least: 0, most } }
    }
    case "join":
      return joined(first, second)
    case "find":
    case "findAll":
      return second === undefined ? undefined : { cost: searched(first.size, second.size), size: { least: 0, most: first.size.most } }
    case "ip":
      return { cost: first.type.name === "CIDR" ? 1 : read(first.size) }
    case "ip.isCanonical":
      return { cost: readTwice(first.size) }
    case "containsIP":
    case "containsCIDR": {
      const masked = name === "containsIP" ? 0 : Sizes.scaled(16, textFactor) + 1
      return { cost: Sizes.plus(addressCost + masked, id === "read" && second !== undefined ? read(second.size) : 0) }
    }
    case "validate":
      return second === undefined ? undefined : { cost: Sizes.scaled(read(second.size), formatFactor) }
    case "_==_":
      return second === undefined ? undefined : equal(first, second)
    default:
      return undefined
  }
}

const sets = (left: Operand, right: Operand, factor: number): Called => ({
  cost: Sizes.plus(1, Sizes.scaled(Sizes.multiplied(left.size, right.size).most, factor))
})

/** Of cel-go's own functions. */
const byForm = (id: string, given: ReadonlyArray<Operand>): Called | undefined => {
  const [first, second, third] = given
  if (first === undefined) return undefined
  switch (id) {
    case "formatted":
      return { cost: read(first.size) }
    case "bytes of text":
      return { cost: read(first.size), size: { least: first.size.least, most: Sizes.times(first.size.most, 4) } }
    case "text of bytes":
      return { cost: read(first.size), size: { least: Math.floor(first.size.least / 4), most: first.size.most } }
    case "quoted":
      return {
        cost: read(first.size),
        // twice the largest number begins anew
        size: { least: first.size.least + 2, most: first.size.most === Sizes.unbounded ? 0 : Sizes.plus(first.size.most * 2, 2) }
      }
    case "logical":
      return { cost: 0 }
    default:
  }
  if (second === undefined) return undefined
  switch (id) {
    case "begins or ends":
      return { cost: read(second.size) }
    case "in list":
      return { cost: second.size.most }
    case "matches":
      return { cost: searched(first.size, second.size) }
    case "contains":
      return { cost: Sizes.times(read(first.size), read(second.size)) }
    case "conditional":
      return { cost: 0, ...(third === undefined ? {} : { size: Sizes.joined(second.size, third.size) }) }
    case "joined lists":
      return { cost: 1, size: Sizes.added(first.size, second.size) }
    case "joined texts": {
      const size = Sizes.added(first.size, second.size)
      return { cost: read(size), size }
    }
    case "compared":
      return { cost: Sizes.scaled(Math.min(first.size.most, second.size.most), textFactor) }
    case "sets":
      return sets(first, second, 1)
    case "sets both ways":
      return sets(first, second, 2)
    default:
      return undefined
  }
}

export const called = (name: string, id: string, given: ReadonlyArray<Operand>): Called =>
  (id.startsWith("sets") ? undefined : byName(name, id, given)) ?? byForm(id, given) ?? { cost: 1 }
