/**
 * Label selectors: the text of `-l` and `labelSelector=`, and the objects of `spec.selector`. Sources: the API's documentation of
 * labels and selectors; error texts observed on kube-apiserver 1.34.
 */
import * as Result from "effect/Result"
import { explainKey, explainLabelValue } from "./validation/Names.ts"
import { record, records, string, stringRecord, strings } from "./Json.ts"

export interface Requirement {
  readonly key: string
  readonly operator: "In" | "NotIn" | "Exists" | "DoesNotExist" | "Gt" | "Lt"
  readonly values: ReadonlyArray<string>
  /** `set`: a single value is printed as a set of one. */
  readonly form?: "set"
}

/** All requirements must hold; none at all selects everything. */
export type Selector = ReadonlyArray<Requirement>

export type Labels = Readonly<Record<string, string>>

const holds = ({ key, operator, values }: Requirement, labels: Labels): boolean => {
  const value = labels[key]
  switch (operator) {
    case "In":
      return value !== undefined && values.includes(value)
    case "NotIn":
      return value === undefined || !values.includes(value)
    case "Exists":
      return value !== undefined
    case "DoesNotExist":
      return value === undefined
    case "Gt":
      return value !== undefined && Number(value) > Number(values[0])
    case "Lt":
      return value !== undefined && Number(value) < Number(values[0])
  }
}

export const matches = (selector: Selector, labels: Labels | undefined): boolean =>
  selector.every((requirement) => holds(requirement, labels ?? {}))

/** Of a map of labels: `spec.selector` of a Service. */
export const fromLabels = (labels: unknown): Selector =>
  Object.entries(stringRecord(labels)).map(([key, value]) => ({ key, operator: "In", values: [value] }))

const operators: ReadonlySet<string> = new Set(["In", "NotIn", "Exists", "DoesNotExist"])
const isOperator = (text: string): text is Requirement["operator"] => operators.has(text)

/** Of a `LabelSelector` (`matchLabels`, `matchExpressions`). An empty one selects everything; an absent one, nothing: ask before. */
export const fromLabelSelector = (value: unknown): Selector => {
  const { matchExpressions, matchLabels } = record(value)
  return [
    ...fromLabels(matchLabels),
    ...records(matchExpressions).flatMap((expression): Selector => {
      const operator = string(expression["operator"]) ?? ""
      return isOperator(operator)
        ? [{ key: string(expression["key"]) ?? "", operator, values: strings(expression["values"]), form: "set" }]
        : []
    })
  ]
}

const requirementText = ({ form, key, operator, values }: Requirement): string => {
  const isPlain = values.length === 1 && form !== "set"
  switch (operator) {
    case "In":
      return isPlain ? `${key}=${values[0]}` : `${key} in (${[...values].sort().join(",")})`
    case "NotIn":
      return isPlain ? `${key}!=${values[0]}` : `${key} notin (${[...values].sort().join(",")})`
    case "Exists":
      return key
    case "DoesNotExist":
      return `!${key}`
    case "Gt":
      return `${key}>${values[0]}`
    case "Lt":
      return `${key}<${values[0]}`
  }
}

/** The text form, sorted by key: what `status.selector` of a Scale holds. */
export const print = (selector: Selector): string =>
  [...selector]
    .sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0))
    .map(requirementText)
    .join(",")

const token = /\s*(?:(?<symbol>==|!=|=|!|,|\(|\)|>|<)|(?<word>[^\s=!,()<>]+))/y

const lex = (text: string): ReadonlyArray<string> => {
  const out: Array<string> = []
  const pattern = new RegExp(token)
  while (pattern.lastIndex < text.length) {
    const found = pattern.exec(text)
    if (found === null) break
    out.push(found.groups?.["symbol"] ?? found.groups?.["word"] ?? "")
  }
  return out
}

const symbols = new Set(["==", "!=", "=", "!", ",", "(", ")", ">", "<", ""])

