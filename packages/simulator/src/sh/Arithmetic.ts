/** `$((…))`: integers, variables, the operators of C that scripts use. */

const token = /\s*(?:(0[xX][0-9a-fA-F]+|\d+)|([A-Za-z_]\w*)|(\+\+|--|<<|>>|<=|>=|==|!=|&&|\|\||[-+*/%]=|[-+*/%<>()!=?:&|^~]))/y

const levels: ReadonlyArray<ReadonlyArray<string>> = [
  ["||"],
  ["&&"],
  ["|"],
  ["^"],
  ["&"],
  ["==", "!="],
  ["<=", ">=", "<", ">"],
  ["<<", ">>"],
  ["+", "-"],
  ["*", "/", "%"]
]

const apply = (operator: string, a: number, b: number): number => {
  switch (operator) {
    case "||":
      return a !== 0 || b !== 0 ? 1 : 0
    case "&&":
      return a !== 0 && b !== 0 ? 1 : 0
    case "|":
      return Number(BigInt(a) | BigInt(b))
    case "^":
      return Number(BigInt(a) ^ BigInt(b))
    case "&":
      return Number(BigInt(a) & BigInt(b))
    case "==":
      return a === b ? 1 : 0
    case "!=":
      return a !== b ? 1 : 0
    case "<=":
      return a <= b ? 1 : 0
    case ">=":
      return a >= b ? 1 : 0
    case "<":
      return a < b ? 1 : 0
    case ">":
      return a > b ? 1 : 0
    case "<<":
      return a * 2 ** b
    case ">>":
      return Math.floor(a / 2 ** b)
    case "+":
      return a + b
    case "-":
      return a - b
    case "*":
      return a * b
    case "/":
      return Math.trunc(a / b)
    default:
      return a % b
  }
}

export interface Names {
  readonly get: (name: string) => string | undefined
  readonly set: (name: string, value: string) => void
  readonly fail: (why: string) => void
}

/** An unset variable is 0. What can't be worked out fails. */
export const evaluate = (text: string, { fail, get, set }: Names): number => {
  const tokens: Array<string> = []
  token.lastIndex = 0
  let end = 0
  for (let found = token.exec(text); found !== null; found = token.exec(text)) {
    tokens.push(found[1] ?? found[2] ?? found[3] ?? "")
    end = token.lastIndex
  }
  let at = 0
  const read = (name: string): number => Math.trunc(Number(get(name) ?? 0)) || 0
  const written = (name: string, value: number): number => {
    set(name, String(value))
    return value
  }
  const checked = (operator: string, a: number, b: number): number => {
    if ((operator === "/" || operator === "%") && b === 0) {
      fail("divide by zero")
      return 0
    }
    return apply(operator, a, b)
  }
  const named = (name: string): number => {
    const next = tokens[at]
    if (next === "++" || next === "--") {
      at++
      const before = read(name)
      written(name, next === "++" ? before + 1 : before - 1)
      return before
    }
    if (next !== "=" && !/^[-+*/%]=$/.test(next ?? "")) return read(name)
    at++
    const value = ternary()
    return written(name, next === "=" ? value : checked(next?.charAt(0) ?? "", read(name), value))
  }
  const unary = (): number => {
    const next = tokens[at++]
    switch (next) {
      case undefined:
        fail("arithmetic syntax error")
        return 0
      case "-":
        return -unary()
      case "+":
        return unary()
      case "!":
        return unary() === 0 ? 1 : 0
      case "~":
        return -unary() - 1
      case "++":
      case "--": {
        const name = tokens[at++] ?? ""
        return written(name, read(name) + (next === "++" ? 1 : -1))
      }
      case "(": {
        const inner = ternary()
        if (tokens[at++] !== ")") fail("arithmetic syntax error")
        return inner
      }
      default:
        return /^[A-Za-z_]/.test(next) ? named(next) : Number(/^0\d/.test(next) ? `0o${next.slice(1)}` : next)
    }
  }
  const binary = (level: number): number => {
    const operators = levels[level]
    if (operators === undefined) return unary()
    let value = binary(level + 1)
    for (let next = tokens[at]; next !== undefined && operators.includes(next); next = tokens[at]) {
      at++
      value = checked(next, value, binary(level + 1))
    }
    return value
  }
  const ternary = (): number => {
    const condition = binary(0)
    if (tokens[at] !== "?") return condition
    at++
    const yes = ternary()
    if (tokens[at++] !== ":") fail("arithmetic syntax error")
    const no = ternary()
    return condition === 0 ? no : yes
  }
  if (text.trim() === "") return 0
  const value = ternary()
  if (at < tokens.length || text.slice(end).trim() !== "") fail("arithmetic syntax error")
  return Number.isFinite(value) ? value : 0
}
