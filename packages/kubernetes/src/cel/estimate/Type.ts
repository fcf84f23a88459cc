/** The types of the language, and what may stand where. */

export interface Type {
  readonly name: string
  /** Of a list, a map, an optional value: what is within. */
  readonly of: ReadonlyArray<Type>
  /** Of an object. */
  readonly fields?: ReadonlyMap<string, Type>
}

const simple = (name: string): Type => ({ name, of: [] })

export const dyn = simple("dyn")
export const bool = simple("bool")
export const text = simple("string")
export const listOf = (item: Type): Type => ({ name: "list", of: [item] })
export const mapOf = (key: Type, value: Type): Type => ({ name: "map", of: [key, value] })
export const optionalOf = (value: Type): Type => ({ name: "optional", of: [value] })
export const objectOf = (fields: ReadonlyMap<string, Type>): Type => ({ name: "object", of: [], fields })
export const typed = simple

/** Named by a letter in what functions are declared with; fresh ones have a number. */
export const isVariable = ({ name }: Type): boolean => name.startsWith("$")

const read = (source: string, at: { index: number }): Type => {
  const word = /^[\w$]+/.exec(source.slice(at.index))?.[0] ?? ""
  at.index += word.length
  const of: Array<Type> = []
  while (source[at.index] === (of.length === 0 ? "<" : ",")) {
    at.index++
    of.push(read(source, at))
  }
  if (of.length > 0) at.index++
  return { name: /^[A-Z]$/.test(word) ? `$${word}` : word, of }
}

/** `map<string,list<A>>` */
export const parse = (source: string): Type => read(source, { index: 0 })

/** What variables stand for. */
export type Bindings = ReadonlyMap<string, Type>

export const resolved = (type: Type, bindings: Bindings): Type => {
  if (isVariable(type)) {
    const bound = bindings.get(type.name)
    return bound === undefined ? type : resolved(bound, bindings)
  }
  return type.of.length === 0 ? type : { ...type, of: type.of.map((one) => resolved(one, bindings)) }
}

/** Variables that stand for nothing may be anything. */
export const settled = (type: Type, bindings: Bindings): Type => {
  const found = resolved(type, bindings)
  if (isVariable(found)) return dyn
  return found.of.length === 0 ? found : { ...found, of: found.of.map((one) => settled(one, bindings)) }
}

/** With variables of its own. */
export const renamed = (type: Type, suffix: string): Type =>
  isVariable(type) ? simple(`${type.name}${suffix}`) : { ...type, of: type.of.map((one) => renamed(one, suffix)) }

const nullable: ReadonlySet<string> = new Set([
  "object",
  "optional",
  "timestamp",
  "duration",
  "IP",
  "CIDR",
  "Quantity",
  "URL",
  "Format",
  "Semver"
])

/** What has to be bound for `given` to stand where `wanted` does; `undefined` when it can't. */
export const assigned = (wanted: Type, given: Type, bindings: Bindings): Bindings | undefined => {
  const bound = isVariable(wanted) ? bindings.get(wanted.name) : undefined
  const to = resolved(wanted, bindings)
  const from = resolved(given, bindings)
  if (isVariable(to)) return to.name === from.name ? bindings : new Map(bindings).set(to.name, from)
  if (isVariable(from)) return new Map(bindings).set(from.name, to)
  if (from.name === "dyn") return bound === undefined ? bindings : new Map(bindings).set(wanted.name, dyn)
  if (to.name === "dyn") return bindings
  if (to.name === "null_type" || from.name === "null_type") {
    return to.name === from.name || nullable.has(to.name) || nullable.has(from.name) ? bindings : undefined
  }
  if (to.name !== from.name || to.of.length !== from.of.length || to.fields !== from.fields) return undefined
  return assignedAll(to.of, from.of, bindings)
}

export const assignedAll = (wanted: ReadonlyArray<Type>, given: ReadonlyArray<Type>, bindings: Bindings): Bindings | undefined => {
  if (wanted.length !== given.length) return undefined
  let all: Bindings | undefined = bindings
  for (const [i, one] of wanted.entries()) {
    all = all === undefined ? undefined : assigned(one, given[i] ?? dyn, all)
  }
  return all
}
