/**
 * The grammar of a POSIX `sh`, as far as containers' commands and probes use it: lists, pipelines, `if`, `while`, `until`, `for`,
 * `case`, groups, functions, redirections, here-documents.
 */
import * as Result from "effect/Result"
import type { Token } from "./Lexer.ts"
import { tokens } from "./Lexer.ts"
import type { AndOr, Command, Pipeline, Redirection, Script, Simple, Word } from "./Syntax.ts"

/** The word as a keyword would be written: unquoted and without expansions. */
export const plainText = (word: Word): string | undefined => {
  const [only] = word
  return word.length === 1 && only?._tag === "Text" && only.quoting === "bare" ? only.text : undefined
}

const closing: ReadonlySet<string> = new Set(["then", "elif", "else", "fi", "do", "done", "esac", "}"])
const assignment = /^([A-Za-z_][A-Za-z0-9_]*)=/
const redirecting: ReadonlySet<string> = new Set(["<", ">", ">>", ">&", "<&"])
const isRedirecting = (text: string): text is Redirection["operator"] => redirecting.has(text)

const assignmentOf = (word: Word): Simple["assignments"][number] | undefined => {
  const [first, ...rest] = word
  if (first?._tag !== "Text" || first.quoting !== "bare") return undefined
  const found = assignment.exec(first.text)
  return found?.[1] === undefined ? undefined : { name: found[1], value: [{ ...first, text: first.text.slice(found[0].length) }, ...rest] }
}

class Reader {
  private at = 0
  private readonly all: ReadonlyArray<Token>
  failure: string | undefined

  constructor(all: ReadonlyArray<Token>) {
    this.all = all
  }

  get isAtEnd(): boolean {
    return this.failure !== undefined || this.at >= this.all.length
  }

  private peek(): Token | undefined {
    return this.failure === undefined ? this.all[this.at] : undefined
  }

  private operator(): string | undefined {
    const token = this.peek()
    return token?._tag === "Operator" ? token.text : undefined
  }

  private keyword(): string | undefined {
    const token = this.peek()
    return token?._tag === "Word" ? plainText(token.word) : undefined
  }

  fail(): void {
    const token = this.peek()
    const what =
      token === undefined ? "end of file" : token._tag !== "Operator" ? "word" : token.text === "\n" ? "newline" : `"${token.text}"`
    this.failure ??= `unexpected ${what}`
  }

  private accept(text: string): string | undefined {
    if (this.operator() !== text && this.keyword() !== text) return undefined
    this.at++
    return text
  }

  private expect(text: string): void {
    if (this.accept(text) === undefined) this.fail()
  }

  private newlines(): void {
    while (this.operator() === "\n") this.at++
  }

  /** Up to a closing keyword, a bracket, `;;` or the end. */
  list(): Script {
    const out: Array<AndOr> = []
    for (;;) {
      while (this.operator() === "\n" || (this.operator() === ";" && out.length > 0)) this.at++
      const operator = this.operator()
      if (this.isAtEnd || operator === ")" || operator === ";;" || closing.has(this.keyword() ?? "")) return out
      out.push(this.andOr())
    }
  }

  private andOr(): AndOr {
    const pipelines: Array<AndOr["pipelines"][number]> = [{ operator: "", pipeline: this.pipeline() }]
    for (;;) {
      const operator = this.accept("&&") ?? this.accept("||")
      if (operator !== "&&" && operator !== "||") break
      this.newlines()
      pipelines.push({ operator, pipeline: this.pipeline() })
    }
    return { pipelines, background: this.accept("&") === undefined ? "no" : "yes" }
  }

  private pipeline(): Pipeline {
    const negated = this.accept("!") === undefined ? "no" : "yes"
    const commands = [this.command()]
    while (this.accept("|") !== undefined) {
      this.newlines()
      commands.push(this.command())
    }
    return { negated, commands }
  }

  private command(): Command {
    const command = this.unredirected()
    if (command._tag === "Simple" || command._tag === "Function") return command
    const redirections: Array<Redirection> = []
    for (let next = this.redirection(); next !== undefined; next = this.redirection()) redirections.push(next)
    return redirections.length === 0 ? command : { _tag: "Redirected", command, redirections }
  }

  private unredirected(): Command {
    if (this.accept("(") !== undefined) return this.group(")")
    switch (this.keyword()) {
      case "{":
        this.at++
        return this.group("}")
      case "if":
        this.at++
        return this.conditional()
      case "while":
      case "until": {
        const until = this.keyword() === "until" ? "ok" : "failed"
        this.at++
        const condition = this.list()
        return { _tag: "Loop", until, condition, body: this.body() }
      }
      case "for":
        this.at++
        return this.loop()
      case "case":
        this.at++
        return this.cases()
      default:
        return this.simple()
    }
  }

