/** From a word of a script to the strings a command gets: parameters, substitutions, arithmetic, field splitting, patterns of paths. */
import type { Otherwise, Part, Script, Word } from "./Syntax.ts"
import { evaluate } from "./Arithmetic.ts"
import * as Pattern from "./Pattern.ts"

export interface Scope {
  readonly get: (name: string) => string | undefined
  readonly set: (name: string, value: string) => void
  /** The command can't run: its words can't be made out. */
  readonly fail: (why: string) => void
  /** The script's name, then its parameters. */
  readonly positional: ReadonlyArray<string>
  /** What a script prints. */
  readonly output: (script: Script) => string
  /** Names in a directory. */
  readonly list: (directory: string) => ReadonlyArray<string>
  readonly cwd: string
}

/** As `fnmatch`: `*`, `?`, `[…]`. */
export const matches = (text: string, glob: string): boolean => Pattern.ofGlob(glob)?.test(text) ?? text === glob

/** The shortest or longest part of the text that matches is cut off. */
const trimmed = (text: string, operator: "#" | "##" | "%" | "%%", glob: string): string => {
  const lengths = Array.from({ length: text.length + 1 }, (_, i) => i)
  if (operator.length === 2) lengths.reverse()
  for (const length of lengths) {
    const front = operator.startsWith("#")
    const part = front ? text.slice(0, length) : text.slice(text.length - length)
    if (matches(part, glob)) return front ? text.slice(length) : text.slice(0, text.length - length)
  }
  return text
}

const special = (name: string, scope: Scope): string | undefined => {
  if (name === "@" || name === "*") return scope.positional.slice(1).join(" ")
  if (name === "#") return String(Math.max(0, scope.positional.length - 1))
  return /^[0-9]+$/.test(name) ? scope.positional[Number(name)] : scope.get(name)
}

const otherwiseOf = (value: string | undefined, name: string, { operator, word }: Otherwise, scope: Scope): string => {
  const missing = value === undefined || (operator.startsWith(":") && value === "")
  switch (operator) {
    case ":-":
    case "-":
      return missing ? text(word, scope) : (value ?? "")
    case ":+":
    case "+":
      return missing ? "" : text(word, scope)
    case ":=":
    case "=": {
      if (!missing) return value ?? ""
      const given = text(word, scope)
      scope.set(name, given)
      return given
    }
    case ":?":
    case "?":
      if (missing) scope.fail(`${name}: ${text(word, scope) || "parameter not set"}`)
      return value ?? ""
    default:
      return trimmed(value ?? "", operator, pattern(word, scope))
  }
}

const variable = (part: Extract<Part, { readonly _tag: "Variable" }>, scope: Scope): string => {
  if (part.name.length > 1 && part.name.startsWith("#")) return String((special(part.name.slice(1), scope) ?? "").length)
  const value = special(part.name, scope)
  return part.otherwise === undefined ? (value ?? "") : otherwiseOf(value, part.name, part.otherwise, scope)
}

const valueOf = (part: Part, scope: Scope): string => {
  switch (part._tag) {
    case "Text":
      return part.text
    case "Variable":
      return variable(part, scope)
    case "Substitution":
      return scope.output(part.script).replace(/\n+$/u, "")
    case "Arithmetic":
      return String(evaluate(text(part.word, scope), { get: (name) => special(name, scope), set: scope.set, fail: scope.fail }))
  }
}

/** Without splitting: of an assignment, a redirection, a pattern. */
export const text = (word: Word, scope: Scope): string => word.map((part) => valueOf(part, scope)).join("")

/** As `text`, but what is quoted stands for itself. */
export const pattern = (word: Word, scope: Scope): string =>
  word.map((part) => (quotingOf(part) === "quoted" ? valueOf(part, scope).replaceAll(/[\\*?[\]]/g, "\\$&") : valueOf(part, scope))).join("")

const quotingOf = (part: Part): "bare" | "quoted" => (part._tag === "Arithmetic" ? "quoted" : part.quoting)

interface Piece {
  text: string
  pattern: boolean
}

/** The fields of a word: none when everything in it is unquoted and empty. */
export const fields = (word: Word, scope: Scope): ReadonlyArray<string> => {
  const [only] = word
  if (only?._tag === "Variable" && only.name === "@" && word.every((part) => part === only || (part._tag === "Text" && part.text === ""))) {
    return scope.positional.slice(1)
  }
  const out: Array<Piece> = []
  let open: Piece | undefined
  for (const part of word) {
    if (part._tag === "Variable" && part.name === "@" && part.quoting === "quoted") {
      for (const [i, one] of scope.positional.slice(1).entries()) {
        if (i > 0 || open === undefined) out.push((open = { text: "", pattern: false }))
        open.text += one
      }
      continue
    }
    const value = valueOf(part, scope)
    if (quotingOf(part) === "quoted" || part._tag === "Text") {
      if (open === undefined) out.push((open = { text: "", pattern: false }))
      open.text += value
      if (part._tag === "Text" && part.quoting === "bare" && /[*?[]/.test(value)) open.pattern = true
      continue
    }
    for (const [i, piece] of value.split(/[ \t\n]+/u).entries()) {
      if (i > 0) open = undefined
      if (piece === "") continue
      if (open === undefined) out.push((open = { text: "", pattern: false }))
      open.text += piece
    }
  }
  return out.flatMap((piece) => (piece.pattern ? paths(piece.text, scope) : [piece.text]))
}

const paths = (glob: string, scope: Scope): ReadonlyArray<string> => {
  const slash = glob.lastIndexOf("/")
  const folder = slash < 0 ? scope.cwd : glob.slice(0, slash + 1)
  if (/[*?[]/.test(folder)) return [glob]
  const name = glob.slice(slash + 1)
  const found = scope
    .list(folder.length > 1 ? folder.replace(/\/$/u, "") : folder)
    .filter((one) => !one.startsWith(".") && matches(one, name))
  return found.length === 0 ? [glob] : found.map((one) => `${glob.slice(0, slash + 1)}${one}`)
}
