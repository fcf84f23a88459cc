/** The Corefile, as CoreDNS reads it: server blocks of directives, in the syntax of Caddy 1's files. */
import * as Result from "effect/Result"

interface Token {
  readonly text: string
  readonly line: number
}

/** Words of one line. */
export interface Line {
  readonly words: ReadonlyArray<string>
  readonly line: number
}

export interface Directive {
  readonly name: string
  readonly words: ReadonlyArray<string>
  readonly line: number
  readonly block: ReadonlyArray<Line>
}

export interface ServerBlock {
  /** `.:53`, `cluster.local` */
  readonly keys: ReadonlyArray<string>
  readonly directives: ReadonlyArray<Directive>
}

/** Words may be quoted; a `#` at the beginning of a word makes the rest of its line a comment. */
const tokensOf = (text: string): ReadonlyArray<Token> => {
  const out: Array<Token> = []
  const word = /"((?:[^"\\]|\\[^])*)"|(#[^\n]*)|([^\s"]\S*)|(\n)/gu
  let line = 1
  for (const [, quoted, comment, plain, newline] of text.matchAll(word)) {
    if (newline !== undefined) line++
    else if (quoted !== undefined) {
      out.push({ text: quoted.replaceAll('\\"', '"'), line })
      line += quoted.split("\n").length - 1
    } else if (comment === undefined) out.push({ text: plain ?? "", line })
  }
  return out
}

/** Where a mistake is, in CoreDNS' words. */
export const mistake = (file: string, line: number, what: string): string => `${file}:${line} - Error during parsing: ${what}`

const unexpected = (file: string, { line, text }: Token, expected: string): string =>
  `${file}:${line} - Syntax error: Unexpected token '${text}', expecting '${expected}'`

class Reader {
  readonly file: string
  readonly tokens: ReadonlyArray<Token>
  at = 0

  constructor(file: string, text: string) {
    this.file = file
    this.tokens = tokensOf(text)
  }

  get token(): Token | undefined {
    return this.tokens[this.at]
  }

  get lastLine(): number {
    return this.tokens.at(-1)?.line ?? 1
  }

  readonly end = (): string => mistake(this.file, this.lastLine, "Unexpected EOF")
}

type Read<A> = Result.Result<A, string>

const keysOf = (reader: Reader): Read<ReadonlyArray<string>> => {
  const keys: Array<string> = []
  for (let token = reader.token; token !== undefined && token.text !== "{"; token = reader.token) {
    const previous = reader.tokens[reader.at - 1]
    // keys go on in the next line only after a comma
    if (keys.length > 0 && previous !== undefined && previous.line !== token.line && !previous.text.endsWith(",")) break
    keys.push(...token.text.split(",").filter((key) => key !== ""))
    reader.at++
  }
  return keys.length === 0 && reader.token !== undefined ? Result.fail(unexpected(reader.file, reader.token, "}")) : Result.succeed(keys)
}

/** The lines up to the brace that closes the block. */
const blockOf = (reader: Reader): Read<ReadonlyArray<Line>> => {
  const lines: Array<{ readonly words: Array<string>; readonly line: number }> = []
  let depth = 1
  for (let token = reader.token; token !== undefined; token = reader.token) {
    reader.at++
    if (token.text === "{") depth++
    if (token.text === "}" && --depth === 0) return Result.succeed(lines)
    const last = lines.at(-1)
    if (last?.line === token.line) last.words.push(token.text)
    else lines.push({ words: [token.text], line: token.line })
  }
  return Result.fail(reader.end())
}

const directiveOf = (reader: Reader, known: ReadonlySet<string>): Read<Directive> => {
  const name = reader.token ?? { text: "", line: 0 }
  if (!known.has(name.text)) return Result.fail(mistake(reader.file, name.line, `Unknown directive '${name.text}'`))
  reader.at++
  const words: Array<string> = []
  for (let token = reader.token; token !== undefined && token.line === name.line; token = reader.token) {
    if (token.text === "{") {
      reader.at++
      return Result.map(blockOf(reader), (block) => ({ name: name.text, words, line: name.line, block }))
    }
    if (token.text === "}") break
    words.push(token.text)
    reader.at++
  }
  return Result.succeed({ name: name.text, words, line: name.line, block: [] })
}

const serverOf = (reader: Reader, known: ReadonlySet<string>): Read<ServerBlock> => {
  const keys = keysOf(reader)
  if (Result.isFailure(keys)) return Result.fail(keys.failure)
  const directives: Array<Directive> = []
  const isBraced = reader.token?.text === "{"
  if (isBraced) reader.at++
  for (let token = reader.token; token !== undefined && token.text !== "}"; token = reader.token) {
    const read = directiveOf(reader, known)
    if (Result.isFailure(read)) return Result.fail(read.failure)
    directives.push(read.success)
  }
  // a brace at the end of the file may be that of the last directive
  const last = reader.tokens.at(-1)
  if (isBraced && reader.token === undefined && last !== undefined && last.text !== "}") {
    return Result.fail(unexpected(reader.file, last, "}"))
  }
  reader.at++
  return Result.succeed({ keys: keys.success, directives })
}

/** The server blocks of a file, or what CoreDNS says of it. */
export const parse = (file: string, text: string, known: ReadonlySet<string>): Read<ReadonlyArray<ServerBlock>> => {
  const reader = new Reader(file, text)
  const out: Array<ServerBlock> = []
  while (reader.token !== undefined) {
    const read = serverOf(reader, known)
    if (Result.isFailure(read)) return Result.fail(read.failure)
    out.push(read.success)
  }
  return Result.succeed(out)
}
