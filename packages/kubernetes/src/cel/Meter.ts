/**
 * Counts what an expression costs while it is evaluated, and ends it at the limit. The library has no such counter: the nodes of a parsed
 * expression are led through ours, which finds the meter of the evaluation among its variables, under a name that no expression can say.
 */
import { isArray, isRecord } from "../Json.ts"
import * as Cost from "./Cost.ts"
import { qualified } from "./Declared.ts"
import { newList, newMap } from "./Factors.ts"
import { perCall } from "./Limits.ts"

/**
 * Characters and items that one expression may make this process look at. The API's own cost counts some steps as one that here take as long as
 * what they look at is: joining two lists, comparing two objects. Where the API's server looks at the request's deadline, we count.
 */
const workLimit = 20_000_000

export const exceeded = "operation cancelled: actual cost limit exceeded"

/** Thrown as one value: where it comes from is nobody's business, and what gathers errors sees it in every round. */
const stopped = new Error(exceeded)

export class Meter {
  /** What it cost so far. */
  cost = 0
  #work = 0

  get isExceeded(): boolean {
    return this.cost > perCall || this.#work > workLimit
  }

  charge(cost: number): void {
    this.cost += cost
    this.#end()
  }

  /** Counts every character and item within a value. */
  look(value: unknown): void {
    this.#work++
    this.#end()
    if (typeof value === "string") this.#work += value.length
    else if (isArray(value)) for (const one of value) this.look(one)
    else if (isRecord(value)) for (const key in value) this.look(value[key])
  }

  /** Counts what a value is of, without what is in it. */
  glance(value: unknown): void {
    this.#work += typeof value === "string" || isArray(value) ? value.length : Cost.sizeOf(value)
    this.#end()
  }

  #end(): void {
    if (this.isExceeded) throw stopped
  }
}

/** No identifier of the language. */
const meterName = "#meter"

export const withMeter = (variables: Readonly<Record<string, unknown>>, meter: Meter): Record<string, unknown> => ({
  ...variables,
  [meterName]: meter
})

interface Context {
  readonly getValue: (name: string) => unknown
}

type Evaluate = (evaluator: unknown, node: Node, context: Context) => unknown

/** What the library makes of `has` and `cel.bind`. */
interface Macro {
  readonly evaluate: (evaluator: unknown, macro: Macro, context: Context) => unknown
}

/** A node as the library has it within. */
interface Node {
  readonly op: string
  readonly args: unknown
  readonly meta: { readonly alternate?: Node; readonly macro?: Macro; readonly evaluate: Evaluate }
  readonly handle: (...given: ReadonlyArray<unknown>) => unknown
  evaluate: Evaluate
}

const isNode = (value: unknown): value is Node =>
  isRecord(value) &&
  typeof value["op"] === "string" &&
  "args" in value &&
  isRecord(value["meta"]) &&
  typeof value["evaluate"] === "function"

const nodes = (value: unknown): ReadonlyArray<Node> => (isArray(value) ? value.filter(isNode) : [])

const meterOf = (context: Context): Meter => {
  const meter = context.getValue(meterName)
  return meter instanceof Meter ? meter : new Meter()
}

/** As the library evaluates a node. */
const plain: Evaluate = (evaluator, node, context) => {
  const { alternate, evaluate, macro } = node.meta
  if (alternate !== undefined) return alternate.evaluate(evaluator, alternate, context)
  return macro === undefined ? evaluate(evaluator, node, context) : macro.evaluate(evaluator, macro, context)
}

/** Costs the same whatever comes. */
const fixed =
  (cost: number): Evaluate =>
  (evaluator, node, context) => {
    meterOf(context).charge(cost)
    return plain(evaluator, node, context)
  }

const binary = ([left, right]: ReadonlyArray<Node>): Evaluate | undefined => {
  if (left === undefined || right === undefined) return undefined
  const isFixed = isConstant(right)
  return (evaluator, node, context) => {
    const a = left.evaluate(evaluator, left, context)
    const b = right.evaluate(evaluator, right, context)
    const meter = meterOf(context)
    // among constants is looked up as in a map
    if (node.op !== "in" || !isFixed) meter.charge(Cost.ofOperator(node.op, a, b))
    if (node.op === "==" || node.op === "!=") meter.look(a)
    else if (node.op === "in") meter.look(b)
    else if (node.op === "+") {
      meter.glance(a)
      meter.glance(b)
    }
    return node.handle(a, b, node, evaluator)
  }
}

const unary = (of: unknown): Evaluate | undefined =>
  isNode(of)
    ? (evaluator, node, context) => {
        const given = of.evaluate(evaluator, of, context)
        meterOf(context).charge(1)
        return node.handle(given, node, evaluator)
      }
    : undefined

/** Of a function, alone or called on a value. */
const call = (args: ReadonlyArray<unknown>, order: "node first" | "node last"): Evaluate => {
  const [name, first, rest] = args
  const called = typeof name === "string" ? name : ""
  const from = [...(isNode(first) ? [first] : nodes(first)), ...nodes(rest)]
  return (evaluator, node, context) => {
    const given = from.map((one) => one.evaluate(evaluator, one, context))
    const meter = meterOf(context)
    meter.charge(Cost.ofCall(called, given))
    for (const one of given) meter.glance(one)
    const result = order === "node first" ? node.handle(given, node, evaluator) : node.handle(given, evaluator, node)
    meter.charge(Cost.ofResult(called, result))
    meter.glance(result)
    return result
  }
}

