/** A Corefile at work: what a CoreDNS process serves until it is given another. */
import * as Result from "effect/Result"
import type { Directive, ServerBlock } from "./Corefile.ts"
import * as Corefile from "./Corefile.ts"
import * as Directives from "./Directives.ts"

/** Immutable. */
export class Serving {
  readonly servers: ReadonlyArray<ServerBlock>
  readonly path: string
  /** The text that was read last, though it may have been refused. */
  readonly text: string
  readonly startedAt: number
  /** How often the file is looked at. */
  readonly everyMillis: number

  constructor(of: Pick<Serving, "servers" | "path" | "text" | "startedAt" | "everyMillis">) {
    this.servers = of.servers
    this.path = of.path
    this.text = of.text
    this.startedAt = of.startedAt
    this.everyMillis = of.everyMillis
  }

  /** After another text was read; without servers of its own it was refused. */
  reloaded(text: string, servers: Serving["servers"] = this.servers): Serving {
    const { everyMillis, path, startedAt } = this
    return new Serving({ servers, path, text, startedAt, everyMillis })
  }
}

/** What is served without a Corefile, or with an empty one. */
const fallback: ReadonlyArray<ServerBlock> = [{ keys: [".:53"], directives: [{ name: "whoami", words: [], line: 1, block: [] }] }]

export const load = (path: string, text: string): Result.Result<ReadonlyArray<ServerBlock>, string> => {
  const parsed = Corefile.parse(path, text, Directives.known)
  if (Result.isFailure(parsed)) return parsed
  const wrong = Directives.mistakeIn(path, parsed.success)
  if (wrong !== undefined) return Result.fail(wrong)
  return Result.succeed(parsed.success.length === 0 ? fallback : parsed.success)
}

/** The zone and the port of a server block's key: `.:53`, `dns://cluster.local`. */
export const place = (key: string): { readonly zone: string; readonly port: number } => {
  const [, zone = "", port = "53"] = /^(?:dns:\/\/)?([^:]*)(?::(\d+))?$/u.exec(key) ?? []
  return { zone: zone === "" ? "." : zone, port: Number(port) }
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
