/**
 * YAML text → one document, bounded: the work is linear in the text, and nothing recurses deeper than `depthLimit`, so no input crashes
 * or hangs the parser (it recurses by nesting and builds an Error for every mistake).
 */
import * as Result from "effect/Result"
import { Composer, type CST, type Document, isScalar, Lexer, type ParsedNode, Parser, type YAMLError } from "yaml"
import { labError, type LabError } from "../LabError.ts"
import type { Source } from "./Source.ts"

export const depthLimit = 50
const tokenLimit = 100_000

type Parsed = Document.Parsed<ParsedNode>

const childrenOf = (token: CST.Token): ReadonlyArray<CST.Token> => {
  if (token.type === "document") return token.value === undefined ? [] : [token.value]
  if (!("items" in token)) return []
  return token.items.flatMap((item) => [item.key, item.value].filter((child) => child !== undefined && child !== null))
}

/** The first collection below the limit, breadth first. */
const tooDeep = (root: CST.Token): CST.Token | undefined => {
  let level: ReadonlyArray<CST.Token> = [root]
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > depthLimit) return level[0]
    level = level.flatMap(childrenOf)
  }
  return undefined
}

const mistake = (source: Source, error: YAMLError): LabError => {
  const location = source.locate(error.pos)
  return error.code === "TAB_AS_INDENT"
    ? labError("MANIFEST_TAB", {}, location)
    : labError("MANIFEST_SYNTAX", { why: error.message.replace(/[\s.:]+$/u, "") }, location)
}

/** All mistakes of syntax, or the document. */
export const parse = (source: Source): Result.Result<Parsed, ReadonlyArray<LabError>> => {
  const parser = new Parser()
  const tokens: Array<CST.Token> = []
  let lexemes = 0
  for (const lexeme of new Lexer().lex(source.text)) {
    if (++lexemes > tokenLimit) {
      const limit = `${tokenLimit} words and signs`
      return Result.fail([
        labError("MANIFEST_TOO_LARGE", { what: `more than ${limit}`, limit }, source.locate([parser.offset, parser.offset + 1]))
      ])
    }
    tokens.push(...parser.next(lexeme))
  }
  tokens.push(...parser.end())
  for (const token of tokens) {
    const deep = tooDeep(token)
    if (deep !== undefined) {
      return Result.fail([labError("MANIFEST_TOO_DEEP", { limit: depthLimit }, source.locate([deep.offset, deep.offset + 1]))])
    }
  }
  const composer = new Composer<ParsedNode, true>({ uniqueKeys: false, prettyErrors: false, keepSourceTokens: false, version: "1.2" })
  let first: Parsed | undefined
  for (const document of composer.compose(tokens, true, source.text.length)) {
    if (first !== undefined) {
      const at = document.contents?.range[0] ?? document.range[0]
      const several = labError("MANIFEST_SEVERAL_DOCUMENTS", {}, source.locate([at, at + 1]))
      return Result.fail([...first.errors.map((error) => mistake(source, error)), several])
    }
    first = document
  }
  if (first === undefined) return Result.fail([labError("MANIFEST_EMPTY", {}, source.locate([0, 1]))])
  const errors = [...first.errors, ...first.warnings].map((error) => mistake(source, error))
  if (errors.length > 0) return Result.fail(errors)
  const { contents } = first
  const empty = contents === null || (isScalar(contents) && contents.value === null && contents.source === "")
  return empty ? Result.fail([labError("MANIFEST_EMPTY", {}, source.locate([0, 1]))]) : Result.succeed(first)
}
