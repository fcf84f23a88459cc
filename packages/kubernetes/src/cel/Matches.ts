/**
 * `matches`, `find` and `findAll` with Go's regular expressions. The library's own `matches` takes JavaScript's, in which a short rule can
 * compute for years, and can't be replaced: calls of it are led to another name.
 */
import type { Environment } from "@marcbachmann/cel-js"
import { isArray, isRecord } from "../Json.ts"
import * as GoRegExp from "../GoRegExp.ts"

const compiled = (expression: string): GoRegExp.GoRegExp => {
  const found = GoRegExp.compile(expression)
  if (found === undefined) throw new Error(`error parsing regexp: \`${expression}\``)
  return found
}

const matches = (text: string, expression: string): boolean => compiled(expression).test(text)

export const withMatches = (env: Environment): Environment =>
  env
    .registerFunction("string.goMatches(string): bool", matches)
    .registerFunction("goMatches(string, string): bool", matches)
    .registerFunction("string.find(string): string", (text: string, expression: string) => compiled(expression).all(text, 1)[0] ?? "")
    .registerFunction("string.findAll(string): list<string>", (text: string, expression: string) => compiled(expression).all(text))
    .registerFunction("string.findAll(string, int): list<string>", (text: string, expression: string, limit: bigint) =>
      compiled(expression).all(text, limit < 0n ? Infinity : Number(limit))
    )

/** Leads every call within a parsed expression. */
export const led = (node: unknown): void => {
  if (isArray(node)) {
    for (const one of node) led(one)
    return
  }
  if (!isRecord(node)) return
  const { args, op } = node
  if (!Array.isArray(args)) return led(args)
  if ((op === "rcall" || op === "call") && args[0] === "matches") args[0] = "goMatches"
  led(args)
}

/** A text of the library about such a call, as its author wrote it. */
export const unled = (text: string): string => text.replaceAll("goMatches", "matches")
