/** The lines that match, or why the expression cannot be used. Patterns that could take long are refused by length and by nested repetition. */
import * as Result from "effect/Result"

const risky = /[+*}][^)]*\)[+*{]/u

export const matching = (text: string, expression: string): string | { readonly mistake: string } => {
  if (expression === "") return text
  if (expression.length > 500 || risky.test(expression))
    return { mistake: `Error: grep=${JSON.stringify(expression.slice(0, 80))} is too complex an expression.` }
  const pattern = Result.try(() => new RegExp(expression, "iu"))
  if (Result.isFailure(pattern)) return { mistake: `Error: grep=${JSON.stringify(expression)} is no regular expression.` }
  return text
    .split("\n")
    .filter((line) => line !== "" && pattern.success.test(line))
    .map((line) => `${line}\n`)
    .join("")
}