const chained: ReadonlySet<string> = new Set([".", ".?", "[]", "[?]"])
const keyed: ReadonlySet<string> = new Set(["[]", "[?]"])
const operators: ReadonlySet<string> = new Set(["!=", "==", "in", "+", "-", "*", "/", "%", "<", "<=", ">", ">="])

/** What a chain of fields and keys begins with: a name, or something that was worked out. */
const rootOf = (node: Node): Node => {
  const [from] = nodes(node.args)
  return chained.has(node.op) && from !== undefined ? rootOf(from) : node
}

/** `has` looks its last field up for nothing. */
const presence = (args: unknown): number => {
  const [name, given] = isArray(args) ? args : []
  const [field] = nodes(given)
  if (name !== "has" || field === undefined) return 0
  const [from] = nodes(field.args)
  return from === undefined ? 0 : lengthOf(from)
}

const lengthOf = (node: Node): number => {
  const [from] = nodes(node.args)
  return chained.has(node.op) && from !== undefined ? 1 + lengthOf(from) : 0
}

const conversions: ReadonlySet<string> = new Set(["bool", "bytes", "double", "duration", "int", "string", "timestamp", "uint"])

/** Types and name spaces are no variables. */
const known: ReadonlySet<string> = new Set([
  ...conversions,
  "list",
  "map",
  "null_type",
  "type",
  ...[...qualified].map((name) => name.slice(0, name.indexOf(".")))
])

/** What is made of nothing but constants is made once, and costs nothing. */
const isConstant = (node: unknown): boolean => {
  if (isArray(node)) return node.every(isConstant)
  if (!isNode(node)) return false
  const [name, given] = isArray(node.args) ? node.args : []
  switch (node.op) {
    case "value":
      return true
    case "list":
    case "map":
    case "-_":
      return isConstant(node.args)
    case "call":
      return typeof name === "string" && conversions.has(name) && isConstant(given)
    default:
      return false
  }
}

/** Steps that cost something by themselves; `free` are roots that are looked up together with what they are part of. */
const counted = (node: Node, free: ReadonlySet<Node>): Evaluate | undefined => {
  if (isConstant(node)) return undefined
  if (operators.has(node.op)) return binary(nodes(node.args))
  switch (node.op) {
    case "id":
      return free.has(node) || (typeof node.args === "string" && known.has(node.args)) ? undefined : fixed(1)
    case ".":
    case ".?":
    case "[]":
    case "[?]": {
      const [from] = nodes(node.args)
      const isWorkedOut = from !== undefined && !chained.has(from.op) && from.op !== "id" && from.op !== "?:"
      return fixed(isWorkedOut && !free.has(from) ? 2 : 1)
    }
    case "call":
      return isArray(node.args) ? call(node.args, "node first") : undefined
    case "rcall":
      return isArray(node.args) ? call(node.args, "node last") : undefined
    case "!_":
    case "-_":
      return unary(node.args)
    case "list":
      return fixed(newList)
    case "map":
      return fixed(newMap)
    case "accuPush":
      // what was gathered, a list of the new item, their sum
      return fixed(1 + (isConstant(node.args) ? 0 : newList) + 1)
    case "accuInc":
      return fixed(2)
    default:
      return undefined
  }
}

/** The nodes in what a node, a macro or a comprehension is made of. */
const within = (value: unknown): ReadonlyArray<Node> => {
  if (isNode(value)) return [value]
  if (isArray(value)) return value.flatMap(within)
  return isRecord(value) ? Object.values(value).flatMap((one) => (isNode(one) || isArray(one) ? within(one) : [])) : []
}

/** A comprehension's rounds and its end cost something beside what they evaluate: its condition, and the value that it gathers. */
const comprehended = (node: Node): void => {
  const { condition, init, step } = isRecord(node.args) ? node.args : {}
  const from = isNode(init) ? init.args : undefined
  const isQuantifier = typeof condition === "function"
  if (isQuantifier && isNode(step)) step.evaluate = fixed(from === true ? 3 : 4)
  node.evaluate = fixed(isQuantifier || isArray(from) ? 1 : 2)
}

/** Leads all nodes of a parsed expression through the meter. */
export const metered = (root: unknown): void => {
  const seen = new Set<Node>()
  const free = new Set<Node>()
  const visit = (node: Node): void => {
    if (seen.has(node)) return
    seen.add(node)
    const { alternate, macro } = node.meta
    if (node.op === "?:" || keyed.has(node.op)) for (const branch of nodes(node.args).slice(1)) free.add(rootOf(branch))
    const counting = alternate === undefined && macro === undefined ? counted(node, free) : fixed(presence(node.args))
    node.evaluate = counting ?? plain
    if (alternate !== undefined) visit(alternate)
    for (const one of within(macro ?? node.args)) visit(one)
    if (node.op === "comprehension") comprehended(node)
  }
  if (isNode(root)) visit(root)
}
