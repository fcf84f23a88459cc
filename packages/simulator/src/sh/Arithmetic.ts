/** `$((…))`: integers, variables, the operators of C that scripts use. */

const token = /\s*(?:(\d+)|\$?([A-Za-z_]\w*)|(<=|>=|==|!=|&&|\|\||<<|>>|[-+*/%<>()!]))/y

const levels: ReadonlyArray<ReadonlyArray<string>> = [["||"], ["&&"], ["==", "!="], ["<=", ">=", "<", ">"], ["+", "-"], ["*", "/", "%"]]

const apply = (operator: string, a: number, b: number): number => {
  switch (operator) {
    case "||":
      return a !== 0 || b !== 0 ? 1 : 0
    case "&&":
      return a !== 0 && b !== 0 ? 1 : 0
    case "==":
      return a === b ? 1 : 0
    case "!=":
      return a === b ? 0 : 1
    case "<=":
      return a <= b ? 1 : 0
    case ">=":
      return a >= b ? 1 : 0
    case "<":
      return a < b ? 1 : 0
    case ">":
      return a > b ? 1 : 0
    case "+":
      return a + b
    case "-":
      return a - b
    case "*":
      return a * b
    case "/":
      return b === 0 ? 0 : Math.trunc(a / b)
    default:
      return b === 0 ? 0 : a % b
  }
}

/** An unset variable is 0, as is what can't be read. */
export const evaluate = (text: string, get: (name: string) => string | undefined): number => {
  const tokens: Array<string> = []
  token.lastIndex = 0
  for (let found = token.exec(text); found !== null; found = token.exec(text)) {
    tokens.push(found[2] === undefined ? (found[1] ?? found[3] ?? "") : String(Number(get(found[2]) ?? 0) || 0))
  }
  let at = 0
  const unary = (): number => {
    const next = tokens[at++]
    if (next === "-") return -unary()
    if (next === "+") return unary()
    if (next === "!") return unary() === 0 ? 1 : 0
    if (next === "(") {
      const inner = binary(0)
      at++
      return inner
    }
    return Number(next ?? 0) || 0
  }
  const binary = (level: number): number => {
    const operators = levels[level]
    if (operators === undefined) return unary()
    let value = binary(level + 1)
    for (let next = tokens[at]; next !== undefined && operators.includes(next); next = tokens[at]) {
      at++
      value = apply(next, value, binary(level + 1))
    }
    return value
  }
  return binary(0)
}
