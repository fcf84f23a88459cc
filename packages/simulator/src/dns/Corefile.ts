/** The Corefile, as CoreDNS reads it: server blocks of directives, snippets and imports, in the syntax of Caddy 1's files. */
import type { ProgramContext } from "@aiopslab/core/Behaviour"
import * as Result from "effect/Result"
import { type Token, tokensOf } from "./Tokens.ts"

/** Words of one line. */
export interface Line {
  readonly words: ReadonlyArray<string>
  readonly file: string
  readonly line: number
}

export interface Directive {
  readonly name: string
  readonly words: ReadonlyArray<string>
  readonly block: ReadonlyArray<Line>
  /** All of it, as it was written. */
  readonly tokens: ReadonlyArray<Token>
}

/** What a line of the directive's block says behind its name. */
export const property = ({ block }: Directive, name: string): ReadonlyArray<string> | undefined =>
  block.find(({ words: [word] }) => word === name)?.words.slice(1)

export interface ServerBlock {
  /** `.:53`, `cluster.local` */
  readonly keys: ReadonlyArray<string>
  readonly directives: ReadonlyArray<Directive>
}

export interface Parsed {
  readonly servers: ReadonlyArray<ServerBlock>
  /** The files that it took in. */
  readonly imported: ReadonlyArray<string>
  /** What CoreDNS says and goes on. */
  readonly warnings: ReadonlyArray<string>
}

/** What a Corefile may take in of the process that reads it. */
export type Surroundings = Pick<ProgramContext, "env" | "file" | "list">

/** Where a mistake is, in CoreDNS' words. */
export const mistake = (file: string, line: number, what: string): string => `${file}:${line} - Error during parsing: ${what}`

type Read<A> = Result.Result<A, string>
type Done = Read<void>

const done: Done = Result.succeed(undefined)

/** As many as CoreDNS allows: one that imports itself comes to an end. */
const mostImports = 1000

class Reader {
  readonly imported: Array<string> = []
  readonly warnings: Array<string> = []
  private readonly path: string
  private readonly around: Surroundings
  private readonly known: ReadonlySet<string> | "any"
  private readonly snippets = new Map<string, ReadonlyArray<Token>>()
  private tokens: ReadonlyArray<Token>
  private at = 0
  private imports = 0

  constructor(path: string, text: string, around: Surroundings, known: ReadonlySet<string> | "any") {
    this.path = path
    this.around = around
    this.known = known
    this.tokens = tokensOf("", text, around.env)
  }

  /** The next server block; nothing of a snippet, or at the end. */
  readonly next = (): Read<ServerBlock | "end" | "snippet"> => {
    if (this.token === undefined) return Result.succeed("end")
    const keys = this.keys()
    if (Result.isFailure(keys)) return Result.fail(keys.failure)
    const [first = ""] = keys.success
    if (keys.success.length === 1 && /^\(.*\)$/u.test(first) && this.token !== undefined) {
      return Result.map(this.snippet(first.slice(1, -1)), () => "snippet" as const)
    }
    const isBraced = this.token?.text === "{"
    if (isBraced) this.at++
    return Result.flatMap(this.directives(), (directives): Read<ServerBlock> => {
      // at the end of the file the last brace may be that of the last directive
      if (isBraced && (this.token ?? this.last)?.text !== "}") return this.unexpected("}")
      this.at++
      return Result.succeed({ keys: keys.success, directives })
    })
  }

  private get token(): Token | undefined {
    return this.tokens[this.at]
  }

  private get last(): Token | undefined {
    return this.tokens.at(-1)
  }

  private readonly beginsLine = (at: number): boolean => {
    const [before, now] = [this.tokens[at - 1], this.tokens[at]]
    return before === undefined || now === undefined || before.file !== now.file || before.endLine < now.line
  }

  private get isNewLine(): boolean {
    return this.beginsLine(this.at)
  }

  private readonly fail = <A>(what: string): Read<A> => {
    const where = this.token ?? this.last
    return Result.fail(mistake(where === undefined || where.file === "" ? this.path : where.file, where?.line ?? 1, what))
  }

  private readonly unexpected = <A>(expected: string): Read<A> => {
    const { file = "", line = 1, text = "" } = this.token ?? this.last ?? {}
    return Result.fail(`${file === "" ? this.path : file}:${line} - Syntax error: Unexpected token '${text}', expecting '${expected}'`)
  }

  private readonly keys = (): Read<ReadonlyArray<string>> => {
    const keys: Array<string> = []
    let more = false
    for (;;) {
      const { token } = this
      if (token === undefined) return more ? this.fail("Unexpected EOF") : Result.succeed(keys)
      if (token.text === "import" && this.isNewLine) {
        const taken = this.import()
        if (Result.isFailure(taken)) return Result.fail(taken.failure)
        continue
      }
      if (token.text === "{") {
        return more ? this.fail("Expected another address but had '{' - check for extra comma") : Result.succeed(keys)
      }
      more = token.text.endsWith(",")
      const key = more ? token.text.slice(0, -1) : token.text
      if (token.text !== "") keys.push(key)
      this.at++
      if (!more && this.token !== undefined && this.isNewLine) return Result.succeed(keys)
    }
  }

  private readonly snippet = (name: string): Done => {
    if (this.snippets.has(name)) return this.fail(`redeclaration of previously declared snippet ${name}`)
    if (this.token?.text !== "{") return this.unexpected("{")
    const body: Array<Token> = []
    let depth = 1
    for (this.at++; this.token !== undefined; this.at++) {
      const { token } = this
      if (token.text === "{") depth++
      if (token.text === "}" && --depth === 0) {
        this.at++
        this.snippets.set(name, body)
        return done
      }
      body.push(token)
    }
    return this.unexpected("}")
  }

