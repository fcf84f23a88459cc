/** `test` and `[`. */
import type { Applet, Call } from "./Applet.ts"
import { absolute, exists, isFolder, ran } from "./Applet.ts"

const unary = (call: Call, operator: string, value: string): boolean => {
  const path = absolute(call.cwd, value)
  switch (operator) {
    case "-n":
      return value !== ""
    case "-z":
      return value === ""
    case "-f":
    case "-r":
      return call.file(path) !== undefined
    case "-s":
      return (call.file(path) ?? "") !== ""
    case "-d":
      return call.file(path) === undefined && isFolder(call, path)
    default:
      return exists(call, path)
  }
}

const numeric: ReadonlySet<string> = new Set(["-eq", "-ne", "-lt", "-le", "-gt", "-ge"])

/** The first of two words that should be numbers and is none. */
const noNumber = (words: ReadonlyArray<string>): string | undefined =>
  words.length === 3 && numeric.has(words[1] ?? "") ? [words[0], words[2]].find((word) => !/^\s*[-+]?\d+\s*$/.test(word ?? "")) : undefined

const binary = (a: string, operator: string, b: string): boolean | undefined => {
  switch (operator) {
    case "=":
    case "==":
      return a === b
    case "!=":
      return a !== b
    case "-eq":
      return Number(a) === Number(b)
    case "-ne":
      return Number(a) !== Number(b)
    case "-lt":
      return Number(a) < Number(b)
    case "-le":
      return Number(a) <= Number(b)
    case "-gt":
      return Number(a) > Number(b)
    case "-ge":
      return Number(a) >= Number(b)
    default:
      return undefined
  }
}

/** `undefined`: the expression is none. */
const holds = (call: Call, words: ReadonlyArray<string>): boolean | undefined => {
  const or = words.indexOf("-o")
  if (or > 0) return holds(call, words.slice(0, or)) === true || holds(call, words.slice(or + 1)) === true
  const and = words.indexOf("-a")
  if (and > 0) return holds(call, words.slice(0, and)) === true && holds(call, words.slice(and + 1)) === true
  const [a = "", operator = "", b = ""] = words
  if (a === "!" && words.length > 1) return holds(call, words.slice(1)) !== true
  if (words.length === 3) return binary(a, operator, b)
  if (words.length === 2) return unary(call, a, operator)
  return words.length < 2 ? a !== "" : undefined
}

export const test: Applet = (call) => {
  const [name = ""] = call.argv
  const words = call.argv.slice(1)
  if (name === "[" && words.pop() !== "]") return ran(2, "", "sh: missing ]\n")
  const wrong = noNumber(words)
  if (wrong !== undefined) return ran(2, "", `sh: ${wrong}: bad number\n`)
  const result = holds(call, words)
  return result === undefined ? ran(2, "", `sh: ${words[0] ?? ""}: unknown operand\n`) : ran(result ? 0 : 1)
}