  private group(end: ")" | "}"): Command {
    const body = this.list()
    this.expect(end)
    return { _tag: "Group", body, place: end === ")" ? "own" : "here" }
  }

  private body(): Script {
    this.expect("do")
    const body = this.list()
    this.expect("done")
    return body
  }

  private conditional(): Command {
    const clauses: Array<{ readonly condition: Script; readonly body: Script }> = []
    for (;;) {
      const condition = this.list()
      this.expect("then")
      clauses.push({ condition, body: this.list() })
      if (this.accept("elif") === undefined) break
    }
    const otherwise = this.accept("else") === undefined ? [] : this.list()
    this.expect("fi")
    return { _tag: "If", clauses, otherwise }
  }

  private word(): Word {
    const token = this.peek()
    if (token?._tag !== "Word") {
      this.fail()
      return []
    }
    this.at++
    return token.word
  }

  private loop(): Command {
    const variable = plainText(this.word()) ?? ""
    this.newlines()
    const words: Array<Word> = []
    if (this.accept("in") === undefined) words.push([{ _tag: "Variable", name: "@", quoting: "quoted", otherwise: undefined }])
    else while (this.peek()?._tag === "Word") words.push(this.word())
    while (this.operator() === ";" || this.operator() === "\n") this.at++
    return { _tag: "For", variable, words, body: this.body() }
  }

  private cases(): Command {
    const word = this.word()
    this.newlines()
    this.expect("in")
    const arms: Array<{ readonly patterns: ReadonlyArray<Word>; readonly body: Script }> = []
    for (;;) {
      this.newlines()
      if (this.isAtEnd || this.accept("esac") !== undefined) break
      this.accept("(")
      const patterns = [this.word()]
      while (this.accept("|") !== undefined) patterns.push(this.word())
      this.expect(")")
      arms.push({ patterns, body: this.list() })
      if (this.accept(";;") === undefined) {
        this.newlines()
        this.expect("esac")
        break
      }
    }
    return { _tag: "Case", word, arms }
  }

  private simple(): Command {
    const assignments: Array<Simple["assignments"][number]> = []
    const words: Array<Word> = []
    const redirections: Array<Redirection> = []
    for (;;) {
      const redirection = this.redirection()
      if (redirection !== undefined) {
        redirections.push(redirection)
        continue
      }
      if (words.length === 1 && this.operator() === "(") return this.defined(words[0] ?? [])
      const token = this.peek()
      if (token?._tag !== "Word") break
      this.at++
      const assigned = words.length === 0 ? assignmentOf(token.word) : undefined
      if (assigned === undefined) words.push(token.word)
      else assignments.push(assigned)
    }
    if (words.length === 0 && assignments.length === 0 && redirections.length === 0) this.fail()
    return { _tag: "Simple", assignments, words, redirections }
  }

  private defined(name: Word): Command {
    this.expect("(")
    this.expect(")")
    this.newlines()
    const body = this.command()
    const pipeline: Pipeline = { negated: "no", commands: [body] }
    return { _tag: "Function", name: plainText(name) ?? "", body: [{ background: "no", pipelines: [{ operator: "", pipeline }] }] }
  }

  private redirection(): Redirection | undefined {
    const token = this.peek()
    const operator = token?._tag === "Descriptor" ? this.all[this.at + 1] : token
    if (operator?._tag === "Document") {
      this.at += token?._tag === "Descriptor" ? 2 : 1
      return { fd: 0, operator: "<<", target: operator.body }
    }
    if (operator?._tag !== "Operator" || !isRedirecting(operator.text)) return undefined
    this.at += token?._tag === "Descriptor" ? 2 : 1
    const fd = token?._tag === "Descriptor" ? token.fd : operator.text.startsWith("<") ? 0 : 1
    return { fd, operator: operator.text, target: this.word() }
  }
}

/** Fails with what `sh` says after `syntax error: `. */
export const parse = (source: string): Result.Result<Script, string> => {
  const read = tokens(source, parse)
  if (Result.isFailure(read)) return Result.fail(read.failure)
  const reader = new Reader(read.success)
  const script = reader.list()
  if (!reader.isAtEnd) reader.fail()
  return reader.failure === undefined ? Result.succeed(script) : Result.fail(reader.failure)
}