  private readonly directives = (): Read<ReadonlyArray<Directive>> => {
    const out: Array<Directive> = []
    for (let { token } = this; token !== undefined && token.text !== "}"; token = this.token) {
      if (token.text === "import") {
        const taken = this.import()
        if (Result.isFailure(taken)) return Result.fail(taken.failure)
        continue
      }
      const read = this.directive(token)
      if (Result.isFailure(read)) return Result.fail(read.failure)
      out.push(read.success)
    }
    return Result.succeed(out)
  }

  private readonly directive = (name: Token): Read<Directive> => {
    if (this.known !== "any" && !this.known.has(name.text)) return this.fail(`Unknown directive '${name.text}'`)
    const tokens = [name]
    let depth = 0
    this.at++
    for (let { token } = this; token !== undefined; token = this.token) {
      if (token.text === "{") depth++
      else if (depth === 0 && this.isNewLine) break
      else if (token.text === "}") {
        if (depth-- === 0) return this.fail("Unexpected '}' because no matching opening brace")
      } else if (token.text === "import" && this.isNewLine) {
        const taken = this.import()
        if (Result.isFailure(taken)) return Result.fail(taken.failure)
        continue
      }
      tokens.push(token)
      this.at++
    }
    return depth > 0 ? this.fail("Unexpected EOF") : Result.succeed(directiveOf(name, tokens))
  }

  /** Puts the words of a snippet, of a file or of several in the place of `import NAME`. */
  private readonly import = (): Done => {
    const { at, tokens } = this
    const pattern = tokens[at + 1]
    if (pattern === undefined || this.beginsLine(at + 1)) {
      return this.fail("Wrong argument count or unexpected line ending after 'import'")
    }
    if (pattern.text === "") return this.fail("Import requires a non-empty filepath")
    if (!this.beginsLine(at + 2)) return this.fail("Import takes only one argument (glob pattern or file)")
    const snippet = this.snippets.get(pattern.text)
    if (this.imports++ >= mostImports) {
      return this.fail(`maximum ${snippet === undefined ? "file" : "snippet"} import depth (${mostImports}) exceeded`)
    }
    const taken = snippet === undefined ? this.files(pattern) : Result.succeed(snippet)
    if (Result.isFailure(taken)) return Result.fail(taken.failure)
    this.tokens = [...tokens.slice(0, at), ...taken.success, ...tokens.slice(at + 2)]
    return done
  }

  private readonly files = ({ file, text }: Token): Read<ReadonlyArray<Token>> => {
    const folder = (file === "" ? this.path : file).replace(/[^/]*$/u, "")
    const whole = text.startsWith("/") ? text : `${folder}${text}`
    if (whole.split("*").length > 2 || whole.split("?").length > 2 || /\[.*\]/u.test(whole)) {
      return this.fail(`Glob pattern may only contain one wildcard (*), but has others: ${whole}`)
    }
    const isPattern = /[*?]/u.test(whole)
    const [, directory = "", name = ""] = /^(.*)\/([^/]*)$/u.exec(whole) ?? []
    const fits = new RegExp(
      `^${name
        .replaceAll(/[.+^${}()|\\]/gu, "\\$&")
        .replaceAll("*", ".*")
        .replaceAll("?", ".")}$`,
      "u"
    )
    const names = isPattern ? this.around.list(directory).filter((one) => fits.test(one)) : [name]
    if (names.length === 0) this.warnings.push(`[WARNING] No files matching import glob pattern: ${text}`)
    const out: Array<Token> = []
    for (const path of names.map((one) => `${directory}/${one}`)) {
      const content = this.around.file(path)
      if (content !== undefined) {
        out.push(...tokensOf(path, content, this.around.env))
        this.imported.push(path)
      } else if (this.around.list(path).length > 0) return this.fail(`Could not import ${path}: is a directory`)
      else return this.fail(`File to import not found: ${text}`)
    }
    return Result.succeed(out)
  }
}

const directiveOf = (name: Token, tokens: ReadonlyArray<Token>): Directive => {
  const open = tokens.findIndex(({ text }) => text === "{")
  const block: Array<{ readonly words: Array<string>; readonly file: string; readonly line: number }> = []
  for (const { file, line, text } of open < 0
    ? []
    : tokens.slice(
        open + 1,
        tokens.findLastIndex((token) => token.text === "}")
      )) {
    const last = block.at(-1)
    if (last?.line === line && last.file === file) last.words.push(text)
    else block.push({ words: [text], file, line })
  }
  const words = tokens.slice(1, open < 0 ? undefined : open).map(({ text }) => text)
  return { name: name.text, words, block, tokens }
}

/** The server blocks of a file, or what CoreDNS says of it. */
export const parse = (path: string, text: string, around: Surroundings, known: ReadonlySet<string> | "any"): Read<Parsed> => {
  const reader = new Reader(path, text, around, known)
  const servers: Array<ServerBlock> = []
  for (;;) {
    const read = reader.next()
    if (Result.isFailure(read)) return Result.fail(read.failure)
    if (read.success === "end") return Result.succeed({ servers, imported: reader.imported, warnings: reader.warnings })
    if (read.success !== "snippet" && read.success.keys.length > 0) servers.push(read.success)
  }
}
