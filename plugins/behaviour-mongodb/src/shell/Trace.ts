/**
 * An error as the 4.4 shell prints it. Its engine is SpiderMonkey, ours QuickJS: the words of built-in errors are translated, and positions
 * are those of the expression that was called, not of its parenthesis.
 */
import type { Outcome } from "./Interpreter.ts"

type Thrown = Extract<Outcome, { readonly _tag: "Thrown" }>

interface Frame {
  readonly name: string
  readonly line: number
  readonly column: number
}

/** The frames of the user's own code, innermost first. */
const userFrames = (stack: string, file: string): ReadonlyArray<Frame> =>
  stack
    .split("\n")
    .flatMap((line): ReadonlyArray<Frame> => {
      const at = line.lastIndexOf(`${file}:`)
      if (at < 0) return []
      const [row = "1", column = "1"] = line
        .slice(at + file.length + 1)
        .replace(/\)+$/u, "")
        .split(":")
      const name = /^\s*at ([^\s(]+) \(/u.exec(line)?.[1] ?? ""
      return [{ name: name.startsWith("<") ? "" : name, line: Number(row), column: Number(column) }]
    })
    .slice(0, 16)

const isPart = (char: string): boolean => /[\w$.\])[(]/u.test(char)

/** Where the expression that ends before `column` (1-based) begins, brackets and strings in it included. */
const expressionStart = (text: string, column: number): number => {
  let at = column - 1
  let depth = 0
  while (at > 0) {
    const char = text[at - 1] ?? ""
    if (char === ")" || char === "]") depth += 1
    else if (char === "(" || char === "[") {
      if (depth === 0) break
      depth -= 1
    } else if (depth === 0 && !isPart(char)) break
    at -= 1
  }
  return at
}

/** The expression at a frame, up to the parenthesis that calls it or the property that could not be read. */
const expressionAt = (source: string, frame: Frame | undefined): { readonly text: string; readonly column: number } | undefined => {
  if (frame === undefined) return undefined
  const line = source.split("\n")[frame.line - 1] ?? ""
  // a call in tail position stands where its `return` does
  const tail = /^return\s+/u.exec(line.slice(frame.column - 1))?.[0].length ?? 0
  const start = tail > 0 ? frame.column - 1 + tail : expressionStart(line, frame.column)
  let end = tail > 0 ? start + (/^[\w$.]*/u.exec(line.slice(start))?.[0].length ?? 0) : frame.column - 1
  while (end < line.length && /[\w$]/u.test(line[end] ?? "")) end += 1
  if (line[end] === "." && end === frame.column - 1) {
    end += 1
    while (end < line.length && /[\w$]/u.test(line[end] ?? "")) end += 1
  }
  return { text: line.slice(start, end), column: start + 1 }
}

const syntaxErrors: ReadonlyArray<readonly [RegExp, string]> = [
  [/^expecting '\)'$/u, "missing ) after argument list"],
  [/^expecting '\}'$/u, "missing } after property list"],
  [/^expecting '\]'$/u, "missing ] after element list"],
  [/^expecting ';'$/u, "unexpected token: identifier"],
  [/^unexpected end of (string|input)/u, "unterminated string literal"],
  [/^unexpected token in expression: '(.*)'$/u, "expected expression, got '$1'"],
  [/^invalid (redefinition of|lexical variable).*/u, "redeclaration of let"]
]

const words = (thrown: Thrown, source: string, at: Frame | undefined): string => {
  const { message, name } = thrown
  if (name === "ReferenceError") return message.replace(/^'(.+)' is not defined$/u, "$1 is not defined")
  if (name === "InternalError" && message === "stack overflow") return "too much recursion"
  if (name === "SyntaxError") {
    if (/expecting '\}'/u.test(message) && source.trimEnd().endsWith("{")) return "expected expression, got end of script"
    const known = syntaxErrors.find(([pattern]) => pattern.test(message))
    return known === undefined ? message : message.replace(known[0], known[1])
  }
  if (name !== "TypeError") return message
  const expression = expressionAt(source, at)?.text
  if (message === "not a function") return expression === undefined ? message : `${expression} is not a function`
  const read = /^cannot (?:read|set) property '(.+)' of (undefined|null)$/u.exec(message)
  if (read === null || expression === undefined) return message
  const owner = expression.endsWith(`.${read[1]}`) ? expression.slice(0, -(read[1]?.length ?? 0) - 1) : expression
  return `${owner} is ${read[2]}`
}

/** `uncaught exception: …` with the stack the shell prints, without a final line feed. */
export const uncaught = (thrown: Thrown, source: string, file: string): string => {
  if (thrown.name === "") return `uncaught exception: ${thrown.text}`
  const frames = userFrames(thrown.stack, file)
  const lines = frames.map((frame) => {
    const column = thrown.name === "SyntaxError" ? frame.column : (expressionAt(source, frame)?.column ?? frame.column)
    return `${frame.name}@${file}:${frame.line}:${column}`
  })
  const head = `uncaught exception: ${thrown.name}: ${words(thrown, source, frames[0])} :`
  return [head, ...thrown.frames, ...(lines.length === 0 ? [`@${file}:1:1`] : lines)].join("\n")
}
