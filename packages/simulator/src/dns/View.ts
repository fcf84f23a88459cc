/**
 * `view`: the condition of a server block, in the expression language that CoreDNS uses for it. What can't be read or worked out does not
 * hold.
 */
import * as GoRegExp from "@aiopslab/kubernetes/GoRegExp"
import * as Ip from "@aiopslab/kubernetes/validation/Ip"
import { remembered } from "@aiopslab/kubernetes/Remembered"
import * as Result from "effect/Result"
import type { ServerBlock } from "./Corefile.ts"

/** What a condition may ask of a question for an address. */
export interface Asked {
  readonly name: string
  readonly client: string | undefined
}

type Work = (asked: Asked) => unknown

const token = /\s*(?:("(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*')|(\d+(?:\.\d+)?)|(&&|\|\||==|!=|<=|>=|[!<>()[\],])|([A-Za-z_]\w*))/uy

const tokensOf = (text: string): ReadonlyArray<string> => {
  const out: Array<string> = []
  for (token.lastIndex = 0; text.slice(token.lastIndex).trim() !== "";) {
    const found = token.exec(text)
    if (found === null) throw new Error("unexpected character")
    out.push(found[0].trim())
  }
  return out
}

const isWithin = (address: unknown, network: unknown): boolean => {
  const [ip, range] = [Ip.parse(String(address)), Ip.parseCidr(String(network))]
  return ip !== undefined && range !== undefined && Ip.contains(range, ip)
}

/** Questions come over UDP and are for addresses. */
const functions: Readonly<Record<string, (asked: Asked, given: ReadonlyArray<unknown>) => unknown>> = {
  name: ({ name }) => `${name}.`,
  client_ip: ({ client }) => client ?? "",
  incidr: (_, [address, network]) => isWithin(address, network),
  type: () => "A",
  class: () => "IN",
  proto: () => "udp",
  opcode: () => 0,
  do: () => false
}

const operators: Readonly<Record<string, (left: unknown, right: unknown) => boolean>> = {
  "==": (left, right) => left === right,
  "!=": (left, right) => left !== right,
  "<": (left, right) => Number(left) < Number(right),
  "<=": (left, right) => Number(left) <= Number(right),
  ">": (left, right) => Number(left) > Number(right),
  ">=": (left, right) => Number(left) >= Number(right),
  in: (left, right) => Array.isArray(right) && right.includes(left),
  contains: (left, right) => String(left).includes(String(right)),
  startsWith: (left, right) => String(left).startsWith(String(right)),
  endsWith: (left, right) => String(left).endsWith(String(right)),
  matches: (left, right) => GoRegExp.compile(String(right))?.test(String(left)) === true
}

/** Not what every object of the language inherits. */
const own = <A>(of: Readonly<Record<string, A>>, name: string): A | undefined => (Object.hasOwn(of, name) ? of[name] : undefined)

const quoted = (text: string): string => text.slice(1, -1).replaceAll(/\\(.)/gu, "$1")

class Reader {
  readonly #tokens: ReadonlyArray<string>
  #at = 0

  constructor(text: string) {
    this.#tokens = tokensOf(text)
  }

  whole(): Work {
    const work = this.#either()
    if (this.#at < this.#tokens.length) throw new Error("unexpected token")
    return work
  }

  #take(...wanted: ReadonlyArray<string>): boolean {
    const isThere = wanted.includes(this.#tokens[this.#at] ?? "")
    if (isThere) this.#at++
    return isThere
  }

  #either(): Work {
    const left = this.#both()
    if (!this.#take("||", "or")) return left
    const right = this.#either()
    return (asked) => left(asked) === true || right(asked) === true
  }

  #both(): Work {
    const left = this.#compared()
    if (!this.#take("&&", "and")) return left
    const right = this.#both()
    return (asked) => left(asked) === true && right(asked) === true
  }

  #compared(): Work {
    if (this.#take("!", "not")) {
      const of = this.#compared()
      return (asked) => of(asked) !== true
    }
    const left = this.#operand()
    const isNot = this.#take("not")
    const operator = own(operators, this.#tokens[this.#at] ?? "")
    if (operator === undefined) return left
    this.#at++
    const right = this.#operand()
    return (asked) => operator(left(asked), right(asked)) !== isNot
  }

  #listed(end: string): ReadonlyArray<Work> {
    const out: Array<Work> = []
    while (!this.#take(end)) {
      out.push(this.#either())
      if (!this.#take(",") && this.#tokens[this.#at] !== end) throw new Error("unexpected token")
    }
    return out
  }

  #operand(): Work {
    const text = this.#tokens[this.#at++] ?? ""
    if (text === "(") {
      const inner = this.#either()
      if (!this.#take(")")) throw new Error("unexpected token")
      return inner
    }
    if (text === "[") {
      const items = this.#listed("]")
      return (asked) => items.map((item) => item(asked))
    }
    if (text === "true" || text === "false") return () => text === "true"
    if (/^["']/u.test(text)) return () => quoted(text)
    if (/^\d/u.test(text)) return () => Number(text)
    const called = own(functions, text)
    if (called === undefined || !this.#take("(")) throw new Error(`unknown name ${text}`)
    const given = this.#listed(")")
    return (asked) =>
      called(
        asked,
        given.map((one) => one(asked))
      )
  }
}

const read = remembered((text): Work =>
  Result.getOrElse(
    Result.try(() => new Reader(text).whole()),
    () => () => false
  )
)

/** Whether all conditions of a server block hold. */
export const holds = ({ directives }: ServerBlock, asked: Asked): boolean =>
  directives.every(
    ({ block, name }) =>
      name !== "view" || block.every(({ words: [word, ...rest] }) => word !== "expr" || read(rest.join(" "))(asked) === true)
  )