const unparsed = (field: string, value: string, why: ReadonlyArray<string>): string | undefined =>
  why.length === 0 ? undefined : `unable to parse requirement: ${field}: Invalid value: ${JSON.stringify(value)}: ${why.join("; ")}`

const invalidKey = (key: string): string | undefined => unparsed("<nil>", key, explainKey(key))

const invalidValues = ({ key, operator, values }: Requirement): string | undefined => {
  const compares = operator === "Gt" || operator === "Lt"
  for (const [i, value] of values.entries()) {
    const bad = compares
      ? unparsed(`values[${i}]`, value, /^-?\d+$/.test(value) ? [] : ["for 'Gt', 'Lt' operators, the value must be an integer"])
      : unparsed(`values[${i}][${key}]`, value, explainLabelValue(value))
    if (bad !== undefined) return bad
  }
  return undefined
}

const everything: Result.Result<Selector, string> = Result.succeed([])

/** The text of a query parameter. Fails with the server's explanation. */
export const parse = (text: string): Result.Result<Selector, string> => {
  if (text === "") return everything
  const tokens = lex(text)
  const out: Array<Requirement> = []
  let at = 0
  let failure: string | undefined
  const peek = (): string => tokens[at] ?? ""
  const isWord = (word: string): boolean => !symbols.has(word)
  if (tokens.length === 0) return everything
  for (;;) {
    const negated = peek() === "!"
    if (negated) at++
    const key = peek()
    if (!isWord(key)) {
      if (negated) return Result.fail(`unable to parse requirement: found '${key}', expected: identifier`)
      const wanted = at === 0 ? "!, identifier, or 'end of string'" : "identifier after ','"
      return Result.fail(`found '${key}', expected: ${wanted}`)
    }
    at++
    const operator = peek()
    if (negated || operator === "" || operator === ",") {
      const bad = invalidKey(key)
      if (bad !== undefined) return Result.fail(bad)
      out.push({ key, operator: negated ? "DoesNotExist" : "Exists", values: [] })
    } else {
      at++
      if ((operator === "in" || operator === "notin") && peek() !== "(") {
        return Result.fail(`unable to parse requirement: found '${peek()}' expected: '('`)
      }
      const requirement = binary(key, operator)
      if (requirement === undefined) {
        return Result.fail(`unable to parse requirement: found '${operator}', expected: in, notin, =, ==, !=, gt, lt`)
      }
      const bad = failure ?? invalidKey(key) ?? invalidValues(requirement)
      if (bad !== undefined) return Result.fail(bad)
      out.push(requirement)
    }
    if (peek() === "") return Result.succeed(out)
    if (peek() !== ",") return Result.fail(`found '${peek()}', expected: ',' or 'end of string'`)
    at++
  }

  function binary(key: string, operator: string): Requirement | undefined {
    switch (operator) {
      case "=":
      case "==":
        return { key, operator: "In", values: [value()] }
      case "!=":
        return { key, operator: "NotIn", values: [value()] }
      case ">":
        return { key, operator: "Gt", values: [value()] }
      case "<":
        return { key, operator: "Lt", values: [value()] }
      case "in":
      case "notin":
        return { key, operator: operator === "in" ? "In" : "NotIn", values: values(), form: "set" }
      default:
        return undefined
    }
  }

  /** May be empty: `a=`. */
  function value(): string {
    const word = peek()
    if (!isWord(word)) {
      if (word !== "" && word !== ",") failure ??= `unable to parse requirement: found '${word}', expected: identifier`
      return ""
    }
    at++
    return word
  }

  function values(): ReadonlyArray<string> {
    const list: Array<string> = []
    if (peek() !== "(") return list
    at++
    while (peek() !== ")") {
      if (isWord(peek())) list.push(value())
      if (peek() === ",") at++
      else if (peek() !== ")") {
        failure ??= `unable to parse requirement: found '${peek()}', expected: ',' or ')'`
        return list
      }
    }
    at++
    return list
  }
}
