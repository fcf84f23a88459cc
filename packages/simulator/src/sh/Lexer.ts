/** Words, operators and newlines of a script. Quotes and `$` are read into parts here, so that nothing has to be read twice. */
import * as Result from "effect/Result"
import type { Otherwise, Part, Quoting, Script, Word } from "./Syntax.ts"

export type Token =
  | { readonly _tag: "Word"; readonly word: Word }
  | { readonly _tag: "Operator"; readonly text: string }
  /** The digit right before a `<` or `>`. */
  | { readonly _tag: "Descriptor"; readonly fd: number }
  /** What follows a `<<`, up to its end. */
  | { readonly _tag: "Document"; readonly body: Word }

/** Longest first. */
const operators = ["&&", "||", ";;", ">>", ">&", "<&", "<<", ";", "&", "|", "<", ">", "(", ")", "\n"]
const otherwises: ReadonlyArray<Otherwise["operator"]> = [":-", ":+", ":=", ":?", "##", "%%", "-", "+", "=", "?", "#", "%"]

const nameAt = /[A-Za-z_][A-Za-z0-9_]*|[0-9@*#?$!-]/y
const bracedName = /^(?:[A-Za-z_][A-Za-z0-9_]*|[0-9]+|[@*#?$!-])/

/** The place of the double quote that closes the one at a place. */
const endOfQuoted = (text: string, from: number): number => {
  let at = from + 1
  for (; at < text.length && text[at] !== '"'; at++) if (text[at] === "\\") at++
  return at
}

/** `parse` reads the script of a substitution. Fails with what an `sh` says after `syntax error: `. */
export const tokens = (
  source: string,
  parse: (source: string) => Result.Result<Script, string>
): Result.Result<ReadonlyArray<Token>, string> => {
  const text = source
  const out: Array<Token> = []
  let at = 0
  const failures: Array<string> = []

  const fail = (why: string): undefined => {
    failures.push(why)
    at = text.length
  }

  /** The text up to the bracket that closes the one just read. */
  const balanced = (open: string, close: string): string => {
    const from = at
    let depth = 1
    for (; at < text.length; at++) {
      const letter = text[at]
      if (letter === "\\") at++
      else if (letter === "'" && open === "(") at = Math.max(at, text.indexOf("'", at + 1))
      else if (letter === '"' && open === "(") at = endOfQuoted(text, at)
      else if (letter === open) depth++
      else if (letter === close && --depth === 0) return text.slice(from, at++)
    }
    fail(`unexpected end of file (expecting "${close}")`)
    return ""
  }

  const substitution = (script: string, quoting: Quoting): Part => {
    const parsed = parse(script)
    if (Result.isFailure(parsed)) fail(parsed.failure)
    return { _tag: "Substitution", script: Result.isSuccess(parsed) ? parsed.success : [], quoting }
  }

  const wordOf = (inner: string): Word => {
    const read = tokens(
      inner.replaceAll(/[ \t\n;&|<>()]/g, (letter) => `\\${letter}`),
      parse
    )
    if (Result.isFailure(read)) fail(read.failure)
    const [first] = Result.isSuccess(read) ? read.success : []
    return first?._tag === "Word" ? first.word : []
  }

  /** As between double quotes. */
  const quotedText = (inner: string): Word => {
    const read = tokens(`"${inner.replaceAll('"', '\\"')}"`, parse)
    if (Result.isFailure(read)) fail(read.failure)
    const [first] = Result.isSuccess(read) ? read.success : []
    return first?._tag === "Word" ? first.word : []
  }

  const braced = (quoting: Quoting): Part => {
    const inner = balanced("{", "}")
    if (/^#[A-Za-z_0-9@*]/.test(inner)) return { _tag: "Variable", name: inner, quoting, otherwise: undefined }
    const name = bracedName.exec(inner)?.[0] ?? ""
    const rest = inner.slice(name.length)
    if (rest === "") return { _tag: "Variable", name, quoting, otherwise: undefined }
    const operator = otherwises.find((one) => rest.startsWith(one))
    if (name === "" || operator === undefined) fail("bad substitution")
    return {
      _tag: "Variable",
      name,
      quoting,
      otherwise: operator === undefined ? undefined : { operator, word: wordOf(rest.slice(operator.length)) }
    }
  }

  /** After a `$`. */
  const dollar = (quoting: Quoting): Part => {
    if (text.startsWith("((", at)) {
      at += 2
      const inner = balanced("(", ")")
      at++
      return { _tag: "Arithmetic", word: quotedText(inner) }
    }
    if (text[at] === "(") {
      at++
      return substitution(balanced("(", ")"), quoting)
    }
    if (text[at] === "{") {
      at++
      return braced(quoting)
    }
    nameAt.lastIndex = at
    const name = nameAt.exec(text)?.[0]
    if (name === undefined) return { _tag: "Text", text: "$", quoting: "quoted" }
    at += name.length
    return { _tag: "Variable", name, quoting, otherwise: undefined }
  }

  const backquoted = (quoting: Quoting): Part => {
    const end = text.indexOf("`", at)
    if (end < 0) fail('unexpected end of file (expecting "`")')
    const inner = text.slice(at, end < 0 ? text.length : end)
    at = end < 0 ? text.length : end + 1
    return substitution(inner, quoting)
  }

  const doubleQuoted = (parts: Array<Part>): void => {
    let plain = ""
    const flush = () => {
      if (plain !== "") parts.push({ _tag: "Text", text: plain, quoting: "quoted" })
      plain = ""
    }
    // an empty pair is a word, too
    parts.push({ _tag: "Text", text: "", quoting: "quoted" })
    for (;;) {
      const letter = text[at]
      if (letter === undefined) return fail('unexpected end of file (expecting """)')
      at++
      if (letter === '"') return flush()
      if (letter === "\\" && text[at] === "\n") at++
      else if (letter === "\\" && '$`"\\'.includes(text[at] ?? "x")) plain += text[at++]
      else if (letter === "$") {
        flush()
        parts.push(dollar("quoted"))
      } else if (letter === "`") {
        flush()
        parts.push(backquoted("quoted"))
      } else plain += letter
    }
  }

  const word = (): Word => {
    const parts: Array<Part> = []
    let plain = ""
    const flush = () => {
      if (plain !== "") parts.push({ _tag: "Text", text: plain, quoting: "bare" })
      plain = ""
    }
    while (at < text.length) {
      const letter = text[at] ?? ""
      if (" \t\n;&|<>()".includes(letter)) break
      at++
      switch (letter) {
        case "\\":
          if (text[at] === "\n") {
            at++
            break
          }
          flush()
          parts.push({ _tag: "Text", text: text[at++] ?? "\\", quoting: "quoted" })
          break
        case "'": {
          flush()
          const end = text.indexOf("'", at)
          if (end < 0) fail('unexpected end of file (expecting "\'")')
          else {
            parts.push({ _tag: "Text", text: text.slice(at, end), quoting: "quoted" })
            at = end + 1
          }
          break
        }
        case '"':
          flush()
          doubleQuoted(parts)
          break
        case "$":
          flush()
          parts.push(dollar("bare"))
          break
        case "`":
          flush()
          parts.push(backquoted("bare"))
          break
        default:
          plain += letter
      }
    }
    flush()
    return parts
  }

  /** Documents announced in this line: where their bodies go, and how they end. */
  let announced: ReadonlyArray<{
    readonly index: number
    readonly end: string
    readonly quoting: Quoting
    readonly tabs: "kept" | "dropped"
  }> = []

  const announce = (): void => {
    const tabs = text[at] === "-" ? "dropped" : "kept"
    if (tabs === "dropped") at++
    while (text[at] === " " || text[at] === "\t") at++
    const from = at
    word()
    const written = text.slice(from, at)
    announced = [
      ...announced,
      { index: out.length, end: written.replaceAll(/["'\\]/g, ""), quoting: /["'\\]/.test(written) ? "quoted" : "bare", tabs }
    ]
    out.push({ _tag: "Document", body: [] })
  }

  const document = ({ end, index, quoting, tabs }: (typeof announced)[number]): void => {
    let body = ""
    while (at < text.length) {
      const newline = text.indexOf("\n", at)
      const line = text.slice(at, newline < 0 ? text.length : newline)
      at = newline < 0 ? text.length : newline + 1
      const shown = tabs === "dropped" ? line.replace(/^\t+/u, "") : line
      if (shown === end) break
      body += `${shown}\n`
    }
    out[index] = { _tag: "Document", body: quoting === "quoted" ? [{ _tag: "Text", text: body, quoting: "quoted" }] : quotedText(body) }
  }

  while (at < text.length) {
    const letter = text[at]
    if (letter === " " || letter === "\t") at++
    else if (letter === "\\" && text[at + 1] === "\n") at += 2
    else if (letter === "#") {
      while (at < text.length && text[at] !== "\n") at++
    } else {
      const operator = operators.find((one) => text.startsWith(one, at))
      if (/[0-9][<>]/y.test(text.slice(at, at + 2))) out.push({ _tag: "Descriptor", fd: Number(text[at++]) })
      else if (operator === undefined) out.push({ _tag: "Word", word: word() })
      else {
        at += operator.length
        if (operator === "<<") {
          announce()
          continue
        }
        out.push({ _tag: "Operator", text: operator })
        if (operator !== "\n") continue
        const documents = announced
        announced = []
        for (const one of documents) document(one)
      }
    }
  }
  const [failure] = failures
  return failure === undefined ? Result.succeed(out) : Result.fail(failure)
}
