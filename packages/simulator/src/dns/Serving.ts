/** A Corefile at work: what a CoreDNS process serves until it is given another. */
import { sha512 } from "@aiopslab/kubernetes/trust/Ecdsa"
import { goJson } from "@aiopslab/kubernetes/GoEncoder"
import * as Data from "effect/Data"
import * as Result from "effect/Result"
import type { Directive, Parsed, ServerBlock, Surroundings } from "./Corefile.ts"
import * as Corefile from "./Corefile.ts"
import * as Directives from "./Directives.ts"
import { place } from "./Place.ts"
import { known } from "./Plugins.ts"

/** Immutable. */
export class Serving extends Data.Class<{
  readonly servers: ReadonlyArray<ServerBlock>
  readonly path: string
  /** Of what was read last, though it may have been refused. */
  readonly digest: string
  readonly startedAt: number
  /** How often the file is looked at; 0: never. */
  readonly everyMillis: number
}> {}

/** What is served without a Corefile, or with an empty one. */
const fallback = ".:53 {\nwhoami\nlog\n}\n"

/** What a Corefile says, or what CoreDNS says of it. */
export const load = (path: string, text: string, around: Surroundings): Result.Result<Parsed, string> => {
  const parsed = Corefile.parse(path, text, around, known)
  if (Result.isFailure(parsed)) return parsed
  const wrong = Directives.mistakeIn(path, parsed.success.servers)
  if (wrong !== undefined) return Result.fail(wrong)
  return parsed.success.servers.length === 0 && text !== fallback ? load(path, fallback, around) : parsed
}

const byName = ([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number => (a < b ? -1 : a > b ? 1 : 0)

/** SHA-512 of the words of all server blocks, imports included: plugin/reload tells one Corefile from another by it. */
export const digestOf = ({ servers }: Pick<Parsed, "servers">): string => {
  const blocks = servers.map(({ directives, keys }) => {
    const tokens = new Map<string, Array<object>>()
    for (const directive of directives) {
      const words = directive.tokens.map(({ file, line, text }) => ({ File: file, Line: line, Text: text }))
      tokens.set(directive.name, [...(tokens.get(directive.name) ?? []), ...words])
    }
    return { Keys: keys, Tokens: Object.fromEntries([...tokens].sort(byName)) }
  })
  const json = blocks.length === 0 ? "null" : goJson(blocks)
  return sha512(new TextEncoder().encode(json)).toString("hex")
}

export const directives = (servers: ReadonlyArray<ServerBlock>, name: string): ReadonlyArray<Directive> =>
  servers.flatMap((server) => server.directives.filter((one) => one.name === name))

const portOf = (word: string | undefined, otherwise: number): number => Number(word?.split(":").at(-1) ?? otherwise)

/** What the process listens on. */
export const ports = (servers: ReadonlyArray<ServerBlock>): ReadonlyArray<number> => [
  ...new Set([
    ...servers.flatMap(({ keys }) => keys.map((key) => place(key).port)),
    ...directives(servers, "health").map(({ words: [address] }) => portOf(address, 8080)),
    ...directives(servers, "ready").map(({ words: [address] }) => portOf(address, 8181)),
    ...directives(servers, "prometheus").map(({ words: [address] }) => portOf(address, 9153))
  ])
]
